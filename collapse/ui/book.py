"""The book: every page, in the order of the navigation.  A page is a line here, a file in `pages/` and its words in `content/`."""

from base64 import b64encode
from pathlib import Path
from typing import NamedTuple

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

PAGES = Path(__file__).parents[2] / "pages"
ICON = Path(__file__).parent / "icon.svg"


class Chapter(NamedTuple):
    """One page: its file in `pages/`, which is also its address, and what the navigation calls it.  No icon: Streamlit would
    take it for the favicon and fetch it from a server that is not ours."""

    name: str
    title: str


BOOK = {
    "Start": (Chapter("home", "Watch it collapse"),),
    "See it happen": (
        Chapter("gaussian", "One bell curve"),
        Chapter("penguins", "Penguins"),
        Chapter("surnames", "Surnames"),
        Chapter("language", "A language model reads itself"),
    ),
    "Go deeper": (Chapter("laboratory", "Laboratory"),),
}


def open_book() -> None:
    """Navigation, page config, and the page that was asked for."""
    pages = {
        group: [st.Page(PAGES / f"{c.name}.py", title=c.title, default=c.name == "home") for c in chapters]
        for group, chapters in BOOK.items()
    }
    page = st.navigation(pages, position="top")
    icon = (
        "data:image/svg+xml;base64," + b64encode(ICON.read_bytes()).decode()
    )  # a file of Streamlit's media store would expire
    st.set_page_config(page_title=f"{page.title} · Model Collapse Lab", page_icon=icon, layout="wide")
    page.run()


def by_the_front_door() -> None:
    """Start again from app.py if a page was run without it: until `st.navigation` has run once in a process, Streamlit takes the
    folder `pages/` for its old kind of pages, and the first visitor of an inner page would get no navigation."""
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()
