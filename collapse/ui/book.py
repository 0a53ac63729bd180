"""The book: every page, in the order of the path.  A page is a line here, a file in `pages/` and its words in `content/`.

Most pages are lessons (`BOOK`).  A page of words only (`WORDS`) has no scenario, and nothing to turn or to draw.
"""

from base64 import b64encode
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, Final

import streamlit as st

from collapse.ui import path, terms
from collapse.ui.lesson import Lesson
from collapse.ui.prose import words
from collapse.ui.site import SITE
from collapse.ui.wordy import Wordy

PAGES: Final = SITE / "pages"
ICON: Final = Path(__file__).parent / "icon.svg"
# Chapters, and what the bar calls their pages.  A place is kept for pages that are still to be written: without a file in `pages/`
# nothing leads to them.
CHAPTERS: Final = {
    "Start": {"home": "Watch", "what": "What is it?"},
    "See it happen": {
        "gaussian": "Bell curve",
        "penguins": "Penguins",
        "surnames": "Surnames",
        "language": "Language",
        "digits": "Digits",
    },
    "Understand it": {
        "causes": "Causes",
        "signs": "Signs",
        "consequences": "Consequences",
        "prevention": "Prevention",
    },
    "Go deeper": {"laboratory": "Laboratory", "papers": "Papers", "classroom": "Classroom", "glossary": "Glossary"},
}
THERE: Final = {
    chapter: tuple(name for name in names if (PAGES / f"{name}.py").is_file()) for chapter, names in CHAPTERS.items()
}
WORDS: Final = frozenset({"glossary"})
BOOK: Final = {chapter: tuple(name for name in names if name not in WORDS) for chapter, names in THERE.items()}


def lesson(name: str) -> Lesson | None:
    """The lesson of a page, read from its file without drawing it; None if the book has no such page."""
    return _lesson(name) if any(name in names for names in BOOK.values()) else None


@cache
def _lesson(name: str) -> Lesson:
    found: Lesson = _read(name).LESSON
    assert found.name == name
    return found


@cache
def wordy(name: str) -> Wordy:
    """A page of words only, read from its file without drawing it."""
    found: Wordy = _read(name).PAGE
    assert found.name == name
    return found


def _read(name: str) -> Any:
    """The file of a page as a module."""
    spec = spec_from_file_location(f"page_{name}", PAGES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def lessons() -> list[Lesson]:
    """All lessons, in the order of the path."""
    return [found for names in BOOK.values() for found in map(lesson, names) if found]


@cache
def stops() -> tuple[path.Stop, ...]:
    """All pages, in the order of the path."""
    titles = {found.name: found.title for found in lessons()} | {name: wordy(name).title for name in WORDS}
    return tuple(
        path.Stop(name, CHAPTERS[chapter][name], titles[name], chapter)
        for chapter, names in THERE.items()
        for name in names
    )


@cache
def icon() -> str:
    """The icon, as an address that holds it: a file of Streamlit's media store would expire."""
    return "data:image/svg+xml;base64," + b64encode(ICON.read_bytes()).decode()


def open_book() -> None:
    """Page config, the page that was asked for, and the path around it.

    Streamlit knows the pages and their addresses, but draws no navigation: the bar and the foot are ours.  An embedded page has
    neither.
    """
    home, *others = stops()
    pages = [st.Page(PAGES / f"{stop.name}.py", title=stop.title, default=stop is home) for stop in (home, *others)]
    page = st.navigation(pages, position="hidden")
    here = page.url_path or home.name
    st.set_page_config(page_title=f"{words(here)['title']} · {path.BRAND}", page_icon=icon(), layout="wide")
    if st.context.is_embedded:
        st.html(f"<style>{terms.style()}</style>")
        page.run()
        return
    st.html(path.style(stops()) + path.bar(stops(), here, icon()))
    page.run()
    st.html(path.foot(stops(), here))
