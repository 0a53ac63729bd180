"""A text of the visitor's own: pasted or uploaded, used, forgotten.  In the session's memory and nowhere else."""

from dataclasses import replace

import streamlit as st

from collapse.ui.desk import Desk
from collapse.ui.prose import as_quote, words
from collapse.worlds import Alice, OwnText
from collapse.worlds.text import Written, decoded

SAID = "language_own_said"


def own_text(desk: Desk) -> None:
    """A place to bring a text, and the way back to the book."""
    if "more" in desk.hidden or "world" in desk.hidden:
        return
    mine = isinstance(desk.scenario.world, OwnText)
    with st.expander("Your own text" + (" (in use)" if mine else ""), key="language_own", icon=":material/upload_file:"):
        st.markdown(words("language")["own"])
        st.text_area("Paste a text", key="language_own_text", height=140)
        st.file_uploader("or choose a text file", key="language_own_file")
        with st.container(horizontal=True):
            st.button("Use this text", key="language_own_take", type="primary", on_click=_take, args=(desk,))
            if mine:
                st.button("Back to Alice, and forget my text", key="language_own_forget", on_click=_forget, args=(desk,))
        if said := st.session_state.pop(SAID, ""):
            st.warning(as_quote(said), icon=":material/article:")


def _take(desk: Desk) -> None:
    """Put the text on the desk; what is refused is said, and everything stays as it was."""
    state = st.session_state
    try:
        file = state.get("language_own_file")
        text = Written.of(decoded(file.getvalue()) if file is not None else state.get("language_own_text") or "")
        if "world" in desk.locked:
            raise ValueError("this link has locked the world")
        scenario = desk.allowed(replace(desk.scenario, world=OwnText(text)))
    except ValueError as error:
        sentence = str(error)
        state[SAID] = f"{sentence[0].upper()}{sentence[1:]}. Everything stays as it was."
        return
    desk.past = [*desk.past, (desk.scenario, desk.rule)]
    desk.scenario, desk.refused = scenario, []


def _forget(desk: Desk) -> None:
    """The book again; the text, and every run that used it, leave the memory."""
    for key in ("language_own_text", "shelf"):
        st.session_state.pop(key, None)
    desk.past = [p for p in desk.past if not p[0].world.private]
    desk.scenario, desk.refused = replace(desk.scenario, world=Alice()), []
