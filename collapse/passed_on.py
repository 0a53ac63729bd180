"""The examples that go from each generation of one lineage into the training of the next, all generations at once."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from collapse.data import Array, Data, Moments, Nothing, Rows
from collapse.following import LOOKED_AT, diary_of, drawn_again, rows_with
from collapse.pool import Pool
from collapse.recursion import Diaries, aside
from collapse.scenario import Scenario
from collapse.worlds import NormalWorld

AGAIN = 1_000_000  # examples, at most, that are drawn again one by one


def passed_on(
    scenario: Scenario, lineage: int, params: Any = None, most: int = LOOKED_AT, diaries: Diaries | None = None
) -> tuple[Array, Array] | None:
    """(made, real): the examples of one lineage in one dimension that go from each generation into the training of the next, each
    (T + 1, m) and NaN where there are fewer; of more than `most` only so many, made and real in their proportion.

    Row 0 holds the real examples of the first model.  `params` and `diaries`: as in `follow`.  None where examples would have to be
    drawn one by one once more, which costs as much as the run, and where a curator lets only some of them through.
    """
    s = scenario
    if s.curator.single or s.world.d > 1 or s.world.space != "real":
        return None
    diary, streams, i, lineages = diary_of(s, lineage, range(1, s.generations + 1), params, diaries)
    rng, normal, bell = (
        aside(s.seed),
        isinstance(s.world, NormalWorld),
        all(s.at(turn.generation + 1).decoder.top_p == 1.0 for turn in diary),
    )

    def opened(purpose: str, parts: list[Data], known: bool) -> Array | None:
        singly = [part.data if isinstance(part, Pool) else part for part in parts]
        if not known and isinstance(singly[0], Moments):
            if lineages * sum(part.size for part in singly) > AGAIN:
                return None
            singly = [
                drawn_again(s, streams, turn, lineages, purpose, p.size) for turn, p in zip(diary, singly, strict=False)
            ]
        together = diary[0].said.size + diary[0].real.size if parts[0] is not diary[0].diet else 0
        # Of made and of real ones the same part.
        fair = -(-most * parts[0].size // together) if together > most else most
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
    if all(isinstance(part, Nothing) for part in parts):
        return np.empty((len(parts), 0))
    rows = [part.x[i, :most, 0] if isinstance(part, Rows) else np.empty(0) for part in parts]
    return np.stack([_widened(row, max(map(len, rows))) for row in rows])


def _widened(rows: Array, wide: int) -> Array:
    """Rows (…, m) filled up to (…, wide) with NaN."""
    return np.concatenate([rows, np.full((*rows.shape[:-1], wide - rows.shape[-1]), np.nan)], axis=-1)
