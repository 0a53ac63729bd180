"""Several curves over generations in one picture, each with its name, its colour and its dash."""

from collections.abc import Mapping

import numpy as np

from collapse.data import Array
from collapse.figures import palette
from collapse.figures.picture import Picture
from collapse.figures.timeline import Look, known, line, reach
from collapse.figures.words import parameters
from collapse.scenario import Scenario


def several(scenario: Scenario, name: str, curves: Mapping[str, Array], look: Look, *, say: str, note: str) -> Picture:
    """Curves (T+1,) by name, of runs as long as the scenario; infinite values leave gaps."""
    t = np.arange(scenario.generations + 1)
    styles = list(zip(palette.GROUPS, palette.DASHES, strict=True))
    traces = [
        line(label, t, known(values) * look.scale, color, width=2.5, dash=dash)
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
        f"{label}: {values[1] * look.scale:.3g}{look.suffix} at generation 1, {values[-1] * look.scale:.3g}{look.suffix} at the end"
        for label, values in curves.items()
    )
    return Picture(
        palette.figure(traces, layout),
        say=say,
        note=note,
        alt=f"{look.title} by generation. {ends}.",
        name=name,
        caption=parameters(scenario),
        cursor=True,
    )
