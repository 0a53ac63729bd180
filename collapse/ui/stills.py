"""Still pictures of the pages, as they open: for the static first paint, the links at the foot of a page, and shared links.

They are files in `collapse/ui/drawn/`, drawn once from the run that a page starts with (`python -m tools.stills`).  A test notices
when a page starts with another one.
"""

import re
from functools import cache
from html import unescape
from pathlib import Path
from typing import Final
from urllib.parse import quote

FOLDER: Final = Path(__file__).parent / "drawn"
STRONG: Final = "[fill=none]{stroke-width:5px}[stroke-linecap=round]{stroke-width:14px}"  # to be seen a sixth as large


@cache
def drawing(name: str) -> str:
    """The SVG of a page; empty if none has been drawn yet."""
    path = FOLDER / f"{name}.svg"
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""


@cache
def address(name: str, bare: bool = False, strong: bool = True) -> str:
    """An address (`data:`) that holds the picture, so that nothing is fetched; empty if there is none.

    `bare`: without labels, and `strong`: with thicker lines then, for a small place.
    """
    svg = drawing(name)
    if bare:
        svg = re.sub(r"<(text [^>]*text-anchor|title)\b.*?</(text|title)>", "", svg, flags=re.DOTALL)
        svg = svg.replace("<style>", f"<style>{STRONG}") if strong else svg
    return f"data:image/svg+xml,{quote(svg, safe=' =/:;,.-()!*')}" if svg else ""


@cache
def cards() -> dict[str, bytes]:
    """The pictures of shared links (JPEG), by file name."""
    return {path.name: path.read_bytes() for path in FOLDER.glob("*.jpg")}


def told(name: str) -> str:
    """What a picture shows, in words."""
    found = re.search(r"<title>(.*?)</title>", drawing(name), flags=re.DOTALL)
    return unescape(found[1]) if found else ""


def started(name: str) -> str:
    """The scenario that a picture was drawn from, as a link has it."""
    found = re.search(r'data-scenario="(.*?)"', drawing(name))
    return unescape(found[1]) if found else ""
