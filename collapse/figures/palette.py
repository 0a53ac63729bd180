"""Colours and the quiet base layout: the real is always one colour, the synthetic another, theory is dashed ink.

Every constant is a colour for the light page. `DARK` maps each of them to its counterpart on the dark page; the chart
component swaps exact matches in the browser, so a figure never needs to know which theme the reader has chosen. Hues
follow Okabe and Ito (2008) and differ in lightness too; still, a dash, marker or label always says the same thing as
the colour.

To add a colour: one constant, one line in `DARK`; `tests/ui/test_components.py` computes the contrasts.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

PAPER: Final = "#fdfcfa"  # the page; also in .streamlit/config.toml, kept equal by a test
INK: Final = "#1c2733"  # text
ACCENT: Final = "#0b57d0"  # links, and what is chosen; in .streamlit/config.toml, too
MUTED: Final = "#55606d"  # axis numbers, notes
GRID: Final = "rgba(28,39,51,0.11)"
AXIS: Final = "rgba(28,39,51,0.36)"

REAL: Final = "#0b61a4"
SYNTHETIC: Final = "#c2410c"
THEORY: Final = INK  # always dashed
TAIL: Final = "#7a3ea1"  # what the outermost 5% of the world deserve
HEALTHY: Final = "#007f66"
EARLY: Final = "#9c6500"
LATE: Final = "#641040"
HEALTHY_AREA: Final = "#d3ebe2"  # the same three stages as areas that carry words
EARLY_AREA: Final = "#f6e3b8"
LATE_AREA: Final = "#e6cbda"

BAND: Final = "rgba(194,65,12,0.17)"  # 5-95% of the lineages
REAL_BAND: Final = "rgba(11,97,164,0.16)"
GHOST_FILL: Final = "rgba(11,97,164,0.13)"  # the real world, behind
SYNTHETIC_FILL: Final = "rgba(194,65,12,0.30)"
SYNTHETIC_PALE: Final = "rgba(194,65,12,0.12)"
TAIL_FILL: Final = "rgba(122,62,161,0.22)"

LADDER: Final = ("#440154", "#414487", "#2a788e", "#22a884", "#7ad151", "#fde725")  # low to high, for maps (viridis)
GROUPS: Final = (REAL, SYNTHETIC, HEALTHY, TAIL, EARLY, LATE)  # species, classes, scenarios; in this order
DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")  # the second channel of GROUPS

DARK: Final[dict[str, str]] = {
    PAPER: "#10151c",
    INK: "#e7eaee",
    ACCENT: "#8ab4f8",
    MUTED: "#a7b1bd",
    GRID: "rgba(231,234,238,0.12)",
    AXIS: "rgba(231,234,238,0.40)",
    REAL: "#6cb6f5",
    SYNTHETIC: "#ff9a62",
    TAIL: "#c9a4f2",
    HEALTHY: "#8fe8cf",
    EARLY: "#d9a520",
    LATE: "#d95a98",
    HEALTHY_AREA: "#123f36",
    EARLY_AREA: "#4a3a0e",
    LATE_AREA: "#57203f",
    BAND: "rgba(255,154,98,0.20)",
    REAL_BAND: "rgba(108,182,245,0.20)",
    GHOST_FILL: "rgba(108,182,245,0.17)",
    SYNTHETIC_FILL: "rgba(255,154,98,0.32)",
    SYNTHETIC_PALE: "rgba(255,154,98,0.14)",
    TAIL_FILL: "rgba(201,164,242,0.28)",
} | {step: step for step in LADDER}


def _axis(title: str = "", **extra: Any) -> dict[str, Any]:
    """One quiet axis: thin grid, no zero line, numbers in muted ink."""
    return {
        "title": {"text": title, "font": {"color": INK}, "standoff": 8},
        "tickfont": {"color": MUTED},
        "gridcolor": GRID,
        "linecolor": AXIS,
        "gridwidth": 1,
        "zeroline": False,
        "automargin": True,
        "separatethousands": True,
        "nticks": 6,
    } | extra


def base_layout(
    x: str = "",
    y: str = "",
    *,
    xaxis: Mapping[str, Any] | None = None,
    yaxis: Mapping[str, Any] | None = None,
    **extra: Any,
) -> dict[str, Any]:
    """The layout every figure starts from, as a plain dictionary.

    `x`, `y`: axis titles; `xaxis`, `yaxis`: settings that win over the quiet ones; `extra`: any other layout keys.
    `uirevision` is constant, so that zoom and hidden traces survive new data; `template` is empty, because the default
    plotly template costs more to copy than the whole figure.
    """
    return {
        "template": {},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": INK, "size": 13},
        "margin": {"l": 52, "r": 14, "t": 10, "b": 44},
        "xaxis": _axis(x, showgrid=False, showline=True, ticks="outside", ticklen=4, tickcolor=AXIS)
        | dict(xaxis or {}),
        "yaxis": _axis(y) | dict(yaxis or {}),
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": PAPER, "bordercolor": AXIS, "font": {"color": INK, "size": 13}},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "colorway": list(GROUPS),
        "dragmode": "zoom",
        "uirevision": "keep",
    } | extra


def literal(text: str) -> str:
    """Text that somebody else wrote, for a figure: plotly would read tags in it."""
    return escape(text, quote=False)


def figure(traces: Sequence[Mapping[str, Any]], layout: Mapping[str, Any]) -> dict[str, Any]:
    """A plotly figure in plotly's own notation, `{"data": …, "layout": …}`; arrays stay arrays.

    `traces`: dictionaries with a `type` of the vendored bundle (`scatter`, `bar`, `pie`). To build a `go.Figure` costs more
    than the simulation behind it, so plotly.py sees every figure in the tests (`Picture.plotly`), and no visitor waits for it.
    """
    return {"data": [dict(trace) for trace in traces], "layout": {"template": {}} | dict(layout)}
