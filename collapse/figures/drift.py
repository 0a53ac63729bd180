"""Drift against shrinking: what a lineage loses inside reappears as disagreement between lineages."""

import numpy as np

from collapse.bands import median
from collapse.beliefs.normal import Normal
from collapse.data import Array
from collapse.figures import palette
from collapse.figures.lines import base, line
from collapse.figures.picture import Film, Picture
from collapse.figures.words import parameters
from collapse.laws import law_for
from collapse.laws.ensembles import directions_left, trusted
from collapse.speech import percent
from collapse.trajectory import Trajectory

DOTS = 150


def swarm(trajectory: Trajectory, lineage: int) -> Picture:
    """Every dot is a lineage, at the mean and the standard deviation it believes in; the film plays the generations.

    In d dimensions: the mean of the first coordinate, and the geometric-mean standard deviation (det Σ)^(1/2d).
    """
    s = trajectory.scenario
    means = (s.model.belief(trajectory.params).mean[..., 0] - s.world.distribution.mean[0]) / np.sqrt(
        s.world.distribution.cov[0, 0]
    )
    mean = means[:DOTS]
    sd = np.exp(trajectory.measure("log_variance") / 2)
    start = np.zeros((min(DOTS, s.lineages), 1))
    x, y = np.concatenate([start, mean], axis=1).T, sd[:DOTS].T
    path = np.concatenate([[0.0], means[lineage]])
    wide, tall = float(np.quantile(np.abs(x), 0.995)), float(np.quantile(y, 0.995))
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "path of the lineage shown",
            "x": path,
            "y": sd[lineage],
            "line": {"color": palette.MUTED, "width": 1.5, "dash": "dot"},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": f"{x.shape[1]} lineages",
            "x": x[-1],
            "y": y[-1],
            "marker": {
                "color": palette.SYNTHETIC,
                "size": 7,
                "opacity": 0.75,
                "line": {"color": palette.PAPER, "width": 0.5},
            },
            "hovertemplate": "mean %{x:.2f}, sd %{y:.3~g}<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers+text",
            "name": "the real world",
            "x": [0.0],
            "y": [1.0],
            "text": ["real"],
            "textposition": "top center",
            "textfont": {"color": palette.REAL},
            "hoverinfo": "skip",
            "marker": {"color": palette.REAL, "size": 13, "symbol": "diamond"},
        },
    ]
    many = s.world.d > 1
    layout = palette.base_layout(
        "believed mean" + (" (first coordinate)" if many else ""),
        "believed sd" + (" (geometric mean)" if many else ""),
        height=430,
        hovermode="closest",
        xaxis={"range": [-max(1.5, wide) * 1.05, max(1.5, wide) * 1.05]},
        yaxis={"range": [0, max(1.4, tall) * 1.05]},
    )
    captions = tuple(_believed(t, x[t], y[t]) for t in range(s.generations + 1))
    return Picture(
        palette.figure(traces, layout),
        film=Film(captions, {1: {"x": x, "y": y}}),
        name="drift",
        caption=parameters(s),
        say="Each dot is one lineage. Press play: does the cloud fall (narrower models), does it fan out (means drift apart)?",
        note="Across: the mean a lineage believes in. Up: the standard deviation it believes in. Both in real standard deviations.",
        alt=f"Swarm of lineages in the plane of mean and standard deviation. {captions[len(captions) // 2]} {captions[-1]}",
    )


def _believed(t: int, means: Array, sds: Array) -> str:
    """What the lineages of a generation believe, in a sentence."""
    if t == 0:
        return "Generation 0: all start from the real mean and standard deviation."
    if len(sds) == 1:
        return f"Generation {t}: this lineage believes in a standard deviation of {sds[0]:.2g}."
    return (
        f"Generation {t}: half of the lineages believe in a standard deviation below {median(sds):.2g}; "
        f"their means are {np.std(means):.2g} apart (sd)."
    )


def conservation(trajectory: Trajectory) -> Picture:
    """Mean variance inside lineages, and mean squared drift between them, stacked; with both laws."""
    s = trajectory.scenario
    t = np.arange(s.generations + 1)
    inside, between = (100 * trajectory.measure(m).mean(axis=0) for m in ("variance", "mean_drift"))
    laws = law_for(s, "variance"), law_for(s, "mean_drift")
    traces = [
        _area("inside lineages (mean variance)", t, inside, palette.SYNTHETIC, palette.SYNTHETIC_FILL),
        _area("between lineages (mean squared drift)", t, between, palette.REAL, palette.REAL_BAND),
    ]
    total = inside + between
    if laws[0] is not None and laws[1] is not None:
        traces += [
            line("law, inside", t, 100 * laws[0], palette.THEORY, width=2, dash="dash"),
            line("law, inside + between", t, 100 * (laws[0] + laws[1]), palette.THEORY, width=2, dash="dot"),
        ]
    ceiling = 125.0 if total.max() <= 125 else float(np.ceil(total.max() / 100) * 110)
    layout = palette.base_layout(
        "generation",
        "share of the real variance",
        height=320,
        xaxis={"range": [0, s.generations]},
        yaxis={"range": [0, ceiling], "ticksuffix": " %"},
    )
    return Picture(
        palette.figure(traces, layout),
        cursor=True,
        name="conservation",
        caption=parameters(s),
        say="Is what goes missing inside lineages found again between them? Compare the two areas together with the dotted law.",
        note="With the divisor n the law of the sum is exactly 100 %, whatever the policy, as long as nobody cools or truncates. "
        "These are means over lineages; few lineages make them rough.",
        alt=f"Stacked areas. At the end {percent(inside[-1] / 100)} of the real variance is inside lineages on average and "
        f"{percent(between[-1] / 100)} between them.",
    )


def _area(name: str, x: Array, y: Array, color: str, fill: str) -> dict[str, object]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": y,
        "stackgroup": "one",
        "fillcolor": fill,
        "line": {"color": color, "width": 1.5},
        "hovertemplate": "%{y:.3~g} %",
    }


def directions(trajectory: Trajectory) -> Picture:
    """Three summaries of a covariance: the trace, the geometric mean of the eigenvalues, and the smallest; medians."""
    s = trajectory.scenario
    t = np.arange(s.generations + 1)
    belief = s.model.belief(trajectory.params)
    assert isinstance(belief, Normal)
    least = belief.narrowest()
    smallest = np.concatenate([np.ones((len(least), 1)), least], axis=1)
    medians = {
        "total variance (trace ÷ d)": median(trajectory.measure("variance")),
        "geometric mean of the directions": median(np.exp(trajectory.measure("log_variance"))),
        "smallest direction": median(smallest),
    }
    traces = [
        line(name, t, 100 * y, color, width=3, dash=dash)
        for (name, y), color, dash in zip(
            medians.items(),
            (palette.SYNTHETIC, palette.TAIL, palette.HEALTHY),
            ("solid", "longdash", "dot"),
            strict=True,
        )
    ]
    logs = law_for(s, "log_variance")
    if logs is not None:
        traces.append(
            line("law: exp E log (geometric mean)", t, 100 * np.exp(logs), palette.THEORY, width=2, dash="dash")
        )
    layout = palette.base_layout(
        "generation",
        "share of the real variance",
        height=320,
        xaxis={"range": [0, s.generations]},
        yaxis={"range": [0, 110], "ticksuffix": " %"},
    )
    end = {name: percent(float(y[-1])) for name, y in medians.items()}
    return Picture(
        palette.figure(traces, layout),
        cursor=True,
        name="directions",
        caption=parameters(s),
        say="Does the total variance tell all? Compare it with the geometric mean of the directions, and with the smallest.",
        note="Medians over lineages. In one dimension the three curves are one; raise the dimension and watch them part.",
        alt="At the end: " + "; ".join(f"{name} {value}" for name, value in end.items()) + ".",
    )


def effective_number(trajectory: Trajectory, law: Array) -> Picture:
    """The effective number of directions of a Gaussian, R_t = E(tr Σ)² ÷ E tr Σ², with its law (T + 1,); simulated only where it
    can be trusted (`laws.ensembles.trusted`)."""
    s = trajectory.scenario
    t = np.arange(s.generations + 1)
    sound = trusted(s) | (t == 0)
    last = int(np.flatnonzero(sound)[-1])
    found = np.concatenate([[s.world.d], directions_left(trajectory.params.cov)])
    traces = [
        line("this run", t, np.where(sound, found, np.nan), palette.SYNTHETIC, width=3, hovertemplate="%{y:.2f}"),
        line("law", t, law, palette.THEORY, width=2, dash="dash", hovertemplate="%{y:.2f}"),
    ]
    until = (
        ""
        if last == s.generations
        else f" From generation {last + 1} on it is carried by too few lineages to be simulated, and only the law is drawn."
    )
    return Picture(
        palette.figure(traces, base(s, "effective number of directions", (0.0, s.world.d + 0.5), 300)),
        cursor=True,
        name="effective_number",
        caption=parameters(s),
        say="How many directions does a model still vary in, if wide models count most?",
        note="Across: generations. Up: the mean of trace² divided by the mean trace of the squared covariance, two means over "
        "lineages: as many as there are dimensions if all directions are alike, and 1 if a single one is left. The dashed law R is "
        f"exact: (R − 1) ÷ (R + 2) shrinks by (n − 2) ÷ (n + 1) in each generation.{until}",
        alt=f"Effective number of directions: {s.world.d} in the real world, {found[last]:.2f} in generation {last} of this run. "
        f"The law gives {law[last]:.2f} there, and {law[-1]:.2f} at the end.",
    )
