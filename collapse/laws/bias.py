"""Two groups: what happens to the share of a minority, exactly.

Sampling alone is fair on average: the mean share never moves.  What grows is the chance that the minority is gone, until it is 1 − p,
while with chance p the majority is.  A temperature below 1 is unfair: then the odds of the majority grow as a power, whatever n.
Groups of types count as one, since who belongs to a group of share p is drawn as one type of share p would be.
"""

from typing import NamedTuple

import numpy as np

from collapse.data import Array
from collapse.laws.wright_fisher import LARGEST, binomial
from collapse.sources import MARCHI, SEDDIK, SHUMAILOV, TAORI, WRIGHT

SOURCES = (WRIGHT, SHUMAILOV, SEDDIK, MARCHI, TAORI)  # of this whole file
MOST_ROUNDS = 100_000


class TwoGroups(NamedTuple):
    """A group of share p for t = 0…T, each (T + 1,): `mean` and `variance` of its share over lineages, the chance that it is `lost`,
    and that it is all there is, `alone`; `differ`: the chance that two draws of one lineage are of different groups, on average."""

    mean: Array
    variance: Array
    lost: Array
    alone: Array
    differ: Array


def two_groups(share: float, n: int, generations: int) -> TwoGroups:
    """The whole law of the share of a group if every model is fed n examples of its parent, by the Wright–Fisher chain.

    E p_t = p,  Var p_t = p(1 − p)(1 − (1 − 1/n)^t),  E 2p_t(1 − p_t) = 2p(1 − p)(1 − 1/n)^t.
    Source: Wright (1931); Shumailov et al. (2024) and Seddik et al. (2024) for models.
    Errors: ValueError for a share outside of 0 to 1, or n outside of 1 to 2000.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share={share:g} is not possible: give 0 to 1")
    if not 1 <= n <= LARGEST:
        raise ValueError(f"n={n} is not possible: give 1 to {LARGEST}, because the chain has a state for every count")
    p, kept = np.full(generations + 1, float(share)), (1 - 1 / n) ** np.arange(generations + 1)
    lost, alone = np.zeros(generations + 1), np.zeros(generations + 1)
    lost[0], alone[0] = share == 0, share == 1
    count, step = binomial(n, np.array(share)), binomial(n, np.arange(n + 1) / n)
    for t in range(1, generations + 1):
        lost[t], alone[t] = count[0], count[-1]
        count = count @ step
    return TwoGroups(p, share * (1 - share) * (1 - kept), lost, alone, 2 * share * (1 - share) * kept)


def halving_time(n: int) -> float:
    """Generations until the mean diversity is half, ln 2 ÷ −ln(1 − 1/n), about n ln 2; n of 2 or more."""
    if n < 2:
        raise ValueError(f"n={n} is not possible: give 2 or more")
    return float(np.log(2) / -np.log1p(-1 / n))


def tempered_share(share: float, temperature: float, generations: int) -> Array:
    """The share of a group for t = 0…T, (T + 1,), with endless data at a temperature τ: its odds are o^(1/τ^(t − 1)), o at first.

    The first model learns from the world, so that t − 1 models have been decoded.  τ = 1: nothing moves; τ < 1: the larger group
    takes all; τ > 1: both become equal.  Source: Marchi et al. (2024).
    Errors: ValueError for a share outside of 0 to 1, or τ of 0 or less.
    """
    if not (0 <= share <= 1 and temperature > 0):
        raise ValueError(
            f"share={share:g} with temperature={temperature:g} is not possible: give 0 to 1, and more than 0"
        )
    decoded = np.maximum(np.arange(generations + 1) - 1, 0)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        power = np.minimum(temperature ** -decoded.astype(float), 1e300)
        odds = np.nan_to_num(power * (np.log(share) - np.log1p(-share)), nan=0.0)
        return np.asarray(1 / (1 + np.exp(-odds)))


def feedback_bound(human: int, made: int, start: int, rounds: int) -> Array:
    """How many times the bias δ of one model the bias after t = 0…T rounds can be at most, (T + 1,), if all examples are kept.

    A round adds m `human` and k `made` examples to n₀ = `start`:  1 + u_t,  u_t = u_{t−1}(n_t − m)/n_t + k/n_t,  n_t = n₀ + t(m + k);
    it tends to (m + k)/m.  Source: Taori and Hashimoto (2023).  Errors: ValueError for a negative number, none at first, or more than
    100,000 rounds.
    """
    if min(human, made, rounds) < 0 or start < 1 or rounds > MOST_ROUNDS:
        raise ValueError(f"give numbers from 0 on, at least one example at first, and at most {MOST_ROUNDS:,} rounds")
    bound = np.ones(rounds + 1)
    for t in range(1, rounds + 1):
        size = start + t * (human + made)
        bound[t] = 1 + ((bound[t - 1] - 1) * (size - human) + made) / size
    return bound
