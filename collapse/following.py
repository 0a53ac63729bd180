"""One lineage followed around the loop: what it was fed, what it said, and what was passed on, as single examples to be looked at.

A run keeps sums instead of examples wherever their law is known.  What is shown here are the examples of that very run: where only
sums were drawn, examples are drawn given these sums, so that whoever fits them gets the model of the run.
"""

from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from collapse.blocks import block_of
from collapse.data import Array, Counts, Data, Items, Moments, Nothing, Rows
from collapse.decoding import Decoder
from collapse.ledger import entered
from collapse.models.wishart import standard_moments
from collapse.pool import Pool
from collapse.recursion import Diaries, Diary, Streams, Turn, aside, evolve
from collapse.scatter import Scatter
from collapse.scenario import Scenario
from collapse.supply import told_by_others
from collapse.trajectory import taken
from collapse.worlds import NormalWorld

LOOKED_AT = 60  # examples of a data set, at most


@dataclass(frozen=True)
class Followed:
    """One turn of one lineage.

    `generation` of the model; `params`: its params (1, …); `fed`: what it was trained on, of the first turn that is followed; `said`
    and `real`: what comes next; each up to 60 of its examples (a data set of one lineage); `sizes`: how many there really are of
    each, by these names; `next_real`, `next_made`: how many real and synthetic examples the next model is fed, None if that is not
    known.
    """

    generation: int
    params: Any
    fed: Data
    said: Data
    real: Data
    sizes: dict[str, int]
    next_size: int
    next_real: int | None
    next_made: int | None


def follow(
    scenario: Scenario, lineage: int, turns: Collection[int], params: Any = None, diaries: Diaries | None = None
) -> list[Followed]:
    """The turns of these generations (from 1 on) of one lineage of a run.

    `params`: those of the whole run (R, T, …), if they are kept: then nothing is fitted again.  `diaries`: those that `run` has
    written, if it has: then nothing is drawn again.  Errors: ValueError for a lineage that the run does not have.
    """
    told, streams, i, size = diary_of(scenario, lineage, turns, params, diaries)
    return [_followed(scenario, streams, turn, i, size, k == 0) for k, turn in enumerate(told)]


def diary_of(
    s: Scenario, lineage: int, turns: Collection[int], params: Any, diaries: Diaries | None
) -> tuple[list[Turn], Streams, int, int]:
    """The turns of the block of a lineage, its random streams, the place of the lineage in it, and how many there are."""
    number, start, size = block_of(s, lineage)
    streams = Streams(s.seed, number)
    if diaries and number in diaries:
        return [turn for turn in diaries[number] if turn.generation in turns], streams, lineage - start, size
    diary = Diary(frozenset(turns), None if params is None else taken(params, slice(start, start + size)))
    deque(evolve(s, size, streams, diary=diary), maxlen=0)
    return diary.turns, streams, lineage - start, size


def _followed(s: Scenario, streams: Streams, turn: Turn, i: int, lineages: int, first: bool) -> Followed:
    g, rules = turn.generation, s.at(turn.generation + 1)

    def again(purpose: str, m: int) -> Data:
        return drawn_again(s, streams, turn, lineages, purpose, m)

    rng = aside(s.seed + g)
    bell = rules.decoder.top_p == 1.0
    said = _opened(turn.said, bell, lambda: again("synthetic", turn.said.size), i, rng)
    real = _opened(turn.real, isinstance(s.world, NormalWorld), lambda: again("fresh", turn.real.size), i, rng)
    diet = turn.diet if first else Nothing()
    fed = _opened(diet, isinstance(s.world, NormalWorld), lambda: again("original", diet.size), i, rng)
    size = min(turn.passed.size, s.n) if s.single else turn.passed.size
    now_real, made = _composition(s, turn, i)
    sizes = {"fed": turn.diet.size, "said": turn.said.size, "real": turn.real.size}
    return Followed(g, taken(turn.params, slice(i, i + 1)), fed, said, real, sizes, size, now_real, made)


def drawn_again(s: Scenario, streams: Streams, turn: Turn, lineages: int, purpose: str, m: int) -> Data:
    """The examples that a run has drawn by some random numbers, once more and one by one."""
    after = turn.generation + 1
    rules = s.at(after)
    if purpose != "synthetic":
        return s.model.witness(s.world, lineages, m, streams(1 if purpose == "original" else after, purpose))
    own, read = s.policy.heard(m)
    said = s.model.utter(turn.params, own, rules.decoder, streams(after, purpose))
    if not read:
        return said
    return said + told_by_others(rules, s.model.utter, turn.params, read, lineages, streams(after, "others"))


def _composition(s: Scenario, turn: Turn, i: int) -> tuple[int | None, int | None]:
    """How many real and synthetic examples the next model is fed."""
    if isinstance(turn.passed, Pool):
        real = int(turn.passed.real[i].sum())
        return real, turn.passed.size - real
    now = s.policy.at(turn.generation + 1)
    if now.grows and s.single:
        return None, None
    if now.grows:
        real = int(entered(s, turn.generation + 1)[-1, :2].sum())
        return real, turn.passed.size - real
    return turn.real.size, turn.said.size


def _opened(data: Data, bell: bool, again: Callable[[], Data], i: int, rng: np.random.Generator) -> Data:
    """Up to 60 examples of lineage i; sums are opened, those of a bell curve (`bell`) by their law, others by drawing `again`."""
    one_by_one: Data = data.data if isinstance(data, Pool) else data
    if isinstance(one_by_one, Moments) and bell:
        return Rows(rows_with(one_by_one.of_lineages(slice(i, i + 1)), rng))
    if isinstance(one_by_one, Moments | Scatter):
        one_by_one = again()
    return one_by_one if isinstance(one_by_one, Nothing) else _first(one_by_one, i, rng)


def _first(data: Data, i: int, rng: np.random.Generator) -> Data:
    """Lineage i alone: of rows the first 60, of types 60 examples in random order."""
    found = data.of_lineages(slice(i, i + 1))
    if isinstance(found, Rows):
        return Rows(found.x[:, :LOOKED_AT])
    if isinstance(found, Counts | Items):
        return found.apart().chosen(rng.permutation(found.size)[None, :LOOKED_AT])
    return found


def rows_with(moments: Moments, rng: np.random.Generator, most: int = LOOKED_AT) -> Array:
    """Rows (…, min(n, most), d) as they may have been drawn from a bell curve, given the moments of all n of them.

    Given mean and scatter, the standardised rows have a law of their own, whatever the bell curve (Basu's theorem): so n rows of any
    other are moved to these moments.  Of the rows that are not shown only the sums are drawn.
    """
    n, d = moments.size, moments.mean.shape[-1]
    k = min(n, most)
    z = rng.standard_normal((*moments.mean.shape[:-1], k, d))
    of_all = Moments.of(z)
    if n - k > 1:
        of_all = of_all.pooled(standard_moments(moments.mean.shape, n - k, Decoder(), rng))
    elif n > k:
        of_all = of_all.pooled(Moments.of(rng.standard_normal((*moments.mean.shape[:-1], 1, d))))
    turned = moments.lower @ _inverse(of_all.lower)
    return np.asarray(moments.mean[..., None, :] + (z - of_all.mean[..., None, :]) @ np.swapaxes(turned, -1, -2))


def _inverse(lower: Array) -> Array:
    """The pseudoinverses of matrices (…, d, d); in one dimension without a decomposition."""
    if lower.shape[-1] > 1:
        return np.linalg.pinv(lower)
    return np.divide(1.0, lower, out=np.zeros_like(lower), where=lower != 0)
