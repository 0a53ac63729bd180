"""The whole page written anew, asked for by a callback inside a fragment: Streamlit reruns only the fragment by itself, and the
controls stand outside of it."""

import streamlit as st

ASKED = "rerun-asked"


def ask() -> None:
    """In a callback: let the whole page be written anew soon."""
    st.session_state[ASKED] = True


def done() -> None:
    """At the top of the page: it is being written anew, so whoever asked for it has it."""
    st.session_state.pop(ASKED, None)


def if_asked() -> None:
    """At the top of a fragment: write the whole page anew if a callback asked for it."""
    if st.session_state.pop(ASKED, False):
        st.rerun()
