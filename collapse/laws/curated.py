"""What a curator lets through, in closed form: the share that is real, and the mean and variance that a Gaussian ends with.

The laws of a verifier, a preference and experts are for endless data: nobody's sample errs, and the model is a Gaussian that is
fitted anew to what has passed, or only its mean, where the variance is known.  All variances are in world variances, all places in
world standard deviations.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtr

from collapse.beliefs.base import bell
from collapse.curators import Curator
from collapse.curators.taste import Expert, Preference, Verifier
from collapse.data import Array
from collapse.models.gaussian import Gaussian
from collapse.policies import Mix, Replace
from collapse.scenario import Scenario
from collapse.worlds import NormalWorld


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


def liking(mean: Array, variance: Array, centre: float, width: float) -> Array:
    """E u = −((μ − c)² + v)/2h²: how well people like on average what a Gaussian says, if u(x) = −(x − c)²/2h²; 0 is the most."""
    return np.asarray(-((mean - centre) ** 2 + variance) / (2 * width**2))


class Part(NamedTuple):
    """What passes of a Gaussian: which share of it, and the mean and the variance of that."""

    share: float
    mean: float
    variance: float


Judge = Callable[[float, float], Part]  # of the mean and the variance of what is judged


def within(centre: float, radius: float) -> Judge:
    """A verifier, that lets |x − centre| ≤ radius through: a truncated Gaussian is left."""

    def judge(m: float, v: float) -> Part:
        s = np.sqrt(v)
        low, high = (centre - radius - m) / s, (centre + radius - m) / s
        kept = ndtr(-low) - ndtr(-high) if low > 0 else ndtr(high) - ndtr(low)  # on the side where masses are not 1 − 1
        if kept == 0:  # so far away that a double cannot tell it from nothing
            return Part(0.0, m, v)
        shift = (bell(low) - bell(high)) / kept
        left = v * (1 + (low * bell(low) - high * bell(high)) / kept - shift**2)
        return Part(float(kept), float(m + s * shift), float(left))

    return judge


def liked(centre: float, width: float) -> Judge:
    """A preference, that lets x through with probability exp(−(x − centre)²/2h²), h the width: a Gaussian is left."""

    def judge(m: float, v: float) -> Part:
        left = 1 / (1 / v + 1 / width**2)
        passing = np.sqrt(left / v) * np.exp(-((m - centre) ** 2) / (2 * (v + width**2)))
        return Part(float(passing), left * (m / v + centre / width**2), left)

    return judge


def mixed(*parts: Part) -> Part:
    """What lies in all of the parts together, each with its share."""
    share = sum(part.share for part in parts)
    mean = sum(part.share * part.mean for part in parts) / share
    square = sum(part.share * (part.variance + (part.mean - mean) ** 2) for part in parts)
    return Part(share, mean, square / share)


def rounds(fed: Judge, number: int, held: bool = False) -> Path:
    """Mean and variance of a Gaussian, at first the world, that is fitted again and again to a part of what it said.

    `fed`: that part, given the mean and the variance of what was said; `number`: of rounds; `held`: only its mean is fitted, and its
    variance is known and held at 1.
    """
    path = Path(np.zeros(number + 1), np.ones(number + 1))
    for t in range(number):
        _, path.mean[t + 1], left = fed(float(path.mean[t]), float(path.variance[t]))
        path.variance[t + 1] = 1.0 if held else left
    return path


def verified(centre: float, radius: float, number: int, held: bool = False) -> Path:
    """A Gaussian that is fitted again and again to what a verifier lets through of what it said: |x − centre| ≤ radius.

    Each round takes the mean and the variance of the truncated Gaussian.  Where the variance is known and held, the mean goes to the
    verifier's centre (Yi et al., 2025, arXiv 2510.16657); refitted, the variance vanishes, and the mean stalls on the way.
    """
    return rounds(within(centre, radius), number, held)


def held_factor(radius: float) -> float:
    """1 − 2rφ(r)/(2Φ(r) − 1): what a round of verification leaves of a small distance from the verifier's centre, if the variance of
    the model is known and held at 1."""
    return float(1 - 2 * radius * bell(np.asarray(radius)) / (2 * ndtr(radius) - 1))


def preferred(
    centre: float, width: float, number: int, share: float = 0.0, refilled: bool = False, held: bool = False
) -> Path:
    """A Gaussian fitted again and again to what people prefer of what it said: x passes with probability exp(−(x − centre)²/2h²).

    `width`: h.  `share`: β, how much of what the model learns from is real, fresh and not judged.  `refilled`: β is the share among
    the candidates; as only made ones are thrown away and others drawn, the share among those that pass is larger.  Without real data
    v_t = 1/(1 + t/h²); with a fixed share the variance settles where v² + v(h² − β − (1 − β)h²) − βh² = 0, if the centre is 0.
    """
    judge = liked(centre, width)

    def fed(m: float, v: float) -> Part:
        passed = judge(m, v)
        return mixed(Part(share, 0.0, 1.0), passed._replace(share=(1 - share) * (passed.share if refilled else 1.0)))

    return rounds(fed, number, held)


def corrects(centre: float, radius: float, share: float) -> Judge:
    """Experts, who replace a share of what lies beyond |x − centre| ≤ radius by real examples, and leave the rest as it is."""
    right = within(centre, radius)

    def judge(m: float, v: float) -> Part:
        fine = right(m, v)
        untouched = Part(1 - share, m, v)
        return mixed(fine._replace(share=share * fine.share), untouched, Part(share * (1 - fine.share), 0.0, 1.0))

    return judge


def corrected(centre: float, radius: float, share: float, number: int, held: bool = False) -> Path:
    """A Gaussian fitted again and again to what it said, of which experts replace a share of the wrong by real examples."""
    return rounds(corrects(centre, radius, share), number, held)


def curated(scenario: Scenario) -> Path | None:
    """Mean and variance of the generations 0…T, each (T + 1,), if endless data trained each of them.

    Known for a Gaussian of one dimension on the Gaussian world, sampled as it is and solved exactly, whose diet is made, or made and
    fresh in a fixed proportion, and judged by a verifier, a preference or an expert; None elsewhere.
    """
    s, c, model = scenario, scenario.curator, scenario.model
    if not (
        isinstance(model, Gaussian)
        and not (model.rows or model.steps)
        and isinstance(s.world, NormalWorld)
        and s.world.d == 1
        and s.decoder.neutral
        and isinstance(s.policy, Replace | Mix)
        and type(c) in JUDGES
    ):
        return None
    judge, share = JUDGES[type(c)](c), s.policy.split(s.n)[0] / s.n
    real = judge(0.0, 1.0) if c.judges == "all" else Part(1.0, 0.0, 1.0)  # type: ignore[attr-defined]

    def fed(m: float, v: float) -> Part:
        made = judge(m, v)
        return mixed(real._replace(share=share * real.share), made._replace(share=(1 - share) * made.share))

    path = rounds(fed, s.generations - 1, model.variance == "known")
    return Path(np.append(0.0, path.mean), np.append(1.0, path.variance))


JUDGES: dict[type[Curator], Callable[[Any], Judge]] = {
    Verifier: lambda c: within(c.centre, c.radius),
    Preference: lambda c: liked(c.centre, c.width),
    Expert: lambda c: corrects(c.centre, c.radius, c.corrected),
}
