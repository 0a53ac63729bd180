"""The book: every page, in the order of the navigation.  A page is a line here, a file in `pages/` and its words in `content/`."""

from base64 import b64encode
from pathlib import Path
from typing import NamedTuple

import streamlit as st

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
    """Page config, navigation, and the page that was asked for."""
    icon = "data:image/svg+xml;base64," + b64encode(ICON.read_bytes()).decode()  # a file of Streamlit's media store would expire
    st.set_page_config(page_title="Model Collapse Lab", page_icon=icon, layout="wide")
    pages = {group: [st.Page(PAGES / f"{c.name}.py", title=c.title, default=c.name == "home")
                     for c in chapters] for group, chapters in BOOK.items()}
    st.navigation(pages, position="top").run()
