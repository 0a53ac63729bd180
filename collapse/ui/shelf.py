"""The shelf: what was computed once, for everybody who asks the same, weighed in bytes."""

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar
from weakref import finalize

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from collapse.going_on import may_go_on
from collapse.notes import weight
from collapse.scenario import Scenario
from collapse.trajectory import Trajectory
from collapse.ui.turns import TURNS

HANDY = 8  # places that somebody may just be looking at
OFTEN = 0.1  # seconds between two looks at whether to wait on


@dataclass
class Place:
    """A place on the shelf, empty until somebody's run fills it; thirty pupils who open one link share one computation.  `settled`:
    it was put aside and weighed since it was last asked for."""

    lock: Lock = field(default_factory=Lock)
    content: Any = None
    weight: int = 0
    settled: bool = False


class Shelf:
    """What was computed, by the whole question; never by the object: a hash of nested dataclasses forgets their classes.

    At most `places`, and at most `bytes` in all of them together: what was asked for longest ago goes first.  All but the newest
    eight are put aside: what was measured of a run is forgotten, since it takes more room than time.
    """

    def __init__(self, places: int, bytes: int) -> None:
        self.places, self.bytes, self.made = places, bytes, 0
        self.content: OrderedDict[Hashable, Place] = OrderedDict()
        self._lock = Lock()
        self._dropped: deque[object] = deque()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else changes what stands here, meanwhile."""
        try:
            with self._lock:
                yield
        finally:
            self._clear()

    def fetch(self, question: Hashable, make: Callable[[], Any]) -> Any:
        """What stands there, made now if nothing does."""
        with self._alone():
            place = self.content.setdefault(question, Place())
            place.settled = False
            self.content.move_to_end(question)
        if place.content is None:
            with TURNS.lent(), _waited_for(place.lock):
                if place.content is None:
                    try:
                        place.content = make()
                        self.made += 1
                    finally:
                        self._keep(question, place)
        return place.content

    def has(self, question: Hashable) -> bool:
        """Does something stand there?"""
        with self._alone():
            return question in self.content and self.content[question].content is not None

    def weight(self) -> int:
        """Bytes of all that stands here, as they were last weighed."""
        with self._alone():
            return sum(place.weight for place in self.content.values())

    def drop(self, owner: object) -> None:
        """Take everything away that somebody asked for: the questions that begin with `owner`.

        It never waits, because the garbage collector may call it in the middle of anything, also of what only one may do at a time:
        then whoever is doing that clears up after it.
        """
        self._dropped.append(owner)
        self._clear()

    def _clear(self) -> None:
        """Take away what was dropped, unless somebody else is about to."""
        while self._dropped and self._lock.acquire(blocking=False):
            try:
                owner = self._dropped.popleft()
                for question in [q for q in self.content if isinstance(q, tuple) and q[0] is owner]:
                    del self.content[question]
            finally:
                self._lock.release()

    def _keep(self, question: Hashable, place: Place) -> None:
        """Weigh what may have grown, since what is remembered of a run or a text grows when it is looked at, and make room."""
        with self._alone():
            if place.content is None:  # it was stopped: whoever waits for the place computes it anew
                self.content.pop(question, None)
                return
            if self.content.setdefault(question, place) is not place:
                return
            for behind, other in enumerate(reversed(self.content.values())):
                if not other.settled:
                    other.settled = behind >= HANDY and other.content is not None
                    if other.settled and isinstance(other.content, Trajectory):
                        other.content.forget()
                    other.weight = weight(other.content)
            total = sum(other.weight for other in self.content.values())
            while len(self.content) > 1 and (total > self.bytes or len(self.content) > self.places):
                total -= self.content.popitem(last=False)[1].weight


@contextmanager
def _waited_for(lock: Lock) -> Iterator[None]:
    """Hold a lock, once whoever has it gives it back; who must not go on does not wait."""
    while not lock.acquire(timeout=OFTEN):
        may_go_on()
    try:
        yield
    finally:
        lock.release()


RUNS, LIVES, NOTES = Shelf(64, 60_000_000), Shelf(32, 40_000_000), Shelf(512, 20_000_000)
OWN = Shelf(256, 50_000_000)  # on data of visitors' own; each finds its own
JUDGED = Shelf(512, 1_000_000)  # for which runs the healthy models are drawn
MINE = "shelf"


class Mine:
    """The part of `OWN` that belongs to one session; what stands there goes with it."""

    def __init__(self) -> None:
        self.owner = object()
        finalize(self, OWN.drop, self.owner)

    def fetch(self, question: Hashable, make: Callable[[], Any]) -> Any:
        """As of a shelf."""
        return OWN.fetch((self.owner, question), make)

    def has(self, question: Hashable) -> bool:
        """As of a shelf."""
        return OWN.has((self.owner, question))


T = TypeVar("T")


def shelf(scenario: Scenario, common: Shelf) -> Shelf | Mine:
    """The common shelf, or the session's own for data of a visitor's own: nobody else may find them, and they go with the visit."""
    if not scenario.world.private:
        return common
    if MINE not in st.session_state:
        st.session_state[MINE] = Mine()
    mine: Mine = st.session_state[MINE]
    return mine


def forget(*keys: str) -> None:
    """Take all that a session computed on the visitor's own data out of memory, with the files it brought, what it could download,
    and these keys.  What the page still offers is there again as soon as it has been written."""
    for key in (MINE, *keys):
        st.session_state.pop(key, None)
    if (context := get_script_run_ctx()) is not None:
        context.uploaded_file_mgr.remove_session_files(context.session_id)
        if runtime.exists():
            downloads = runtime.get_instance().media_file_mgr
            downloads.clear_session_refs(context.session_id)
            for _ in range(2):  # the first time Streamlit only marks them
                downloads.remove_orphaned_files()


def question(scenario: Scenario) -> tuple[tuple[str, str], ...]:
    """The whole query as a key."""
    return tuple(scenario.to_query().items())


def noted(scenario: Scenario, name: str, make: Callable[[], T], *more: Hashable) -> T:
    """What is noted of a scenario under a name, and under `more` that it depends on; made once for everybody who asks the same."""
    found: T = shelf(scenario, NOTES).fetch((name, question(scenario), *more), make)
    return found
