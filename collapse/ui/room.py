"""Room for what is computed at one time in this process: a run waits until there is enough memory, or is told that it is full."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition
from time import monotonic
from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from collapse.going_on import StoppedError, may_go_on

ROOM: Final = 600_000_000  # bytes of all runs that are computed at one time
LIGHT: Final = 40_000_000  # what a run may hold that waits for nobody
LONGEST: Final = 30.0  # seconds that anybody waits
WAITING = "Others are computing large runs at the moment. This one begins as soon as there is enough memory for it."
FULL = (
    "The server is full at the moment: the large runs of others have taken the memory, and nothing of this one is shown. Try again "
    "in a minute, or ask for a smaller run: with fewer chains or generations it does not have to wait."
)


class FullError(StoppedError):
    """There was not enough memory for a run while it could be waited for."""


class Room:
    """The memory that runs may take while they are computed, in bytes: `size` in all, of which `left` is free."""

    def __init__(self, size: int) -> None:
        self.size = self.left = size
        self._changed = Condition()

    @contextmanager
    def taken(self, wanted: int, longest: float, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Take `wanted` bytes within this block, once there are so many; a light run takes them at once.

        `longest`: seconds to wait at most; `waiting`: called before anybody waits.

        Errors: FullError after `longest` seconds; StoppedError if the run must not go on.
        """
        wanted, end = min(wanted, self.size), monotonic() + longest
        with self._changed:
            if wanted > max(LIGHT, self.left) and longest > 0:
                waiting()
            while wanted > max(LIGHT, self.left):
                if monotonic() >= end:
                    raise FullError(FULL)
                self._changed.wait(0.1)
                may_go_on()
            self.left -= wanted
        try:
            yield
        finally:
            with self._changed:
                self.left += wanted
                self._changed.notify_all()


_ROOM = Room(ROOM)


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Room for a run of so many bytes.  A page says that it waits; what asks without a page does not wait."""
    if get_script_run_ctx(suppress_warning=True) is None:
        with _ROOM.taken(size, 0.0):
            yield
        return
    places = []

    def waiting() -> None:
        places.append(st.empty())
        places[0].info(WAITING, icon=":material/hourglass_top:")

    with _ROOM.taken(size, LONGEST, waiting):
        for place in places:
            place.empty()
        yield
