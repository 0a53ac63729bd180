"""What each generation was fed, by where it is from: original real examples, fresh ones, and what models have made."""

from itertools import islice
from typing import NamedTuple

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
    real, made = s.policy.split(s.n)
    t = np.arange(s.generations)[:, None]  # generations that have spoken before
    if s.policy.grows:
        shares = np.concatenate([1 / (t + 1), 0 * t, 1 / (t + 1), (t - 1) / (t + 1)], axis=1)
    else:
        shares = np.array([0 if s.policy.fresh else real, real if s.policy.fresh else 0, made, 0]) / s.n + 0 * t
    shares[0] = 1, 0, 0, 0
    fresh = np.where(t[:, 0] > 0, real if s.policy.fresh else 0, 0).astype(float)
    return Ledger(shares, fresh, np.zeros(s.generations))
