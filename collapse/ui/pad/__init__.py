"""A pad of 8 × 8 cells to draw a digit on, with a pointer or with the keyboard."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import streamlit as st

from collapse.data import Array
from collapse.ui import assets
from collapse.worlds.digits import BLACK, SIDE

COMPONENT = "collapse_pad"
_FALLBACK = "() => 'The drawing pad could not be loaded.'"


@cache
def _component() -> Any:
    return st.components.v2.component(COMPONENT, js=assets.loader("pad", _FALLBACK), isolate_styles=False)


def pad(*, key: str) -> Array | None:
    """Draw the pad here.  What the visitor has drawn, (64,) grey values from 0 to 16, or None for an empty pad."""
    assets.publish("pad")
    _component()(key=key, data={"side": SIDE, "most": BLACK}, on_ink_change=_nothing)
    state = st.session_state.get(key)
    return drawn(state.get("ink") if isinstance(state, Mapping) else None)


def drawn(ink: Any) -> Array | None:
    """What came from the browser as an image, if it is one: 64 numbers from 0 to 16, not all of them 0."""
    if not isinstance(ink, list) or len(ink) != SIDE * SIDE:
        return None
    if not all(isinstance(v, int | float) and not isinstance(v, bool) and 0 <= v <= BLACK for v in ink):
        return None
    return np.array(ink, dtype=float) if any(ink) else None


def _nothing() -> None:
    """Streamlit keeps a state only if it has a callback."""
