"""The drawers of the Laboratory's desk: earlier runs, the pinned run, data of the visitor's own, and the phase map.

Each holds what belongs together and knows its own part of a link; what concerns several of them is decided by `lab.Lab`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from time import perf_counter, thread_time
from typing import Generic, NamedTuple, Protocol, TypeVar

from collapse.going_on import StoppedError, asked
from collapse.phase import Ends, Filled, axis
from collapse.scenario import Scenario
from collapse.spec import names, shown
from collapse.stages import Rule
from collapse.ui.deadline import CELL, Watch, gone
from collapse.visits import AXES, ENDS, TWIN
from collapse.worlds import World

EARLIER = 200
DATA = "world.data"  # the key by which a link says which data it was made with
STEP = 0.25  # seconds of work between two pictures of a map or a search
SLOW = "one of them took more than 2 seconds of computing"
MOST = 15.0  # seconds of a core for one of them, whatever it was expected to take


class Entry(NamedTuple):
    """An earlier run: what it was, and the number that sums it up."""

    number: int
    scenario: Scenario
    rule: Rule
    says: str


@dataclass
class History:
    """Earlier runs, the newest first; `runs`: how many there have been, forgotten ones too."""

    entries: list[Entry] = field(default_factory=list)
    runs: int = 0

    def record(self, scenario: Scenario, rule: Rule, says: str) -> None:
        """Write a run down; the same run is there once."""
        now = (scenario, rule)
        if self.entries and self.entries[0][1:3] == now:
            return
        self.runs += 1
        others = [entry for entry in self.entries if entry[1:3] != now]
        self.entries = [Entry(self.runs, *now, says), *others][:EARLIER]

    def find(self, number: int) -> Entry | None:
        """The run of that number, if it is still there."""
        return next((entry for entry in self.entries if entry.number == number), None)

    def forget_private(self) -> None:
        """Forget every run on data of the visitor's own."""
        self.entries = [entry for entry in self.entries if not entry.scenario.world.private]


@dataclass
class Pin:
    """A run that is held beside all that follow; `waiting`: a link whose pinned run needs data that are not here."""

    scenario: Scenario | None = None
    waiting: dict[str, str] = field(default_factory=dict)

    def hold(self, scenario: Scenario | None) -> None:
        """Pin a run, or none."""
        self.scenario, self.waiting = scenario, {}

    def beside(self, now: Scenario) -> Scenario | None:
        """The pinned scenario with as many lineages and generations and the same luck as the one on the desk."""
        return self.scenario and replace(
            self.scenario, lineages=now.lineages, generations=now.generations, seed=now.seed
        )

    def adapted(self, now: Scenario) -> list[str]:
        """What is different in `beside` from what was pinned, in words."""
        pinned, twin = ({} if s is None else s.to_query() for s in (self.scenario, self.beside(now)))
        labels = {key: rule.label for key, rule in Scenario.knobs().items()}
        return [
            f"{labels[key]} {value} instead of {pinned[key]}" for key, value in twin.items() if pinned[key] != value
        ]

    def link(self, now: Scenario) -> dict[str, str]:
        """The pinned run in a link: what is different in it from the scenario on the desk."""
        here, pinned = now.to_query(), self.scenario.to_query() if self.scenario else {}
        return {TWIN + key: value for key, value in pinned.items() if here.get(key) != value}

    @property
    def hope(self) -> str:
        """What the pinned run of a link waits for."""
        return (
            f"The pinned run of this link was made with data of its own ({in_words(self.waiting[DATA])}). Bring the same "
            "data to see it; until then nothing is pinned."
        )


@dataclass
class OwnData:
    """Worlds of the visitor's data by kind; `waiting`: a link that needs data which are not here; `cleared`: how often all were
    forgotten."""

    worlds: dict[str, World] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    cleared: int = 0

    def for_link(self, link: Mapping[str, str]) -> dict[str, World]:
        """The worlds that a link may mean: those with the data that it names, or all if it names none."""
        return {kind: world for kind, world in self.worlds.items() if link.get(DATA) in (None, mark(world))}

    def forget(self) -> None:
        """Let go of all data."""
        self.worlds, self.waiting, self.cleared = {}, {}, self.cleared + 1


class Partial(Protocol):
    """Something that is filled step by step."""

    @property
    def done(self) -> float:
        """The share of the steps that are done."""


P = TypeVar("P", bound=Partial)


@dataclass
class Drawing(Generic[P]):
    """What is filled step by step, or is full; `question`: what it was asked for; `spent`: seconds of a core that it has had;
    `pace`: how many times `STEP` it works between two pictures; `slow`: one step of it took too long."""

    question: object
    filled: P
    going: Iterator[P] | None
    pace: float = 1.0
    spent: float = 0.0
    slow: bool = False

    def step(self) -> None:
        """Work for a moment."""
        start, end = thread_time(), perf_counter() + self.pace * STEP
        while self.going is not None and perf_counter() < end:
            watch = Watch(CELL, lambda: SLOW, gone)
            try:
                with asked(watch):
                    found = next(self.going, None)
            except (StoppedError, MemoryError):
                found, self.slow = None, watch.over
            self.filled, self.going = (self.filled, None) if found is None else (found, self.going)
        self.spent += thread_time() - start
        if self.exhausted:
            self.going = None

    @property
    def exhausted(self) -> bool:
        """Has it had all the time that one visitor may ask for?"""
        return self.spent > MOST


@dataclass
class MapView:
    """The phase map: where its axes end, by knob, and the map itself once it was asked for."""

    chosen: dict[str, Ends] = field(default_factory=dict)
    drawing: Drawing[Filled] | None = None

    def ends(self, scenario: Scenario, key: str) -> Ends:
        """Where an axis begins and ends: as chosen, unless that is out of bounds since another part was chosen."""
        wanted = self.chosen.get(key, (None, None))
        try:
            axis(scenario, key, wanted)
        except ValueError:
            return None, None
        return wanted

    def choose(self, scenario: Scenario, key: str, low: float, high: float) -> None:
        """Choose where an axis begins and ends; ValueError if it cannot be there."""
        axis(scenario, key, (low, high))
        self.chosen[key] = low, high

    def link(self, scenario: Scenario, axes: tuple[str, str]) -> dict[str, str]:
        """The ends of the axes in a link, where they were chosen."""
        ends = ((name, *self.ends(scenario, key)) for name, key in zip(AXES, axes, strict=True))
        return {name + ENDS: f"{low:.12g},{high:.12g}" for name, low, high in ends if low is not None}

    def read(self, given: Mapping[str, str], scenario: Scenario, axes: tuple[str, str]) -> list[str]:
        """Take the ends of the axes from a link: `across.ends=5,200`; a sentence for each that cannot be."""
        refused = []
        for name, key in zip(AXES, axes, strict=True):
            if name + ENDS in given:
                try:
                    self.choose(scenario, key, *_two_numbers(name + ENDS, given[name + ENDS], key))
                except ValueError as error:
                    refused.append(f"{error}. Used instead: what this page starts with ({name + ENDS}).")
        return refused


def _two_numbers(name: str, text: str, key: str) -> tuple[float, float]:
    try:
        low, high = (float(end) for end in text.split(","))
    except ValueError:
        wanted = f"give a lower and a higher end of {key}, like 5,200"
        raise ValueError(f"{name}={shown(text)} is not possible: {wanted}") from None
    return low, high


def mark(world: World) -> str:
    """Which data a world carries, as a link says it: their size and digest."""
    return world.to_query()["data"]


def named(world: World) -> str:
    """Data that a world carries, by the titles of their columns, and how many they are."""
    titles = getattr(world.data, "titles", ("a text",))  # type: ignore[attr-defined]
    return f"{names(titles)} ({in_words(mark(world))})"


def in_words(mark: str) -> str:
    """The data of a link in words: `212x1-ab12…` has 212 rows, `90000-ab12…` is a list or a text of that length."""
    size, _, digest = mark.partition("-")
    rows, table, _ = size.partition("x")
    return (
        f"{int(rows):,} {'rows' if table else 'rows or letters'}, fingerprint {digest}"
        if rows.isdecimal()
        else shown(mark)
    )
