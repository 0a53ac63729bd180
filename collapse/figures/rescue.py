"""How late is too late: what is left at the end, by the generation in which the measures begin."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import NamedTuple

import numpy as np

from collapse.bands import error_of_mean
from collapse.data import Array
from collapse.figures import palette
from collapse.figures.lines import NAMED, line, reach
from collapse.figures.picture import Picture
from collapse.figures.timeline import Look
from collapse.figures.words import parameters
from collapse.scenario import Scenario
from collapse.speech import digits, listing

ERRORS = 2  # standard errors on either side of a mean


class Ends(NamedTuple):
    """What is left at the end: the generations `begins` (B,), what was `found` for each of them, (B, R), and the law of the mean (G,)
    for each of the generations `lawful` (G,), or None, and how it stands, as in `laws.Law`."""

    begins: Sequence[int]
    found: Array
    lawful: Sequence[int]
    law: Array | None
    standing: str = "exact"


def too_late(scenario: Scenario, ends: Mapping[str, Ends], look: Look, *, name: str, say: str, note: str) -> Picture:
    """The mean at the end with its standard error by the generation of the beginning, and its law, for each named measure."""
    traces, told, tops = [], [], []
    for (label, each), color, dash in zip(ends.items(), palette.GROUPS, cycle(("dash", "dot")), strict=False):
        t, mean = np.array(each.begins, dtype=float), each.found.mean(axis=1)
        error = ERRORS * np.array([error_of_mean(left) for left in each.found])
        low, high = mean - error, mean + error
        gaps = np.full_like(t, np.nan)
        across, up = (np.stack(parts).T.ravel() for parts in ((t, t, t), (low, high, gaps)))
        bars = line(f"{label}: bars", across, up * look.scale, color, width=1.5)
        traces.append(bars | {"showlegend": False, "hoverinfo": "skip"})
        dots = {"mode": "markers", "marker": {"color": color, "size": 8}}
        traces.append(
            line(label, t, mean * look.scale, color, width=0, label=label if len(ends) > 1 else "this run") | dots
        )
        if each.law is not None:
            law = line(
                f"law: {label}", np.array(each.lawful), each.law * look.scale, palette.THEORY, width=2, dash=dash
            )
            traces.append(law | {"meta": {"label": "formula", "color": palette.THEORY} if len(ends) == 1 else NAMED})
        tops += [high, mean] if each.law is None else [high, mean, each.law]
        first, last = (f"{digits(value * look.scale)}{look.suffix}" for value in mean[[0, -1]])
        told.append(f"{label}: {first} if it begins in generation {t[0]:.0f}, {last} if in generation {t[-1]:.0f}")
    layout = palette.base_layout(
        "generation in which it begins",
        look.title,
        height=320,
        xaxis={"range": [0, scenario.generations + 2]},
        yaxis={"range": list(reach(np.concatenate(tops) * look.scale)), "ticksuffix": look.suffix},
    )
    lawful = sorted({each.standing for each in ends.values() if each.law is not None})
    errors = " A bar is two standard errors of the mean to each side." if scenario.lineages > 1 else ""
    laws = f" A broken line is the law for the mean ({listing(lawful)})." if lawful else ""
    missing = [each.law is None for each in ends.values()]
    which = "these points, which are" if all(missing) else "some of these points, which are"
    unknown = f" No formula is known for {which} only simulated." if any(missing) else ""
    return Picture(
        palette.figure(traces, layout),
        say=say,
        note=f"{note}{errors}{laws}{unknown}",
        alt=f"{look.title} in generation {scenario.generations}. {'; '.join(told)}.",
        name=name,
        caption=parameters(scenario),
    )
