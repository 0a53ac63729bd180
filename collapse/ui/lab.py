"""The desk of the Laboratory: any scenario, data of the visitor's own, a pinned run, a history, a map."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, NamedTuple, Self

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from collapse.budget import BUDGET, examples_per_fit, within, worst_case_cost
from collapse.compose import completed, dials, offered
from collapse.figures.shapes import POINTS
from collapse.links import read_link
from collapse.metrics import METRICS, measurable
from collapse.phase import ONSETS, Ends, axis
from collapse.scenario import Scenario
from collapse.spec import knob, names, shown
from collapse.stages import Rule, needed
from collapse.ui import rerun
from collapse.ui.desk import Desk, Visit
from collapse.ui.runs import MINE
from collapse.worlds import WORLDS, World

EARLIER = 200
AUTO = "auto"
TWIN, ENDS = "twin.", ".ends"
AXES = ("across", "up")
OWN = tuple(kind for kind, world in WORLDS.items() if world.private)
SEEN = "laboratory-seen"
NUMBERS = (
    "n",
    "generations",
    *dict.fromkeys(
        f"{part}.{name}"
        for part, table in Scenario.parts().items()
        for kind in table.values()
        for name, rule in kind.knobs().items()
        if not rule.choices
    ),
)


@dataclass(frozen=True)
class LabVisit(Visit):
    """How the Laboratory is looked at: what is watched, and what its map is of."""

    metric: str = knob(AUTO, "what is watched over the generations", label="what to watch", choices=(AUTO, *METRICS))
    across: str = knob("n", "the axis of the map from left to right", label="across", choices=NUMBERS)
    up: str = knob("policy.synthetic", "the axis of the map from bottom to top", label="up", choices=NUMBERS)
    shows: str = knob(AUTO, "what the colour of the map means", label="colour", choices=(AUTO, *METRICS, *ONSETS))


class Entry(NamedTuple):
    """An earlier run: what it was, and the number that sums it up."""

    number: int
    scenario: Scenario
    rule: Rule
    says: str


@dataclass
class Lab(Desk):
    """`own`: worlds of the visitor's data by kind; `waiting`: a link that wants data which are not here; `hoping`: the same of
    its pinned run."""

    sections: ClassVar[tuple[str, ...]] = ("data", "metric", "map", "twins", "history", "export")

    visit: LabVisit = field(default_factory=LabVisit)
    own: dict[str, World] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    hoping: dict[str, str] = field(default_factory=dict)
    pinned: Scenario | None = None
    entries: list[Entry] = field(default_factory=list)
    runs: int = 0
    ends: dict[str, Ends] = field(default_factory=dict)
    map: Any = None
    cleared: int = 0

    # ---- what is watched

    @property
    def metric(self) -> str:
        """The metric that is watched: the one chosen, or the spread where that cannot be measured."""
        return self._measured(self.visit.metric)

    @property
    def watches(self) -> tuple[str, ...]:
        return (self.metric,)

    @property
    def shows(self) -> str:
        """What the map shows."""
        return self.visit.shows if self.visit.shows in ONSETS else self._measured(self.visit.shows)

    def _measured(self, metric: str) -> str:
        """A metric, if it can be measured and afforded here."""
        s = self.scenario
        there = metric in measurable(s) and worst_case_cost(s, (metric,)) + film(s) <= BUDGET
        return metric if there else needed(s)[1]

    @property
    def axes(self) -> tuple[str, str]:
        """The two axes of the map: those chosen, where this scenario has them."""
        there = [key for key in dials(self.scenario) if key in NUMBERS]
        across = self.visit.across if self.visit.across in there else "n"
        there.remove(across)
        return across, self.visit.up if self.visit.up in there else there[0]

    def ends_of(self, key: str) -> Ends:
        """Where an axis begins and ends: as chosen, unless that is out of bounds since another part was chosen."""
        wanted = self.ends.get(key, (None, None))
        try:
            axis(self.scenario, key, wanted)
        except ValueError:
            return None, None
        return wanted

    @property
    def twin(self) -> Scenario | None:
        """The pinned scenario with as many lineages and generations and the same luck as the one on the desk."""
        s = self.scenario
        return self.pinned and replace(self.pinned, lineages=s.lineages, generations=s.generations, seed=s.seed)

    @property
    def adapted(self) -> list[str]:
        """What is different in `twin` from what was pinned, in words."""
        pinned, twin = ({} if s is None else s.to_query() for s in (self.pinned, self.twin))
        return [f"{key}={value} instead of {pinned[key]}" for key, value in twin.items() if pinned[key] != value]

    # ---- what may be chosen

    def choices(self, part: str) -> tuple[str, ...]:
        """What fits; worlds of own data only where there are some."""
        there = {*self.own, self.scenario.world.kind}
        return tuple(kind for kind in offered(self.scenario, part) if kind not in OWN or kind in there)

    def composed(self, values: Mapping[str, str], base: Scenario) -> Scenario:
        """Other parts change along where they must, unless the link has locked them."""
        found = completed(base, values, self.own)
        moved = {
            k
            for k, v in found.to_query().items()
            if k in self.locked and base.to_query().get(k, v) != v and k not in values
        }
        if moved:
            raise ValueError(
                f"{names(f'{k}={v}' for k, v in values.items())} would change {names(sorted(moved))}, which this link "
                "has locked"
            )
        return found

    def allowed(self, scenario: Scenario) -> Scenario:
        """Measuring and the film of one lineage count as work, too."""
        metric = self.visit.metric if self.visit.metric in measurable(scenario) else needed(scenario)[1]
        return within(super().allowed(scenario), BUDGET - film(scenario), (metric,))

    def look(self, values: Mapping[str, str]) -> None:
        """Change what is looked at; what costs too much is said, and everything stays as it was."""
        before = self.visit
        try:
            self.visit = before.from_query(values, before)
            self.allowed(self.scenario)
            self.refused = []
        except ValueError as error:
            self.visit, self.refused = before, [f"{error}. Everything stays as it was."]

    # ---- links

    def link(self) -> dict[str, str]:
        """Also the pinned run, by what is different in it."""
        here, pinned = self.scenario.to_query(), self.pinned.to_query() if self.pinned else {}
        across, up = self.axes
        seen = {
            "across": across,
            "up": up,
            "metric": self.metric,
            "shows": self.shows,
        }  # what is not automatic, as it is used
        used = {k: v for k, v in seen.items() if getattr(self.visit, k) != AUTO}
        chosen = ((name, *self.ends_of(key)) for name, key in zip(AXES, self.axes, strict=True))
        ends = {name + ENDS: f"{low:.12g},{high:.12g}" for name, low, high in chosen if low is not None}
        return (
            super().link()
            | used
            | ends
            | {TWIN + key: value for key, value in pinned.items() if here.get(key) != value}
        )

    def read(self, query: Mapping[str, str | list[str]]) -> None:
        """What a link wants to look at, but this scenario does not have, is said, too."""
        ends = {name: text for name in AXES if isinstance(text := query.get(name + ENDS), str)}
        super().read({k: v for k, v in query.items() if k not in [name + ENDS for name in ends]})
        there = [*measurable(self.scenario), *ONSETS, AUTO]
        wrong = [k for k in ("metric", "shows") if getattr(self.visit, k) not in there]
        wrong += [k for k in ("across", "up") if k in query and getattr(self.visit, k) not in self.axes]
        for name in wrong:
            used = {"metric": self.metric, "shows": self.shows, "across": self.axes[0], "up": self.axes[1]}[name]
            asked = getattr(self.visit, name)
            self.refused.append(f"{name}={asked} is not possible with this scenario. Used instead: {name}={used}.")
            self.visit = replace(self.visit, **{name: used})
        for name, key in zip(AXES, self.axes, strict=True):
            if name in ends:
                self._try(name + ENDS, lambda n=name, k=key: self._take_ends(n, k, ends[n]))

    def _take_ends(self, name: str, key: str, text: str) -> None:
        """`across.ends=5,200`: where an axis begins and ends."""
        try:
            low, high = (float(end) for end in text.split(","))
        except ValueError:
            wanted = f"give a lower and a higher end of {key}, like 5,200"
            raise ValueError(f"{name}{ENDS}={shown(text)} is not possible: {wanted}") from None
        axis(self.scenario, key, (low, high))
        self.ends[key] = low, high

    def asked(self, given: Mapping[str, str]) -> None:
        """A link may want data that only its maker has, and may bring a pinned run along."""
        twin = {k.removeprefix(TWIN): v for k, v in given.items() if k.startswith(TWIN)}
        rest = {k: v for k, v in given.items() if not k.startswith(TWIN)}
        self._open(rest)
        if twin:
            there = self._base_for(rest | twin).to_query()
            self._hold({k: v for k, v in (rest | twin).items() if k in twin or k in there})

    def _open(self, link: Mapping[str, str]) -> None:
        """Put the run of a link on the desk; without its data the link has to wait."""
        found, refused = read_link(link, self._base_for(link), self.allowed)
        self.waiting = dict(link) if _missing(refused) else {}
        self.refused += refused
        self._try("link", lambda: setattr(self, "scenario", self.allowed(found)))

    def _hold(self, link: Mapping[str, str]) -> None:
        """Pin the run of a link; without its data nothing is pinned, and the link has to wait."""
        found, refused = read_link(link, self._base_for(link), self.allowed)
        self.hoping = dict(link) if _missing(refused) else {}
        if self.hoping:
            self.refused.append(self.hope)
        else:
            self.refused += [f"{TWIN}{sentence}" for sentence in refused if sentence not in self.refused]
            self._try("twin", lambda: setattr(self, "pinned", self.allowed(found)))

    @property
    def hope(self) -> str:
        """What the pinned run of a link waits for."""
        return (
            f"The pinned run of this link was made with data of its own ({told(self.hoping['world.data'])}). Bring the same "
            "data to see it; until then nothing is pinned."
        )

    def _base_for(self, link: Mapping[str, str]) -> Scenario:
        """What a link starts from: parts that it does not mention fit those that it does, and its own data are in place if here."""
        held = {kind: w for kind, w in self.own.items() if link.get("world.data") in (None, w.to_query().get("data"))}
        try:
            return completed(self.base, {name: link[name] for name in Scenario.parts() if name in link}, held)
        except ValueError:
            return self.base

    def inherit(self, before: Self) -> None:
        super().inherit(before)
        self.own, self.entries, self.runs, self.cleared = before.own, before.entries, before.runs, before.cleared

    # ---- own data

    def bring(self, world: World) -> None:
        """Put data of the visitor's own on the desk; a link that has waited for them is opened."""
        self.own[world.kind] = world
        opens, pins = (link.get("world.data") == world.to_query()["data"] for link in (self.waiting, self.hoping))
        if opens or pins:
            self.refused = []
        else:
            self.turn({"world": world.kind})
            self.waiting, self.hoping = {}, {}
        if opens:
            self.past = [*self.past, (self.scenario, self.rule)]
            self._open(self.waiting)
        if pins:
            self._hold(self.hoping)
        rerun.ask()

    def forget(self) -> None:
        """Take all data of the visitor's own out of memory, and every run that used them."""
        self.own, self.waiting, self.hoping, self.map = {}, {}, {}, None
        self.past = [(s, r) for s, r in self.past if not s.world.private]
        self.entries = [e for e in self.entries if not e.scenario.world.private]
        self.pinned = None if self.pinned and self.pinned.world.private else self.pinned
        if self.scenario.world.private:
            self.scenario = self.base
        for key in (MINE, SEEN, f"laboratory_data_text_{self.cleared}"):
            st.session_state.pop(key, None)
        self.cleared += 1
        if (context := get_script_run_ctx()) is not None:
            context.uploaded_file_mgr.remove_session_files(context.session_id)
        rerun.ask()

    # ---- earlier runs

    def record(self, says: str) -> None:
        """Write the run on the desk into the history; the same run is there once."""
        now = (self.scenario, self.rule)
        if self.entries and (self.entries[0].scenario, self.entries[0].rule) == now:
            return
        self.runs += 1
        others = [e for e in self.entries if (e.scenario, e.rule) != now]
        self.entries = [Entry(self.runs, *now, says), *others][:EARLIER]

    def restore(self, number: int) -> None:
        """Put an earlier run back on the desk; undo leads back."""
        entry = next((e for e in self.entries if e.number == number), None)
        if entry is not None and not (set(self.locked) & _differs(entry.scenario, self.scenario)):
            self.past = [*self.past, (self.scenario, self.rule)]
            self.scenario, self.rule, self.refused = entry.scenario, entry.rule, []
        rerun.ask()

    def pin(self, scenario: Scenario | None) -> None:
        """Hold a run beside all that follow."""
        self.pinned, self.hoping = scenario, {}
        rerun.ask()


def film(scenario: Scenario) -> int:
    """Numbers handled to draw every generation of one lineage, where the picture sums over all examples."""
    return (
        POINTS * examples_per_fit(scenario) * scenario.generations
        if scenario.model.rows and not scenario.model.compact
        else 0
    )


def _differs(one: Scenario, other: Scenario) -> set[str]:
    a, b = one.to_query(), other.to_query()
    return {k for k in a.keys() | b.keys() if a.get(k) != b.get(k)}


def _missing(refused: Iterable[str]) -> bool:
    """Does one of these sentences say that data are not here?"""
    return any(sentence.startswith("world.data=") for sentence in refused)


def told(mark: str) -> str:
    """The data of a link in words: `212x1-ab12…` has 212 rows, `90000-ab12…` is a list or a text of that length."""
    size, _, digest = mark.partition("-")
    return f"{size.partition('x')[0]} rows or letters, digest {digest}" if size[:1].isdigit() else shown(mark)
