"""How much weight real data should have beside synthetic ones: a mean that is estimated again and again from both.

In each generation n fresh real examples are drawn, and m that the last model makes; real ones together have the weight w, synthetic
ones 1 − w, and the next model learns the weighted mean.  In the long run its squared error depends on w and on k = n/m alone if the
variance is known and held.  With examples of equal weight, w = k/(1 + k): naive pooling (He, Xu and Cheng, 2025).

It stands apart from the policies of a `Scenario`, whose examples all count the same; `Weighting` is a `Spec` all the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from collapse.data import Array
from collapse.going_on import step_by_step
from collapse.recursion import Streams
from collapse.sources import HE, OURS
from collapse.spec import Spec, knob

BUDGET = 40_000_000  # numbers that one visitor may ask for, as in `budget`
HELD = 1_000_000  # numbers that are held at once
SOURCES = (HE, OURS)


@dataclass(frozen=True)
class Weighting(Spec):
    """The question: how many real and synthetic examples a generation has, and how much the real ones weigh.

    Example: `errors(Weighting(real=20, made=20, weight=0.618)).mean(axis=0)`.
    """

    kind: ClassVar[str] = "weighting"
    says: ClassVar[str] = "a mean learnt from fresh real and weighted AI-made examples"

    real: int = knob(
        20, "fresh real examples in each generation", label="real examples", low=1, high=1_000_000, log=True
    )
    made: int = knob(
        20, "examples of the last model in each generation", label="AI-made examples", low=1, high=1_000_000, log=True
    )
    weight: float = knob(
        0.5, "weight of the real examples together", label="weight of the real data", low=0.01, high=1.0
    )
    variance: str = knob(
        "known",
        "the variance is known and held, or fitted again in each generation",
        label="variance",
        choices={"known": "known and held", "fitted": "fitted again in each generation"},
    )
    generations: int = knob(
        40, "how many models learn one after the other", label="generations", low=1, high=1000, log=True
    )
    lineages: int = knob(2000, "how many independent chains are run", label="chains", low=2, high=10_000, log=True)
    seed: int = knob(0, "the same seed gives the same numbers", label="seed", low=0, high=999_999_999)

    @property
    def ratio(self) -> float:
        """k, real examples for each synthetic one."""
        return self.real / self.made

    @property
    def cost(self) -> int:
        """Numbers handled by a run: every example is drawn."""
        return self.lineages * (self.real + (self.generations - 1) * (self.real + self.made))

    def within(self, budget: int = BUDGET) -> "Weighting":
        """The question itself, or a ValueError that says by how much it exceeds a budget."""
        if self.cost > budget:
            raise ValueError(
                f"this run would handle {self.cost:,} numbers, more than the {budget:,} that one visitor may ask for: lower "
                f"real={self.real}, made={self.made}, generations={self.generations} or lineages={self.lineages}"
            )
        return self


def models(weighting: Weighting) -> tuple[Array, Array]:
    """The mean and the variance that every model has learnt, each (R, T); the truth is 0 and 1.

    Every example is drawn.  The first model learns real examples alone.
    """
    found = np.stack([both[:, :, 0] for both in _generations(weighting, np.array([weighting.weight]))], axis=-1)
    return found[0], found[1]


def errors(weighting: Weighting) -> Array:
    """n · (mean − truth)² for every lineage and generation, (R, T), n the number of real examples: 1 on average if only these are
    learnt from."""
    return np.asarray(weighting.real * models(weighting)[0] ** 2)


def last_errors(weighting: Weighting, weights: Sequence[float]) -> Array:
    """`errors` of the last generation for several weights, (R, len(weights)), which all meet the same examples."""
    *_, (mean, _) = _generations(weighting, np.array(weights))
    return np.asarray(weighting.real * mean**2)


def _generations(q: Weighting, w: Array) -> Iterator[Array]:
    """Mean and variance by generation, each time (2, R, W) for weights (W,).  The random numbers do not depend on the weight."""
    mean, variance = np.empty((2, 0, 0))
    for t in range(q.generations):
        centre, spread = _summed(q, t, "fresh", q.real)
        if t:
            luck, wide = _summed(q, t, "synthetic", q.made)
            made, apart = mean + np.sqrt(variance) * luck, centre - mean - np.sqrt(variance) * luck
            spread = w * spread + (1 - w) * variance * wide + w * (1 - w) * apart**2
            centre = w * centre + (1 - w) * made
        mean, spread = np.broadcast_arrays(centre, spread, np.empty((q.lineages, w.size)))[:2]
        variance = np.ones_like(spread) if q.variance == "known" else spread
        yield np.stack([mean, variance])


def _summed(q: Weighting, t: int, purpose: str, examples: int) -> tuple[Array, Array]:
    """The mean and the ML variance of so many standard normal examples for every lineage, each (R, 1)."""
    step = max(1, HELD // examples)
    parts = []
    for number, start in enumerate(step_by_step(range(0, q.lineages, step))):
        rows = Streams(q.seed, number)(t + 1, purpose).standard_normal((min(step, q.lineages - start), examples))
        parts.append((rows.mean(axis=1), rows.var(axis=1) if q.variance == "fitted" else np.ones(len(rows))))
    mean, variance = (np.concatenate(part)[:, None] for part in zip(*parts, strict=True))
    return mean, variance


def law(weighting: Weighting) -> tuple[Array, Array]:
    """(n E(mean − truth)², E variance) for the generations 1…T, each (T,), exact.

    With q = E(mean − truth)² and v = E variance:  q' = w²/n + (1 − w)²(q + v/m).  The variance is 1 if it is known; fitted as the
    weighted one of the pool it is  v' = w(1 − 1/n) + (1 − w)(1 − 1/m)v + w(1 − w)(1/n + q + v/m), from 1 − 1/n.
    """
    s, w, n, m = weighting, weighting.weight, weighting.real, weighting.made
    known = s.variance == "known"
    q, v = np.empty(s.generations), np.empty(s.generations)
    q[0], v[0] = 1 / n, 1.0 if known else 1 - 1 / n
    for t in range(1, s.generations):
        q[t] = w**2 / n + (1 - w) ** 2 * (q[t - 1] + v[t - 1] / m)
        fitted = w * (1 - 1 / n) + (1 - w) * (1 - 1 / m) * v[t - 1] + w * (1 - w) * (1 / n + q[t - 1] + v[t - 1] / m)
        v[t] = 1.0 if known else fitted
    return n * q, v


def settled(weight: Array | float, ratio: float) -> Array:
    """[w² + k(1 − w)²]/(w(2 − w)): where n E(mean − truth)² settles if the variance is known, for weights above 0 and k = n/m."""
    w = np.asarray(weight, dtype=float)
    return np.asarray((w**2 + ratio * (1 - w) ** 2) / (w * (2 - w)))


def settled_variance(weighting: Weighting) -> float:
    """Where the mean variance of `law` settles if it is fitted again in each generation."""
    w, n, m = weighting.weight, weighting.real, weighting.made
    turn = np.array([[(1 - w) ** 2, (1 - w) ** 2 / m], [w * (1 - w), (1 - w) * (1 - 1 / m) + w * (1 - w) / m]])
    new = np.array([w**2 / n, w * (1 - 1 / n) + w * (1 - w) / n])
    return float(np.linalg.solve(np.eye(2) - turn, new)[1])


def best(ratio: float) -> float:
    """w* = (√(k² + 4k) − k)/2, the weight with the least error in the long run, which is w* itself; .618 for k = 1."""
    return float(2 * ratio / (np.sqrt(ratio**2 + 4 * ratio) + ratio))  # the same, without cancellation for a large k


def pooled(ratio: float) -> float:
    """k/(1 + k): the weight of the real examples if all examples weigh the same."""
    return ratio / (1 + ratio)


def needed(weight: float, error: float = 1e-3) -> int:
    """Generations after which the error is within this share of where it settles: the rest shrinks by (1 − w)² in each."""
    return 2 if weight >= 1 else 2 + int(np.ceil(np.log(error) / (2 * np.log1p(-weight))))
