"""The stage strip: the share of lineages that are healthy, early or late at each generation."""

import numpy as np

from collapse.data import Array
from collapse.figures import palette
from collapse.figures.areas import area, names
from collapse.figures.picture import Picture
from collapse.figures.words import parameters
from collapse.healthy import Alarms, amounts
from collapse.metrics import signs
from collapse.scenario import Scenario
from collapse.speech import count, percent, plural
from collapse.stages import EARLY, LATE, NAMES, Rule, shares, typical_onset
from collapse.trajectory import Trajectory

_COLORS = (palette.HEALTHY, palette.EARLY, palette.LATE)
_AREAS = (palette.HEALTHY_AREA, palette.EARLY_AREA, palette.LATE_AREA)
_PATTERNS = ("", ".", "/")
_MEANING = ("", "losing rare cases", "collapsed")
TOP = 142.0  # of the picture, in percent of the lineages
ROWS = (111.0, 130.0)  # where it is said that half are early, and late: above the plot
SIGNS = {  # how each of `metrics.signs` is said where it is low
    "smaller_tail": "fewer rare cases in the smaller of the two tails",
    "rare_types": "fewer rare types alive",
    "tail_mass": "less probability of the rare types",
    "variance": "variety (variance)",
    "generalized_variance": "variety (geometric mean of the variances along the real whitened axes)",
    "effective_types": "variety (effective number of types)",
}


def strip(trajectory: Trajectory, stages: Array, rule: Rule, alarms: Alarms) -> Picture:
    """Stages (R, T+1) as stacked shares, with the generations at which half of the lineages have entered.

    `alarms`: how often the rule rings falsely.
    """
    s = trajectory.scenario
    t, share = np.arange(s.generations + 1), 100 * shares(stages)
    traces = [area(name, t, share[i], _COLORS[i], _AREAS[i], _PATTERNS[i]) for i, name in enumerate(NAMES)]
    onsets = {stage: typical_onset(stages, stage) for stage in (EARLY, LATE)}
    entered = [(at, stage) for stage, at in onsets.items() if np.isfinite(at)]
    feet = [
        float(share[:stage, int(at)].sum()) for at, stage in entered
    ]  # the edge of the stage, where the half is reached
    lines = [(at, foot) for (at, _), foot in zip(entered, feet, strict=True)]
    traces.append(names(t, share, list(zip(NAMES, _MEANING, strict=True)), lines))
    traces += _marks(entered, feet, s)
    layout = palette.base_layout(
        "generation",
        "share of chains",
        height=260,
        xaxis={"range": [0, s.generations]},
        yaxis={"range": [0, TOP], "tickvals": [0, 50, 100], "ticktext": ["0%", "50%", "100%"], "ticksuffix": "%"},
        showlegend=False,
    )
    last = ", ".join(f"{percent(float(share[i, -1]) / 100)} {name}" for i, name in enumerate(NAMES))
    return Picture(
        palette.figure(traces, layout),
        cursor=True,
        name="stages",
        caption=parameters(s),
        say="Is this chain healthy, has it fewer rare cases (early stage), or has it collapsed (late stage)?"
        if s.lineages == 1
        else "How many chains are healthy, how many have fewer rare cases (early stage), and how many have collapsed (late stage)?",
        note=_rule_in_words(s, rule, alarms),
        alt=f"Stage of {plural(s.lineages, 'chain', 'chains')}. At the end: {last}."
        + "".join(f" {_who(s)} {NAMES[k]} or beyond at generation {v:g}." for k, v in onsets.items() if np.isfinite(v)),
    )


def _who(s: Scenario) -> str:
    """Of whom an onset speaks."""
    return "It is" if s.lineages == 1 else "Half are"


def _rule_in_words(s: Scenario, rule: Rule, alarms: Alarms) -> str:
    """When the rule rings, and for how many healthy models."""
    tails, spread = (SIGNS[sign] for sign in signs(s))
    if s.world.space == "text":
        tails, spread = "fewer different rare words", "variety (effective number of n-grams)"
    elif s.world.space == "images":
        tails = "fewer rare cases in the tails along the ten principal axes of the real images"
    elif s.world.space == "real" and s.world.d > 1:
        tails = "fewer rare cases in the emptiest tail along the real principal directions"
    unit = {"text": "tokens", "images": "images"}.get(s.world.space, "examples")
    amount = f"as many real {unit}" if amounts(s).max() > s.n else f"{count(s.n)} real {unit}"
    most, (low, high) = percent(rule.level), alarms.interval
    early = f"Early: {tails} than in all but {most} of the healthy models, which are trained once on {amount}."
    if (alarms.tried + 1) * rule.level < 1:
        early = f"Early: {most} cannot be told from {count(alarms.tried)} healthy models, which are trained once on {amount}."
    elif signs(s)[0] == "rare_types":
        early += f" (Types are counted, so the rate moves in steps: it is the highest one up to {most}.)"
    return (
        f"{early} Late: the {spread} is less than {percent(rule.late)} of the median of these models, and less than in all but 1% of "
        f"them. This rule is wrong about {count(alarms.rung)} of {count(alarms.tried)} healthy models, by chance "
        f"(95% interval of the rate: {percent(low)} to {percent(high)})."
    )


def _marks(entered: list[tuple[float, int]], feet: list[float], s: Scenario) -> list[dict[str, object]]:
    """Where half of the lineages have entered a stage: lines from its edge up to words above the plot, as traces, because those move
    without a redraw."""
    at, tops = [t for t, _ in entered], [ROWS[stage - EARLY] for _, stage in entered]
    right = [t < 0.6 * s.generations for t in at]
    lines = (
        np.array([[t, t, np.nan] for t in at]).ravel(),
        np.array([[foot, top + 8, np.nan] for foot, top in zip(feet, tops, strict=True)]).ravel(),
    )
    shared = {"type": "scatter", "hoverinfo": "skip", "showlegend": False}
    return [
        {
            **shared,
            "mode": "lines",
            "name": "half have entered",
            "x": lines[0],
            "y": lines[1],
            "line": {"color": palette.INK, "width": 1.5},
        },
        {
            **shared,
            "mode": "text",
            "name": "when half have entered",
            "x": np.array(at),
            "y": np.array(tops),
            "textposition": [f"middle {'right' if r else 'left'}" for r in right],
            "text": [f" gen {t:g}: {_entered(s)}{NAMES[stage]} " for t, stage in entered],
            "textfont": {"color": palette.INK, "size": 13},
        },
    ]


def _entered(s: Scenario) -> str:
    """Of whom a mark speaks."""
    return "" if s.lineages == 1 else "half "
