"""Pictures of a categorical world: shares by rank, who is still alive, and which index notices."""

from typing import Any

import numpy as np

from collapse.bands import median
from collapse.data import Array
from collapse.figures import palette
from collapse.figures.lines import NAMED, base, line
from collapse.figures.picture import Film, Picture, Table
from collapse.figures.words import parameters
from collapse.laws import law_for
from collapse.speech import percent
from collapse.trajectory import Trajectory
from collapse.worlds import TypesWorld

DOTS, LINES = 120, 24


def _ranks(types: int, most: int) -> Array:
    """At most `most` ranks from 0 to types − 1, evenly spaced on a log scale."""
    return np.unique(np.geomspace(1, types, most).round().astype(int)) - 1


def ranks(trajectory: Trajectory, p: Array, lineage: int) -> Picture:
    """Share against real rank, both logarithmic, for one lineage p (T, K); lost names lie on the floor as crosses."""
    s = trajectory.scenario
    world = s.world
    assert isinstance(world, TypesWorld)
    chosen = _ranks(world.types, DOTS)
    names = [palette.literal(world.labels[i]) for i in chosen]
    life = 100 * np.concatenate([world.p[None, chosen], p[:, chosen]])
    floor = 10 ** (np.floor(np.log10(min(100 / s.n, 100 * world.p[-1]))) - 0.3)
    alive, lost = np.where(life > 0, life, np.nan), np.where(life > 0, np.nan, floor)
    rank = (chosen + 1).astype(float)
    hover = {"text": names, "hovertemplate": "%{text}: %{y:.3~g}%<extra></extra>"}
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "real share",
            "x": rank,
            "y": 100 * world.p[chosen],
            "line": {"color": palette.REAL, "width": 3},
            "meta": {"label": "real", "color": palette.REAL},
            **hover,
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "share in the model",
            "x": rank,
            "y": alive[-1],
            "marker": {"color": palette.SYNTHETIC, "size": 8, "line": {"color": palette.PAPER, "width": 0.5}},
            "meta": {"label": "model", "color": palette.SYNTHETIC},
            **hover,
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "lost",
            "meta": {"mark": True, "label": "lost", "color": palette.MUTED},
            "x": rank,
            "y": lost[-1],
            "text": names,
            "marker": {
                "color": palette.MUTED,
                "size": 7,
                "symbol": "x-thin",
                "line": {"color": palette.MUTED, "width": 1.5},
            },
            "hovertemplate": "%{text}: lost<extra></extra>",
        },
    ]
    top = float(np.log10(np.nanmax(life))) + 0.25
    layout = palette.base_layout(
        "rank in the real world (1 is the most frequent)",
        f"share of {world.unit}",
        height=430,
        hovermode="closest",
        xaxis={"type": "log", "range": [-0.05, float(np.log10(world.types)) + 0.05], "dtick": 1},
        yaxis={"type": "log", "range": [float(np.log10(floor)) - 0.2, top], "ticksuffix": "%", "dtick": 1},
    )
    left = np.concatenate([[world.types], np.count_nonzero(p, axis=1)])
    captions = tuple(
        f"Generation {t}: {k:,} of {world.types:,} {world.noun} are alive in this chain." for t, k in enumerate(left)
    )
    return Picture(
        palette.figure(traces, layout),
        name="ranks",
        caption=parameters(s),
        film=Film(captions, {1: {"y": alive}, 2: {"y": lost}}),
        say=f"Press play: how far do the dots stray from the blue line of the real shares, and which {world.noun} drop to the "
        "floor?",
        note="The horizontal axis shows how common a name really is, and the vertical axis how common the model thinks it is. Each "
        "mark on an axis stands for ten times as much as the one before. "
        f"{len(chosen)} of {world.types:,} {world.noun} are drawn.",
        alt=f"Share against rank for chain {lineage + 1}. {captions[len(captions) // 2]} {captions[-1]}",
    )


def lifelines(trajectory: Trajectory, p: Array) -> Picture:
    """One line per name, from the real world until it is lost for the rest of the run, whatever came back in between; p (T, K) of one
    lineage."""
    s = trajectory.scenario
    world = s.world
    assert isinstance(world, TypesWorld)
    chosen = _ranks(world.types, LINES)
    alive = p[:, chosen] > 0
    died = np.logical_not(alive[-1])
    last = np.where(alive.any(axis=0), s.generations - alive[::-1].argmax(axis=0), 0)  # the last generation that has it
    end = np.where(died, last + 1, s.generations)
    names = [f"{palette.literal(world.labels[i])} ({i + 1:,})" for i in chosen]
    gone = [n for n, d in zip(names, died.tolist(), strict=True) if d]
    y = np.arange(len(chosen))[::-1]
    gap = np.full(len(chosen), np.nan)

    def segments(which: Any) -> tuple[Array, Array]:
        return (
            np.stack([np.zeros(len(end)), end, gap], axis=1)[which].ravel(),
            np.stack([y, y, gap], axis=1)[which].ravel(),
        )

    (x0, y0), (x1, y1) = segments(np.logical_not(died)), segments(died)
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "alive at the end",
            "meta": {"label": "alive", "color": palette.SYNTHETIC},
            "x": x0,
            "y": y0,
            "hoverinfo": "skip",
            "line": {"color": palette.SYNTHETIC, "width": 5},
        },
        {
            "type": "scatter",
            "mode": "lines",
            "name": "until it was lost",
            "meta": NAMED,
            "x": x1,
            "y": y1,
            "hoverinfo": "skip",
            "line": {"color": palette.MUTED, "width": 2},
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "lost",
            "meta": {"label": "lost", "color": palette.INK},
            "x": end[died].astype(float),
            "y": y[died].astype(float),
            "text": gone,
            "hovertemplate": "%{text}: lost at %{x}<extra></extra>",
            "marker": {"symbol": "x-thin", "size": 9, "line": {"color": palette.INK, "width": 2}},
        },
    ]
    layout = palette.base_layout(
        "generation",
        height=max(220, 24 * len(chosen) + 90),
        xaxis={"range": [0, s.generations * 1.01]},
        yaxis={
            "tickvals": y.tolist(),
            "ticktext": names,
            "range": [-0.8, len(chosen) - 0.2],
            "showgrid": False,
            "tickfont": {"color": palette.MUTED, "size": 11},
        },
        hovermode="closest",
    )
    table = Table(
        (world.noun, "rank in the real world", "lost in generation", "alive at the end"),
        (
            [world.labels[i] for i in chosen],
            chosen + 1,
            np.where(died, end, np.nan),
            ["no" if d else "yes" for d in died.tolist()],
        ),
    )
    return Picture(
        palette.figure(traces, layout),
        table=table,
        cursor=True,
        name="lifelines",
        caption=parameters(s),
        say="Who is still there? Common names at the top, rare ones at the bottom; a cross is where a name is lost to the end.",
        note=f"These are {len(chosen)} names from common to rare (their rank in brackets), in the chain shown. Nothing brings a lost "
        "name back, unless real data or smoothing does; a name that has come back has no cross.",
        alt=f"{len(gone)} of these {len(chosen)} names are lost: {', '.join(gone) or 'none'}.",
    )


def indices(trajectory: Trajectory) -> Picture:
    """Median diversity by four indices, each as a share of its real value, and the survival law for the types."""
    s = trajectory.scenario
    t = np.arange(s.generations + 1)
    shown = {
        "types": "names alive",
        "effective_types": "effective number of names",
        "entropy": "entropy",
        "simpson": "Simpson diversity",
    }
    curves = {m: median(trajectory.measure(m)) / trajectory.measure(m)[0, 0] for m in shown}
    colors = (palette.SYNTHETIC, palette.EARLY, palette.HEALTHY, palette.TAIL)
    traces = [
        line(shown[m], t, 100 * curves[m], c, width=3, dash=d, label=shown[m])
        for m, c, d in zip(shown, colors, ("solid", "dashdot", "dot", "longdashdot"), strict=True)
    ]
    law, alive = law_for(s, "types"), trajectory.measure("types")
    if law is not None:
        traces.append(
            line(
                "mean of the names alive",
                t,
                100 * alive.mean(axis=0) / alive[0, 0],
                palette.MUTED,
                width=2,
                label="average alive",
            )
        )
        traces.append(
            line(
                "law for that mean (lower bound)",
                t,
                100 * law / law[0],
                palette.THEORY,
                width=2,
                dash="dash",
                label="formula",
            )
        )
    layout = base(s, "share of the real value", (0.0, 105.0), 320, ticksuffix="%")
    end = "; ".join(f"{shown[m]} {percent(float(c[-1]))}" for m, c in curves.items())
    return Picture(
        palette.figure(traces, layout),
        cursor=True,
        laws=() if law is None else ("types",),
        name="indices",
        caption=parameters(s),
        say="The same loss in four numbers: how differently do they tell it?",
        note="The lines are medians over the chains, of each index as a share of its value in the real world. The one that falls "
        "most need not be the best alarm: for that, compare each with its own luck. Generation 1 has learnt from real names only: "
        "what is missing there was not in the first sample."
        + ("" if law is not None else " No law for the surviving names of these training data is known."),
        alt=f"At the end: {end}.",
    )
