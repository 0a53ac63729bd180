"""What a visitor has on the desk of a page: the scenario, how it is looked at, what was refused, and the way back.

The desk is read from the link when a page is opened; afterwards the controls write to it, always through the strict reader,
so that a typed number, a slider and a link are refused in the same words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, Self, TypeVar

from collapse.budget import TooMuchError, within
from collapse.compose import rule_of
from collapse.links import compatible, listed, read_link, refusals
from collapse.scenario import Scenario
from collapse.spec import Spec, checked, shown
from collapse.stages import Rule
from collapse.ui.spoken import spoken
from collapse.visits import HIDE, LOCK, SECTIONS, STAGE, Visit

PAST = 50
IGNORED = ("embed", "embed_options", "present")  # how the browser shows a page
S = TypeVar("S", bound=Spec)


class Before(NamedTuple):
    """What a change left behind, for undo."""

    scenario: Scenario
    rule: Rule
    visit: Visit


@dataclass
class Desk:
    """`offers`: what a page can show, by key; `hidden` and `locked`: controls that a link takes away or fixes; `held`: the
    values of the locked knobs, as the link gave them."""

    page: str
    base: Scenario
    offers: Mapping[str, tuple[str, ...]]
    scenario: Scenario
    visit: Visit = field(default_factory=Visit)
    rule: Rule = field(default_factory=Rule)
    hidden: frozenset[str] = frozenset()
    locked: frozenset[str] = frozenset()
    held: Mapping[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    refused_at: str = ""  # the key of the control where they were given, which says them; else they stand at the top
    labels: Mapping[str, str] = field(default_factory=dict)  # what the controls of the page are called, by key
    shares: frozenset[str] = frozenset()  # the keys of those that show percents
    past: list[Before] = field(default_factory=list)
    drawn: Any = None  # the hero as it was last drawn, where it stays until newer models are trained
    tried: tuple[Any, list[Any]] = ((), [])  # what the presets would put here, and what that depends on
    handed: Any = None  # the outcome from which the hero was drawn, for the rest of the page
    sections: ClassVar[tuple[str, ...]] = ()  # parts of this page that a link may hide or lock besides the common ones

    @property
    def watches(self) -> tuple[str, ...]:
        """Metrics that this page draws besides those that the findings look at."""
        return ()

    def dials(self, usual: Sequence[Any]) -> Sequence[Any]:
        """The sliders of this page."""
        return usual

    def presets(self, usual: Sequence[Any]) -> Sequence[Any]:
        """The presets of this page."""
        return usual

    def printed(self, usual: str) -> str:
        """The metric that the code of this page prints."""
        return usual

    def link(self) -> dict[str, str]:
        """The query that repeats this page: every value."""
        query = self.scenario.to_query() | self.visit.to_query() | self.rule.to_query(STAGE)
        named = ((HIDE, self.hidden), (LOCK, self.locked))
        return query | {name: ",".join(sorted(keys)) for name, keys in named if keys}

    def allowed(self, scenario: Scenario) -> Scenario:
        """The scenario, or a ValueError: this page cannot show it, or it is too much work for one visitor."""
        query = scenario.to_query()
        for key, choices in self.offers.items():
            if query.get(key, choices[0]) not in choices:
                raise ValueError(self._foreign(key, query[key]))
        return self.affordable(scenario)

    def affordable(self, scenario: Scenario) -> Scenario:
        """The scenario, or a TooMuchError: this page would have too much work with it."""
        return within(scenario)

    def composed(self, values: Mapping[str, str], base: Scenario) -> Scenario:
        """`base` with these values; ValueError if there is no such scenario."""
        return Scenario.from_query(values, base)

    def choices(self, part: str) -> tuple[str, ...]:
        """The kinds of a part that this page offers now."""
        return self.offers.get(part, tuple(Scenario.parts()[part]))

    def refuse(self, *sentences: str, at: str = "") -> None:
        """Say what was not done, and where it was asked for (`at`: the key of a control); without sentences, that all is well."""
        self.refused, self.refused_at = list(sentences), at

    def spoken(self, sentence: object) -> str:
        """A sentence of the engine in the words of the page: knobs by their labels."""
        return spoken(str(sentence), self.scenario, self.labels, self.shares)

    def remember(self) -> None:
        """Keep what is on the desk now, so that undo leads back to it."""
        if (now := Before(self.scenario, self.rule, self.visit)) not in self.past[-1:]:
            self.past = [*self.past[-PAST:], now]

    def turn(
        self, values: Mapping[str, str], *, base: Scenario | None = None, remember: bool = True, at: str = ""
    ) -> None:
        """Set knobs by key, of `base` if not of what is on the desk; what is refused is said where it was asked for, and everything
        stays as it was."""
        try:
            scenario = self.allowed(self.composed(self.unlocked(values), base or self.scenario))
        except TooMuchError as error:
            return self._lighter(values, error, base=base, remember=remember, at=at)
        except ValueError as error:
            return self.refuse(f"{error}. Everything stays as it was.{self._possible(values)}", at=at)
        self.refuse()
        if remember:
            self.remember()
        self.scenario = scenario

    def _lighter(self, values: Mapping[str, str], error: TooMuchError, **how: Any) -> None:
        """Of a part that makes the run too much, run as many lineages as fit; else say what would fit."""
        if error.lineages and "lineages" not in {*values, *self.locked} and values.keys() & Scenario.parts().keys():
            self.turn({**values, "lineages": str(error.lineages)}, **how)
            if not self.refused:
                self.refuse(f"{error}. So {error.lineages} chains are run.", at=how["at"])
        else:
            possible = "" if "lineages" in values else self._possible(values)  # the error names a number of lineages
            self.refuse(f"{error}. Everything stays as it was.{possible}", at=how["at"])

    def _possible(self, values: Mapping[str, str]) -> str:
        """Of one whole number that is too much only here: how far it may go while the other settings stay as they are."""
        now = self.scenario.to_query()
        if len(values) != 1 or not all(now.get(key, "").isdecimal() for key in values):
            return ""
        [(key, asked)] = values.items()
        try:
            there, far = int(now[key]), int(checked(key, asked, int, rule_of(self.scenario, key)))
        except ValueError:  # it is never possible
            return ""
        while abs(far - there) > 1:
            middle = (there + far) // 2
            try:
                self.allowed(self.composed({key: str(middle)}, self.scenario))
                there = middle
            except ValueError:
                far = middle
        return f" With the other settings as they are, at {'most' if far > there else 'least'} {there:,} fit here."

    def unlocked(self, values: Mapping[str, str]) -> dict[str, str]:
        """Values of knobs without those that are locked; a part that is chosen anew takes the locked values of its knobs along."""
        free = {key: value for key, value in values.items() if key not in self.locked}
        chosen = {part: table[free[part]] for part, table in Scenario.parts().items() if free.get(part) in table}
        anew = {f"{part}.{knob}" for part, kind in chosen.items() for knob in kind.knobs()}
        return free | {key: value for key, value in self.held.items() if key in anew}

    def start(self) -> dict[str, str]:
        """What the page starts with, as far as no lock forbids it; a locked part of another kind keeps its knobs."""
        query = self.base.to_query()
        other = {part for part in Scenario.parts() if self.held.get(part, query[part]) != query[part]}
        return self.unlocked({key: value for key, value in query.items() if key.rpartition(".")[0] not in other})

    def judge(self, values: Mapping[str, str], *, at: str = "") -> None:
        """Set the rule of the stages; what is wrong is said where it was given, and the rule stays as it was."""
        try:
            rule = Rule.from_query(values, self.rule, STAGE)
        except ValueError as error:
            return self.refuse(f"{error}. The rule stays as it was.", at=at)
        self.remember()
        self.rule = rule
        self.refuse()

    def inherit(self, before: Self) -> None:
        """What stays on the desk when a link is opened over it."""
        self.past = before.past

    def undo(self) -> None:
        """Back to before the last change."""
        while self.past:
            before = self.past.pop()
            if before != (self.scenario, self.rule, self.visit):
                self.scenario, self.rule, self.visit = before
                break
        self.refuse()

    def restart(self) -> None:
        """What else a page of its own starts again with."""

    def read(self, query: Mapping[str, str | list[str]]) -> None:
        """Take a link apart: what it shows, how, and what must be refused, with a sentence each."""
        twice = [(k, len(v)) for k, v in query.items() if not isinstance(v, str)]
        self.refuse(*(f"{shown(k)} is given {times} times: give it once. It was ignored." for k, times in twice))
        given = {k: v for k, v in query.items() if k not in IGNORED and isinstance(v, str)}
        self.hidden, self.locked = (self._names(key, given.pop(key, "")) for key in (HIDE, LOCK))
        visit = {k: given.pop(k) for k in self.visit.knobs() if k in given}
        self.visit = self._taken(self.visit, visit)
        rule = {k.removeprefix(STAGE): given.pop(k) for k in list(given) if k.startswith(STAGE)}
        self.rule = self._taken(self.rule, rule, STAGE)
        self.asked(given)
        self.held = {key: value for key, value in self.scenario.to_query().items() if key in self.locked}
        self.past = [] if self.locked else self.past  # undo must not bring back what this link has locked

    def _taken(self, start: S, given: Mapping[str, str], prefix: str = "") -> S:
        """`start` with what a link says of it; whatever is wrong is refused key by key."""
        wrong = {key: str(error) for key, error in start.read(given, start, prefix)[1].items()}
        right = {key: value for key, value in given.items() if prefix + key not in wrong}
        right, more = compatible(right, lambda values: start.from_query(values, start, prefix))
        found = start.from_query(right, start, prefix)
        self.refused += refusals(wrong | {prefix + key: why for key, why in more.items()}, found.to_query(prefix))
        return found

    def asked(self, given: Mapping[str, str]) -> None:
        """Take what a link says of the scenario."""
        self.scenario, refused = read_link(self._offered(given), self.base, self.allowed)
        self.refused += refused

    def _offered(self, given: Mapping[str, str]) -> dict[str, str]:
        """What a link says, without the kinds of parts that this page does not have."""
        wrong = {
            key: self._foreign(key, given[key])
            for key, choices in self.offers.items()
            if key in Scenario.parts() and given.get(key, choices[0]) not in choices
        }
        self.refused += refusals(wrong, self.base.to_query())
        return {key: value for key, value in given.items() if key not in wrong}

    def _foreign(self, key: str, value: str) -> str:
        return f"{key}={shown(value)} is not for this page: choose {' or '.join(self.offers[key])}"

    def _names(self, key: str, text: str) -> frozenset[str]:
        """`hide=n,seed`: the names of controls that a link lists; unknown ones are said."""
        parts = {
            f"{part}.{knob}"
            for part, table in Scenario.parts().items()
            for kind in self.offers.get(part, tuple(table))
            for knob in table[kind].knobs()
        }
        known = {*self.base.to_query(), *parts, *SECTIONS, *self.sections} - {"v"}
        asked = {part for part in text.split(",") if part}
        if unknown := sorted(asked - known):
            self.refused.append(f"{key}={listed(unknown)} names no control of this page. It was ignored.")
        return frozenset(asked & known)
