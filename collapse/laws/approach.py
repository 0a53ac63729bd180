"""The two moments of a Gaussian whose fits take a few gradient steps, by a recursion that knows where they start.

From n examples with the mean X̄ and the ML variance S a fit that starts at N(μ₀, v₀) learns the mean lμ₀ + (1 − l)X̄ and the variance
l'v₀ + (1 − l')aS, where l and l' are what is left of the distances (`Gaussian.left`), and a is 1, or n/(n − 1) if it is unbiased.
"""

import numpy as np

from collapse.data import Array
from collapse.models.gaussian import Gaussian
from collapse.scenario import Scenario


def approaching(scenario: Scenario) -> tuple[Array, Array]:
    """(E v_t, E drift²_t), each (T+1,), for a Gaussian with steps that is fed with its parent's output alone.

    A fresh start at the squared distance g from the world's mean, with the variance v₀:  v' = l'v₀ + (1 − l')a(1 − 1/n)λv,  and
    q' = l²g + 2l(1 − l)cg + (1 − l)²(q + λv/n),  c' = l + (1 − l)c  the share of the way to the start that the mean has gone on
    average.  From its parent:  v' = [l' + (1 − l')a(1 − 1/n)λ]v  and  q' = q + (1 − l)²λv/n,  after a first fit that starts afresh.
    Both are means over the whitened axes of the world.  If the variance is known, v = 1.
    """
    s, n, law = scenario, scenario.n, scenario.world.distribution
    assert isinstance(s.model, Gaussian)
    far, wide = s.model.left
    sd, precision = np.sqrt(np.diagonal(law.cov)), law.precision
    g = s.model.initial_mean**2 * float(sd @ precision @ sd)
    begin = s.model.initial_sd**2 * float(sd**2 @ np.diagonal(precision))
    a = (1 - 1 / n) * (1.0 if s.model.estimator == "ml" else n / (n - 1))
    v, q, gone, lam = np.empty(s.generations + 1), np.empty(s.generations + 1), 0.0, 1.0
    v[0], q[0], known = 1.0, 0.0, s.model.variance == "known"
    for t in range(s.generations):
        warm = t > 0 and s.model.start == "warm"
        v[t + 1] = 1.0 if known else wide * (v[t] if warm else begin) + (1 - wide) * a * lam * v[t]
        noise = (1 - far) ** 2 * lam * v[t] / n
        if warm:
            q[t + 1] = q[t] + noise
        else:
            q[t + 1] = far * g * (far + 2 * (1 - far) * gone) + (1 - far) ** 2 * q[t] + noise
            gone = far + (1 - far) * gone
        lam = s.decoder.shrink(s.world.d)
    return v, q
