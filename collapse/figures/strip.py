"""The stage strip: the share of lineages that are healthy, early or late at each generation."""

import numpy as np

from collapse.data import Array
from collapse.figures import palette
from collapse.figures.picture import Picture
from collapse.figures.words import parameters
from collapse.speech import percent
from collapse.stages import EARLY, LATE, NAMES, Rule, shares, typical_onset
from collapse.trajectory import Trajectory

_COLORS = (palette.HEALTHY, palette.EARLY, palette.LATE)
_PATTERNS = ("", ".", "/")


def strip(trajectory: Trajectory, stages: Array, rule: Rule, false_alarm: float) -> Picture:
    """Stages (R, T+1) as stacked shares, with the generations at which half of the lineages have entered."""
    s = trajectory.scenario
    t, share = np.arange(s.generations + 1), 100 * shares(stages)
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": t,
            "y": share[i],
            "stackgroup": "one",
            "line": {"color": _COLORS[i], "width": 1},
            "fillcolor": _COLORS[i],
            "hovertemplate": "%{y:.3~g} %",
            "fillpattern": {
                "shape": _PATTERNS[i],
                "fgcolor": palette.PAPER,
                "bgcolor": _COLORS[i],
                "size": 8,
                "solidity": 0.1,
            },
        }
        for i, name in enumerate(NAMES)
    ]
    onsets = {stage: typical_onset(stages, stage) for stage in (EARLY, LATE)}
    entered = [(at, stage) for stage, at in onsets.items() if np.isfinite(at)]
    traces += _marks(entered, s.generations)
    layout = palette.base_layout(
        "generation",
        "lineages",
        height=230,
        xaxis={"range": [0, s.generations]},
        yaxis={"range": [0, 100], "ticksuffix": " %"},
    )
    last = ", ".join(f"{percent(float(share[i, -1]) / 100)} {name}" for i, name in enumerate(NAMES))
    tails, spread = {
        "real": ("tails hold", "variance"),
        "images": ("tails hold", "variance"),
        "types": ("tails hold", "effective number of types"),
        "text": ("rare words make up", "effective number of n-grams"),
    }[s.world.space]
    return Picture(
        palette.figure(traces, layout),
        cursor=True,
        name="stages",
        caption=parameters(s),
        say="How many lineages are healthy, in the early stage (tails going) or in the late stage (spread going)?",
        note=f"Early: the {tails} less than {percent(rule.tail)} of their real mass. Late: less than {percent(rule.spread)} of "
        f"the real {spread} is left. On fresh real data only, this rule gives a false alarm for {percent(false_alarm)} of models.",
        alt=f"Stage of {s.lineages} lineages. At the end: {last}."
        + "".join(f" Half are {NAMES[k]} or beyond at generation {v:g}." for k, v in onsets.items() if np.isfinite(v)),
    )


def _marks(entered: list[tuple[float, int]], generations: int) -> list[dict[str, object]]:
    """Where half of the lineages have entered a stage: lines and labels, as traces, because those move without a redraw."""
    at = [t for t, _ in entered]
    sides = ["middle right" if t < 0.6 * generations else "middle left" for t in at]
    lines = np.array([[t, t, np.nan] for t in at]).ravel(), np.array([[0.0, 100.0, np.nan] for _ in at]).ravel()
    heights = np.array([12.0 if stage == EARLY else 88.0 for _, stage in entered])
    shared = {"type": "scatter", "hoverinfo": "skip", "showlegend": False}
    return [
        {
            **shared,
            "mode": "lines",
            "name": "half have entered",
            "x": lines[0],
            "y": lines[1],
            "line": {"color": palette.PAPER, "width": 2, "dash": "dot"},
        },
        {
            **shared,
            "mode": "text",
            "name": "labels",
            "x": np.array(at),
            "y": heights,
            "textposition": sides,
            "text": [f"half are {NAMES[stage]} at {t:g}" for t, stage in entered],
            "textfont": {"color": palette.PAPER, "size": 13},
        },
    ]
