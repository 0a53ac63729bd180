"""Somebody comes to a page: by a link, or by walking around."""

from collections.abc import Mapping
from typing import TypeVar

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from collapse.links import MAX_KEYS
from collapse.scenario import Scenario
from collapse.spec import MAX_QUERY
from collapse.starts import START, expanded
from collapse.ui.desk import Desk

D = TypeVar("D", bound=Desk)


def arrive(page: str, base: Scenario, offers: Mapping[str, tuple[str, ...]], kind: type[D] = Desk) -> D:  # type: ignore[assignment]
    """The visitor's desk for this page; opened from the link on arrival, kept while the visitor walks around."""
    by_the_front_door()
    state = st.session_state
    key = f"desk-{page}"
    query = {k: v if len(v) > 1 else v[0] for k, v in ((k, st.query_params.get_all(k)) for k in st.query_params)}
    arrived = state.get("at") != page
    state["at"] = page
    if key not in state:
        state[key] = kind(page, base, offers, base)
        arrived = True
    if arrived and query:
        fresh = kind(page, base, offers, base)
        fresh.inherit(state[key])
        open_link(fresh, query)
        state[key] = fresh
    found: D = state[key]
    return found


def open_link(desk: Desk, query: Mapping[str, str | list[str]]) -> None:
    """Put what a link says on the desk; it may be a short one.  Our front door keeps out what is too long; not every host has it."""
    said = sum(
        len(key) + sum(map(len, [values] if isinstance(values, str) else values)) for key, values in query.items()
    )
    if said > MAX_QUERY or len(query) > MAX_KEYS:
        desk.read({})
        desk.refuse(
            f"This link is too long: at most {MAX_QUERY:,} characters and {MAX_KEYS} settings are read. None of it is used."
        )
        return
    try:
        desk.read(expanded(desk.page, query))
    except ValueError as error:
        desk.read({key: value for key, value in query.items() if key != START})
        desk.refused.insert(0, f"{error}. Used instead: what this page starts with now.")


def by_the_front_door() -> None:
    """Start again from app.py if a page was run without it: until `st.navigation` has run once in a process, Streamlit takes the
    folder `pages/` for its old kind of pages, and the first visitor of an inner page would get no navigation."""
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()
