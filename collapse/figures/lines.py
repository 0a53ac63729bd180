"""What pictures over generations are made of: lines with words where they end, bands, layouts, and the ends of their axes."""

from collections.abc import Sequence
from textwrap import wrap
from typing import NamedTuple

import numpy as np

from collapse.data import Array
from collapse.figures import palette
from collapse.scenario import Scenario

NAMED = {"named": True}  # the `meta` of a trace whose name stands in the picture: no legend repeats it
NEAR = 0.7  # of the way across: up to here there is room for words on the right
WIDE = 30  # letters of the title of an axis that stands upright, before it goes on in another line


def known(values: Array) -> Array:
    """Infinite values as gaps."""
    return np.where(np.isfinite(values), values, np.nan)


def doubled(top: float, reach: float) -> float:
    """`top`, doubled until `reach` fits: an axis that changes seldom, and by steps that can be said."""
    return top if not np.isfinite(reach) or reach <= top else top * 2.0 ** int(np.ceil(np.log2(reach / top)))


def span(values: Array, margin: float) -> list[float]:
    """The ends of an axis that holds all values, with a margin on either side as a share of their range."""
    low, high = float(values.min()), float(values.max())
    pad = margin * (high - low or 1.0)
    return [low - pad, high + pad]


def reach(values: Array) -> tuple[float, float]:
    """The ends of an axis that holds all finite values: zero, and 1, 2 or 5 times a power of ten."""
    seen = values[np.isfinite(values)]
    top, bottom = max(float(seen.max(initial=0.0)), 0.0), max(float(-seen.min(initial=0.0)), 0.0)
    return (-_round_up(bottom) if bottom else 0.0), (_round_up(top) if top or not bottom else 0.0)


def _round_up(x: float) -> float:
    if x <= 1e-300:
        return 1.0
    unit = 10.0 ** np.floor(np.log10(x))
    return float(next(step * unit for step in (1, 2, 5, 10) if x <= step * unit * (1 + 1e-9)))


def line(
    name: str, x: Array, y: Array, color: str, *, width: float, dash: str = "solid", label: str = "", **extra: object
) -> dict[str, object]:
    """A scatter line as a plain dictionary; `label`: the few letters that stand where it ends, instead of a legend."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": y,
        "line": {"color": color, "width": width, "dash": dash},
        "hovertemplate": "%{y:.3~g}",
        **({"meta": {"label": label, "color": color}} if label else {}),
        **extra,
    }


class Upright(NamedTuple):
    """A guide that stands at `x` from `foot` upwards, and what it says at its top; `name`: of the trace with which it is hidden."""

    name: str
    x: float
    foot: float
    said: str
    color: str
    dash: str = "dot"


def uprights(guides: Sequence[Upright], ends: Sequence[float], rows: Sequence[float]) -> list[dict[str, object]]:
    """Guides with words at their tops, in `rows` of their own from high to low, where the words of one cross no other guide.

    `ends`: of the axis across.  All words are right of their guides, or left of them; where guides stand near both ends, the words of
    each are on the side with more room.  They are no data: no table has them.
    """
    low, high = ends
    share = [(guide.x - low) / (high - low) for guide in guides]
    border = 1.0 if max(share) <= NEAR else 0.0 if min(share) >= 1 - NEAR else 0.5
    order = sorted(range(len(guides)), key=lambda i: (share[i] > border, share[i] if share[i] <= border else -share[i]))
    return [
        line(
            f"{guide.name}, guide",
            np.full(2, guide.x),
            np.array([guide.foot, row]),
            guide.color,
            width=1.5,
            dash=guide.dash,
        )
        | {
            "mode": "lines+text",
            "text": ["", f" {guide.said} "],
            "textposition": "middle left" if share[i] > border else "middle right",
            "textfont": {"color": guide.color, "size": 12},
            "cliponaxis": False,
            "hoverinfo": "skip",
            "showlegend": False,
            "legendgroup": guide.name,
        }
        for i, row in zip(order, rows, strict=False)
        for guide in [guides[i]]
    ]


def ribbon(name: str, t: Array, low: Array, high: Array, label: str = "middle 90%") -> list[dict[str, object]]:
    """The area between two curves, as two traces."""
    named = {"label": label, "color": palette.SYNTHETIC}
    return [
        line(f"{name}, low", t, low, palette.BAND, width=0, showlegend=False, meta=named | {"low": True}),
        line(f"{name}, high", t, high, palette.BAND, width=0, fill="tonexty", fillcolor=palette.BAND, meta=named),
    ]


def rising(t: Array, high: Array, top: float, said: str) -> dict[str, object]:
    """An arrow at the upper edge of a picture where the band is highest, if it leaves the picture at `top` there, and what it reaches
    in words; a trace of one point, which is nowhere if the band stays inside."""
    seen = np.where(np.isfinite(high), high, -np.inf)
    at = int(seen.argmax())
    out = bool(seen[at] > top)
    side = "left" if at > 0.7 * t[-1] else "right" if at < 0.3 * t[-1] else "center"
    return {
        "type": "scatter",
        "mode": "text",
        "name": "how far the band goes",
        "x": np.array([t[at] if out else np.nan], dtype=float),
        "y": np.array([top]),
        "text": [f"↑ {said}" if out else ""],
        "textposition": [f"bottom {side}"],
        "textfont": {"color": palette.SYNTHETIC, "size": 12},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def base(s: Scenario, title: str, ends: tuple[float, float], height: int, **yaxis: object) -> dict[str, object]:
    """The layout of a picture with generations across and one quantity up."""
    return palette.base_layout(
        "generation",
        "<br>".join(wrap(title, WIDE)),
        height=height,
        xaxis={"range": [0, s.generations]},
        yaxis={"range": [*ends], **yaxis},
    )
