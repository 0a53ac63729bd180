"""Real progress of a run that takes so long that somebody has to wait for it."""

from collections.abc import Callable, Iterable
from typing import Any

import streamlit as st

LONG = 6_000_000  # numbers that take about a third of a second


class Progress:
    """An executor that runs blocks in order and says how far it is once the first is done; a click anywhere ends it."""

    def __init__(self, place: Any) -> None:
        self.place = place

    def map(self, function: Callable[..., Any], tasks: Iterable[Any], /) -> Iterable[Any]:
        todo = list(tasks)
        for done, task in enumerate(todo):
            if done:
                far = f"Sampling and refitting: {done} of {len(todo)} blocks. Any control stops it."
                self.place.progress(done / len(todo), far)
            yield function(task)
        self.place.empty()


def patience(numbers: int) -> Progress | None:
    """Progress, shown here, for a run that handles so many numbers that somebody has to wait."""
    return Progress(st.empty()) if numbers > LONG else None
