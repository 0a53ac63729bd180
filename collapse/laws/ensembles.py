"""Laws of a whole ensemble of lineages: how its variance parts, what its models are worth, and how many directions they keep.

Each is a ratio of means over lineages, not a mean of ratios.  V_t is the expected variance of what a model is fed, as a share of the
world's, and q_t the expected squared drift of its mean (`laws.moments`).
"""

import numpy as np

from collapse.data import Array
from collapse.laws.base import Curve
from collapse.laws.moments import moments, only_replaces
from collapse.models.gaussian import Gaussian
from collapse.scenario import Scenario
from collapse.worlds import NormalWorld

LINEAGES = 100  # so many are needed, times the growth of their spread, before the simulated ratio can be trusted


def between_share(scenario: Scenario) -> Curve:
    """F_t = q_t ÷ (q_t + E v_t), the share of all variance that lies between lineages, (T + 1,); with the divisor n it is 1 − V_t.

    Source: the law of total variance, with the two moments of Shumailov et al. (2024) and of this project.
    """
    both = moments(scenario)
    if both is None or scenario.world.space != "real":
        return None
    v, q = both
    return q / (q + v)


def worth(scenario: Scenario) -> Curve:
    """n_eff = 1 ÷ q_t: so many fresh real examples would put a model's mean as near to the truth, (T + 1,), infinite for the world.

    With the divisor n it is 1 ÷ (1 − V_t); for types, too, whose squared drift is that of their shares in units of 1 − Σp².
    """
    both = moments(scenario)
    if both is None:
        return None
    drift = both[1] if scenario.world.space == "real" else 1 - both[0]
    with np.errstate(divide="ignore"):
        return 1 / drift


def effective_directions(scenario: Scenario) -> Curve:
    """R_t = E(tr Σ_t)² ÷ E tr Σ_t², (T + 1,), the effective number of directions of a Gaussian that learns from one in d dimensions:
    (R_t − 1) ÷ (R_t + 2) = ((n − 2) ÷ (n + 1))^t (d − 1) ÷ (d + 2), for replace, either divisor and any temperature, n > 2; d if the
    covariance is known and held.
    """
    s = scenario
    whole = isinstance(s.world, NormalWorld) and s.decoder.top_p == 1.0 and s.n > 2
    if not whole or not isinstance(s.model, Gaussian) or s.model.spread(s.n) is None or not only_replaces(s):
        return None
    step = 1.0 if s.model.variance == "known" else (s.n - 2) / (s.n + 1)
    x = step ** np.arange(s.generations + 1) * (s.world.d - 1) / (s.world.d + 2)
    return (1 + 2 * x) / (1 - x)


def trusted(scenario: Scenario) -> Array:
    """In which generations a simulated R_t says something, (T + 1,) of bool: the mean of (tr Σ)² is carried by ever fewer lineages,
    so ((n + 1) ÷ (n − 1))^t must be less than a hundredth of their number."""
    s = scenario
    return ((s.n + 1) / (s.n - 1)) ** np.arange(s.generations + 1) < s.lineages / LINEAGES


def directions_left(cov: Array) -> Array:
    """E(tr Σ)² ÷ E tr Σ² over lineages of covariances (R, …, d, d), (…)."""
    trace = np.trace(cov, axis1=-2, axis2=-1)
    return np.asarray((trace**2).mean(axis=0) / np.sum(cov**2, axis=(-2, -1)).mean(axis=0))
