"""The path through the book: the bar above every page, and below it the page before, the next one, and the footer.

Plain HTML with plain links, which stands in the static first paint (`front`) as it does on the live page.  Where the page is ours
from the first byte, `front.js` turns a link into a change of page without a reload, and shows the choice between light and dark.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Final

from collapse.ui import stills, terms
from collapse.ui.site import SITE

BRAND: Final = "Model Collapse Lab"
HERE: Final = Path(__file__).parent
THEMES: Final = {"": "Auto", "light": "Light", "dark": "Dark"}


@dataclass(frozen=True)
class Stop:
    """A page of the path: its address, what the bar calls it, its title, and its chapter."""

    name: str
    label: str
    title: str
    chapter: str

    def link(self, text: str, here: str = "", **attributes: str) -> str:
        """A link to it, marked if it is the page that is shown; the first page has the root as its address."""
        more = "".join(f' {key}="{value}"' for key, value in attributes.items())
        now = ' aria-current="page"' if self.name == here else ""
        return f'<a href="./{"" if self.name == "home" else self.name}"{more}{now}>{text}</a>'


@cache
def style(stops: Sequence[Stop]) -> str:
    """The style sheet; all pages stand side by side where there is room for their names, by chapters where there is less, and in a
    menu on a phone."""
    wide = 16 + sum(0.5 * len(stop.label) + 1.15 for stop in stops)  # em
    text = (HERE / "path.css").read_text(encoding="utf-8").replace("WIDE", f"{wide:.0f}em")
    return f"<style>{text}{terms.style()}</style>"


def bar(stops: Sequence[Stop], here: str, icon: str) -> str:
    """Brand, and all pages in order, the present one marked."""
    brand = stops[0].link(
        f'<img src="{icon}" alt="" width="26" height="26"><span>{BRAND}</span>', **{"class": "lab-brand"}
    )
    flat = "".join(f"<li>{stop.link(escape(stop.label), here)}</li>" for stop in stops)
    by_chapter = {chapter: tuple(pages) for chapter, pages in groupby(stops, lambda stop: stop.chapter)}
    listed = {
        chapter: f"<ul>{''.join(f'<li>{stop.link(escape(stop.title), here)}</li>' for stop in pages)}</ul>"
        for chapter, pages in by_chapter.items()
    }
    chapters = "".join(f"<section><h2>{escape(chapter)}</h2>{links}</section>" for chapter, links in listed.items())
    folded = "".join(
        f'<li><details class="lab-fold" name="lab-chapter">{_named(chapter, pages, here)}<div>{listed[chapter]}</div></details></li>'
        for chapter, pages in by_chapter.items()
    )
    return (
        f'<nav class="lab-path" aria-label="Pages">{brand}<ul class="lab-flat">{flat}</ul>'
        f'<ul class="lab-chapters">{folded}</ul>'
        f'<details class="lab-menu"><summary>Menu</summary><div>{chapters}</div></details></nav>'
    )


def _named(chapter: str, pages: Sequence[Stop], here: str) -> str:
    """What opens a chapter; the one with the present page says which that is."""
    now = next((f" · <b>{escape(stop.label)}</b>" for stop in pages if stop.name == here), "")
    return f"<summary{' class=lab-here' if now else ''}>{escape(chapter)}{now}</summary>"


def foot(stops: Sequence[Stop], here: str) -> str:
    """The page before and the next one, each with a small picture of it, and the footer."""
    place = next(i for i, stop in enumerate(stops) if stop.name == here)
    sides = (("Back", stops[place - 1] if place else None), ("Next", next(iter(stops[place + 1 :]), None)))
    around = "".join(_neighbour(stop, word) for word, stop in sides if stop)
    return f'<nav class="lab-around" aria-label="Before and after">{around}</nav>{footer()}'


def _neighbour(stop: Stop, word: str) -> str:
    picture = stills.address(stop.name, bare=True)
    image = f'<img src="{picture}" alt="" width="144" height="80">' if picture else ""
    return stop.link(
        f"{image}<span><small>{word}</small> {escape(stop.title)}</span>", **{"class": f"lab-{word.lower()}"}
    )


@cache
def footer() -> str:
    """Where the code is, under which licence, how to cite it, and light or dark."""
    address = repository()
    code = f'<a href="{escape(address)}">Code</a>' if address else ""
    folded = "".join(
        f"<details><summary>{word}</summary><pre>{escape(text)}</pre></details>"
        for word, text in (
            ("Licence (MIT)", (SITE / "LICENSE").read_text(encoding="utf-8").strip()),
            ("Cite", bibtex()),
        )
    )
    themes = "".join(f'<button type="button" value="{value}">{name}</button>' for value, name in THEMES.items())
    return (
        f'<footer class="lab-footer"><div>{code}{folded}</div>'
        f'<div class="lab-theme" role="group" aria-label="Colours">{themes}</div></footer>'
    )


@cache
def citation() -> dict[str, str]:
    """The plain lines of CITATION.cff."""
    text = (SITE / "CITATION.cff").read_text(encoding="utf-8")
    return dict(re.findall(r'^(?:  - )?([\w-]+): "?(.*?)"?$', text, flags=re.MULTILINE))


def repository() -> str:
    """The address of the code, as CITATION.cff has it; empty if it has none."""
    return citation().get("repository-code", "")


def bibtex() -> str:
    """An entry for BibTeX, from CITATION.cff."""
    told = citation()
    year = told["date-released"][:4]
    lines = {"author": f"{{{told['name']}}}", "title": told["title"], "year": year, "version": told["version"]}
    if address := repository():
        lines["url"] = address
    body = "".join(f"  {key} = {{{value}}},\n" for key, value in lines.items())
    return f"@software{{model_collapse_lab_{year},\n{body}}}"
