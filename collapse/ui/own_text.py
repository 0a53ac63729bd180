"""A text of the visitor's own: pasted or uploaded, used, forgotten.  In the session's memory and nowhere else."""

from dataclasses import replace

import streamlit as st

from collapse.metrics.text import AGAIN, COPIED
from collapse.models.ngram import Ngram
from collapse.scenario import Scenario
from collapse.speech import plural
from collapse.ui.desk import Desk
from collapse.ui.prose import as_quote, words
from collapse.ui.shelf import forget
from collapse.worlds import Alice, OwnText
from collapse.worlds.text import BYTES, LONGEST, SMALL, WORDS, Written, deciphered

SAID, FORGOTTEN = "language_own_said", "language_own_forgotten"
MEGABYTES = BYTES // 1_000_000
LEAST_READ = 10  # tokens


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
        st.markdown(
            words("language")["own"].format(words=WORDS, small=SMALL, longest=f"{LONGEST:,}", megabytes=MEGABYTES)
        )
        st.text_area("Paste a text", key=_key("text"), height=140)
        st.file_uploader("or choose a text file", key=_key("file"), max_upload_size=MEGABYTES)
        with st.container(horizontal=True):
            st.button("Use this text", key="language_own_take", on_click=_take, args=(desk,), type="primary")
            if mine:
                st.button(
                    "Back to Alice, and forget my text", key="language_own_forget", on_click=_forget, args=(desk,)
                )
        if said := st.session_state.pop(SAID, ""):
            st.warning(as_quote(said), icon=":material/article:")
    if isinstance(world, OwnText):
        for note in filter(None, (world.data.note, too_small(desk.scenario))):
            st.info(as_quote(note), icon=":material/article:")


def too_small(scenario: Scenario) -> str:
    """What cannot be measured on a text because it is small, in sentences; of a text of 100 words or more nothing is said."""
    world, model = scenario.world, scenario.model
    assert isinstance(world, OwnText)
    assert isinstance(model, Ngram)
    if not world.data.small:
        return ""
    corpus = world.corpus(model.unit)
    unit, one = {"chars": ("characters", "character"), "words": ("words and marks", "word or mark")}[model.unit]
    learnt, held = len(corpus.train), len(corpus.held_out)
    missing = [
        f"perplexity is measured on its last fifth, which is {plural(held, one, unit)} long: take it for a rough number"
    ]
    if not corpus.rare:
        missing.append("every word makes up more than 5% of it, so none is rare, and nothing can be said of rare words")
    if learnt < COPIED[model.unit]:
        missing.append(f"what is copied from it cannot be told with fewer than {COPIED[model.unit]} {unit}")
    if learnt < AGAIN[model.unit]:
        missing.append(f"nothing of {AGAIN[model.unit]} {unit} in a row can stand in it twice")
    return (
        f"This text is small: models learn from its first {plural(learnt, one, unit)}. That is enough to see chance at work, as with "
        f"dice. What cannot be measured well on so little: {'; '.join(missing)}."
    )


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
        scenario = desk.allowed(read_once(replace(desk.scenario, world=OwnText(text))))
    except ValueError as error:
        st.session_state[SAID] = desk.spoken(f"This text is not used: {error}. Everything stays as it was.")
        return
    desk.remember()
    desk.scenario = scenario
    desk.refuse()


def read_once(scenario: Scenario) -> Scenario:
    """The scenario; of a small text every model reads only as much as there is to learn from, or chance would hardly act."""
    world, model = scenario.world, scenario.model
    if isinstance(world, OwnText) and isinstance(model, Ngram) and world.data.small:
        return replace(scenario, n=min(scenario.n, max(len(world.corpus(model.unit).train), LEAST_READ)))
    return scenario


def _forget(desk: Desk) -> None:
    """The book again; the text, its file, and every run that used it, leave the memory."""
    forget(_key("text"), _key("file"))
    st.session_state[FORGOTTEN] = st.session_state.get(FORGOTTEN, 0) + 1
    desk.past = [before for before in desk.past if not before.scenario.world.private]
    small = isinstance(desk.scenario.world, OwnText) and desk.scenario.world.data.small
    desk.scenario = replace(desk.scenario, world=Alice(), n=desk.base.n if small else desk.scenario.n)
    desk.refuse()
