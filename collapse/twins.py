"""Twin worlds: two scenarios on the same noise, lineage by lineage, and what lies between them.

Random streams are addressed by (seed, block of lineages, generation, purpose), so a lineage of one scenario and the same lineage of
the other meet the same luck wherever they ask for the same thing.  The difference is then taken within pairs, and most of the luck
cancels; a scenario and itself differ by exactly zero.
"""

from dataclasses import dataclass
from math import lcm

import numpy as np

from collapse.bands import band, error_of_mean
from collapse.blocks import blocks
from collapse.data import Array
from collapse.metrics import metric_named
from collapse.scenario import Scenario
from collapse.trajectory import Trajectory

PAIRED = ("generations", "lineages")


def refusal(one: Scenario, other: Scenario) -> str:
    """Why these two cannot be compared generation by generation and lineage by lineage, or an empty text."""
    for name in PAIRED:
        a, b = getattr(one, name), getattr(other, name)
        if a != b:
            return f"{name}={a} here and {name}={b} there: twins need as many of both"
    return ""


def same_noise(one: Scenario, other: Scenario) -> bool:
    """Do all lineages of the two meet the same random streams: one seed, and the same split into blocks?"""
    return one.seed == other.seed and list(blocks(one)) == list(blocks(other))


def shared(one: Scenario, other: Scenario, metric: str) -> bool:
    """Can both be measured by this metric?"""
    try:
        return bool(metric_named(metric, one) and metric_named(metric, other))
    except ValueError:
        return False


@dataclass(frozen=True)
class Difference:
    """Of a metric, second less first: `pairs` (R, T+1); `noise`: how much of the variance of the two cancels at the end, or NaN;
    `group`: so many pairs depend on one another."""

    metric: str
    pairs: Array
    noise: float
    group: int = 1

    @property
    def band(self) -> Array:
        """5%, median and 95% over pairs of lineages, (3, T+1)."""
        return band(self.pairs)

    @property
    def mean(self) -> tuple[float, float]:
        """The mean difference at the end and its standard error."""
        last = self.pairs[:, -1]
        return float(last.mean()), error_of_mean(last, self.group)

    @property
    def better(self) -> float:
        """The share of pairs in which the second is higher at the end; ties count half."""
        last = self.pairs[:, -1]
        return float(((last > 0) + 0.5 * (last == 0)).mean())


def difference(one: Trajectory, other: Trajectory, metric: str) -> Difference:
    """The second run less the first, pair by pair; ValueError if they cannot be paired."""
    if why := refusal(one.scenario, other.scenario):
        raise ValueError(why)
    a, b = one.measure(metric), other.measure(metric)
    pairs = np.subtract(b, a, out=np.zeros_like(a), where=(a != b) & ~(np.isnan(a) & np.isnan(b)))
    ends = np.stack([a[:, -1], b[:, -1]])
    alone = float(ends.var(axis=1).sum()) if np.isfinite(ends).all() else 0.0
    group = lcm(one.scenario.policy.group, other.scenario.policy.group)
    return Difference(metric, pairs, float(1 - pairs[:, -1].var() / alone) if alone else float("nan"), group)
