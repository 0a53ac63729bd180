"""A page of words only: no scenario, no controls, no picture."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from collapse.ui import terms
from collapse.ui.arrival import by_the_front_door
from collapse.ui.lesson import FRAME
from collapse.ui.prose import words


@dataclass(frozen=True)
class Wordy:
    """`name`: its address, its file in `pages/` and that of its words; `title`: what the navigation calls it; `body`: writes what
    stands below its first sentences."""

    name: str
    title: str
    body: Callable[[], None]


def show(page: Wordy) -> None:
    """Write the page."""
    by_the_front_door()
    text = words(page.name)
    st.session_state["at"] = page.name  # so that the next page knows that its visitor arrives
    st.html(FRAME)
    st.title(text["title"], anchor=False)
    terms.tell(text["lead"], "lead")
    page.body()
