"""The search: every combination is run, simple ones first, and what is found is yielded as it comes.

What a run used and where its models were is kept; prices, the budget and the rule of survival only judge it, so that to change one of
them costs no run.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from collapse.arena.measures import Arena, Combination, combinations
from collapse.arena.prices import Usage, usage
from collapse.blocks import blocks
from collapse.budget import BUDGET, bounded, typical_cost, worst_case_cost
from collapse.data import Array
from collapse.metrics import evaluate, metric_named
from collapse.pool import Entry
from collapse.recursion import Streams, evolve
from collapse.scenario import Scenario

LINEAGES = (40, 20, 10)
AGAIN = (200, 100, 50)
SEEDS = 1_000_000_000
# numbers of a whole search, about five seconds at most; curators seldom draw all the pools that are counted here
ARENA_BUDGET = 6 * BUDGET
WATCHED = ("variance", "mean_drift")
ALGORITHM = (
    "Exhaustive search: every combination of the chosen measures is run once, doing nothing first, then each measure by itself, then "
    "two together, and so on, with the same seed, so that they meet the same random numbers wherever they ask for the same thing. So "
    "within these levels something better is missed only by chance."
)


@dataclass(frozen=True)
class Search:
    """The question: all combinations to try."""

    combinations: tuple[Combination, ...]

    @property
    def lineages(self) -> int:
        """How many lineages each of them has."""
        return self.combinations[0].scenario.lineages

    @property
    def worlds(self) -> int:
        """How many histories are run in all."""
        return len(self.combinations) * self.lineages

    @property
    def effort(self) -> float:
        """The work as a multiple of what is allowed: of all of them together, or of one at its worst."""
        runs = [combination.scenario for combination in self.combinations]
        return max(sum(map(typical_cost, runs)) / ARENA_BUDGET, max(map(worst_case_cost, runs)) / BUDGET)


def asked(arena: Arena, base: Scenario) -> Search:
    """The search with as many lineages as the budget of a visitor allows.

    `base` says the world, the model, the generations and the seed.  Errors: ValueError if the world is not one of numbers, or if even
    with few lineages it is too much work.
    """
    for name in WATCHED:
        metric_named(name, base)
    for lineages in LINEAGES:
        found = Search(tuple(combinations(arena, replace(base, lineages=lineages))))
        for combination in found.combinations:
            bounded(combination.scenario)
        if found.effort <= 1:
            return found
    fewer = f"arena.n={arena.n} or " if arena.n > Arena().n else ""
    raise ValueError(
        f"even with {LINEAGES[-1]} chains this search is {found.effort:.1f} times the work that one visitor may ask for: lower "
        f"{fewer}generations={base.generations}, or leave a measure out"
    )


@dataclass(frozen=True, eq=False)
class Tried:
    """A combination that was run: `variance` and `drift` (R, T) of the generations 1 to T, and what it used."""

    combination: Combination
    variance: Array
    drift: Array
    usage: Usage


@dataclass
class Found:
    """A search as far as it is done."""

    search: Search
    tried: list[Tried] = field(default_factory=list)

    @property
    def done(self) -> float:
        """The share of the combinations that were tried."""
        return len(self.tried) / len(self.search.combinations)


def on_new_noise(combination: Combination) -> Combination:
    """A combination with another seed and as many lineages as a visitor may ask for, at most 200: the best of many has been
    lucky, and this tells how much."""
    s = combination.scenario
    other = replace(s, seed=(s.seed + 1) % SEEDS)
    more = (replace(other, lineages=lineages) for lineages in AGAIN)
    return replace(combination, scenario=next((each for each in more if worst_case_cost(each) <= BUDGET), other))


def tried(combination: Combination) -> Tried:
    """Run one combination, with the numbers of `run`, and keep what it used."""
    s = combination.scenario
    entries: list[Entry] = []
    parts = []
    for number, lineages in blocks(s):
        life = evolve(s, lineages, Streams(s.seed, number), entries)
        rows = [evaluate(s, next(life), WATCHED) for _ in range(s.generations)]
        parts.append([np.stack([row[name] for row in rows], axis=1) for name in WATCHED])
    variance, drift = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Tried(combination, variance, drift, usage(s, entries))


def search(asked: Search, run: Callable[[Combination], Tried] = tried) -> Iterator[Found]:
    """Try one combination after the other: what was found so far, yielded again after each; who stops iterating stops the work.

    `run`: tries one of them, and may remember what it has found.
    """
    found = Found(asked)
    for combination in asked.combinations:
        found.tried.append(run(combination))
        yield found
