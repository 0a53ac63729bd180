"""A text of the visitor's own: pasted or uploaded, used, forgotten.  In the session's memory and nowhere else."""

from dataclasses import replace

import streamlit as st

from collapse.ui.desk import Desk
from collapse.ui.prose import as_quote, words
from collapse.ui.shelf import forget
from collapse.worlds import Alice, OwnText
from collapse.worlds.text import BYTES, LONGEST, WORDS, Written, deciphered

SAID, FORGOTTEN = "language_own_said", "language_own_forgotten"
MEGABYTES = BYTES // 1_000_000


class TextDesk(Desk):
    """The desk of the page of texts, which also watches the words used once."""

    @property
    def watches(self) -> tuple[str, ...]:
        return ("hapaxes",)


def own_text(desk: Desk) -> None:
    """A place to bring a text, and the way back to the book."""
    if "more" in desk.hidden or "world" in desk.hidden:
        return
    world = desk.scenario.world
    mine = isinstance(world, OwnText)
    with st.expander(
        "Your own text" + (" (in use)" if mine else ""), key="language_own", icon=":material/upload_file:"
    ):
        st.markdown(words("language")["own"].format(words=WORDS, longest=f"{LONGEST:,}", megabytes=MEGABYTES))
        st.text_area("Paste a text", key=_key("text"), height=140)
        st.file_uploader("or choose a text file", key=_key("file"), max_upload_size=MEGABYTES)
        with st.container(horizontal=True):
            st.button("Use this text", key="language_own_take", type="primary", on_click=_take, args=(desk,))
            if mine:
                st.button(
                    "Back to Alice, and forget my text", key="language_own_forget", on_click=_forget, args=(desk,)
                )
        if said := st.session_state.pop(SAID, ""):
            st.warning(as_quote(said), icon=":material/article:")
    if isinstance(world, OwnText) and world.data.note:
        st.info(as_quote(world.data.note), icon=":material/article:")


def _key(what: str) -> str:
    """Of a widget that holds a text; another one after every forgetting, because a browser keeps what a widget holds."""
    return f"language_own_{what}_{st.session_state.get(FORGOTTEN, 0)}"


def _brought() -> Written:
    """What was pasted or chosen; ValueError with a sentence if it is nothing, both, or no text to learn from."""
    file, pasted = st.session_state.get(_key("file")), st.session_state.get(_key("text")) or ""
    if file is not None and pasted.strip():
        raise ValueError("there are a pasted text and a file: take one of them away")
    if file is None and not pasted.strip():
        raise ValueError(f"there is no text yet: paste one, or choose a file of at most {MEGABYTES} MB")
    return Written.of(pasted) if file is None else Written.of(*deciphered(file.getvalue()))


def _take(desk: Desk) -> None:
    """Put the text on the desk; what is refused is said, and everything stays as it was."""
    try:
        text = _brought()
        if "world" in desk.locked:
            raise ValueError("this link has locked the world")
        scenario = desk.allowed(replace(desk.scenario, world=OwnText(text)))
    except ValueError as error:
        st.session_state[SAID] = f"This text is not used: {error}. Everything stays as it was."
        return
    desk.remember()
    desk.scenario = scenario
    desk.refuse()


def _forget(desk: Desk) -> None:
    """The book again; the text, its file, and every run that used it, leave the memory."""
    forget(_key("text"), _key("file"))
    st.session_state[FORGOTTEN] = st.session_state.get(FORGOTTEN, 0) + 1
    desk.past = [before for before in desk.past if not before.scenario.world.private]
    desk.scenario = replace(desk.scenario, world=Alice())
    desk.refuse()
