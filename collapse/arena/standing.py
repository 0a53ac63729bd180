"""How long models survive by a stated rule, with an interval for the median; what that costs; which combinations nothing beats."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urlencode

import numpy as np
from scipy.special import bdtr, chdtr, ndtr

from collapse.arena.prices import Purse
from collapse.arena.search import Found, Tried
from collapse.bands import median
from collapse.data import Array
from collapse.spec import Spec, knob

SURE = 0.95
WAYS = ("too narrow", "too wide", "astray")


@dataclass(frozen=True)
class Endurance(Spec):
    """When a lineage is lost: its model is too narrow or too wide, or its mean has gone astray."""

    kind: ClassVar[str] = "endurance"
    says: ClassVar[str] = "when a chain is lost"

    narrow: float = knob(
        0.5,
        "a chain is lost if its standard deviation is a smaller share of the real one",
        label="least spread",
        low=0.01,
        high=0.99,
    )
    wide: float = knob(
        2.0,
        "a chain is lost if its standard deviation is more than so many times the real one",
        label="largest spread",
        low=1.01,
        high=100.0,
    )
    astray: float = knob(
        1.0,
        "a chain is lost if its mean is farther from the real one, in real standard deviations",
        label="farthest mean",
        low=0.1,
        high=100.0,
    )


def ways(variance: Array, drift: Array, rule: Endurance) -> Array:
    """In which `WAYS` models are lost, (3, …): of their variance and squared distance of the mean, both in real variances."""
    narrow, wide = variance < rule.narrow**2, variance > rule.wide**2
    return np.stack([narrow, wide, ~narrow & ~wide & (drift > rule.astray**2)])


def survived(variance: Array, drift: Array, rule: Endurance) -> Array:
    """How many generations each lineage survives, (R,) whole numbers: those before the first in which it is lost; T, which means at
    least T, if there is none.  `variance` and `drift`: of the generations 1 to T, (R, T)."""
    lost = np.any(ways(variance, drift, rule), axis=0)
    return np.where(np.any(lost, axis=1), np.argmax(lost, axis=1), lost.shape[1])


def lost_by_chance(n: int, generations: int, rule: Endurance) -> float:
    """The share of lineages that the rule calls lost within so many generations although every model learns from n new real
    examples alone, exactly: of bell curves in one dimension, fitted by maximum likelihood, whose variance is χ²(n − 1)/n and whose
    mean is normal with variance 1/n, independently."""
    spread = chdtr(n - 1, n * rule.wide**2) - chdtr(n - 1, n * rule.narrow**2)
    middle = 1 - 2 * ndtr(-rule.astray * np.sqrt(n))
    return float(1 - (spread * middle) ** generations)


def interval(lineages: int, sure: float = SURE) -> tuple[int, int, float]:
    """(low, high, coverage): places from 0 among so many ordered values that hold the median between them with at least the
    probability `sure`, whatever the distribution; the whole range, with what it covers, if they are too few for that."""
    low = 0
    while 2 * (low + 1) < lineages and 1 - 2 * bdtr(low + 1, lineages, 0.5) >= sure:
        low += 1
    return low, lineages - 1 - low, float(1 - 2 * bdtr(low, lineages, 0.5))


class Standing(NamedTuple):
    """How a combination does: its number, its `price` for a generation, the median of the generations survived with its interval
    (`low`, `high`), the share of lineages `alive` in the last generation, and the shares lost in each of the `WAYS`."""

    number: int
    tried: Tried
    price: float
    median: int
    low: int
    high: int
    alive: float
    lost: tuple[float, ...]


def standing(number: int, tried: Tried, purse: Purse, rule: Endurance) -> Standing:
    """How one combination does."""
    generations = tried.variance.shape[1]
    lives = survived(tried.variance, tried.drift, rule)
    low, high, _ = interval(len(lives))
    ordered = np.sort(lives)
    dead = np.flatnonzero(lives < generations)
    how = ways(tried.variance[dead, lives[dead]], tried.drift[dead, lives[dead]], rule)
    return Standing(
        number,
        tried,
        purse.price(tried.usage),
        int(median(lives)),
        int(ordered[low]),
        int(ordered[high]),
        float((lives == generations).mean()),
        tuple((how.sum(axis=1) / len(lives)).tolist()),
    )


def standings(found: Found, purse: Purse, rule: Endurance) -> list[Standing]:
    """How every combination does that was tried, in the order of the search."""
    return [standing(number, tried, purse, rule) for number, tried in enumerate(found.tried)]


def ranked(standings: Iterable[Standing], budget: float) -> list[Standing]:
    """What is within the budget, the longest median survival first; of equal ones the cheapest first."""
    within = (each for each in standings if each.price <= budget)
    return sorted(within, key=lambda each: (-each.median, each.price, each.number))


def best(standings: Iterable[Standing], budget: float) -> Standing | None:
    """The one that survives longest within the budget, and costs least among those; None if nothing is within the budget."""
    return next(iter(ranked(standings, budget)), None)


def front(standings: Iterable[Standing]) -> list[Standing]:
    """The Pareto front, cheapest first: whatever survives longer costs more; of equal ones that which was tried first."""
    found: list[Standing] = []
    for each in sorted(standings, key=lambda each: (each.price, -each.median, each.number)):
        if not found or each.median > found[-1].median:
            found.append(each)
    return found


def listed(found: Found, purse: Purse, rule: Endurance) -> list[dict[str, Any]]:
    """Every combination that was tried as a row of plain values by name: those within the budget first, as they rank.

    `survived` is a median with its interval from `low` to `high`; where one of them equals `generations`, it is at least so much.
    `query` is the scenario, as `python -m collapse run` takes it.
    """
    tried = standings(found, purse, rule)
    on = {each.number for each in front(tried)}
    inside = ranked(tried, purse.budget)
    beyond = ranked((each for each in tried if each.price > purse.budget), np.inf)
    return [
        {
            "measures": each.tried.combination.says,
            "price": each.price,
            "within_budget": int(each.price <= purse.budget),
            "survived": each.median,
            "low": each.low,
            "high": each.high,
            "generations": each.tried.variance.shape[1],
            "alive": each.alive,
            **{way.replace(" ", "_"): share for way, share in zip(WAYS, each.lost, strict=True)},
            "front": int(each.number in on),
            "query": urlencode(each.tried.combination.scenario.to_query()),
        }
        for each in [*inside, *beyond]
    ]
