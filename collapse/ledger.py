"""What each generation was fed, by where it is from: original real examples, fresh ones, and what models have made."""

from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from collapse.blocks import blocks
from collapse.data import Array
from collapse.pool import Entry
from collapse.recursion import Streams, evolve
from collapse.scenario import ImpossibleError, Scenario

ORIGINS = ("original real examples", "fresh real examples", "made by the last model", "made by earlier models")


class Ledger(NamedTuple):
    """`shares` (T, 4): what the generations 1…T were fed, by `ORIGINS`, the mean over lineages; `fresh` (T,): how many fresh real
    examples were drawn for each, those that were thrown away included; `replaced` (T,): how many examples experts have replaced."""

    shares: Array
    fresh: Array
    replaced: Array


def ledger(scenario: Scenario) -> Ledger:
    """The ledger of a run: counted where a curator judges single examples (in its first block), else as the policy says.

    Errors: ImpossibleError for a policy that picks from an archive without a curator, where nobody has kept a log.
    """
    return _counted(scenario) if scenario.curator.single else _stated(scenario)


def _counted(s: Scenario) -> Ledger:
    entries: list[Entry] = []
    number, lineages = next(blocks(s))
    list(islice(evolve(s, lineages, Streams(s.seed, number), entries), s.generations))
    shares, fresh, replaced = [np.array([1.0, 0.0, 0.0, 0.0])], [0.0], [0.0]
    for entry in entries:
        by, last = entry.passed, entry.generation - 1
        shares.append(
            np.array([np.mean(by == 0), np.mean(by < 0), np.mean(by == last), np.mean((by > 0) & (by < last))])
        )
        fresh.append(float(entry.drawn_fresh().mean()))
        replaced.append(float(entry.replaced.mean()))
    return Ledger(np.array(shares), np.array(fresh), np.array(replaced))


def _stated(s: Scenario) -> Ledger:
    if s.single or s.policy.group > 1:
        raise ImpossibleError(
            f"policy={s.policy.kind} keeps no log by itself: choose curator=provenance, or another policy"
        )
    books = entered(s, s.generations)
    fresh = [0.0, *(float(s.policy.at(t).renewed(s.n)) for t in range(2, s.generations + 1))]
    return Ledger(books / books.sum(axis=1, keepdims=True), np.array(fresh), np.zeros(s.generations))


@dataclass
class _Books:
    """A supply that hands out nothing but entries: how many examples of each origin, (4,)."""

    n: int
    archive: Any

    def synthetic(self, m: int) -> Any:
        return m * np.array([0, 0, 1, 0])

    others = synthetic

    def fresh(self, m: int) -> Any:
        return m * np.array([0, 1, 0, 0])

    def same(self, m: int) -> Any:
        return m * np.array([1, 0, 0, 0])

    redrawn = same


def entered(scenario: Scenario, generations: int) -> Array:
    """How many examples by `ORIGINS` the archive holds from which generations 1…T are fed, (T, 4), where nobody judges or picks: the
    policy itself is asked, with entries instead of examples."""
    s = scenario
    books = _Books(s.n, np.array([s.n, 0, 0, 0]))
    found = [books.archive]
    for generation in range(2, generations + 1):
        original, fresh, last, earlier = books.archive
        books.archive = np.array([original, fresh, 0, last + earlier])
        books.archive = s.policy.at(generation).grow(books)
        found.append(books.archive)
    return np.array(found)
