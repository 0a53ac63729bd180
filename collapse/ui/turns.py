"""Drawing takes turns: in one process, one visitor's fragment at a time.

Python draws one thing at a time whatever we do.  Thirty threads that share it all finish late, and the hand-overs cost; one after
the other, half of them finish in half the time (docs/decisions/0010).  What is computed for the shelf is computed out of turn,
because it may take long and lets go of the interpreter now and then: nobody waits for a stranger's run.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import Lock, local
from time import perf_counter, sleep
from typing import Any, Generic, Self, TypeVar, overload

import streamlit as st

PASSING = 0.05  # seconds


class Turns:
    """A lock that its holder can lend."""

    def __init__(self) -> None:
        self._lock, self._mine = Lock(), local()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for one's turn, have it, and give it back."""
        with self._lock:
            self._mine.held = True
            try:
                yield
            finally:
                self._mine.held = False

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Let others draw meanwhile; does nothing for who has no turn to lend."""
        held = getattr(self._mine, "held", False)
        if held:
            self._mine.held = False
            self._lock.release()
        try:
            yield
        finally:
            if held:
                self._lock.acquire()
                self._mine.held = True

    def let_pass(self) -> None:
        """Wait a moment while somebody draws, for who computes out of turn: drawing takes a tenth as long when nobody computes."""
        end = perf_counter() + PASSING
        while self._lock.locked() and not getattr(self._mine, "held", False) and perf_counter() < end:
            sleep(0.002)


TURNS = Turns()
T = TypeVar("T")


class remembered(Generic[T]):  # noqa: N801 - a decorator, named as one
    """A property that is computed once, for whatever may lend its turn meanwhile.

    Up to Python 3.11 `functools.cached_property` holds a lock of the whole class while it computes. Who lends the turn in there
    cannot have it back from somebody who draws, and waits for that lock: both wait for ever.
    """

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self.compute, self.__doc__ = compute, compute.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> Self | T:
        if instance is None:
            return self
        return vars(instance).setdefault(self.compute.__name__, self.compute(instance))


def fragment(key: str) -> Callable[[Callable[[], None]], Any]:
    """A keyed fragment of a page that draws in turn."""

    def decorated(draw: Callable[[], None]) -> Any:
        @wraps(draw)
        def in_turn() -> None:
            with TURNS.taken():
                draw()

        return st.fragment(in_turn, key=key)

    return decorated
