"""How long one visitor may have something computed, and whether anybody still waits for it: what the engine asks (`going_on`).

Seconds are processor time of the thread that computes, so that nobody is stopped because others are busy.  A click or a closed tab
ends a page's computing as it ends its writing: Streamlit looks for both whenever the session state is asked.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from time import perf_counter, thread_time
from typing import Final

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from collapse.budget import cost_of_a_fit, typical_cost
from collapse.compose import rule_of, setting
from collapse.going_on import StoppedError, asked
from collapse.scenario import Scenario
from collapse.speech import plural
from collapse.ui.prose import as_quote
from collapse.ui.spoken import called
from collapse.ui.turns import TURNS

LIVE: Final = 1.0  # what a dragged slider is told
PAGE: Final = 10.0  # everything that a page shows
CELL: Final = 2.0  # one cell of a map, or one combination of the arena
ROWS: Final = 100_000  # chains times generations that are summed up in no time
WORK: Final = 6_000_000  # numbers that take about a third of a second
OFTEN: Final = 0.02  # seconds between two looks at the clock, at the visitor, and at whether somebody draws
MEMORY = "There is not enough memory for this at the moment, and nothing of it is shown"


class Watch:
    """Asked whether a computation may go on: not after so many seconds, and not when `left` says that nobody waits for it."""

    def __init__(self, seconds: float, sentence: Callable[[], str], left: Callable[[], bool]) -> None:
        self.seconds, self.sentence, self.left = seconds, sentence, left
        self.start, self.next = thread_time(), 0.0
        self.over = False  # has all the time been used?
        self.said = False  # has the visitor been told?

    def __call__(self) -> str:
        if perf_counter() < self.next:
            return ""
        TURNS.let_pass()
        self.next = perf_counter() + OFTEN
        if self.left():
            return "Nobody waits for this any more."
        self.over = thread_time() - self.start > self.seconds
        return self.sentence() if self.over else ""


def interrupted() -> bool:
    """Raise what Streamlit ends a script with, if its visitor has clicked; has the visitor left?"""
    return "deadline" in st.session_state or gone()


def gone() -> bool:
    """Has the visitor for whom this thread works left?"""
    context = get_script_run_ctx(suppress_warning=True)
    return context is not None and runtime.exists() and not runtime.get_instance().is_active_session(context.session_id)


@contextmanager
def in_time(scenario: Callable[[], Scenario], labels: Mapping[str, str], seconds: float = PAGE) -> Iterator[None]:
    """What is computed here for a page, within so many seconds for all of the page together; where it is stopped, or memory runs out,
    a sentence says what to lower.  Whoever looks at a large run draws out of turn, since nobody shall wait for its quantiles.

    `labels`: what the controls of the page are called, by key.
    """
    watch = _PAGE.get() or Watch(seconds, lambda: too_long(scenario(), labels, seconds), interrupted)
    token = _PAGE.set(watch)
    try:
        with asked(watch), TURNS.lent() if large(scenario()) else nullcontext():
            yield
    except (StoppedError, MemoryError) as error:
        if not watch.said:
            watch.said = True
            why = f"{MEMORY}: {_lower(scenario(), labels)}." if isinstance(error, MemoryError) else str(error)
            st.warning(as_quote(why), icon=":material/timer_off:")
    finally:
        _PAGE.reset(token)


_PAGE: ContextVar[Watch | None] = ContextVar("page", default=None)


def large(scenario: Scenario) -> bool:
    """Takes it long to sum a run up: are its chains and generations many, or is it a run that takes long?"""
    return scenario.lineages * scenario.generations > ROWS or typical_cost(scenario) > WORK


def too_long(scenario: Scenario, labels: Mapping[str, str], seconds: float) -> str:
    """Why something was stopped, and what to lower."""
    return (
        f"This was stopped after {plural(round(seconds), 'second', 'seconds')} of computing, the most that one visitor may ask for, "
        f"and nothing of it is shown: {_lower(scenario, labels)}."
    )


def _lower(scenario: Scenario, labels: Mapping[str, str]) -> str:
    """What to lower, with the values that it has now: lower “Chains” (10,000) or “Training examples” (300)."""
    named = [f"“{called(key, scenario, labels)}” ({value:,})" for key, value in _costly(scenario)]
    listed = [", ".join(named[:-1]), named[-1]] if len(named) > 1 else named
    return f"lower {' or '.join(listed)}" if named else "choose another model"


def _costly(scenario: Scenario) -> list[tuple[str, float]]:
    """The numbers that make a scenario cheaper when they are lowered, by key, as far as they are not as low as they can be."""
    s = scenario
    parts: dict[str, Collection[str]] = {
        "model": cost_of_a_fit(s).levers,
        "curator": s.curator.levers,
        "policy": s.policy.levers,
        "world": [name for name in ("types", "dimension") if name in s.world.knobs()],
    }
    keys = ["lineages", "generations", "n", *(f"{part}.{name}" for part, names in parts.items() for name in names)]
    return [(key, setting(s, key)) for key in keys if setting(s, key) > (rule_of(s, key).low or 0)]
