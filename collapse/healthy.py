"""What healthy models look like: fitted once on real data, and not on what another model said.

Every generation is judged against models of the same world, the same family and the same amount of data, whose outputs nobody has
decoded or curated.  How many are drawn follows from what one costs, and the random numbers from what is asked, so that the same
link always shows the same.

While a slider is dragged every moment asks for another size, and a picture that is gone at once shall not wait for models of exactly
that size.  `nearby` has them at the two powers of two around it, which a drag soon has at hand, and interpolates.  What stays on the
screen is judged by the exact size, whatever was dragged before.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

from collapse.blocks import HELD
from collapse.data import Array
from collapse.going_on import step_by_step
from collapse.metrics import METRICS, evaluate, signs
from collapse.metrics.signs import TAIL
from collapse.models.base import PLAIN, Model
from collapse.models.gaussian import Gaussian
from collapse.notes import Keeps, Notes
from collapse.policies import Replace
from collapse.recursion import Streams
from collapse.scenario import Scenario
from collapse.worlds import NormalWorld, TypesWorld, World

SEED = 20261127
NUMBERS = 2_000_000  # handled for the first amount of data, in 0.1 to 0.3 seconds
NUMBERS_GROWN = 500_000  # and for each later one
MOST, FEWEST = 20_000, 200
CEILING, LEAST = 20_000_000, 20  # if even the fewest would handle more numbers than the ceiling, fewer are drawn
LATE_LEVEL = 0.01
SMALL = 16  # examples; below, thresholds turn too quickly with the size to be read off between two powers of two
SIGMAS_95 = 1.959963984540054
KEPT = Notes(256, 30_000_000)  # healthy models of everybody


class Alarms(NamedTuple):
    """False alarms: the rule rings for `rung` of the `tried` healthy models."""

    rung: int
    tried: int

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval of the rate.  Source: Wilson (1927)."""
        k, m, z2 = self.rung, self.tried, SIGMAS_95**2
        middle, half = (k + z2 / 2) / (m + z2), SIGMAS_95 * np.sqrt(k * (m - k) / m + z2 / 4) / (m + z2)
        return max(0.0, float(middle - half)), min(1.0, float(middle + half))


@dataclass(frozen=True)
class Healthy:
    """Healthy models by the amount of data: `sizes` (G,), rising, and for each the two `metrics.signs` of m models, (2, m).

    `step`: of which the first sign is a multiple, where it is a count; else 0.
    """

    sizes: Array
    values: tuple[Array, ...]
    step: float = 0.0

    def early(self, level: float, at: Array) -> Array:
        """The value of the first sign below which a healthy model that has read so many examples `at` (T,) lies with a probability
        of at most `level`, (T,); −∞ where too few models are known to tell.

        Of m healthy models it is the k-th lowest, k = ⌊level · (m + 1)⌋: one more, as healthy as they are, lies below it with
        probability k / (m + 1) if no two are alike, and less often if some are.
        """
        bound = self._between(
            self._lowest(level), at, lambda x: ndtri(np.clip(TAIL * x, 1e-300, 1 - 1e-16)), lambda z: ndtr(z) / TAIL
        )
        return np.floor(bound / self.step + 1e-6) * self.step if self.step else bound

    def late(self, share: float, at: Array) -> Array:
        """The smaller of `share` of the healthy median of the second sign and its 1% quantile, (T,)."""
        usual, rare = self._spreads
        return self._between(np.minimum(share * usual, rare), at, lambda v: np.log(np.maximum(v, 1e-300)), np.exp)

    def usual(self, at: Array) -> Array:
        """The median of the second sign of healthy models that have read so many examples `at` (T,), (T,)."""
        return self._between(self._spreads[0], at, lambda v: np.log(np.maximum(v, 1e-300)), np.exp)

    def _lowest(self, level: float) -> Array:
        """The k-th lowest value of the first sign at each size, (G,), as `early` says."""
        known: dict[float, Array] = self.__dict__.setdefault("_known", {})
        if level not in known:
            known[level] = np.array([quantile(early, level) for early, _ in self.values])
        return known[level]

    @cached_property
    def _spreads(self) -> tuple[Array, Array]:
        """The median of the second sign at each size, and its 1% quantile or, of few models, its lowest value, each (G,)."""
        spreads = [late for _, late in self.values]
        rare = [max(quantile(late, LATE_LEVEL), float(late.min())) for late in spreads]
        return np.array([float(np.median(late)) for late in spreads]), np.array(rare)

    def rings(self, level: float, share: float) -> Alarms:
        """How many of the healthy models of the first size the two thresholds call early or late."""
        first = self.sizes[:1]
        early, late = self.values[0]
        called = (early < self.early(level, first)) | (late < self.late(share, first))
        return Alarms(int(np.count_nonzero(called)), called.size)

    def _between(
        self, found: Array, at: Array, there: Callable[[Array], Array], back: Callable[[Array], Array]
    ) -> Array:
        """Values at the sizes, linear in 1/√size between them, on the scale that `there` leads to, constant beyond the last, and the
        lower one where one of two neighbours is 0, which has no place on that scale: nothing is less than 0."""
        below = np.searchsorted(self.sizes, at, side="right") - 1
        if not np.isfinite(found).all():
            return np.asarray(found[below])
        between = back(np.interp(-1 / np.sqrt(at), -1 / np.sqrt(self.sizes), there(found)))
        lower = np.minimum(found[below], found[np.minimum(below + 1, found.size - 1)])
        return np.where(self.sizes[below] == at, found[below], np.where(lower == 0, 0.0, between))


def quantile(values: Array, level: float) -> float:
    """The ⌊level · (m + 1)⌋-th lowest of m values; −∞ if m is too small for this level."""
    k = int(level * (values.size + 1) + 1e-9)
    return float(np.partition(values, k - 1)[k - 1]) if k else -np.inf


def amounts(scenario: Scenario) -> Array:
    """How many examples train the model of each generation 1…T, (T,)."""
    return scenario.policy.amounts(scenario.n, scenario.generations)


def sizes_of(scenario: Scenario) -> list[int]:
    """The amounts of data for which healthy models are drawn: of those that grow a few, each at most twice the one before, as long as
    the fewest models are not too much work.  An archive that is larger still is judged like the largest, which rings less often."""
    s, last = scenario, int(amounts(scenario).max())
    grown = [*(s.n * 2**i for i in range(1, (last // s.n).bit_length())), last]
    return sorted({s.n, *(m for m in grown if FEWEST * effort(s.world, s.model, m) <= CEILING)})


def healthy(scenario: Scenario) -> Healthy:
    """The healthy models of a scenario, drawn when they are first asked for."""
    s, sizes = scenario, sizes_of(scenario)
    return Healthy(np.array(sizes), tuple(gauged(s, size, signs(s)) for size in sizes), _step(s))


def gauged(scenario: Scenario, size: int, names: tuple[str, ...]) -> Array:
    """Metrics of healthy models that are fitted to `size` real examples each, (metrics, m), drawn when they are first asked for."""
    return _values(scenario.world, scenario.model, scenario.n, size, names)


def _step(s: Scenario) -> float:
    """Of which the first sign is a multiple, where it counts the rare types that live; else 0."""
    counted = signs(s)[0] == "rare_types" and isinstance(s.world, TypesWorld)
    return 1 / max(int(np.count_nonzero(s.world.rare)), 1) if counted else 0.0  # type: ignore[attr-defined]


def nearby(scenario: Scenario) -> Healthy:
    """The healthy models at the powers of two around the size of a scenario.

    They are those of `healthy` where data grow, where the law is known, which takes no time, where samples are small, and where the
    larger power would be too much work.
    """
    s = scenario
    low, high = 1 << (s.n.bit_length() - 1), 1 << (s.n - 1).bit_length()
    grows, heavy = amounts(s)[-1] > s.n, FEWEST * effort(s.world, s.model, high) > CEILING
    if grows or heavy or low < SMALL or _known_law(s.world, s.model):
        return healthy(s)
    sizes = sorted({low, high})
    return Healthy(np.array(sizes), tuple(_values(s.world, s.model, m, m, signs(s)) for m in sizes), _step(s))


def _values(world: World, model: Model, n: int, size: int, names: tuple[str, ...]) -> Array:
    """Metrics of healthy models, drawn once: those of a visitor's own data are kept with these data."""
    keep: Keeps | Notes = KEPT
    if world.private:
        keep = world.corpus(model.unit) if world.space == "text" else world.data  # type: ignore[attr-defined]
    found: Array = keep.once(("healthy", world, model, n, size, names), partial(_drawn, world, model, n, size, names))
    return found


def _drawn(world: World, model: Model, n: int, size: int, names: tuple[str, ...]) -> Array:
    """Metrics of models that are fitted to `size` real examples each, (metrics, m), looked at as in a run whose first has n."""
    plain, wanted = Scenario(world=world, model=model, policy=Replace(), n=n), number(world, model, size, n, names)
    step = max(1, min(wanted, 10 * HELD // model.held(world, PLAIN, size, False)))
    streams = Streams(SEED, size)
    parts = []
    for part, start in enumerate(step_by_step(range(0, wanted, step))):
        m = min(step, wanted - start)
        examples = model.observe(world, m, size, streams(part, "original"))
        params = model.fit(examples, model.ancestor(world, m), streams(part, "fit"))
        found = evaluate(plain, params, names)
        parts.append(np.stack([found[name] for name in names]))
    return np.concatenate(parts, axis=1)


def number(world: World, model: Model, size: int, n: int, names: Iterable[str] = ()) -> int:
    """How many healthy models are drawn that are fitted to `size` examples, where n train the first of a run.

    `names`: metrics that are measured besides the two signs; those that add up over the whole belief leave time for fewer models.
    """
    if _known_law(world, model):
        return MOST
    each = effort(world, model, size, names)
    fits = min(max((NUMBERS if size == n else NUMBERS_GROWN) // each, FEWEST), MOST)
    return fits if fits * each <= CEILING else min(fits, max(CEILING // each, LEAST))


def effort(world: World, model: Model, size: int, names: Iterable[str] = ()) -> int:
    """Numbers handled for one healthy model: to draw its examples, to fit it, to ask it for its two tails, and to measure `names`."""
    cost = model.cost(world, PLAIN, size, False)
    if _known_law(world, model):
        return cost.observing
    measuring = sum(METRICS[name].cost(world, cost.integral) for name in names)
    return cost.observing + cost.fitting + cost.iterating // cost.typical_speedup + 2 * cost.likelihood + measuring


def charges(scenario: Scenario, names: tuple[str, ...] = ()) -> dict[tuple[World, Model, int, int], int]:
    """Numbers handled for the healthy models of a scenario, by what has to be drawn only once; `names`: metrics besides the signs."""
    s = scenario
    return {
        (s.world, s.model, s.n, m): number(s.world, s.model, m, s.n, names) * effort(s.world, s.model, m, names)
        for m in sizes_of(s)
    }


def _known_law(world: World, model: Model) -> bool:
    """Is the law of a model's mean and covariance known, so that no examples need be drawn?"""
    return isinstance(model, Gaussian) and not model.rows and isinstance(world, NormalWorld)
