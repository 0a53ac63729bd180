"""`python -m collapse plot FOLDER`: maps and lines of a sweep, as one HTML page that needs no network, and as SVG and PNG."""

import argparse
import json
import sys
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from collapse.export import finite
from collapse.figures.picture import Picture
from collapse.figures.printed import printed
from collapse.figures.sweeps import GENERATION, Facet, held, lines, maps
from collapse.spec import names
from collapse.speech import capital
from collapse.sweeps import table as sweeps

MOST = 60  # pictures
FORMATS = ("html", "svg", "png")
PAGE = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>body{{font:16px/1.5 system-ui,sans-serif;max-width:860px;margin:24px auto;padding:0 16px;color:#1c2733;
background:#fdfcfa}}h2{{font-size:1.1em;margin:2em 0 0}}p{{color:#55606d;font-size:.9em;overflow-wrap:anywhere}}</style>
<h1>{title}</h1>{body}<script>{plotly}</script><script>
for (const [i, figure] of {figures}.entries())
  Plotly.newPlot("figure-" + i, figure.data, figure.layout, {{responsive: true, displaylogo: false}});
</script></html>
"""


class Drawn(NamedTuple):
    """A picture with the stem of its file, and what it holds still, in words."""

    stem: str
    title: str
    picture: Picture


def main(options: argparse.Namespace) -> int:
    """Draw a sweep; bad input is one line on stderr and exit code 2."""
    try:
        wanted = dict.fromkeys(options.format.split(","))
        if wrong := [form for form in wanted if form not in FORMATS]:
            raise ValueError(f"--format {wrong[0]} is not possible: give one or several of {','.join(FORMATS)}")
        table = sweeps.load(options.results)
        pictures = list(islice(drawn(table, options.show, options.across, options.up), MOST + 1))
        if len(pictures) > MOST:
            print(f"collapse: only the first {MOST} pictures are drawn: choose one column by --show", file=sys.stderr)
        folder = options.out or (options.results if options.results.is_dir() else options.results.parent) / "figures"
        folder.mkdir(parents=True, exist_ok=True)
        for path in written(pictures[:MOST], folder, wanted, options.results.resolve().name):
            print(path)
    except (ValueError, OSError, ImportError) as error:
        print(f"collapse: {error}", file=sys.stderr)
        return 2
    return 0


def drawn(table: sweeps.Table, show: str | None, across: str | None, up: str | None) -> Iterator[Drawn]:
    """A picture of every column that can be shown, or of one: maps where two numbers vary, and lines.

    Errors: ValueError if the table has no such column or axis, or nothing varies in it.
    """
    for asked, there in ((show, table.shows), (across, table.axes), (up, table.axes)):
        if asked is not None and asked not in there:
            raise ValueError(f"{asked} cannot be drawn: choose {names(there)}")
    axes = [key for key in dict.fromkeys([across, up, *table.axes]) if key]
    over_time = (
        len(set(table.generation[table.generation >= 0])) > 1 and GENERATION not in table.varying and not _ends(table)
    )
    if not axes and not over_time:
        raise ValueError("no number varies in this table, and it has one generation: there is nothing to draw")
    for column in (
        [show] if show else [c for c in table.shows if c.endswith((".q0.5", ".mean")) or c.startswith("onset")]
    ):
        if len(axes) > 1:
            yield from _named(f"{column}-map", maps(table, column, axes[0], axes[1]))
        if over_time and not column.startswith("onset"):
            yield from _named(f"{column}-lines", lines(table, column, GENERATION, axes[0] if axes else ""))
        elif axes:
            yield from _named(f"{column}-lines", lines(table, column, axes[0], axes[1] if len(axes) > 1 else ""))


def _ends(table: sweeps.Table) -> bool:
    """Is every row the last generation of its scenario, so that several of them are no history?"""
    many = table.keys.get("generations", ("",) * len(table))
    return all(g < 0 or str(g) == last for g, last in zip(table.generation.tolist(), many, strict=True))


def _named(stem: str, found: Iterator[tuple[Facet, Picture]]) -> Iterator[Drawn]:
    for facet, picture in found:
        name = "-".join([stem, *(f"{key.replace('.', '-')}-{value}" for key, value in facet if value)])
        yield Drawn(name, capital(held(facet)), picture)


def written(pictures: list[Drawn], folder: Path, wanted: Any, name: str) -> Iterator[Path]:
    """The files, as they are there.  Errors: ImportError for PNG without `resvg_py`, which has no need of a browser."""
    if "html" in wanted:
        path = folder / "index.html"
        path.write_text(page(name, pictures), encoding="utf-8")
        yield path
    for stem, title, picture in pictures if {"svg", "png"} & set(wanted) else []:
        svg = printed(picture, title)
        if "svg" in wanted:
            (folder / f"{stem}.svg").write_text(svg + "\n", encoding="utf-8")
            yield folder / f"{stem}.svg"
        if "png" in wanted:
            (folder / f"{stem}.png").write_bytes(as_png(svg))
            yield folder / f"{stem}.png"


def page(name: str, pictures: list[Drawn]) -> str:
    """One HTML page with all pictures and the program that draws them, which asks nobody for anything."""
    figures = json.dumps([drawn.picture.figure for drawn in pictures], separators=(",", ":"), default=_plain)
    body = "".join(
        f'<h2>{escape(title or stem)}</h2><div id="figure-{i}" role="img" aria-label="{escape(picture.alt)}"></div>'
        f"<p>{escape(picture.note)}<br>{escape(picture.caption)}</p>"
        for i, (stem, title, picture) in enumerate(pictures)
    )
    plotly = (files("collapse") / "ui" / "chart" / "vendor" / "plotly-basic.min.js").read_text(encoding="utf-8")
    return PAGE.format(title=escape(name), body=body, figures=figures.replace("</", "<\\/"), plotly=plotly)


def _plain(values: Any) -> list[float | None]:
    """Arrays as JSON has them: no infinity, no NaN."""
    return finite(values.tolist())


def as_png(svg: str) -> bytes:
    """An SVG as an image of twice its size."""
    try:
        import resvg_py
    except ImportError:
        raise ImportError(
            "for PNG, install resvg-py: pip install 'model-collapse-lab[sweep]'; HTML and SVG need nothing"
        ) from None
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=2))
