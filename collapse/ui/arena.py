"""The drawer of the arena on a desk: which measures are tried, prices, the rule of survival, and the search once it was asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from collapse.arena import Arena, Endurance, Found, Purse, asked, search
from collapse.spec import Spec
from collapse.ui import rerun
from collapse.ui.drawers import Drawing
from collapse.ui.panels import PanelDesk
from collapse.ui.shelf import NOTES
from collapse.visits import ARENA, LOST, PRICE

PACE = 2.0  # the picture of a search costs more than that of a map
SPECS: Mapping[str, tuple[str, type[Spec]]] = {
    "arena": (ARENA, Arena),
    "purse": (PRICE, Purse),
    "rule": (LOST, Endurance),
}


@dataclass
class ArenaView:
    """What a visitor has chosen in the arena, and the search."""

    arena: Arena = field(default_factory=Arena)
    purse: Purse = field(default_factory=Purse)
    rule: Endurance = field(default_factory=Endurance)
    drawing: Drawing[Found] | None = None

    def link(self) -> dict[str, str]:
        """All of it in a link."""
        return {
            key: value
            for name, (prefix, _) in SPECS.items()
            for key, value in getattr(self, name).to_query(prefix).items()
        }


@dataclass
class ArenaDesk(PanelDesk):
    """A desk with panels, one of which is an arena."""

    sections: ClassVar[tuple[str, ...]] = ("panel", "arena", "prices")

    fought: ArenaView = field(default_factory=ArenaView)

    @property
    def question(self) -> tuple[object, ...]:
        """What a search depends on: its measures, and of the scenario on the desk the generations and the seed."""
        s = self.scenario
        parts = (self.fought.arena.to_query(), s.world.to_query(), s.model.to_query())
        return "arena", s.world.kind, s.model.kind, s.generations, s.seed, *(tuple(part.items()) for part in parts)

    def link(self) -> dict[str, str]:
        return super().link() | (self.fought.link() if self.opened == "arena" else {})

    def read(self, query: Mapping[str, str | list[str]]) -> None:
        """The keys of the arena are its own; the others are as on every page of panels."""
        prefixes = {name: prefix for name, (prefix, _) in SPECS.items()}
        own = {
            key: text
            for key, text in query.items()
            if key.startswith(tuple(prefixes.values())) and isinstance(text, str)
        }
        super().read({key: text for key, text in query.items() if key not in own})
        for name, prefix in prefixes.items():
            given = {key.removeprefix(prefix): text for key, text in own.items() if key.startswith(prefix)}
            setattr(self.fought, name, self._taken(getattr(self.fought, name), given, prefix))

    def restart(self) -> None:
        """The choices of the arena, too, as far as no lock forbids it."""
        if "arena" not in self.locked:
            prices = self.fought.purse if "prices" in self.locked else Purse()
            self.fought = ArenaView(purse=prices, drawing=self.fought.drawing)

    def choose(self, name: str, values: Mapping[str, str]) -> None:
        """Set knobs of the `arena`, the `purse` or the `rule`; what is refused is said, and everything stays as it was."""
        before = getattr(self.fought, name)
        try:
            found = type(before).from_query(values, before)
        except ValueError as error:
            self.refused = [f"{error}. Everything stays as it was."]
        else:
            setattr(self.fought, name, found)
            self.refused = []
        rerun.ask()

    def begin(self) -> None:
        """Begin the search, or take it from the shelf; what is impossible is said."""
        try:
            wanted = asked(self.fought.arena, self.scenario)
        except ValueError as error:
            self.refused, self.fought.drawing = [f"{error}. Nothing was searched."], None
        else:
            drawing = Drawing(self.question, Found(wanted), search(wanted), PACE)
            if NOTES.has(self.question):
                drawing.filled, drawing.spent = self._shelved(drawing)
                drawing.going = None
            self.refused, self.fought.drawing = [], drawing
        rerun.ask()

    def keep(self) -> None:
        """Put a search that is done on the shelf, for whoever asks the same."""
        if self.fought.drawing is not None and self.fought.drawing.filled.done == 1:
            self._shelved(self.fought.drawing)

    def _shelved(self, drawing: Drawing[Found]) -> tuple[Found, float]:
        """What the search has found, and how many seconds of a core it took."""

        def done() -> tuple[Found, float]:
            while drawing.going is not None:
                drawing.step()
            return drawing.filled, drawing.spent

        found: tuple[Found, float] = NOTES.fetch(self.question, done)
        return found

    def stop(self) -> None:
        """Leave the search as it is."""
        if self.fought.drawing is not None:
            self.fought.drawing.going = None
        rerun.ask()

    def take(self, number: int) -> None:
        """Set the controls to a combination that was tried, by its number; other numbers are ignored."""
        tried = [] if self.fought.drawing is None else self.fought.drawing.filled.tried
        if 0 <= number < len(tried):
            self.turn(tried[number].combination.controls)
        rerun.ask()
