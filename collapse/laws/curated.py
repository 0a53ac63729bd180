"""What a curator lets through, in closed form: the share that is real, and the mean and variance that a Gaussian ends with.

The laws of a verifier and of a preference are for endless data: nobody's sample errs, and the model is a Gaussian that is fitted anew
to what has passed.  All variances are in world variances, all places in world standard deviations.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from collapse.beliefs.base import bell
from collapse.data import Array


def real_share(share: float, tpr: float, fpr: float) -> float:
    """α' = α(1 − FPR)/(α(1 − FPR) + (1 − α)(1 − TPR)): how much of what a detector lets through is real.

    `share`: α, that of the real examples before; `tpr`: how much of what is made the detector throws away; `fpr`: how much of what is
    real.  NaN if nothing passes.
    """
    real, made = share * (1 - fpr), (1 - share) * (1 - tpr)
    return real / (real + made) if real + made > 0 else float("nan")


def drawn_for_each(share: float, tpr: float, fpr: float) -> float:
    """How many candidates must be drawn, on average, for each one that a detector lets through; infinite if nothing passes."""
    passing = share * (1 - fpr) + (1 - share) * (1 - tpr)
    return 1 / passing if passing > 0 else float("inf")


def variance_left(share: float, n: int) -> float:
    """E v∞ = 1 − (1/n)/(1 − (1 − α)²(1 − 1/n)): where the mean variance of a Gaussian settles if each of n examples is real with
    probability α, independently of the others, and otherwise made by the last model."""
    return 1 - (1 / n) / (1 - (1 - share) ** 2 * (1 - 1 / n)) if share > 0 else 0.0


def unfair_variance(fpr: float, tail_fpr: float, tail: float) -> float:
    """The variance of a standard Gaussian of which a share FPR is thrown away, and another beyond ±z: A₂/A, A₂ = ∫ a x²φ, A = ∫ a φ,
    with a = 1 − FPR of x.

    With endless data a loop with any share of real data goes to this variance, if a detector makes these errors with real examples
    and judges made ones by their origin alone: v = (αA₂ + βv)/(αA + β) has no other solution.  NaN if nothing real is kept.
    """
    outside, rim = 2 * ndtr(-tail), 2 * tail * bell(np.asarray(tail))
    inner, outer = 1 - fpr, 1 - tail_fpr
    kept = inner * (1 - outside) + outer * outside
    return float((inner * (1 - outside - rim) + outer * (outside + rim)) / kept) if kept > 0 else float("nan")


class Path(NamedTuple):
    """Mean and variance of a model after 0, 1, …, T rounds of curation, each (T + 1,); after 0 it is the world's: 0 and 1."""

    mean: Array
    variance: Array


def verified(centre: float, radius: float, rounds: int) -> Path:
    """A Gaussian that is fitted again and again to what a verifier lets through of what it said: |x − centre| ≤ radius.

    Each round takes the mean and the variance of the truncated Gaussian.  Where the variance is known and held, the mean goes to the
    verifier's centre (Yi et al., 2025, arXiv 2510.16657); refitted, the variance vanishes, and the mean stalls on the way.
    """
    path = Path(np.zeros(rounds + 1), np.ones(rounds + 1))
    for t in range(rounds):
        m, s = path.mean[t], np.sqrt(path.variance[t])
        low, high = (centre - radius - m) / s, (centre + radius - m) / s
        flip = low > 0  # on the side where the masses are not 1 − 1
        kept = ndtr(-low) - ndtr(-high) if flip else ndtr(high) - ndtr(low)
        shift = (bell(low) - bell(high)) / kept
        path.mean[t + 1] = m + s * shift
        path.variance[t + 1] = s * s * (1 + (low * bell(low) - high * bell(high)) / kept - shift**2)
    return path


def held_factor(radius: float) -> float:
    """1 − 2rφ(r)/(2Φ(r) − 1): what a round of verification leaves of a small distance from the verifier's centre, if the variance of
    the model is known and held at 1."""
    return float(1 - 2 * radius * bell(np.asarray(radius)) / (2 * ndtr(radius) - 1))


def preferred(centre: float, width: float, rounds: int, share: float = 0.0, refilled: bool = False) -> Path:
    """A Gaussian fitted again and again to what people prefer of what it said: x passes with probability exp(−(x − centre)²/2h²).

    `width`: h.  `share`: β, how much of what the model learns from is real, fresh and not judged.  `refilled`: β is the share among
    the candidates; as only made ones are thrown away and others drawn, the share among those that pass is larger.  Without real data
    v_t = 1/(1 + t/h²); with a fixed share the variance settles where v² + v(h² − β − (1 − β)h²) − βh² = 0, if the centre is 0.
    """
    path = Path(np.zeros(rounds + 1), np.ones(rounds + 1))
    for t in range(rounds):
        m, v, real = path.mean[t], path.variance[t], share
        tilted = 1 / (1 / v + 1 / width**2)
        place = tilted * (m / v + centre / width**2)
        if refilled:
            passing = np.sqrt(tilted / v) * np.exp(-((m - centre) ** 2) / (2 * (v + width**2)))
            real = share / (share + (1 - share) * passing)
        path.mean[t + 1] = (1 - real) * place
        path.variance[t + 1] = real + (1 - real) * tilted + real * (1 - real) * place**2
    return path
