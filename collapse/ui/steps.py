"""Long work on a page in steps: a button that begins it, how far it is, a button that stops it, and one that begins it anew."""

from collections.abc import Callable
from typing import Any, NamedTuple

import streamlit as st

from collapse.speech import percent
from collapse.ui.drawers import SLOW, Drawing
from collapse.ui.prose import as_quote
from collapse.ui.turns import TURNS

PAUSE = 0.3  # seconds between two steps


class Words(NamedTuple):
    """What the buttons say: `key` in front of theirs; `begin` and `anew`; `icon`; `parts`, what there is to do; `rest`, what stands
    where the work was stopped."""

    key: str
    begin: str
    anew: str
    icon: str
    parts: str
    rest: str


def pause(drawing: Drawing[Any] | None) -> float | None:
    """After how many seconds a fragment has to come again; None if nothing is going on."""
    return PAUSE if drawing is not None and drawing.going is not None else None


def stepped(
    drawing: Drawing[Any] | None, words: Words, start: Callable[[], None], stop: Callable[[], None], fixed: bool
) -> bool:
    """Take the next step, with the buttons that belong to it; is there anything to be shown?  The page follows when all is done."""
    key = f"{words.key}_draw"
    if drawing is None:
        st.button(words.begin, key=key, on_click=start, disabled=fixed, icon=words.icon)
        return False
    was_busy = drawing.going is not None
    with TURNS.lent():
        drawing.step()
    if was_busy and drawing.going is None:
        st.rerun()
    if drawing.going is not None:
        st.progress(drawing.filled.done, f"{percent(drawing.filled.done)} of {words.parts}")
        st.button("Stop", key=f"{words.key}_stop", on_click=stop, disabled=fixed, icon=":material/stop:")
    elif drawing.filled.done < 1:
        why = (
            f": {SLOW}"
            if drawing.slow
            else ": it took longer than one visitor may ask for"
            if drawing.exhausted
            else ""
        )
        st.caption(as_quote(f"Stopped at {percent(drawing.filled.done)} of the {words.parts}{why}. {words.rest}"))
        st.button(words.anew, key=key, on_click=start, disabled=fixed)
    return True
