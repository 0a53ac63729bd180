"""What a law is: a curve for the mean of a metric, with its formulas, its sources and where it holds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from collapse.data import Array
from collapse.scenario import Scenario
from collapse.sources import Source

Curve = Array | None


class Special(NamedTuple):
    """A simpler formula, where it holds, in words and as a test of a scenario."""

    formula: str
    where: str
    holds: Callable[[Scenario], bool]


@dataclass(frozen=True)
class Law:
    """A curve for the mean over lineages of a metric; `standing` is exact, lower bound, or the limit for what it names.

    `formula` is true wherever there is a curve, and `covers` says where that is; `elsewhere`: why a limit is not drawn; `endless`:
    it holds for endless data, and nobody knows how far finite ones are from it, so that a figure says how far its run is.
    """

    metric: str
    curve: Callable[[Scenario], Curve]
    formula: str
    covers: str
    sources: tuple[Source, ...]
    standing: str = "exact"
    special: tuple[Special, ...] = ()
    elsewhere: Callable[[Scenario], str] = lambda scenario: ""
    endless: bool = False

    def stated(self, scenario: Scenario) -> str:
        """The simplest of its formulas that is true of a scenario with this law."""
        return self.case(scenario)[0]

    def case(self, scenario: Scenario) -> tuple[str, str]:
        """That formula, and where it holds, in words."""
        return next(((c.formula, c.where) for c in self.special if c.holds(scenario)), (self.formula, self.covers))

    def lines(self) -> list[str]:
        """All of it in words: the formula, the simpler ones and where they hold, and what is covered."""
        return [
            f"{self.formula}  [{self.standing}]",
            *(f"{case.where}: {case.formula}" for case in self.special),
            f"for {self.covers}",
        ]
