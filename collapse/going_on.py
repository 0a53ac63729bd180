"""Whether a computation may go on: whoever started it is asked, again and again, wherever time passes.

The engine has no clock.  A caller who wants to stop what takes too long, or what nobody waits for any more, gives a callback:

    with asked(lambda: "a minute is over" if monotonic() > end else ""):
        run(scenario)

and every generation, every step of an iterative fit and every block of metrics asks it, at most about 0.1 s of processor time apart.
A run is whole or it is refused; no number of it depends on being asked.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")
_ASKED: ContextVar[Callable[[], str] | None] = ContextVar("asked", default=None)


class StoppedError(RuntimeError):
    """A computation was stopped by who started it; the text says why."""


@contextmanager
def asked(why_not: Callable[[], str]) -> Iterator[None]:
    """Within this block, whatever the engine computes in this thread asks `why_not` whether it may go on: a sentence why it may not,
    or an empty text.  Of blocks within one another the innermost is asked."""
    token = _ASKED.set(why_not)
    try:
        yield
    finally:
        _ASKED.reset(token)


def may_go_on() -> None:
    """Ask, if there is anybody to ask.  Errors: StoppedError with what the caller says."""
    why_not = _ASKED.get()
    if why_not is not None and (why := why_not()):
        raise StoppedError(why)


def step_by_step(steps: Iterable[T]) -> Iterator[T]:
    """Iterate over `steps`, and ask before each of them whether the computation may go on.  Errors: StoppedError if it may not."""
    for step in steps:
        may_go_on()
        yield step
