"""The three errors on and off: the loss in all eight worlds of a family, and how much of it each error explains in all families."""

from collections.abc import Mapping
from itertools import product

import numpy as np

from collapse.data import Array
from collapse.figures import palette
from collapse.figures.lines import span
from collapse.figures.picture import Picture
from collapse.figures.words import parameters
from collapse.speech import listing
from collapse.switchboard import CAUSES, Decomposition, Family

TINTS = dict(zip(CAUSES, (palette.SYNTHETIC, palette.REAL, palette.TAIL), strict=True))
SHAPES = dict(zip(CAUSES, ("", "/", "."), strict=True))  # of the fill, a second channel beside the colour


def named(switches: tuple[int, ...]) -> str:
    """Which errors are on, in words."""
    on = [cause for cause, is_on in zip(CAUSES, switches, strict=True) if is_on]
    return listing(on) if on else "none"


def worlds(family: Family, values: Array, chosen: tuple[int, ...]) -> Picture:
    """The mean loss (2, 2, 2, R) in each of the eight worlds, the chosen one in another colour."""
    places = sorted(product((0, 1), repeat=len(CAUSES)), key=lambda on: (sum(on), [-x for x in on]))
    mean = [float(values[p].mean()) for p in places]
    error = [1.96 * float(values[p].std() / np.sqrt(values.shape[-1])) for p in places]
    bars = {
        "type": "bar",
        "orientation": "h",
        "name": "loss",
        "y": np.arange(len(places))[::-1].astype(float),
        "x": np.array(mean),
        "error_x": {"type": "data", "array": np.array(error), "color": palette.INK, "thickness": 1.5},
        "marker": {"color": [palette.SYNTHETIC if p == chosen else palette.MUTED for p in places]},
        "text": ["chosen" if p == chosen else "" for p in places],
        "textposition": "inside",
        "insidetextanchor": "start",
        "cliponaxis": False,
        "hovertemplate": "%{x:.3f}<extra></extra>",
    }
    top = max(m + e for m, e in zip(mean, error, strict=True))
    labels = [f"{named(p)}: {m:.3f}" for p, m in zip(places, mean, strict=True)]
    layout = palette.base_layout(
        "loss on the real world (nats)",
        "errors that are on",
        height=340,
        hovermode="closest",
        showlegend=False,
        xaxis={"range": [min(0.0, min(mean)), 1.05 * top]},
        yaxis=_rows(labels),
    )
    return Picture(
        palette.figure([bars], layout),
        say=f"Eight worlds of the {family.name}: how much is lost with which errors on?",
        note=f"The horizontal axis shows the loss on the real world after {family.base.generations} generations (the mean over "
        f"{values.shape[-1]} chains, with its 95% interval). Beside each bar stand the errors that are on, and the loss.",
        alt="Loss by errors that are on: "
        + "; ".join(f"{named(p)} {m:.3f}" for p, m in zip(places, mean, strict=True))
        + ".",
        name="worlds",
        caption=parameters(family.scenario(True, True, True)),
    )


def _rows(labels: list[str]) -> dict[str, object]:
    """An axis with a name for each row, the first on top."""
    return {
        "range": [-0.6, len(labels) - 0.4],
        "tickvals": np.arange(len(labels))[::-1].tolist(),
        "ticktext": labels,
        "showgrid": False,
    }


def shares(found: Mapping[str, Decomposition], family: Family) -> Picture:
    """How much of the whole damage each error explains, in every family, in percent of it, with its 95% interval.

    It has a legend: bars may be too short for words.
    """
    traces = []
    for cause in CAUSES:
        part = [(d.shares[cause], d.total.mean) for d in found.values()]
        x = np.array([100 * s.mean / whole for s, whole in part])
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": f"{cause} error",
                "y": np.arange(len(found))[::-1].astype(float),
                "x": x,
                "error_x": {
                    "type": "data",
                    "symmetric": False,
                    "array": np.array([100 * s.high / whole for s, whole in part]) - x,
                    "arrayminus": x - np.array([100 * s.low / whole for s, whole in part]),
                    "color": palette.INK,
                    "thickness": 1.5,
                },
                "marker": {"color": TINTS[cause], "pattern": {"shape": SHAPES[cause], "solidity": 0.25}},
                "hovertemplate": f"{cause}: %{{x:.0f}}%<extra></extra>",
            }
        )
    ends = [0.0, *(100 * x / d.total.mean for d in found.values() for share in d.shares.values() for x in share)]
    layout = palette.base_layout(
        "share of the damage",
        "family",
        height=340,
        barmode="group",
        hovermode="closest",
        xaxis={"ticksuffix": "%", "range": span(np.array(ends), 0.05)},
        yaxis=_rows(list(found)),
    )
    said = "; ".join(
        f"{name}: " + ", ".join(f"{cause} {100 * d.shares[cause].mean / d.total.mean:.0f}%" for cause in CAUSES)
        for name, d in found.items()
    )
    return Picture(
        palette.figure(traces, layout),
        say="How much of the damage does each error explain?",
        note="The horizontal axis shows how much of what all three errors do together is due to each (Shapley’s value), with the 95% "
        "interval of a bootstrap over chains. How large a share is depends on how far each switch is turned.",
        alt=f"Shares of the damage. {said}.",
        name="shares",
        caption=parameters(family.scenario(True, True, True)),
    )
