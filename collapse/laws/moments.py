"""Two moments carry most of the theory.

Whatever the policy, follow V, the expected (ML) variance of what the next model is fed, and q, the expected squared drift of its
mean, both in world variances.  A model that fits v = aV + b and speaks with variance λv (λ: the decoder) obeys a linear
recursion, for any world of finite variance, for the trace in any dimension, and for types, whose total variance is 1 − Σp²
(published piece by piece; see the sources of `theory.LAWS`).
"""

from dataclasses import replace

import numpy as np

from collapse.curators.base import Everything, Sieve
from collapse.data import Array
from collapse.laws.approach import approaching
from collapse.laws.bins import binned
from collapse.laws.islands import Islands, islands
from collapse.laws.sieved import fed, rates
from collapse.models.gaussian import Gaussian
from collapse.models.histogram import Histogram
from collapse.policies import Accumulate, Anchor, Delayed, Mix, RandomShare, Replace, Shared
from collapse.scenario import Scenario
from collapse.shared_pool import SharedPool


def known_variance(scenario: Scenario) -> bool:
    """A Gaussian whose variance is known, and held at that of the world: whatever it is fed, v = 1."""
    return isinstance(scenario.model, Gaussian) and scenario.model.variance == "known"


def affine(scenario: Scenario, n: int) -> tuple[float, float, float] | None:
    """(a, b, λ): the model fits v = aV + b to n examples of ML variance V, and speaks with variance λv; None where that is not so.

    Variances are shares of the world's along its whitened axes, whose mean obeys the same law as each if the fit follows every change
    of axes; one that knows only the axes of the data does not, where these are correlated in the world.
    """
    s = scenario
    spread = s.model.spread(n)
    if spread is None or s.curator.kind != "none" or not (s.decoder.neutral or isinstance(s.model, Gaussian)):
        return None
    if s.world.space in ("types", "images"):  # here the total variance, not that along whitened axes
        return *spread, 1.0
    if not s.model.equivariant and np.any(s.world.distribution.cov * (1 - np.eye(s.world.d))):
        return None
    directions = s.world.d if known_variance(s) else min(s.world.d, n - 1)
    return *spread, s.decoder.shrink(directions)


def moments(scenario: Scenario) -> tuple[Array, Array] | None:
    """(E v_t, E drift²_t) for t = 0…T as shares of the world's variance, each (T+1,), read-only; None where no law is known."""
    return scenario.once("moments", lambda: _moments(scenario))


def _moments(scenario: Scenario) -> tuple[Array, Array] | None:
    found = _derived(scenario)
    for curve in found or ():
        curve.flags.writeable = False
    return found


def _derived(scenario: Scenario) -> tuple[Array, Array] | None:
    model = scenario.model
    if isinstance(model, Gaussian) and model.steps and not model.rows and only_replaces(scenario):
        return approaching(scenario)
    if isinstance(model, Histogram) and scenario.decoder.neutral and only_replaces(scenario):
        return binned(scenario)
    if type(scenario.policy) is Mix and (passing := rates(scenario.curator)) is not None:
        return _sieved(scenario, *passing)
    if affine(scenario, scenario.n) is None:
        return None
    if isinstance(scenario.policy, Replace | Mix | RandomShare | Anchor | Accumulate | Delayed):
        return _following(scenario)
    if (known := apart(scenario)) is not None:
        return known.within, known.drift
    return None


def apart(scenario: Scenario) -> Islands | None:
    """How the variance of lineages that read one another lies within and between them; None where no law is known."""
    fits = affine(scenario, scenario.n)
    return islands(scenario, *fits) if fits is not None and isinstance(scenario.policy, SharedPool) else None


def _following(scenario: Scenario) -> tuple[Array, Array]:
    """Two moments of the archive, its ML variance P and the expected square of its mean Q, from generation to generation; every
    policy starts from what the one before has left, so that the law of a policy that changes on the way is exact, too.

    A model sees all N examples of the archive, or n picked from it: that adds D = E δ² = S²(1/n − 1/N) to its drift, S² = PN/(N − 1).

    Mixing m real examples (mean A) with k synthetic ones (mean S):  X̄ = (mA + kS)/n.  E A² = 1/m;  E S² = q + λv/k;  E AS = c, the
    covariance of the last mean with the real part: 0 for fresh data, `fixed` for a part that stays, `whole` for one that is drawn
    anew from all originals, which is the covariance with the mean of them all.  Then Q' = E X̄² and P' = m/n + (k/n)(q + λv) − Q',
    which is [(n − 1)(m + kλv) + mk(q − 2c)]/n²: so written, nothing is lost by cancellation when v vanishes.

    Adding a batch of mean M + δ + noise to b batches of mean M:  Q' = Q + (D + λv/n)/(b + 1)²  and
    P' = [b(P + Q) + Q + D + λv]/(b + 1) − Q'; the covariances stay.
    """
    s, n = scenario, scenario.n
    v, q = np.empty(s.generations + 1), np.empty(s.generations + 1)
    v[0], q[0], pool, drift, size = 1.0, 0.0, 1 - 1 / n, 1 / n, n
    fixed = whole = 1 / n
    fits, fitted = affine(s, n), (s, n)
    for t in range(1, s.generations + 1):
        picks, rules = s.policy.at(t).single, s.at(t + 1)
        unbiased = pool * size / (size - 1)
        extra = unbiased * (1 / n - 1 / size) if picks else 0.0
        amount = n if picks else size
        if rules is not fitted[0] or amount != fitted[1]:
            fits, fitted = affine(rules, amount), (rules, amount)
        a, b, lam = fits or (1.0, 0.0, 1.0)
        v[t] = a * (unbiased * (1 - 1 / n) if picks else pool) + b
        q[t] = drift + extra
        spoken = lam * v[t]
        if rules.policy.grows:
            batches = size / n
            after = drift + (extra + spoken / n) / (batches + 1) ** 2
            pool = (batches * (pool + drift) + drift + extra + spoken) / (batches + 1) - after
            drift, size = after, size + n
        else:
            m, k = rules.policy.split(n)
            anchored, redrawn = isinstance(rules.policy, Anchor), isinstance(rules.policy, RandomShare)
            c = fixed if anchored else whole if redrawn else 0.0
            drift = (m + k * spoken + k * k * q[t] + 2 * m * k * c) / n**2
            pool = ((n - 1) * (m + k * spoken) + m * k * (q[t] - 2 * c)) / n**2
            fixed = k / n * fixed + (1 / n if anchored else m / n**2 if redrawn else 0.0)
            whole = k / n * whole + (m / n**2 if anchored or redrawn else 0.0)
            size = n
    return v, q


def _sieved(scenario: Scenario, real: float, made: float) -> tuple[Array, Array] | None:
    """Fresh real data and a curator that passes real and made examples with these probabilities, as `sieved` has it."""
    s, n = scenario, scenario.n
    fits = affine(replace(s, curator=Everything()), n)
    assert isinstance(s.curator, Sieve)
    diet = fed(n, s.policy.split(n)[0], real, made, s.curator.tries)
    if fits is None or diet is None:
        return None
    a, b, lam = fits
    v, q = np.empty(s.generations + 1), np.empty(s.generations + 1)
    v[:2], q[:2] = (1.0, a * (1 - 1 / n) + b), (0.0, 1 / n)
    for t in range(1, s.generations):
        whole, q[t + 1] = diet.after(lam * v[t], q[t])
        v[t + 1] = a * whole + b
    return v, q


def only_replaces(scenario: Scenario) -> bool:
    """Is every model after the first fed with nothing but its parent's output?"""
    return (
        isinstance(scenario.policy, Replace | Shared)
        and scenario.policy.split(scenario.n)[0] == 0
        and scenario.curator.kind == "none"
    )
