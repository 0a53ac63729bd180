"""The stage strip: the share of lineages that are healthy, early or late at each generation."""

import numpy as np

from collapse.data import Array
from collapse.figures import palette
from collapse.figures.picture import Picture
from collapse.figures.words import parameters
from collapse.healthy import Alarms, amounts
from collapse.metrics import signs
from collapse.scenario import Scenario
from collapse.speech import count, percent, plural
from collapse.stages import EARLY, LATE, NAMES, Rule, shares, typical_onset
from collapse.trajectory import Trajectory

_COLORS = (palette.HEALTHY, palette.EARLY, palette.LATE)
_PATTERNS = ("", ".", "/")
SIGNS = {  # how each of `metrics.signs` is said where it is low
    "smaller_tail": "less mass in the smaller of the two tails",
    "rare_types": "fewer rare types alive",
    "tail_mass": "less probability of the rare types",
    "variance": "variance",
    "generalized_variance": "geometric mean of the variances along the real whitened axes",
    "effective_types": "effective number of types",
}


def strip(trajectory: Trajectory, stages: Array, rule: Rule, alarms: Alarms) -> Picture:
    """Stages (R, T+1) as stacked shares, with the generations at which half of the lineages have entered.

    `alarms`: how often the rule rings falsely.
    """
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
    traces += _marks(entered, s)
    layout = palette.base_layout(
        "generation",
        "lineages",
        height=230,
        xaxis={"range": [0, s.generations]},
        yaxis={"range": [0, 100], "ticksuffix": " %"},
    )
    last = ", ".join(f"{percent(float(share[i, -1]) / 100)} {name}" for i, name in enumerate(NAMES))
    return Picture(
        palette.figure(traces, layout),
        cursor=True,
        name="stages",
        caption=parameters(s),
        say="Is this lineage healthy, in the early stage (tails going) or in the late stage (spread going)?"
        if s.lineages == 1
        else "How many lineages are healthy, in the early stage (tails going) or in the late stage (spread going)?",
        note=_rule_in_words(s, rule, alarms),
        alt=f"Stage of {plural(s.lineages, 'lineage', 'lineages')}. At the end: {last}."
        + "".join(f" {_who(s)} {NAMES[k]} or beyond at generation {v:g}." for k, v in onsets.items() if np.isfinite(v)),
    )


def _who(s: Scenario) -> str:
    """Of whom an onset speaks."""
    return "It is" if s.lineages == 1 else "Half are"


def _rule_in_words(s: Scenario, rule: Rule, alarms: Alarms) -> str:
    """When the rule rings, and for how many healthy models."""
    tails, spread = (SIGNS[sign] for sign in signs(s))
    if s.world.space == "text":
        tails, spread = "fewer different rare words", "effective number of n-grams"
    elif s.world.space == "images":
        tails = "less mass in the tails along the ten principal axes of the real images"
    elif s.world.space == "real" and s.world.d > 1:
        tails = "less mass in the emptiest tail along the real principal directions"
    unit = {"text": "tokens", "images": "images"}.get(s.world.space, "examples")
    amount = f"as many real {unit}" if amounts(s).max() > s.n else f"{count(s.n)} real {unit}"
    most, (low, high) = percent(rule.level), alarms.interval
    early = f"Early: {tails} than in all but {most} of the models that are fitted once to {amount}."
    if (alarms.tried + 1) * rule.level < 1:
        early = f"Early: {most} cannot be told from {count(alarms.tried)} models that are fitted once to {amount}."
    elif signs(s)[0] == "rare_types":
        early += f" (Types are counted, so the rate is the highest one up to {most} that a count can have.)"
    return (
        f"{early} Late: the {spread} is less than {percent(rule.late)} of the median of these models, and less than their "
        f"1 % quantile. By chance this rule rings for {count(alarms.rung)} of {count(alarms.tried)} of them "
        f"(95 % interval of the rate: {percent(low)} to {percent(high)})."
    )


def _marks(entered: list[tuple[float, int]], s: Scenario) -> list[dict[str, object]]:
    """Where half of the lineages have entered a stage: lines and labels, as traces, because those move without a redraw."""
    at = [t for t, _ in entered]
    sides = ["middle right" if t < 0.6 * s.generations else "middle left" for t in at]
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
            "text": [f"{_who(s).lower()} {NAMES[stage]} at {t:g}" for t, stage in entered],
            "textfont": {"color": palette.PAPER, "size": 13},
        },
    ]
