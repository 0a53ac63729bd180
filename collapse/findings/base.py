"""Rules that turn numbers into true sentences: a rule, the numbers it looked at, and the wording.

A rule returns None when the ensemble does not support its sentence.  "Typical" always means the median over lineages.
To add one, write a function Evidence → Finding | None and give it a line in `RULES`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from collapse.bands import median
from collapse.data import Array
from collapse.metrics import at_start, measurable
from collapse.speech import plural
from collapse.stages import Rule, classify, needed, remaining
from collapse.trajectory import Trajectory


@dataclass(frozen=True)
class Finding:
    """A sentence and the numbers it states, by name."""

    key: str
    text: str
    numbers: dict[str, float]


@dataclass(frozen=True)
class Evidence:
    """What a rule may look at; everything is computed once."""

    trajectory: Trajectory
    rule: Rule
    control: Trajectory | None = None  # the same on real data alone, where somebody has run it

    @cached_property
    def stages(self) -> Array:
        """(R, T+1)."""
        return classify(self.trajectory, self.rule)

    @property
    def last(self) -> int:
        return self.trajectory.scenario.generations

    @property
    def span(self) -> str:
        """The whole time, in words."""
        return plural(self.last, "generation", "generations")

    def final(self, metric: str) -> Array:
        """A metric in the last generation, (R,)."""
        return self.trajectory.measure(metric)[:, -1]

    def median(self, metric: str) -> float:
        return float(median(self.final(metric)))

    def start(self, metric: str) -> float:
        """The value of the world."""
        return at_start(self.trajectory.scenario, metric)

    @cached_property
    def spread(self) -> Array:
        """The share of the world's spread that each lineage has left at the end, (R,)."""
        metric = needed(self.trajectory.scenario)[1]
        return self.final(metric) / self.start(metric)

    @cached_property
    def tails(self) -> Array:
        """The share of the mass of the world's tails that each lineage gives them at the end, (R,)."""
        return remaining(self.final("tail_mass"), self.start("tail_mass"))

    @cached_property
    def lost(self) -> Array | None:
        """Which lineages have lost the world's rarest group at the end, (R,) of bool; None where components have no birth to
        be known by: as many as groups, and each fit from its parent."""
        model = self.trajectory.scenario.model
        asked = self.told("rarest_alive") and model.start == "warm"  # type: ignore[attr-defined]
        return self.final("rarest_alive") == 0 if asked else None

    def told(self, metric: str) -> bool:
        """Can this metric be asked for here?"""
        t = self.trajectory
        return metric in t.kept or (t.params is not None and metric in measurable(t.scenario))

    @property
    def rarest(self) -> str:
        """What the members of the world's rarest group are called."""
        groups = self.trajectory.scenario.world.groups
        if groups is None or not groups.plurals:
            return "members of the rarest group"
        return groups.plurals[int(groups.weights.argmin())]

    @property
    def types(self) -> bool:
        return self.trajectory.scenario.world.space == "types"

    @property
    def text(self) -> bool:
        return self.trajectory.scenario.world.space == "text"

    @property
    def real(self) -> bool:
        return self.trajectory.scenario.world.space == "real"

    def first(self, metric: str) -> float:
        """The median over lineages in generation 1, which has only read what is real."""
        return float(median(self.trajectory.measure(metric)[:, 1]))


Inference = Callable[[Evidence], Finding | None]


def watched(space: str) -> tuple[str, ...]:
    """The metrics that the rules look at, for `run(keep=…)`."""
    return {
        "real": ("variance", "tail_mass", "mean_drift"),
        "images": ("variance", "tail_mass", "mean_drift"),
        "types": ("types", "effective_types", "tail_mass", "rare_types", "entropy", "simpson"),
        "text": (
            "effective_types",
            "tail_mass",
            "perplexity",
            "own_perplexity",
            "zero_perplexity",
            "repetition",
            "gibberish",
        ),
    }[space]
