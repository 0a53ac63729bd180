"""Five gauges and their alarms: when does each ring, how early, and how often for nothing?

An alarm watches one metric and rings where it lies beyond what models of as much real data have by chance: of `healthy` models the
share `level` or less lies there.  A look is one lineage at one generation.  Who looks at every generation hears more false alarms
than one: `by_chance` measures how many, on healthy models that are trained anew on real data in every generation.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.stats import binom

from collapse.bands import median
from collapse.curators import Everything
from collapse.data import Array
from collapse.decoding import Decoder
from collapse.healthy import Alarms, amounts, gauged, quantile, sizes_of
from collapse.metrics import METRICS
from collapse.recursion import run
from collapse.scenario import Scenario
from collapse.trajectory import Trajectory

LEVELS = {"1": "1%", "5": "5%", "10": "10%"}  # of false alarms that a reader may choose, as in `stages.Rule`
SURE = 0.025  # on either side of an interval
TRIED = 80  # lineages that show how often alarms ring by chance

SIGNS = {
    "diversity": "Decreased output diversity",
    "prompts": "The same answer to different prompts",
    "long tail": "Loss of long-tail knowledge",
    "hallucination": "Confidence-weighted hallucination",
    "latent entropy": "Latent entropy",
    "perplexity": "Perplexity",
}


class Gauge(NamedTuple):
    """A metric, the sign that it tells (a key of `SIGNS`), and where it alarms: "low", "high", or "both"."""

    metric: str
    sign: str
    side: str


ALARMS: dict[str, tuple[Gauge, ...]] = {
    "real": (
        Gauge("generalized_variance", "diversity", "low"),
        Gauge("smaller_tail", "long tail", "low"),
        Gauge("hallucination", "hallucination", "high"),
        Gauge("outside_mass", "hallucination", "high"),
        Gauge("label_entropy", "latent entropy", "low"),
        Gauge("entropy", "latent entropy", "both"),
        Gauge("heldout_nll", "perplexity", "high"),
    ),
    "types": (
        Gauge("inverse_simpson", "diversity", "low"),
        Gauge("rare_types", "long tail", "low"),
        Gauge("self_agreement", "hallucination", "high"),
        Gauge("entropy", "latent entropy", "both"),
        Gauge("perplexity", "perplexity", "high"),
    ),
    "text": (
        Gauge("distinct_2", "diversity", "low"),
        Gauge("prompt_similarity", "prompts", "high"),
        Gauge("monofacts", "long tail", "low"),
        Gauge("hallucination", "hallucination", "high"),
        Gauge("context_entropy", "latent entropy", "both"),
        Gauge("perplexity", "perplexity", "high"),
    ),
    "images": (
        Gauge("coverage", "diversity", "low"),
        Gauge("class_similarity", "prompts", "high"),
        Gauge("tail_mass", "long tail", "low"),
        Gauge("precision", "hallucination", "low"),
        Gauge("effective_rank", "latent entropy", "low"),
        Gauge("elbo", "perplexity", "low"),
        Gauge("frechet", "perplexity", "high"),
    ),
}


class Delay(NamedTuple):
    """When an alarm first rings: the `median` generation over lineages with its 95% interval, infinite where so many never ring that
    it is not known; `never`: how many of the `lineages` have not rung until the end, and may still do so later."""

    median: float
    low: float
    high: float
    never: int
    lineages: int


@dataclass(frozen=True)
class Alarm:
    """One gauge on one run: it rings below `low` or above `high`, each (T,) for the generations 1…T; `rings` (R, T) of bool.

    `level`: the false-alarm rate that was asked for, of one look; `chance`: for how many of the healthy models it rings.  It is the
    highest rate up to the level that the metric allows: one that counts has few values, and may ring much less often.
    """

    gauge: Gauge
    level: float
    low: Array = field(repr=False)
    high: Array = field(repr=False)
    rings: Array = field(repr=False)
    chance: Alarms

    @property
    def label(self) -> str:
        """What the gauge measures, in words."""
        return METRICS[self.gauge.metric].label

    @cached_property
    def first(self) -> Array:
        """The generation in which it first rings in each lineage, (R,); infinite if it never does."""
        return first(self.rings)

    @property
    def share(self) -> Array:
        """The share of lineages for which it rings at each generation 1…T, (T,): its power at one look."""
        return np.asarray(self.rings.mean(axis=0))

    @property
    def by(self) -> Array:
        """The share of lineages for which it has rung at generation t or before, (T,)."""
        return np.asarray(np.logical_or.accumulate(self.rings, axis=1).mean(axis=0))

    @property
    def delay(self) -> Delay:
        """When it first rings."""
        return delay(self.first)

    @property
    def asleep(self) -> bool:
        """Does it ring at the end for no more lineages than it would by chance, with 97.5% certainty?"""
        return bool(self.rings[:, -1].sum() <= binom.ppf(1 - SURE, len(self.rings), self.level))


class Chance(NamedTuple):
    """How often alarms ring where nothing is wrong: at one `look`, and at least once in a `run` of T generations; `first`: when, over
    lineages of models that are trained anew on real data in every generation."""

    look: Alarms
    run: Alarms
    first: Delay


def gauges(scenario: Scenario) -> tuple[Gauge, ...]:
    """The gauges of a scenario: of every sign the first in `ALARMS` that can be measured there."""
    possible = [g for g in ALARMS[scenario.world.space] if not METRICS[g.metric].refusal(scenario)]
    return tuple({g.sign: g for g in reversed(possible)}.values())[::-1]


def metrics_of(chosen: Iterable[Gauge]) -> tuple[str, ...]:
    """What a run must keep for these gauges."""
    return tuple(gauge.metric for gauge in chosen)


def watch(trajectory: Trajectory, level: float = 0.05, chosen: Sequence[Gauge] | None = None) -> tuple[Alarm, ...]:
    """Every alarm of a run, at a false-alarm rate of at most `level` at one look; `chosen`: by default the `gauges` of the scenario.

    Errors: ValueError if the run has not kept one of the metrics, or for a level that is not between 0 and a half.
    """
    if not 0 < level <= 0.5:
        raise ValueError(f"level={level} is not possible: give a false-alarm rate above 0 and up to 0.5")
    chosen = gauges(trajectory.scenario) if chosen is None else tuple(chosen)
    bounds = _thresholds(trajectory.scenario, level, chosen)
    found = []
    for gauge, (low, high, chance) in zip(chosen, bounds, strict=True):
        values = trajectory.measure(gauge.metric)[:, 1:]
        found.append(Alarm(gauge, level, low, high, beyond(values, low, high), chance))
    return tuple(found)


def beyond(values: Array, low: Array, high: Array) -> Array:
    """Where values lie below a bound or above another; what cannot be measured does not ring."""
    return np.asarray((values < low) | (values > high))


def _thresholds(scenario: Scenario, level: float, chosen: Sequence[Gauge]) -> list[tuple[Array, Array, Alarms]]:
    """(lower bounds (T,), upper bounds (T,), how many healthy models of the first size lie beyond them) of every gauge.

    Between two amounts of data for which healthy models are known the wider bounds of both are taken."""
    sizes, at = np.array(sizes_of(scenario)), amounts(scenario)
    known = [gauged(scenario, int(size), metrics_of(chosen)) for size in sizes]
    below = np.searchsorted(sizes, at, side="right") - 1
    above = np.minimum(np.searchsorted(sizes, at), len(sizes) - 1)
    found = []
    for i, gauge in enumerate(chosen):
        low, high = np.transpose([bounds(values[i], level, gauge.side) for values in known])
        rung = beyond(known[0][i], low[0], high[0])
        chance = Alarms(int(np.count_nonzero(rung)), rung.size)
        found.append((np.minimum(low[below], low[above]), np.maximum(high[below], high[above]), chance))
    return found


def bounds(values: Array, level: float, side: str) -> tuple[float, float]:
    """(below which, above which) one more healthy model lies with a probability of at most `level`, together where both are watched.

    Of m values the ⌊level · (m + 1)⌋-th from the end, see `Healthy.early`; values that are NaN do not count.
    """
    seen = values[~np.isnan(values)]
    each = level / 2 if side == "both" else level
    low = quantile(seen, each) if side != "high" else -np.inf
    high = -quantile(-seen, each) if side != "low" else np.inf
    return low, high


def first(rings: Array) -> Array:
    """The generation, from 1 on, of the first ring of each lineage, rings (R, T); infinite without one."""
    return np.where(rings.any(axis=1), rings.argmax(axis=1) + 1.0, np.inf)


def delay(first: Array) -> Delay:
    """The median of the first rings (R,) and its 95% interval by order statistics, which needs no law of what is measured."""
    ranked, lineages = np.sort(first), len(first)
    k = int(binom.ppf(SURE, lineages, 0.5))
    low, high = (ranked[k - 1], ranked[lineages - k]) if k else (1.0, np.inf)
    return Delay(float(median(first)), float(low), float(high), int(np.count_nonzero(np.isinf(first))), lineages)


def ranking(alarms: Iterable[Alarm]) -> list[Alarm]:
    """The alarms in the order in which they ring: by the median of the first ring, then by how many lineages ring at the end."""
    return sorted(alarms, key=lambda alarm: (alarm.delay.median, -alarm.by[-1]))


def by_chance(
    scenario: Scenario, level: float = 0.05, chosen: Sequence[Gauge] | None = None, lineages: int = TRIED
) -> tuple[tuple[Chance, ...], Chance]:
    """(of every gauge, of all of them together) how often they ring where each generation learns from as many new real examples.

    As many generations are run of `lineages`, without synthetic data, decoding and curation.
    """
    plain = replace(scenario, decoder=Decoder(), curator=Everything(), lineages=lineages)
    chosen = gauges(plain) if chosen is None else tuple(chosen)
    alarms = watch(run(plain, keep=metrics_of(chosen), control=True), level, chosen)
    return tuple(_chance(a.rings) for a in alarms), _chance(np.any([a.rings for a in alarms], axis=0))


def _chance(rings: Array) -> Chance:
    """Rings (R, T) of healthy models, counted."""
    ever = rings.any(axis=1)
    look, whole = Alarms(int(rings.sum()), rings.size), Alarms(int(ever.sum()), ever.size)
    return Chance(look, whole, delay(first(rings)))
