"""The desk of the Laboratory: any scenario, data of the visitor's own, a pinned run, a history, a map."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

from collapse.budget import BUDGET, examples_per_fit, within, worst_case_cost
from collapse.compose import completed, offered
from collapse.figures.shapes import POINTS
from collapse.links import missing, read_link
from collapse.metrics import measurable, signs
from collapse.phase import ONSETS
from collapse.scenario import Scenario
from collapse.spec import names
from collapse.ui import rerun
from collapse.ui.desk import Desk
from collapse.ui.drawers import DATA, History, MapView, OwnData, Pin, mark
from collapse.ui.shelf import forget
from collapse.visits import AUTO, AXES, ENDS, TWIN, LabVisit
from collapse.worlds import WORLDS, World

SEEN = "laboratory-seen"
OWN = tuple(kind for kind, world in WORLDS.items() if world.private)


@dataclass
class Lab(Desk):
    """A desk with drawers: `history`, `pin`, `data` of the visitor's own, and the `map`."""

    sections: ClassVar[tuple[str, ...]] = ("data", "metric", "map", "twins", "history", "export")

    visit: LabVisit = field(default_factory=LabVisit)
    history: History = field(default_factory=History)
    pin: Pin = field(default_factory=Pin)
    data: OwnData = field(default_factory=OwnData)
    map: MapView = field(default_factory=MapView)

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

    @property
    def axes(self) -> tuple[str, str]:
        """The two axes of the map."""
        return self.visit.axes(self.scenario)

    def _measured(self, metric: str) -> str:
        """A metric, if it can be measured and afforded here."""
        s = self.scenario
        there = metric in measurable(s) and worst_case_cost(s, (metric,)) + film(s) <= BUDGET
        return metric if there else signs(s)[1]

    def _used(self) -> dict[str, str]:
        """What is looked at, as it can be done with this scenario."""
        return dict(zip(AXES, self.axes, strict=True)) | {"metric": self.metric, "shows": self.shows}

    # ---- what may be chosen

    def choices(self, part: str) -> tuple[str, ...]:
        """What fits; worlds of own data only where there are some."""
        there = {*self.data.worlds, self.scenario.world.kind}
        return tuple(kind for kind in offered(self.scenario, part) if kind not in OWN or kind in there)

    def composed(self, values: Mapping[str, str], base: Scenario) -> Scenario:
        """Other parts change along where they must, unless the link has locked them."""
        found = completed(base, values, self.data.worlds)
        before = base.to_query()
        moved = {
            key
            for key, value in found.to_query().items()
            if key in self.locked and key not in values and before.get(key, value) != value
        }
        if moved:
            given = names(f"{key}={value}" for key, value in values.items())
            raise ValueError(f"{given} would change {names(sorted(moved))}, which this link has locked")
        return found

    def affordable(self, scenario: Scenario) -> Scenario:
        """Measuring and the film of one lineage count as work, too."""
        metric = self.visit.metric if self.visit.metric in measurable(scenario) else signs(scenario)[1]
        return within(scenario, BUDGET - film(scenario), (metric,))

    def look(self, values: Mapping[str, str]) -> None:
        """Change what is looked at; what costs too much is said, and everything stays as it was."""
        before = self.visit
        try:
            self.visit = before.from_query(values, before)
            self.allowed(self.scenario)
            self.refuse()
        except ValueError as error:
            self.visit = before
            self.refuse(f"{error}. Everything stays as it was.")

    # ---- links

    def printed(self, usual: str) -> str:
        return self.metric

    def link(self) -> dict[str, str]:
        """The query that repeats this page, drawers included; of what is looked at, what was not chosen stays automatic."""
        used = {key: value for key, value in self._used().items() if getattr(self.visit, key) != AUTO}
        return super().link() | used | self.map.link(self.scenario, self.axes) | self.pin.link(self.scenario)

    def read(self, query: Mapping[str, str | list[str]]) -> None:
        """What a link wants to look at, but this scenario does not have, is said, too."""
        ends = {key: text for key in (name + ENDS for name in AXES) if isinstance(text := query.get(key), str)}
        super().read({key: value for key, value in query.items() if key not in ends})
        used = self._used()
        for key in (*AXES, "metric", "shows"):
            asked = getattr(self.visit, key)
            if key in query and asked not in (AUTO, used[key]):
                why = (
                    "is across already"
                    if asked == used["across"]
                    else "would be too much work here"
                    if asked in measurable(self.scenario)
                    else "is not possible with this scenario"
                )
                self.refused.append(f"{key}={asked} {why}. Used instead: {key}={used[key]}.")
                self.visit = replace(self.visit, **{key: used[key]})
        self.refused += self.map.read(ends, self.scenario, self.axes)

    def asked(self, given: Mapping[str, str]) -> None:
        """A link may want data that only its maker has, and may bring a pinned run along."""
        twin = {key.removeprefix(TWIN): value for key, value in given.items() if key.startswith(TWIN)}
        rest = {key: value for key, value in given.items() if not key.startswith(TWIN)}
        self._open(rest)
        if twin:
            there = self._base_for(rest | twin).to_query()
            self._hold({key: value for key, value in (rest | twin).items() if key in twin or key in there})

    def _open(self, link: Mapping[str, str]) -> None:
        """Put the run of a link on the desk; without its data the link has to wait."""
        base = self._base_for(link)
        found, refused = read_link(link, base, self.allowed)
        if self.visit.metric != AUTO and self._too_much(found):
            asked, self.visit = self.visit.metric, replace(self.visit, metric=AUTO)
            found, refused = read_link(link, base, self.allowed)
            self.refused.append(f"metric={asked} would be too much work here. Used instead: metric={signs(found)[1]}.")
        self.data.waiting = dict(link) if missing(link, base) else {}
        if why := self._too_much(found):
            self.refused.append(f"{why}. Nothing of this link is used: this is what the page starts with.")
        else:
            self.refused += refused
            self.scenario = found

    def _hold(self, link: Mapping[str, str]) -> None:
        """Pin the run of a link; without its data nothing is pinned, and the link has to wait."""
        base = self._base_for(link)
        found, refused = read_link(link, base, self.allowed)
        self.pin.waiting = dict(link) if missing(link, base) else {}
        if self.pin.waiting:
            self.refused.append(self.pin.hope)
        else:
            if why := self._too_much(found):
                self.refused.append(f"The pinned run of this link is left out: {why}.")
            else:
                self.refused += [f"{TWIN}{sentence}" for sentence in refused if sentence not in self.refused]
                self.pin.scenario = found

    def _too_much(self, found: Scenario) -> str:
        """Why this page cannot show what a link asks for, "" if it can."""
        try:
            self.allowed(found)
        except ValueError as error:
            return str(error)
        return ""

    def _base_for(self, link: Mapping[str, str]) -> Scenario:
        """What a link starts from: parts that it does not mention fit those that it does, and its own data are in place if here."""
        parts = {name: link[name] for name in Scenario.parts() if name in link}
        try:
            return completed(self.base, parts, self.data.for_link(link))
        except ValueError:
            return self.base

    def inherit(self, before: Self) -> None:
        super().inherit(before)
        self.history = before.history
        self.data = OwnData(before.data.worlds, cleared=before.data.cleared)

    # ---- own data

    def bring(self, world: World) -> None:
        """Put data of the visitor's own on the desk; a link that has waited for them is opened."""
        self.data.worlds[world.kind] = world
        opens, pins = (link.get(DATA) == mark(world) for link in (self.data.waiting, self.pin.waiting))
        if opens or pins:
            self.refuse()
        else:
            self.turn({"world": world.kind})
            self.data.waiting, self.pin.waiting = {}, {}
        if opens:
            self.remember()
            self._open(self.data.waiting)
        if pins:
            self._hold(self.pin.waiting)
        rerun.ask()

    def forget(self) -> None:
        """Take all data of the visitor's own out of memory, and every run that used them."""
        forget(SEEN, f"laboratory_data_text_{self.data.cleared}")
        self.data.forget()
        self.history.forget_private()
        self.map.drawing = None
        self.pin.hold(None if self.pin.scenario and self.pin.scenario.world.private else self.pin.scenario)
        self.past = [before for before in self.past if not before.scenario.world.private]
        if self.scenario.world.private:
            self.scenario = self.base
        rerun.ask()

    # ---- earlier runs

    def restore(self, number: int) -> None:
        """Put an earlier run back on the desk; undo leads back."""
        entry = self.history.find(number)
        if entry is not None and not (set(self.locked) & _differs(entry.scenario, self.scenario)):
            self.remember()
            self.scenario, self.rule = entry.scenario, entry.rule
            self.refuse()
        rerun.ask()

    def hold(self, scenario: Scenario | None) -> None:
        """Pin a run beside all that follow, or none."""
        self.pin.hold(scenario)
        rerun.ask()


def film(scenario: Scenario) -> int:
    """Numbers handled to draw every generation of one lineage, where the picture sums over all examples."""
    if not scenario.model.rows or scenario.model.compact:
        return 0
    return POINTS * examples_per_fit(scenario) * scenario.generations


def _differs(one: Scenario, other: Scenario) -> set[str]:
    a, b = one.to_query(), other.to_query()
    return {key for key in a.keys() | b.keys() if a.get(key) != b.get(key)}
