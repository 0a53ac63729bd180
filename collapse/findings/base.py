"""Rules that turn numbers into true sentences: a rule, the numbers it looked at, and the wording.

A rule returns None when the ensemble does not support its sentence.  What is said of "the middle one" is the median over lineages.
To add one, write a function Evidence → Finding | None and give it a line in `RULES`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from collapse.bands import median
from collapse.data import Array
from collapse.healthy import Healthy, healthy
from collapse.metrics import METRICS, at_start, signs
from collapse.speech import count, plural
from collapse.stages import Rule, classify
from collapse.trajectory import Trajectory

ENOUGH = 20  # lineages from which on the middle one is said to speak for them
TESTED = 10  # lineages from which on a sign test may find what comes by chance once in a thousand times


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
    known: Healthy | None = None  # the healthy models that judge it, if not those of its scenario

    @cached_property
    def stages(self) -> Array:
        """(R, T+1)."""
        return classify(self.trajectory, self.rule, self.judged_by)

    @cached_property
    def judged_by(self) -> Healthy:
        """The healthy models that judge it."""
        return self.known or healthy(self.trajectory.scenario)

    @property
    def last(self) -> int:
        return self.trajectory.scenario.generations

    @property
    def span(self) -> str:
        """The whole time, in words."""
        return plural(self.last, "generation", "generations")

    def final(self, metric: str) -> Array:
        """A metric in the last generation, (R,)."""
        return self.trajectory.final(metric)

    def median(self, metric: str) -> float:
        return float(median(self.final(metric)))

    def start(self, metric: str) -> float:
        """The value of the world."""
        return at_start(self.trajectory.scenario, metric)

    @cached_property
    def spread(self) -> Array:
        """The share of the world's spread that each lineage has left at the end, (R,)."""
        sign = signs(self.trajectory.scenario)[1]
        return self.final(sign) / self.start(sign)

    @property
    def of_variance(self) -> str:
        """What `spread` is a share of where the world is real, in words."""
        many = self.trajectory.scenario.world.d != 1
        return "of the real variety" + (" (geometric mean over directions)" if many else "")

    @cached_property
    def tails(self) -> Array:
        """The share of the early sign that each lineage has left at the end, (R,); 1 where the world has nothing rare to lose."""
        sign = signs(self.trajectory.scenario)[0]
        left, start = self.final(sign), self.start(sign)
        return left / start if start else np.ones_like(left)

    @property
    def going(self) -> bool:
        """Is the early sign lower at the end than in generation 1, which has only read what is real?"""
        values = self.trajectory.measure(signs(self.trajectory.scenario)[0])
        return fewer(values[:, 1], values[:, -1])

    @cached_property
    def losing(self) -> bool:
        """Is it lower than in generation 1 and still becoming lower in the second half of the time?"""
        values = self.trajectory.measure(signs(self.trajectory.scenario)[0])
        return self.going and fewer(values[:, max(self.last // 2, 1)], values[:, -1])

    @property
    def one_sided(self) -> bool:
        """Are there as many rare cases as in the world, though there were more of them in the emptier tail in generation 1?"""
        line = self.real and self.trajectory.scenario.world.d == 1
        return line and self.going and self.median("tail_mass") >= self.start("tail_mass")

    def half_at(self, stage: int) -> bool:
        """Is at least half of the lineages in this stage at the end, or beyond it?"""
        return bool((self.stages[:, -1] >= stage).mean() >= 0.5)

    @cached_property
    def lost(self) -> Array | None:
        """Which lineages have lost the world's rarest group at the end, (R,) of bool; None where that cannot be said."""
        told = self.told("minority_share") and self.start("minority_share") * self.trajectory.scenario.n >= 1
        return gone_in(self.trajectory) if told else None

    @property
    def ranked(self) -> Array:
        """What tells a lucky lineage from an unlucky one at the end, (R,): the share of the rarest group where the world has groups
        that a mixture may lose, else the spread."""
        return self.spread if self.lost is None else self.final("minority_share")

    @property
    def ranked_by(self) -> str:
        """What `ranked` is, in words: have less … left."""
        if self.lost is not None:
            return f"of the {self.rarest}"
        return "variety"

    def told(self, metric: str) -> bool:
        """Can this metric be asked for here?"""
        t = self.trajectory
        return metric in t.kept or (t.params is not None and not METRICS[metric].refusal(t.scenario))

    @property
    def middle(self) -> str:
        """The lineage that medians speak of."""
        total = self.trajectory.scenario.lineages
        return f"the middle one of {count(total)} chains" if total > 1 else "this chain"

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


def gone_in(trajectory: Trajectory) -> Array:
    """Which lineages have lost the world's rarest group at the end, (R,) of bool: of n draws they would say less than one of it."""
    return trajectory.final("minority_share") * trajectory.scenario.n < 1


def fewer(before: Array, after: Array) -> bool:
    """Is it less in so many lineages (R,) that chance would do it once in a thousand times?  A sign test, by its normal limit; of
    fewer lineages than such a test needs it must be less in all."""
    up, down = int((after > before).sum()), int((after < before).sum())
    return down == len(before) if len(before) < TESTED else down - up > 3.09 * np.sqrt(max(up + down, 1))


Inference = Callable[[Evidence], Finding | None]


def watched(space: str) -> tuple[str, ...]:
    """The metrics that the rules look at, for `run(keep=…)`."""
    return {
        "real": ("variance", "generalized_variance", "smaller_tail", "tail_mass", "mean_drift"),
        "images": ("variance", "tail_mass", "mean_drift", "live_classes"),
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
