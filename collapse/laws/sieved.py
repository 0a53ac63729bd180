"""A detector or a log of origins, whose errors do not depend on the examples: what it lets through, exactly, and what that does.

Each generation pools of n candidates are drawn, m of them real and fresh and k = n − m made by the last model, in random order; real
ones pass with probability a, made ones with probability b, until n have passed.  So many of these are made, each with the weight 1/n.
If too few pass of a single pool, they are repeated, and weigh more.  Of more pools that are too few nothing exact is known here.

With W the weight of what is made, A = E Σ w² over made examples and R = E Σ w² over real ones, and a model that fits aV + b and
speaks with variance λv:   q' = R + Aλv + E W² q   and   V' = 1 − E W + E W (λv + q) − q'.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.stats import binom, hypergeom

from collapse.curators.base import Curator
from collapse.curators.errors import Detector, Provenance
from collapse.data import Array

LARGEST = 2000  # examples: the sums take n² steps
RARE = 1e-9  # a chance that may be left out


class Fed(NamedTuple):
    """What a generation is fed: `made`, the expected weight of what is made, E W; `square`, E W²; `own` and `real`, the expected sums
    of the squared weights of made and of real examples."""

    made: float
    square: float
    own: float
    real: float

    def after(self, v: float, q: float) -> tuple[float, float]:
        """(V', q') of the next diet, for a model that speaks with variance v and whose squared drift is q."""
        drift = self.real + self.own * v + self.square * q
        return 1 - self.made + self.made * (v + q) - drift, drift


def rates(curator: Curator) -> tuple[float, float] | None:
    """(a, b), with what probability a real and a made example pass; None for curators that look at the examples."""
    if type(curator) is Detector:
        return 1 - curator.fpr, 1 - curator.tpr
    if type(curator) is Provenance:
        real, made = 1 - curator.lost, curator.slipped
        return real + (1 - real) * curator.rest, made + (1 - made) * curator.rest
    return None


@lru_cache(4096)
def fed(n: int, m: int, a: float, b: float, tries: int) -> Fed | None:
    """What n examples are made of, if pools of m real and n − m made candidates are drawn, at most `tries`; None where nothing exact
    is known: if several pools may be too few, or for more than 2000 examples."""
    if n > LARGEST:
        return None
    passing = _counts(n, m, a, b)
    first, second, filled = 0.0, 0.0, 0.0
    for before in range(tries):
        chance, real, square = _of_less(n, before * m, before * (n - m), a, b)
        need = n - np.arange(n)
        enough, more, more_square = (each[need] for each in passing)
        filled += float(chance @ enough)
        first += float(real @ enough + chance @ more)
        second += float(square @ enough + 2 * real @ more + chance @ more_square)
        if filled > 1 - RARE:
            break
    made = n * filled - first
    whole = Fed(made / n, filled - 2 * first / n + second / n**2, made / n**2, first / n**2)
    if filled > 1 - RARE:
        return whole
    return Fed(*map(sum, zip(whole, _repeated(n, m, a, b), strict=True))) if tries == 1 else None


def _of_less(n: int, real: int, made: int, a: float, b: float) -> tuple[Array, Array, Array]:
    """Of so many candidates p < n pass, by p (n,): its probability, and the expectations of r and of r² with it, for r real ones."""
    r = np.arange(n)
    p, q = binom.pmf(r, real, a), binom.pmf(r, made, b)
    return np.convolve(p, q)[:n], np.convolve(r * p, q)[:n], np.convolve(r * r * p, q)[:n]


def _counts(n: int, m: int, a: float, b: float) -> tuple[Array, Array, Array]:
    """Of the first h that pass of a pool, h = 0…n: the probability that so many pass, and with that the expectations of X and of X²,
    for X real ones among these h, each (n + 1,)."""
    r, s = np.arange(m + 1), np.arange(n - m + 1)
    p, q = binom.pmf(r, m, a), binom.pmf(s, n - m, b)
    chance, one, two = np.convolve(p, q), np.convolve(r * p, q), np.convolve(r * r * p, q)
    size, h = np.arange(1, n + 1), np.arange(n + 1)[:, None]
    there = size >= h
    mean, square = one[1:] / size, two[1:] / size**2
    spread = (size * one[1:] - two[1:]) / (size**2 * np.maximum(size - 1, 1))
    first = np.sum(there * h * mean, axis=1)
    second = np.sum(there * (h * (size - h) * spread + h * h * square), axis=1)
    return np.cumsum(chance[::-1])[::-1], first, second


def _repeated(n: int, m: int, a: float, b: float) -> Fed:
    """The share in `fed` of a single pool of which fewer than n pass, and are repeated in order until there are n."""
    r, s = (each.ravel() for each in np.indices((m + 1, n - m + 1)))
    chance = binom.pmf(r, m, a) * binom.pmf(s, n - m, b)
    size = r + s
    some = (size >= 2) & (size < n)
    r, s, size, weight = r[some], s[some], size[some], chance[some]
    times, rest = n // size, n % size
    squares = (rest * (times + 1) ** 2 + (size - rest) * times**2) / n**2
    both = squares * s / size + (1 - squares) * s * (s - 1) / (size * (size - 1))
    found = [float(weight @ part) for part in (s / size, both, squares * s / size, squares * r / size)]
    heavy, light = -(-n // 2) / n, n // 2 / n  # of two candidates, the first and the second
    none, k = float((1 - a) ** m * (1 - b) ** (n - m)), n - m
    only_real = m * a * (1 - a) ** max(m - 1, 0) * (1 - b) ** k
    only_made = k * b * (1 - b) ** max(k - 1, 0) * (1 - a) ** m
    pairs = {
        (1, 1): none * hypergeom.pmf(2, n, m, 2) + only_real * (m - 1) / (n - 1),
        (1, 0): none * m * k / (n * (n - 1)) + only_real * k / (n - 1),
        (0, 1): none * m * k / (n * (n - 1)) + only_made * m / (n - 1),
        (0, 0): none * hypergeom.pmf(0, n, m, 2) + only_made * (k - 1) / (n - 1),
    }
    if n > 2:
        for (x, y), probability in pairs.items():
            made = heavy * (1 - x) + light * (1 - y)
            own, real = heavy**2 * (1 - x) + light**2 * (1 - y), heavy**2 * x + light**2 * y
            found = [old + float(probability) * new for old, new in zip(found, (made, made**2, own, real), strict=True)]
    return Fed(*found)
