"""Runs for the pages: computed once for everybody who asks the same, with real progress when it takes long."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from collapse.bands import lineage_at
from collapse.budget import BUDGET, typical_cost, worst_case_cost
from collapse.data import Array
from collapse.findings import Evidence, Finding, findings, headline, watched
from collapse.healthy import Alarms, healthy
from collapse.recursion import lives, replay, run
from collapse.scenario import Scenario
from collapse.spec import Spec
from collapse.stages import Rule, false_alarms, on_real_data
from collapse.trajectory import Trajectory
from collapse.ui.desk import Desk
from collapse.ui.turns import TURNS

LONG = 6_000_000  # numbers that take about a third of a second
SHOWN = {"typical": 0.5, "lucky": 0.95, "unlucky": 0.05}


class Progress:
    """An executor that runs blocks in order and says how far it is once the first is done; a click anywhere ends it, nothing is
    lost."""

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


@dataclass
class Place:
    """A place on the shelf, empty until somebody's run fills it; thirty pupils who open one link share one computation."""

    lock: Lock = field(default_factory=Lock)
    content: Any = None
    weight: int = 0


class Shelf:
    """What was computed, by the whole question; never by the object: a hash of nested dataclasses forgets their classes.

    At most `places`, and at most `bytes` in all of them together: what was asked for longest ago goes first.
    """

    def __init__(self, places: int, bytes: int) -> None:
        self.places, self.bytes = places, bytes
        self.content: OrderedDict[Hashable, Place] = OrderedDict()
        self._lock = Lock()

    def fetch(self, question: Hashable, make: Callable[[], Any]) -> Any:
        """What stands there, made now if nothing does."""
        with self._lock:
            place = self.content.setdefault(question, Place())
            self.content.move_to_end(question)
        if place.content is None:
            with TURNS.lent(), place.lock:
                if place.content is None:
                    place.content = make()
                    self._keep(question, place)
        return place.content

    def _keep(self, question: Hashable, place: Place) -> None:
        """Weigh everything anew, since what is remembered of a run or a text grows when it is looked at, and make room."""
        with self._lock:
            if self.content.get(question) is not place:  # it was dropped before it was filled
                return
            for other in self.content.values():
                other.weight = weight(other.content)
            total = sum(other.weight for other in self.content.values())
            while len(self.content) > 1 and (total > self.bytes or len(self.content) > self.places):
                total -= self.content.popitem(last=False)[1].weight


def weight(content: Any) -> int:
    """Bytes of all arrays that can be reached from `content`: each array counts once, and worlds, which are shared, do not count."""
    seen: set[int] = set()
    todo, total = [content], 0
    while todo:
        thing = todo.pop()
        if id(thing) in seen or isinstance(thing, Spec):
            continue
        seen.add(id(thing))
        if isinstance(thing, np.ndarray):
            if thing.base is None:
                total += thing.nbytes
            else:
                todo.append(thing.base)
        elif isinstance(thing, dict):
            todo += thing.values()
        elif isinstance(thing, list | tuple):
            todo += thing
        if hasattr(thing, "__dict__"):
            todo += vars(thing).values()
    return total


RUNS, LIVES, NOTES = Shelf(64, 150_000_000), Shelf(32, 100_000_000), Shelf(512, 50_000_000)
JUDGED = Shelf(512, 1_000_000)  # for which runs the healthy models are drawn
MINE = "shelf"


def shelf(scenario: Scenario, common: Shelf) -> Shelf:
    """The common shelf, or the session's own for data of a visitor's own: nobody else may find them, and they go with the visit."""
    if not scenario.world.private:
        return common
    if MINE not in st.session_state:
        st.session_state[MINE] = Shelf(24, 80_000_000)
    mine: Shelf = st.session_state[MINE]
    return mine


def forget(*keys: str) -> None:
    """Take all that a session computed on the visitor's own data out of memory, with the files it brought and these keys."""
    for key in (MINE, *keys):
        st.session_state.pop(key, None)
    if (context := get_script_run_ctx()) is not None:
        context.uploaded_file_mgr.remove_session_files(context.session_id)


def question(scenario: Scenario) -> tuple[tuple[str, str], ...]:
    """The whole query as a key."""
    return tuple(scenario.to_query().items())


def trajectory_of(scenario: Scenario, metrics: Iterable[str] = (), executor: Any = None) -> Trajectory:
    """The run, with at least these metrics; where the params are too many to keep, with those that the findings look at."""
    keep = None if scenario.model.compact else tuple(dict.fromkeys([*watched(scenario.world.space), *metrics]))
    key = "run", question(scenario), keep
    found: Trajectory = shelf(scenario, RUNS).fetch(key, lambda: run(scenario, keep=keep, executor=executor))
    return found


def replayed(scenario: Scenario, lineage: int) -> Any:
    """The params (T, …) of one lineage of a run whose params were not kept."""
    return shelf(scenario, NOTES).fetch(("lineage", question(scenario), lineage), lambda: replay(scenario, lineage))


def lived(scenario: Scenario, lineage: int) -> list[Any]:
    """One lineage as a list over generations of params (1, …), which may grow from one generation to the next."""
    found: list[Any] = shelf(scenario, LIVES).fetch(
        ("life", question(scenario), lineage), lambda: lives(scenario, lineage)
    )
    return found


def prepared(trajectory: Trajectory) -> Trajectory:
    """The run, once the healthy models are drawn by which it is judged: out of turn, and once for everybody."""
    s = trajectory.scenario
    shelf(s, JUDGED).fetch(("healthy", question(s)), lambda: len(healthy(s).sizes))
    return trajectory


@dataclass(frozen=True)
class Outcome:
    """Everything that a page shows of one run, computed on demand."""

    trajectory: Trajectory
    rule: Rule
    show: str

    @property
    def scenario(self) -> Scenario:
        return self.trajectory.scenario

    @cached_property
    def evidence(self) -> Evidence:
        return Evidence(prepared(self.trajectory), self.rule)

    @property
    def headline(self) -> str:
        """The first sentence, without waiting for the others."""
        return headline(self.evidence).text

    @cached_property
    def control(self) -> Trajectory | None:
        """The fits repeated on real data alone, where a loss may be the fit's fault; None where that is not needed or too much."""
        s = on_real_data(self.scenario)
        if self.evidence.lost is None or worst_case_cost(s) > BUDGET:
            return None
        return trajectory_of(s, executor=patience(typical_cost(s)))

    @cached_property
    def findings(self) -> list[Finding]:
        return findings(self.trajectory, self.rule, self.control)

    @cached_property
    def lineage(self) -> int:
        """The lineage shown: typical, lucky or unlucky by the spread it has left at the end."""
        return lineage_at(self.evidence.spread, SHOWN[self.show])

    @property
    def params(self) -> Any:
        """The params (T, …) of the lineage shown."""
        kept = self.trajectory.params
        return replayed(self.scenario, self.lineage) if kept is None else type(kept)(*(a[self.lineage] for a in kept))

    @property
    def life(self) -> list[Any]:
        """The lineage shown as a list over generations of params (1, …), which may grow from one to the next."""
        return lived(self.scenario, self.lineage)

    @property
    def false_alarms(self) -> Alarms:
        return false_alarms(self.scenario, self.rule)

    def standing(self) -> str:
        """How typical the lineage is: its percentile, in a sentence."""
        spread: Array = self.evidence.spread
        if len(spread) == 1:
            return "Shown: the only lineage."
        below = int((spread < spread[self.lineage]).sum())
        return (
            f"Shown: lineage {self.lineage + 1} of {len(spread):,}, {self.show}. "
            f"{np.round(100 * below / len(spread)):.0f} % of the lineages have less "
            f"{'variance' if self.evidence.real else 'diversity'} left at the end."
        )


def outcome_on(desk: Desk) -> Outcome:
    """Run what is on the desk, or take it from the shelf; long runs show their progress here."""
    s = desk.scenario
    executor = patience(typical_cost(s, desk.watches))
    return Outcome(trajectory_of(s, desk.watches, executor), desk.rule, desk.visit.show)


def patience(numbers: int) -> Progress | None:
    """Progress, shown here, for a run that handles so many numbers that somebody has to wait."""
    return Progress(st.empty()) if numbers > LONG else None
