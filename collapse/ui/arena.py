"""The arena on a desk: which measures are tried, prices, the rule of survival, and the search, which visitors with the same question
share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from time import thread_time
from typing import ClassVar

from collapse.arena import Arena, Combination, Endurance, Found, Purse, Tried, asked, search, tried
from collapse.spec import Spec
from collapse.ui import rerun
from collapse.ui.drawers import Drawing
from collapse.ui.panels import PanelDesk
from collapse.ui.shelf import noted
from collapse.visits import ARENA, LOST, PRICE

PACE = 2.0  # the picture of a search costs more than that of a map
SPECS: Mapping[str, tuple[str, type[Spec]]] = {
    "choice": (ARENA, Arena),
    "prices": (PRICE, Purse),
    "rule": (LOST, Endurance),
}


class Known:
    """The combinations of one search that somebody has tried: thirty pupils who open one link share one search."""

    def __init__(self) -> None:
        self.tried: dict[str, tuple[Tried, float]] = {}
        self._lock = Lock()

    def __call__(self, combination: Combination) -> Tried:
        """Try a combination, unless somebody has done so."""
        with self._lock:
            if combination.says not in self.tried:
                start = thread_time()
                found = tried(combination)
                self.tried[combination.says] = found, thread_time() - start
            return self.tried[combination.says][0]

    def seconds(self, found: Found) -> float:
        """How many seconds of a core it took to try these, whoever did it."""
        return sum(self.tried[each.combination.says][1] for each in found.tried)


@dataclass
class ArenaView:
    """What a visitor has chosen in the arena, and the search; `began`: it was begun once, by itself or by the button."""

    choice: Arena = field(default_factory=Arena)
    prices: Purse = field(default_factory=Purse)
    rule: Endurance = field(default_factory=Endurance)
    drawing: Drawing[Found] | None = None
    known: Known = field(default_factory=Known)
    began: bool = False

    def link(self) -> dict[str, str]:
        """All of it in a link."""
        own = ((prefix, getattr(self, name)) for name, (prefix, _) in SPECS.items())
        return {key: value for prefix, spec in own for key, value in spec.to_query(prefix).items()}


@dataclass
class ArenaDesk(PanelDesk):
    """A desk with panels, one of which is an arena."""

    sections: ClassVar[tuple[str, ...]] = ("panel", "arena", "prices")

    arena: ArenaView = field(default_factory=ArenaView)

    @property
    def question(self) -> object:
        """What a search depends on: its measures, and of the scenario on the desk the generations and the seed."""
        s = self.scenario
        return self.arena.choice, s.world, s.model, s.generations, s.seed

    def link(self) -> dict[str, str]:
        return super().link() | (self.arena.link() if self.opened == "arena" else {})

    def read(self, query: Mapping[str, str | list[str]]) -> None:
        """The keys of the arena are its own; the others are as on every page of panels."""
        prefixes = {name: prefix for name, (prefix, _) in SPECS.items()}
        ours = tuple(prefixes.values())
        own = {key: text for key, text in query.items() if key.startswith(ours) and isinstance(text, str)}
        super().read({key: text for key, text in query.items() if key not in own})
        for name, prefix in prefixes.items():
            given = {key.removeprefix(prefix): text for key, text in own.items() if key.startswith(prefix)}
            setattr(self.arena, name, self._taken(getattr(self.arena, name), given, prefix))

    def restart(self) -> None:
        """The choices of the arena, too, as far as no lock forbids it."""
        if "arena" not in self.locked:
            self.arena.choice, self.arena.rule = Arena(), Endurance()
            self.arena.prices = self.arena.prices if "prices" in self.locked else Purse()

    def choose(self, name: str, values: Mapping[str, str]) -> None:
        """Set knobs of the `choice`, the `prices` or the `rule`; what is refused is said, and everything stays as it was."""
        before = getattr(self.arena, name)
        try:
            found = type(before).from_query(values, before, SPECS[name][0])
        except ValueError as error:
            self.refuse(f"{error}. Everything stays as it was.")
        else:
            setattr(self.arena, name, found)
            self.refuse()
        rerun.ask()

    def begin(self) -> None:
        """Begin the search; what is impossible is said."""
        self.arena.began = True
        try:
            wanted = asked(self.arena.choice, self.scenario)
        except ValueError as error:
            self.refused, self.arena.drawing = [f"{error}. Nothing was searched."], None
            rerun.ask()
            return
        plain = wanted.combinations[0].scenario
        self.arena.known = noted(plain, "arena", Known)
        self.arena.drawing = Drawing(self.question, Found(wanted), search(wanted, self.arena.known))

    def search(self) -> None:
        """Begin the search anew, and let the page follow."""
        self.refuse()
        self.begin()
        rerun.ask()

    def stop(self) -> None:
        """Leave the search as it is."""
        if self.arena.drawing is not None:
            self.arena.drawing.going = None
        rerun.ask()

    def take(self, number: int) -> None:
        """Set the controls to a combination that was tried, by its number; other numbers are ignored."""
        there = [] if self.arena.drawing is None else self.arena.drawing.filled.tried
        if 0 <= number < len(there):
            self.turn(there[number].combination.controls)
        rerun.ask()
