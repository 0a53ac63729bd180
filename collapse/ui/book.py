"""The book: every lesson, in the order of the navigation.  A page is a line here, a file in `pages/` and its words in `content/`."""

from base64 import b64encode
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import streamlit as st

from collapse.ui.lesson import Lesson

PAGES = Path(__file__).parents[2] / "pages"
ICON = Path(__file__).parent / "icon.svg"
BOOK = {
    "Start": ("home", "what"),
    "See it happen": ("gaussian", "penguins", "surnames", "language", "digits"),
    "Understand it": ("causes", "signs", "consequences", "prevention"),
    "Go deeper": ("laboratory",),
}


@cache
def lesson(name: str) -> Lesson | None:
    """The lesson of a page, read from its file without drawing it; None if the book has no such page."""
    if not any(name in names for names in BOOK.values()):
        return None
    spec = spec_from_file_location(f"lesson_{name}", PAGES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Lesson = module.LESSON
    assert found.name == name
    return found


def lessons() -> list[Lesson]:
    """All lessons, in the order of the navigation."""
    return [found for names in BOOK.values() for found in map(lesson, names) if found]


def open_book() -> None:
    """Navigation, page config, and the page that was asked for.

    Pages have no icons: Streamlit would take one for the favicon and fetch it from a server that is not ours.
    """
    titles = {found.name: found.title for found in lessons()}
    pages = {
        group: [st.Page(PAGES / f"{name}.py", title=titles[name], default=name == "home") for name in names]
        for group, names in BOOK.items()
    }
    page = st.navigation(pages, position="top")
    icon = (
        "data:image/svg+xml;base64," + b64encode(ICON.read_bytes()).decode()
    )  # a file of Streamlit's media store would expire
    st.set_page_config(page_title=f"{page.title} · Model Collapse Lab", page_icon=icon, layout="wide")
    page.run()
