"""Textbook distributions on the line, each with mean 0 and variance 1: what the named worlds are."""

from collections.abc import Callable

import numpy as np
from scipy.special import digamma, gammainc, gammaincinv, gammaln, ndtr, stdtr, stdtrit

from collapse.beliefs.base import Distribution
from collapse.data import Array


class Standard(Distribution):
    """Mean 0 and variance 1, in one dimension."""

    mean = np.zeros(1)
    cov = np.eye(1)


class Humps(Standard):
    """Two equal Gaussian humps at ±`half`, each with standard deviation `sd`; half² + sd² = 1."""

    def __init__(self, half: float, sd: float) -> None:
        self.half, self.sd = half, sd

    def logpdf(self, x: Array) -> Array:
        a, b = (x - self.half) / self.sd, (x + self.half) / self.sd
        return np.logaddexp(-a * a / 2, -b * b / 2) - np.log(2 * self.sd * np.sqrt(2 * np.pi))

    def cdf(self, x: Array) -> Array:
        return np.asarray(ndtr((x - self.half) / self.sd) + ndtr((x + self.half) / self.sd)) / 2

    def quantile(self, u: Array) -> Array:
        return _inverse(self.cdf, u)


class Gamma(Standard):
    """A gamma distribution of some shape, shifted and scaled."""

    def __init__(self, shape: float) -> None:
        self.shape = shape

    @property
    def support(self) -> tuple[float, float]:
        return -float(np.sqrt(self.shape)), np.inf

    def logpdf(self, x: Array) -> Array:
        k, g = self.shape, self.shape + np.sqrt(self.shape) * x
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(g > 0, (k - 1) * np.log(g) - g - gammaln(k) + 0.5 * np.log(k), -np.inf)

    def cdf(self, x: Array) -> Array:
        return np.asarray(gammainc(self.shape, np.maximum(self.shape + np.sqrt(self.shape) * x, 0.0)))

    def quantile(self, u: Array) -> Array:
        return np.asarray((gammaincinv(self.shape, u) - self.shape) / np.sqrt(self.shape))

    def cross_entropy(self, of: Distribution) -> Array:
        return self.entropy() if of is self else super().cross_entropy(of)

    def entropy(self) -> Array:
        k = self.shape
        return np.asarray(k + gammaln(k) + (1 - k) * digamma(k) - 0.5 * np.log(k))


class StudentT(Standard):
    """Student's t with `df` > 2 degrees of freedom, scaled."""

    def __init__(self, df: float) -> None:
        self.df, self.scale = df, float(np.sqrt((df - 2) / df))

    def logpdf(self, x: Array) -> Array:
        v, z = self.df, x / self.scale
        norm = gammaln((v + 1) / 2) - gammaln(v / 2) - 0.5 * np.log(v * np.pi) - np.log(self.scale)
        return np.asarray(norm - (v + 1) / 2 * np.log1p(z * z / v))

    def cdf(self, x: Array) -> Array:
        return np.asarray(stdtr(self.df, x / self.scale))

    def quantile(self, u: Array) -> Array:
        return np.asarray(stdtrit(self.df, u) * self.scale)


class Flat(Standard):
    """Uniform on ±√3."""

    edge = 3.0**0.5

    @property
    def support(self) -> tuple[float, float]:
        return -self.edge, self.edge

    def logpdf(self, x: Array) -> Array:
        return np.where(np.abs(x) <= self.edge, -np.log(2 * self.edge), -np.inf)

    def cdf(self, x: Array) -> Array:
        return np.clip((x + self.edge) / (2 * self.edge), 0.0, 1.0)

    def quantile(self, u: Array) -> Array:
        return (2 * np.asarray(u) - 1) * self.edge


def _inverse(cdf: Callable[[Array], Array], u: Array) -> Array:
    """Q(u) by bisection in [−12, 12] to machine precision."""
    low, high = np.full(np.shape(u), -12.0), np.full(np.shape(u), 12.0)
    for _ in range(56):
        middle = (low + high) / 2
        below = cdf(middle) < u
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2)
