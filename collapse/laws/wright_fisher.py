"""Groups that never overlap: their counts are the Wright–Fisher chain, whatever their shape.

Of the next n examples a component of weight w speaks Binomial(n, w), and its new weight is its share of them.
"""

import numpy as np
from scipy.special import gammaln, xlog1py, xlogy

from collapse.data import Array

LARGEST = 2000  # of n: the chain has n + 1 states, and its table n² entries


def log_choose(n: int, k: Array | int) -> Array:
    """The logarithm of the number of ways to choose k of n."""
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def binomial(n: int, p: Array) -> Array:
    """P(k of n) for k = 0…n and each p (…): (…, n + 1)."""
    k = np.arange(n + 1)
    return np.asarray(np.exp(log_choose(n, k) + xlogy(k, p[..., None]) + xlog1py(n - k, -p[..., None])))


def survival(p: float, n: int, generations: int) -> Array:
    """P(a group of share p is alive) for t = 0…T, (T+1,), by the whole law of its count."""
    alive = np.ones(generations + 1)
    count, step = binomial(n, np.array(p)), binomial(n, np.arange(n + 1) / n)
    for t in range(1, generations + 1):
        alive[t] = 1 - count[0]
        count = count @ step
    return alive


def extinction(generations: int) -> Array:
    """g_t = P(a Galton–Watson line with Poisson(1) offspring is alive at t): g_0 = ∞ by convention, g_1 = 1,
    g_{t+1} = 1 − e^{−g_t}; (T+1,)."""
    g = np.empty(generations + 1)
    g[0], g[1:2] = np.inf, 1.0
    for t in range(1, generations):
        g[t + 1] = -np.expm1(-g[t])
    return g
