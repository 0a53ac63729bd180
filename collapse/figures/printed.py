"""Maps and lines on paper: an SVG that needs no browser, with axes, a scale of colours and the words of the picture.

It knows what maps and lines of sweeps are made of (bars as cells, lines, marks), as `still` knows heroes, whose strokes it uses.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from textwrap import wrap
from typing import Any

import numpy as np

from collapse.figures import palette
from collapse.figures.picture import Picture
from collapse.figures.still import letters, scale, stroke, strokes

WIDE, HIGH = 800, 560
LEFT, RIGHT, TOP, BOTTOM = 84, 24, 92, 110
ROOM = 96  # letters in a line of the note
BAR = 300  # px of the scale of colours


def printed(picture: Picture, title: str = "") -> str:
    """The picture as an SVG; `title` stands above it."""
    layout, traces = picture.figure["layout"], picture.figure["data"]
    x, y = scale(layout["xaxis"], LEFT, WIDE - RIGHT), scale(layout["yaxis"], HIGH - BOTTOM, TOP)
    parts = [letters(LEFT, 24, title, palette.INK, "start")] if title else []
    parts.append(
        f'<clipPath id="in"><path d="M{LEFT} {TOP}H{WIDE - RIGHT}V{HIGH - BOTTOM}H{LEFT}z"/></clipPath><g clip-path="url(#in)">'
    )
    for trace in traces:
        if trace["type"] == "bar":
            parts += _cells(trace, x, y)
        elif "lines" in trace["mode"]:
            parts.append(stroke(trace, strokes(x(np.asarray(trace["x"], float)), y(np.asarray(trace["y"], float))), []))
    parts.append("</g>")
    parts += _axes(layout, x, y)
    shown = next((t["marker"] for t in traces if "colorscale" in t.get("marker", {})), None)
    parts += _colours(shown) if shown else _legend(traces, layout)
    parts += [
        letters(LEFT, HIGH - 44 + 17 * i, part, palette.MUTED, "start")
        for i, part in enumerate(wrap(picture.note, ROOM)[:3])
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" height="{HIGH}" '
        f'font-family="Source Sans,DejaVu Sans,Helvetica,Arial,sans-serif" font-size="13">'
        f"<title>{escape(picture.alt)}</title>"
        f'<desc>{escape(picture.caption)}</desc><path d="M0 0H{WIDE}V{HIGH}H0z" fill="{palette.PAPER}"/>{"".join(parts)}</svg>'
    )


def _cells(trace: Mapping[str, Any], x: Any, y: Any) -> Iterator[str]:
    """Squares of side 1 around whole numbers, one path for each colour."""
    marker = trace["marker"]
    colours = np.broadcast_to(np.asarray(_mixed(marker)), (len(trace["x"]),))
    left, right = x(np.asarray(trace["x"]) - 0.5), x(np.asarray(trace["x"]) + 0.5)
    low, high = y(np.asarray(trace["base"])), y(np.asarray(trace["base"]) + trace["y"])
    for colour in dict.fromkeys(colours.tolist()):
        if colour == "rgba(0,0,0,0)":
            continue
        mine = np.flatnonzero(colours == colour)
        d = "".join(f"M{left[i]:.1f} {low[i]:.1f}H{right[i]:.1f}V{high[i]:.1f}H{left[i]:.1f}z" for i in mine)
        yield f'<path d="{d}" fill="{colour}" shape-rendering="crispEdges"/>'


def _mixed(marker: Mapping[str, Any]) -> list[str] | str:
    """The colour of every value on the scale, between the two steps around it; or the one colour of all."""
    if "colorscale" not in marker:
        return str(marker["color"])
    low, high = float(marker["cmin"]), float(marker["cmax"])
    at = np.clip((np.asarray(marker["color"], float) - low) / ((high - low) or 1.0), 0, 1)
    steps = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for _, c in marker["colorscale"]])
    places = [p for p, _ in marker["colorscale"]]
    rgb = np.stack([np.interp(at, places, steps[:, i]) for i in range(3)], axis=-1).round().astype(int)
    return [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in rgb.tolist()]


def _axes(layout: Mapping[str, Any], x: Any, y: Any) -> Iterator[str]:
    floor = HIGH - BOTTOM
    yield f'<path d="M{LEFT} {floor}H{WIDE - RIGHT}M{LEFT} {floor}V{TOP}" stroke="{palette.AXIS}" fill="none"/>'
    for value, word in _ticks(layout["xaxis"]):
        (px,) = x(np.array([value]))
        yield f'<path d="M{px:.1f} {floor}v5" stroke="{palette.AXIS}"/>{letters(px, floor + 20, word, palette.MUTED)}'
    for value, word in _ticks(layout["yaxis"]):
        (py,) = y(np.array([value]))
        yield f'<path d="M{LEFT} {py:.1f}h-5" stroke="{palette.AXIS}"/>{letters(LEFT - 9, py + 4, word, palette.MUTED, "end")}'
    yield letters((LEFT + WIDE - RIGHT) / 2, floor + 42, layout["xaxis"]["title"]["text"], palette.INK)
    up, middle = escape(layout["yaxis"]["title"]["text"].replace("<br>", " ")), (TOP + floor) / 2
    yield f'<text transform="translate(20 {middle:.0f}) rotate(-90)" text-anchor="middle" fill="{palette.INK}">{up}</text>'


def _ticks(axis: Mapping[str, Any]) -> list[tuple[float, str]]:
    """Where an axis has numbers, and what they say: as it says itself, or round ones within its range."""
    if "ticktext" in axis:
        return list(zip(axis["tickvals"], axis["ticktext"], strict=True))
    low, high = axis["range"]
    if axis.get("type") == "log":
        tens = [m * 10.0**e for e in range(int(np.floor(low)), int(np.ceil(high)) + 1) for m in (1, 2, 5)]
        return [(v, f"{v:,g}") for v in tens if low - 1e-9 <= np.log10(v) <= high + 1e-9]
    rough = (high - low) / 5 or 1.0
    unit = 10.0 ** np.floor(np.log10(rough))
    step = next(m * unit for m in (1, 2, 5, 10) if m * unit >= rough * 0.999)
    first = int(np.ceil(low / step - 1e-9))
    return [(i * step, f"{i * step:,.6g}") for i in range(first, int(np.floor(high / step + 1e-9)) + 1)]


def _colours(marker: Mapping[str, Any]) -> Iterator[str]:
    """The scale of colours above the map, with its ends and its words."""
    stops = "".join(f'<stop offset="{at:.4f}" stop-color="{colour}"/>' for at, colour in marker["colorscale"])
    yield f'<linearGradient id="scale">{stops}</linearGradient>'
    yield letters(LEFT, 48, marker["colorbar"]["title"]["text"], palette.INK, "start")
    yield f'<path d="M{LEFT} 58h{BAR}v10h-{BAR}z" fill="url(#scale)"/>'
    for share in (0.0, 0.5, 1.0):
        value = marker["cmin"] + share * (marker["cmax"] - marker["cmin"])
        yield letters(LEFT + share * BAR, 82, f"{value:,.4g}", palette.MUTED)
    yield f'<path d="M{LEFT + BAR + 40} 58h14v10h-14z" fill="{palette.GRID}"/>'
    yield letters(LEFT + BAR + 60, 68, "never in this time, or infinite", palette.MUTED, "start")


def _legend(traces: Sequence[Mapping[str, Any]], layout: Mapping[str, Any]) -> Iterator[str]:
    """What each line is, in rows of three above them."""
    for i, trace in enumerate(t for t in traces if t["type"] == "scatter" and "lines" in t["mode"]):
        px, py = LEFT + 230 * (i % 3), 48 + 20 * (i // 3)
        yield f'<path d="M{px} {py - 4}h18" stroke="{trace["line"]["color"]}" stroke-width="3"/>'
        yield letters(px + 24, py, trace["name"], palette.INK, "start")
