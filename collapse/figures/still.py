"""A still picture of a hero, as an SVG of its own: what stands on a page before its scripts have come, and beside a link to it.

It knows what our heroes are made of (lines, areas and marks on two axes; texts; images; cells), and no more of plotly's notation.
Colours are those of the palette; a reader who has chosen dark sees their counterparts.
"""

import re
import textwrap
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any, Final
from urllib.parse import urlencode

import numpy as np

from collapse.data import Array
from collapse.figures import palette
from collapse.figures.loop import LoopPicture
from collapse.figures.picture import Picture
from collapse.figures.reader import Reading
from collapse.figures.wall import WallPicture
from collapse.worlds.digits import SIDE

WIDE, HIGH = 800, 420
RIGHT, TOP, BOTTOM = 14, 10, 34
LETTER = 7.2  # px, about, of a label
NEAR = 0.35  # px: a point this close to the line between its neighbours is left out
LEVELS = (1 / 3, 2 / 3, 1.0)  # how wide a square of little, some and much ink is
DASHES: Final = {"dot": "2 4", "dash": "8 5", "dashdot": "8 4 2 4", "longdash": "14 5", "longdashdot": "14 4 2 4"}
Hero = Picture | Reading | WallPicture | LoopPicture


def still(hero: Hero, scenario: Mapping[str, str]) -> str:
    """The picture of a hero that shows this scenario, with what it says to somebody who cannot see it as its title."""
    draw: Mapping[type, Callable[[Any], Iterator[str]]] = {
        Picture: _plot, Reading: _texts, WallPicture: _images, LoopPicture: _cells,
    }  # fmt: skip
    body = "".join(draw[type(hero)](hero))
    used = {light: dark for light, dark in palette.DARK.items() if f'"{light}"' in body}
    rules = "".join(f'[fill="{a}"]{{fill:{b}}}[stroke="{a}"]{{stroke:{b}}}' for a, b in used.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" data-scenario="{escape(urlencode(scenario))}" '
        f'font-family="Source Sans,Source Sans 3,system-ui,sans-serif" font-size="13"><title>{escape(hero.alt)}</title>'
        f"<style>@media(prefers-color-scheme:dark){{{rules}}}</style>{body}</svg>"
    )


def _plot(picture: Picture) -> Iterator[str]:
    """Areas, lines and marks between two axes, the last picture of a film."""
    layout, traces = picture.figure["layout"], picture.figure["data"]
    ticks = layout["yaxis"].get("ticktext", ())
    left = 14 + LETTER * max(map(len, ticks), default=0)
    x, y = scale(layout["xaxis"], left, WIDE - RIGHT), scale(layout["yaxis"], HIGH - BOTTOM, TOP)
    inside = f'x="{left:.0f}" y="{TOP}" width="{WIDE - RIGHT - left:.0f}" height="{HIGH - BOTTOM - TOP}"'
    yield f'<clipPath id="in"><rect {inside}/></clipPath><g clip-path="url(#in)">'
    for shape in layout.get("shapes", ()):
        if shape["type"] == "rect" and shape.get("yref") == "paper":
            low, high = x(np.array([shape["x0"], shape["x1"]], float))
            seen = f'fill="{shape["fillcolor"]}" opacity="{shape.get("opacity", 1)}"'
            yield f'<path d="M{low:.0f} {TOP}H{high:.0f}V{HIGH - BOTTOM}H{low:.0f}z" {seen}/>'
    below: list[str] = []
    for trace in traces:
        at = x(np.asarray(trace["x"], float)), y(np.asarray(trace["y"], float))
        mode = trace["mode"]
        if "lines" in mode:
            below, before = strokes(*at), below
            yield stroke(trace, below, before)
        if "markers" in mode:
            yield from _marks(trace["marker"], *at)
        if "text" in mode:
            yield from (
                letters(px, py - 10, word, palette.INK) for px, py, word in zip(*at, trace["text"], strict=True)
            )
    yield f'</g><path d="M{left:.0f} {HIGH - BOTTOM}H{WIDE - RIGHT}" stroke="{palette.AXIS}"/>'
    for note in layout.get("annotations", ()):
        (px,), (py,) = x(np.array([note["x"]], float)), y(np.array([note["y"]], float))
        anchor = {"right": "end", "left": "start"}.get(note.get("xanchor", ""), "middle")
        yield letters(px, py + 12, note["text"].strip(), note["font"]["color"], anchor)
    for value, word in zip(layout["yaxis"].get("tickvals", ()), ticks, strict=True):
        (py,) = y(np.array([value], float))
        yield letters(left - 8, py + 4, word, palette.MUTED, "end")
    yield letters((left + WIDE - RIGHT) / 2, HIGH - 8, layout["xaxis"]["title"]["text"], palette.INK)


def scale(axis: Mapping[str, Any], start: float, end: float) -> Callable[[Array], Array]:
    """From values to places on paper, between `start` and `end`."""
    low, high = (float(v) for v in axis["range"])

    def scaled(values: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            told = np.log10(values) if axis.get("type") == "log" else values
        return start + (told - low) / (high - low) * (end - start)

    return scaled


def strokes(x: Array, y: Array) -> list[str]:
    """Paths: one for each stretch without a gap, points that change nothing left out."""
    known = np.isfinite(x) & np.isfinite(y)
    found = []
    for piece in np.split(np.arange(len(x)), np.flatnonzero(~known)):
        piece = piece[known[piece]]
        if len(piece):
            found.append("L".join(f"{px:.1f} {py:.1f}" for px, py in _thinned(np.stack([x[piece], y[piece]], axis=1))))
    return found


def _thinned(points: Array) -> Array:
    """The points that a line needs (Douglas and Peucker, 1973)."""
    if len(points) < 3:
        return points
    along = points[-1] - points[0]
    length = float(np.hypot(*along))
    off = points - points[0]
    far = np.abs(off[:, 0] * along[1] - off[:, 1] * along[0]) / length if length else np.hypot(*off.T)
    worst = int(far.argmax())
    if far[worst] < NEAR:
        return points[[0, -1]]
    return np.concatenate([_thinned(points[: worst + 1])[:-1], _thinned(points[worst:])])


def stroke(trace: Mapping[str, Any], strokes: list[str], before: list[str]) -> str:
    """A line and the area below it, if there is one."""
    line, fill = trace["line"], trace.get("fill")
    dash = f' stroke-dasharray="{DASHES[line["dash"]]}"' if line.get("dash", "solid") != "solid" else ""
    drawn = f'fill="none" stroke="{line["color"]}" stroke-width="{line["width"]:g}"{dash}'
    d = "".join(f"M{s}" for s in strokes)
    if fill == "tonexty":  # down to the trace before
        area = "".join(f"M{s}L{'L'.join(b.split('L')[::-1])}z" for s, b in zip(strokes, before, strict=False))
        return f'<path d="{area}" fill="{trace["fillcolor"]}"/><path d="{d}" {drawn}/>'
    return f'<path d="{d}" {drawn.replace("none", trace["fillcolor"]) if fill else drawn}/>'


def _marks(marker: Mapping[str, Any], x: Array, y: Array) -> Iterator[str]:
    """One path for all marks of a trace: a dot is a line of no length with a round end."""
    symbol, size = marker.get("symbol", "circle"), marker.get("size", 6)
    known = np.isfinite(x) & np.isfinite(y)
    at = list(zip(x[known], y[known], strict=True))
    r = size / 2
    if symbol == "x-thin":
        colour, width = marker["line"]["color"], marker["line"].get("width", 1)
        d = "".join(f"M{a - r:.0f} {b - r:.0f}l{size} {size}m0-{size}l-{size} {size}" for a, b in at)
        yield f'<path d="{d}" stroke="{colour}" stroke-width="{width}" fill="none"/>'
    elif symbol.startswith("diamond"):
        d = "".join(f"M{a:.1f} {b - r:.1f}l{r:g} {r:g}l-{r:g} {r:g}l-{r:g}-{r:g}z" for a, b in at)
        yield f'<path d="{d}" fill="{marker["color"]}"/>'
    else:
        d = "".join(f"M{a:.0f} {b:.0f}h0" for a, b in at)
        ends = "butt" if symbol.startswith("square") else "round"
        yield (
            f'<path d="{d.replace("h0", f"h{size}") if ends == "butt" else d}" stroke="{marker["color"]}" stroke-width="{size}" '
            f'stroke-linecap="{ends}" opacity="{marker.get("opacity", 1) * (0.5 if symbol.endswith("open") else 1):g}"/>'
        )


def letters(x: float, y: float, text: str, colour: str, anchor: str = "middle") -> str:
    """A text at a place, without the tags in it."""
    return f'<text x="{x:.0f}" y="{y:.0f}" fill="{colour}" text-anchor="{anchor}">{escape(re.sub("<[^>]*>", "", text))}</text>'


def _texts(reading: Reading) -> Iterator[str]:
    """The real text and two generations, as far as they fit, side by side."""
    columns = [("The real text", "".join(word for word, _ in reading.book), palette.REAL)]
    for generation, _, pieces in (reading.columns[1], reading.columns[-1]):
        columns.append((f"Generation {generation}", "".join(piece for piece, *_ in pieces), palette.SYNTHETIC))
    wide = WIDE / len(columns)
    for k, (title, text, colour) in enumerate(columns):
        left = k * wide + 8
        yield f'<path d="M{left:.0f} 34h{wide - 24:.0f}" stroke="{colour}" stroke-width="2"/>'
        yield f'<text x="{left:.0f}" y="22" font-size="17" font-weight="600" fill="{colour}">{title}</text>'
        for i, line in enumerate(textwrap.wrap(f"{reading.prompt}{text}", 26)[:14]):
            yield f'<text x="{left:.0f}" y="{62 + 26 * i}" font-size="16" fill="{palette.INK}">{escape(line)}</text>'


def _images(wall: WallPicture) -> Iterator[str]:
    """Real digits above, and below them what three generations draw; more ink is a larger square."""
    ink = np.frombuffer(b64decode(wall.pixels), np.uint8).reshape(-1, wall.columns, SIDE, SIDE) / 255
    rows = np.unique([0, 1, len(ink) // 2, len(ink) - 1])
    side = min((WIDE - 90) / wall.columns, HIGH / len(rows))
    dot = (side - 10) / SIDE
    for k, t in enumerate(rows):
        yield letters(52, k * HIGH / len(rows) + side / 2, "real" if t == 0 else f"gen {t}", palette.MUTED, "end")
        for level in LEVELS:
            d = "".join(
                f"M{66 + column * side + j * dot:.0f} {k * HIGH / len(rows) + 6 + i * dot:.0f}h0"
                for column in range(wall.columns)
                for i, j in np.argwhere(np.abs(np.sqrt(ink[t, column]) - level) < 1 / 6)
            )
            colour = palette.REAL if t == 0 else palette.SYNTHETIC
            yield f'<path d="{d}" stroke="{colour}" stroke-width="{dot * level:.1f}" stroke-linecap="square"/>'


def _cells(loop: LoopPicture) -> Iterator[str]:
    """The models of some turns, one beside the other, each over the real world."""
    turns = [loop.turns[round(k * (len(loop.turns) - 1) / 3)] for k in range(4)]
    gx, gy = (np.asarray(a, float) for a in loop.behind["curve"])
    wide = WIDE / len(turns)
    for k, turn in enumerate(turns):
        drawn = (loop.cells[station["cell"]] for station in turn["stations"])
        cell = next(cell for cell in drawn if cell["kind"] == "curve")
        x = scale({"range": loop.behind["ranges"][0]}, k * wide + 10, (k + 1) * wide - 10)
        y = scale({"range": (0, 1.05)}, HIGH - 70, 60)
        for a, b, stroke, fill in (
            (gx, gy, palette.REAL, palette.GHOST_FILL),
            (np.asarray(cell["x"], float), np.asarray(cell["y"], float), palette.SYNTHETIC, palette.SYNTHETIC_FILL),
        ):
            (d,) = strokes(x(a), y(b))
            yield f'<path d="M{d}" fill="{fill}" stroke="{stroke}" stroke-width="2"/>'
        yield letters((k + 0.5) * wide, HIGH - 40, f"model {turn['generation']}", palette.MUTED)
