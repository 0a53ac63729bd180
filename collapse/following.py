"""One lineage followed around the loop: what it was fed, what it said, and what was passed on, as single examples to be looked at.

A run keeps sums instead of examples wherever their law is known.  What is shown here are the examples of that very run: where only
sums were drawn, examples are drawn given these sums, so that whoever fits them gets the model of the run.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from collapse.blocks import block_of
from collapse.data import Array, Counts, Data, Items, Moments, Nothing, Rows
from collapse.decoding import Decoder
from collapse.models.wishart import standard_moments
from collapse.pool import Pool
from collapse.recursion import Streams, Turn, aside, evolve
from collapse.scatter import Scatter
from collapse.scenario import Scenario
from collapse.supply import told_by_others
from collapse.trajectory import taken
from collapse.worlds import NormalWorld

LOOKED_AT = 60  # examples of a data set, at most
AGAIN = 1_000_000  # examples, at most, that are drawn again one by one where a whole run is looked at


@dataclass(frozen=True)
class Followed:
    """One turn of one lineage.

    `generation` of the model; `params`: its params (1, …); `fed`: what it was trained on, `said` and `real`: what comes next, each up
    to 60 of its examples (a data set of one lineage); `sizes`: how many there really are of each, by these names; `next_real` and
    `next_made`: how many real and synthetic examples the next model is fed, None if that is not known.
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


def follow(scenario: Scenario, lineage: int, turns: Collection[int], params: Any = None) -> list[Followed]:
    """The turns of these generations (from 1 on) of one lineage of a run.

    `params`: those of the whole run (R, T, …), if they are kept: then nothing is fitted again.  Errors: ValueError for a lineage that
    the run does not have.
    """
    wanted = sorted(turns)
    diary, streams, i, size = _diary(scenario, lineage, wanted[-1], params)
    return [_followed(scenario, streams, diary[t - 1], i, size) for t in wanted]


def passed_on(
    scenario: Scenario, lineage: int, params: Any = None, most: int = LOOKED_AT
) -> tuple[Array, Array] | None:
    """(made, real): the examples of one lineage in one dimension that go from each generation into the training of the next, each
    (T + 1, m) and NaN where there are fewer; of more than `most` only so many, made and real in their proportion.

    Row 0 holds the real examples of the first model.  `params`: as in `follow`.  None where examples would have to be drawn one by
    one once more, which costs as much as the run, and where a curator lets only some of them through.
    """
    s = scenario
    if s.curator.single or s.world.d > 1 or s.world.space != "real":
        return None
    diary, streams, i, lineages = _diary(s, lineage, s.generations, params)
    rng, normal, bell = aside(s.seed), isinstance(s.world, NormalWorld), s.decoder.top_p == 1.0

    def opened(purpose: str, parts: list[Data], known: bool) -> Array | None:
        singly = [part.data if isinstance(part, Pool) else part for part in parts]
        if not known and isinstance(singly[0], Moments):
            if lineages * sum(part.size for part in singly) > AGAIN:
                return None
            singly = [
                _again(s, streams, turn, lineages, purpose, p.size) for turn, p in zip(diary, singly, strict=False)
            ]
        together = diary[0].said.size + diary[0].real.size if parts[0] is not diary[0].diet else 0
        fair = (
            -(-most * parts[0].size // together) if together > most else most
        )  # the same part of the made and of the real ones
        return _all_opened(singly, i, fair, rng)

    first = opened("original", [diary[0].diet], normal)
    made = opened("synthetic", [turn.said for turn in diary], bell)
    real = opened("fresh", [turn.real for turn in diary], normal)
    if first is None or made is None or real is None:
        return None
    wide = max(first.shape[1], real.shape[1])
    real = np.concatenate([_widened(first, wide), _widened(real, wide)])
    return np.concatenate([np.full((1, made.shape[1]), np.nan), made]), real


def _all_opened(parts: Sequence[Data], i: int, most: int, rng: np.random.Generator) -> Array | None:
    """Up to `most` examples of lineage i from each data set, (k, m), with NaN where there are fewer; None if they cannot be had."""
    if all(isinstance(part, Moments) and part.size == parts[0].size for part in parts):
        mean, lower, logs = (
            np.stack([getattr(part, name)[i] for part in parts]) for name in ("mean", "lower", "log_diagonal")
        )
        return rows_with(Moments(parts[0].size, mean, lower, logs), rng, most)[..., 0]
    if not all(isinstance(part, Rows | Nothing) for part in parts):
        return None
    rows = [part.x[i, :most, 0] if isinstance(part, Rows) else np.empty(0) for part in parts]
    return np.stack([_widened(row, max(map(len, rows))) for row in rows])


def _widened(rows: Array, wide: int) -> Array:
    """Rows (…, m) filled up to (…, wide) with NaN."""
    return np.concatenate([rows, np.full((*rows.shape[:-1], wide - rows.shape[-1]), np.nan)], axis=-1)


def _diary(s: Scenario, lineage: int, turns: int, params: Any) -> tuple[list[Turn], Streams, int, int]:
    """The first turns of the block of a lineage, its random streams, the place of the lineage in it, and how many there are."""
    number, start, size = block_of(s, lineage)
    diary: list[Turn] = []
    streams = Streams(s.seed, number)
    past = range(0 if params is None else min(turns, s.generations))
    known = [taken(params, (slice(start, start + size), t)) for t in past]
    known += known[-1:]  # the loop goes one model further, which nobody looks at
    list(islice(evolve(s, size, streams, diary=diary, learnt=known), turns + 1))
    return diary, streams, lineage - start, size


def _followed(s: Scenario, streams: Streams, turn: Turn, i: int, lineages: int) -> Followed:
    g = turn.generation

    def again(purpose: str, m: int) -> Data:
        return _again(s, streams, turn, lineages, purpose, m)

    rng = aside(s.seed + g)
    bell = s.decoder.top_p == 1.0
    said = _opened(turn.said, bell, lambda: again("synthetic", turn.said.size), i, rng)
    real = _opened(turn.real, isinstance(s.world, NormalWorld), lambda: again("fresh", turn.real.size), i, rng)
    fed = _opened(turn.diet, isinstance(s.world, NormalWorld), lambda: again("original", turn.diet.size), i, rng)
    size = min(turn.passed.size, s.n) if s.single else turn.passed.size
    now_real, made = _composition(s, turn, i)
    sizes = {"fed": turn.diet.size, "said": turn.said.size, "real": turn.real.size}
    return Followed(g, taken(turn.params, slice(i, i + 1)), fed, said, real, sizes, size, now_real, made)


def _again(s: Scenario, streams: Streams, turn: Turn, lineages: int, purpose: str, m: int) -> Data:
    """The same examples as the run has drawn by these random numbers, one by one."""
    after = turn.generation + 1
    if purpose != "synthetic":
        return s.model.witness(s.world, lineages, m, streams(1 if purpose == "original" else after, purpose))
    own, read = s.policy.heard(m)
    said = s.model.utter(turn.params, own, s.decoder, streams(after, purpose))
    if not read:
        return said
    return said + told_by_others(s, s.model.utter, turn.params, read, lineages, streams(after, "others"))


def _composition(s: Scenario, turn: Turn, i: int) -> tuple[int | None, int | None]:
    """How many real and synthetic examples the next model is fed."""
    if isinstance(turn.passed, Pool):
        real = int(turn.passed.real[i].sum())
        return real, turn.passed.size - real
    if s.policy.grows:
        return (None, None) if s.single else (s.n, turn.passed.size - s.n)
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
    turned = moments.lower @ np.linalg.pinv(of_all.lower)
    return np.asarray(moments.mean[..., None, :] + (z - of_all.mean[..., None, :]) @ np.swapaxes(turned, -1, -2))
