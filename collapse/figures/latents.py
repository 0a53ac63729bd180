"""What the latents of one lineage hold: the plane of two of them, their spectrum, and the digits that are drawn."""

import numpy as np

from collapse.data import Array
from collapse.figures import palette
from collapse.figures.lines import NAMED, base, line, reach, span
from collapse.figures.picture import Film, Picture
from collapse.figures.words import parameters
from collapse.latents import Plane
from collapse.metrics.pictures import ALIVE
from collapse.scenario import Scenario
from collapse.speech import listing, percent, plural


def latent_plane(scenario: Scenario, plane: Plane) -> Picture:
    """The film of a lineage's drawings over real digits, all as the encoder of generation 1 sees them."""
    real, drawn = plane.real, plane.drawn
    traces: list[dict[str, object]] = [
        {
            "type": "scatter",
            "mode": "text",
            "name": f"real {digit}",
            "meta": NAMED,
            "x": real[plane.labels == digit, 0],
            "y": real[plane.labels == digit, 1],
            "text": [str(digit)] * int((plane.labels == digit).sum()),
            "textfont": {"color": palette.GROUPS[i % len(palette.GROUPS)], "size": 13},
            "hoverinfo": "skip",
        }
        for i, digit in enumerate(np.unique(plane.labels).tolist())
    ]
    start = np.concatenate([np.full((1, *drawn.shape[1:]), np.nan), drawn])  # the real world draws nothing
    moving = {len(traces): {"x": start[..., 0], "y": start[..., 1]}}
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "name": "drawn by the model",
            "meta": NAMED,  # by the note: all else is a digit
            "x": drawn[-1, :, 0],
            "y": drawn[-1, :, 1],
            "hoverinfo": "skip",
            "marker": {"color": palette.SYNTHETIC, "size": 5, "opacity": 0.6},
        }
    )
    captions = (
        "Generation 0 has only real digits.",
        *(_told(t, points, real) for t, points in enumerate(drawn, 1)),
    )
    spans = [span(np.concatenate([real[:, j], drawn[0, :, j]]), 0.06) for j in (0, 1)]
    a, b = (i + 1 for i in plane.latents)
    layout = palette.base_layout(
        f"latent {a} of generation 1",
        f"latent {b} of generation 1",
        height=420,
        hovermode="closest",
        xaxis={"range": spans[0]},
        yaxis={"range": spans[1]},
    )
    return Picture(
        palette.figure(traces, layout),
        film=Film(captions, moving),
        name="latent_plane",
        caption=parameters(scenario),
        say="Press play: how much of the map of real digits do the drawings still fill?",
        note="Each number is a real digit that no model has learnt from, where the encoder of generation 1 puts it. Dots are "
        "drawings of the generation shown, seen by that same encoder; a dot has the same random numbers in every generation. "
        "The page begins with the two latents in which real digits differ most.",
        alt=f"{len(real)} real digits and {drawn.shape[1]} drawings in the plane of two latents. {captions[1]} {captions[-1]}",
    )


def _told(t: int, points: Array, real: Array) -> str:
    """How wide the cloud of a generation is: its standard deviation in the plane as a share of that of the real digits."""
    spread = float(real.var(axis=0).sum())
    if spread == 0:
        return f"Generation {t}: the encoder of generation 1 puts everything in the same place."
    share = percent(float(np.sqrt(points.var(axis=0).sum() / spread)))
    return f"Generation {t}: the cloud of drawings is {share} as wide as that of the real digits."


def spectrum(scenario: Scenario, found: Array, law: Array | None) -> Picture:
    """The standard deviation of each latent in grey levels, by generation: `found` (T, q) are variances of one lineage, the largest
    first, `law` the same (T, q) with endless data, or None."""
    t = np.arange(1, scenario.generations + 1)
    wide = np.sqrt(np.maximum(found, 0.0))
    traces = [
        line(f"latent {i + 1}", t, wide[:, i], palette.SYNTHETIC, width=2.5 if i == 0 else 1.25, showlegend=i == 0)
        for i in range(wide.shape[1])
    ]
    traces[0]["name"] = "latents of this chain, the widest in bold"
    if law is not None:
        traces += [
            line(
                "law (endless data)" if i == 1 else f"law (endless data), latent {i}",
                t,
                row,
                palette.THEORY,
                width=1.5,
                dash="dash",
                label="formula" if i == 1 else "",
                showlegend=i == 1,
            )
            for i, row in enumerate(np.sqrt(law).T, 1)
        ]
    below = [int((row > 1).sum()) for row in wide]
    said = _endless(scenario, law, wide) if law is not None else " No law is known here."
    return Picture(
        palette.figure(traces, base(scenario, "grey levels (standard deviation)", reach(wide), 300)),
        name="spectrum",
        caption=parameters(scenario),
        cursor=True,
        say="Which directions of change does the model still know?",
        note="The horizontal axis counts generations, and the vertical axis shows how much the decoder's means vary along each of "
        f"their own main axes. There is one line for each latent of the model. Ink goes from 0 to 16.{said}",
        alt=f"In generation 1, {plural(below[0], 'direction varies', 'directions vary')} by more than one grey level; in the last "
        f"one, {plural(below[-1], 'direction does', 'directions do')}. The widest goes from {wide[0, 0]:.3g} to "
        f"{wide[-1, 0]:.3g} grey levels.",
    )


def _endless(scenario: Scenario, law: Array, wide: Array) -> str:
    """What every latent of a linear model does with endless data, for what it passes on, and how far this lineage is from that."""
    tau = scenario.decoder.temperature
    refitted = scenario.model.noise == "refitted"  # type: ignore[attr-defined]
    spoken = "s(t−1)" if tau == 1.0 else f"{tau:g} s(t−1)"
    formula = f"s(t) = {spoken}" if refitted else f"s(t) = max({spoken} − σ², 0)"
    why = (
        "a noise that is refitted to decoder means is nothing, so no latent loses any more"
        if refitted
        else "every latent loses the noise σ² in each generation"
    )
    return (
        f" The dashed lines hold with endless data: {why}, {formula}, where s is the square of what is drawn. With n = "
        f"{scenario.n:,} the widest ends at {wide[-1, 0]:.3g} grey levels, and with endless data at {np.sqrt(law[-1, 0]):.3g}."
    )


def digits_drawn(scenario: Scenario, shares: Array) -> Picture:
    """The digits that one lineage draws, by generation: `shares` (T + 1, 10), as the fixed reader reads them."""
    t = np.arange(len(shares))
    traces = [
        {
            "type": "bar",
            "name": f"read as {digit}",
            "meta": NAMED,
            "x": t,
            "y": 100 * shares[:, digit],
            "text": [str(digit) if share >= 0.06 else "" for share in shares[:, digit]],
            "textposition": "inside",
            "insidetextanchor": "middle",
            "textangle": 0,
            "hovertemplate": "%{y:.1f}%",
            "marker": {
                "color": palette.GROUPS[digit % len(palette.GROUPS)],
                "line": {"color": palette.PAPER, "width": 1},
            },
        }
        for digit in range(shares.shape[1])
    ]
    layout = palette.base_layout(
        "generation",
        "share of the drawings",
        height=300,
        barmode="stack",
        bargap=0.08,
        xaxis={"range": [-0.5, scenario.generations + 0.5]},
        yaxis={"range": [0, 100], "ticksuffix": "%"},
    )
    alive = [np.flatnonzero(row >= ALIVE).tolist() for row in shares]
    return Picture(
        palette.figure(traces, layout),
        name="digits_drawn",
        caption=parameters(scenario),
        cursor=True,
        say="Which digits does this chain draw, and which has it forgotten?",
        note="The horizontal axis counts generations, of which generation 0 is real, and the vertical axis shows what share of 1,000 "
        "drawings the fixed reader takes for each digit. It always names one, also where there is nothing to read.",
        alt=f"Of the ten digits {len(alive[0])} make up at least one percent in generation 0, {len(alive[-1])} in the last one: "
        f"{listing([str(d) for d in alive[-1]])}.",
    )
