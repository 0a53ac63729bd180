"""Several curves over generations in one picture, each with its name, its colour and its dash."""

from collections.abc import Mapping

import numpy as np

from collapse.data import Array
from collapse.figures import palette
from collapse.figures.lines import known, line, reach
from collapse.figures.picture import Picture
from collapse.figures.timeline import Look
from collapse.figures.words import parameters
from collapse.scenario import Scenario
from collapse.speech import digits


def several(scenario: Scenario, name: str, curves: Mapping[str, Array], look: Look, *, say: str, note: str) -> Picture:
    """Curves (T+1,) by name, of runs as long as the scenario; infinite values leave gaps."""
    t = np.arange(scenario.generations + 1)
    styles = list(zip(palette.GROUPS, palette.DASHES, strict=True))
    traces = [
        line(label, t, known(values) * look.scale, color, width=2.5, dash=dash, label=label)
        for (label, values), (color, dash) in zip(curves.items(), styles, strict=False)
    ]
    low, high = reach(np.concatenate([known(values) for values in curves.values()]) * look.scale)
    top = high if look.top is None else min(high, look.top * look.scale)
    layout = palette.base_layout(
        "generation",
        look.title,
        height=320,
        xaxis={"range": [0, scenario.generations]},
        yaxis={"range": [low, top], "ticksuffix": look.suffix},
    )
    ends = "; ".join(
        f"{label}: {_said(values[1], look)} at generation 1, {_said(values[-1], look)} at the end"
        for label, values in curves.items()
    )
    endless = any(np.isinf(values).any() for values in curves.values())
    return Picture(
        palette.figure(traces, layout),
        say=say,
        note=f"{note} Where a curve stops, its value is infinite." if endless else note,
        alt=f"Generation by generation: {look.title}. {ends}.",
        name=name,
        caption=parameters(scenario),
        cursor=True,
    )


def _said(value: float, look: Look) -> str:
    """A value of a curve in words."""
    if np.isinf(value):
        return "infinity" if value > 0 else "minus infinity"
    shown = value * look.scale
    return f"{digits(shown)}{look.suffix}"
