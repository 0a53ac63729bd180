"""Named distributions, each with mean 0 and variance 1, so that all axes agree."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from scipy.special import digamma, gammainc, gammaincinv, gammaln, ndtr, ndtri, stdtr, stdtrit

from collapse.beliefs.base import CENTRAL, Distribution
from collapse.beliefs.normal import Normal
from collapse.beliefs.normals import Normals
from collapse.data import Array
from collapse.spec import knob
from collapse.speech import exactly
from collapse.worlds.base import World


@dataclass(frozen=True)
class NormalWorld(World):
    """The standard Gaussian N(0, I_d)."""

    kind = "normal"
    says = "a bell curve"

    dimension: int = knob(1, "number of dimensions", label="dimensions", low=1, high=16)

    def phrase(self) -> str:
        return self.says + (f" in {self.dimension} dimensions" if self.dimension > 1 else "")

    @property
    def mean(self) -> Array:  # type: ignore[override]
        return np.zeros(self.dimension)

    @property
    def cov(self) -> Array:  # type: ignore[override]
        return np.eye(self.dimension)

    @cached_property
    def _law(self) -> Normal:
        return Normal(self.mean, self.cov)

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return rng.standard_normal((*shape, self.dimension))

    @cached_property
    def tails(self) -> tuple[Array, Array]:
        return np.full(self.dimension, ndtri(CENTRAL[0])), np.full(self.dimension, ndtri(CENTRAL[1]))

    def logpdf(self, x: Array) -> Array:
        return self._law.logpdf(x)

    def cdf(self, x: Array) -> Array:
        return self._law.cdf(x)

    def quantile(self, u: Array) -> Array:
        return np.asarray(ndtri(u))

    def along(self, direction: Array) -> Distribution:
        return self._law.along(direction)

    def outside(self, low: Array, high: Array) -> Array:
        return self._law.outside(low, high)

    def entropy(self) -> Array:
        return self._law.entropy()

    def cross_entropy(self, of: Distribution) -> Array:
        return self._law.cross_entropy(of)

    def w2_squared(self, world: Distribution) -> Array:
        return np.zeros(()) if world == self else self._law.w2_squared(world)


@dataclass(frozen=True)
class Bimodal(World):
    """Two equal Gaussian humps at ±0.9 with standard deviation √0.19, so that the variance is 1."""

    kind = "bimodal"
    says = "two humps"
    blended = True
    _half: ClassVar[float] = 0.9
    _sd: ClassVar[float] = 0.19**0.5

    @cached_property
    def groups(self) -> Normals:  # type: ignore[override]
        return Normals(np.full(2, 0.5), np.array([[-self._half], [self._half]]), np.full((2, 1, 1), self._sd**2))

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        side = np.where(rng.random(shape) < 0.5, -self._half, self._half)
        return (side + self._sd * rng.standard_normal(shape))[..., None]

    def logpdf(self, x: Array) -> Array:
        a, b = (x - self._half) / self._sd, (x + self._half) / self._sd
        return np.logaddexp(-a * a / 2, -b * b / 2) - np.log(2 * self._sd * np.sqrt(2 * np.pi))

    def cdf(self, x: Array) -> Array:
        return np.asarray(ndtr((x - self._half) / self._sd) + ndtr((x + self._half) / self._sd)) / 2

    def quantile(self, u: Array) -> Array:
        return _inverse(self.cdf, u)


@dataclass(frozen=True)
class Skewed(World):
    """A gamma distribution, shifted and scaled to mean 0 and variance 1: a long right tail."""

    kind = "skewed"
    says = "a lopsided curve with a long right tail"

    shape: float = knob(2.0, "gamma shape: smaller is more lopsided", label="gamma shape", low=0.5, high=50.0)

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

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return ((rng.standard_gamma(self.shape, shape) - self.shape) / np.sqrt(self.shape))[..., None]

    def cross_entropy(self, of: Distribution) -> Array:
        return self.entropy() if of == self else super().cross_entropy(of)

    def entropy(self) -> Array:
        k = self.shape
        return np.asarray(k + gammaln(k) + (1 - k) * digamma(k) - 0.5 * np.log(k))


@dataclass(frozen=True)
class HeavyTailed(World):
    """Student's t, scaled to variance 1: rare but extreme values.  From 3 degrees of freedom on, because with fewer the nodes of
    the integrals (see `distributions.py`) miss what counts."""

    kind = "heavy-tailed"
    says = "a curve with rare extremes (Student's t)"

    df: float = knob(
        5.0, "degrees of freedom: smaller has heavier tails", label="degrees of freedom", low=3.0, high=100.0
    )

    def phrase(self) -> str:
        return f"a curve with rare extremes (Student's t with {exactly(self.df)} degrees of freedom)"

    @property
    def _scale(self) -> float:
        return float(np.sqrt((self.df - 2) / self.df))

    def logpdf(self, x: Array) -> Array:
        v, z = self.df, x / self._scale
        norm = gammaln((v + 1) / 2) - gammaln(v / 2) - 0.5 * np.log(v * np.pi) - np.log(self._scale)
        return np.asarray(norm - (v + 1) / 2 * np.log1p(z * z / v))

    def cdf(self, x: Array) -> Array:
        return np.asarray(stdtr(self.df, x / self._scale))

    def quantile(self, u: Array) -> Array:
        return np.asarray(stdtrit(self.df, u) * self._scale)

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return rng.standard_t(self.df, shape)[..., None] * self._scale


@dataclass(frozen=True)
class Uniform(World):
    """Uniform on ±√3: no tails at all."""

    kind = "uniform"
    says = "a flat curve between two edges"
    _edge: ClassVar[float] = 3.0**0.5

    @property
    def support(self) -> tuple[float, float]:
        return -self._edge, self._edge

    def logpdf(self, x: Array) -> Array:
        return np.where(np.abs(x) <= self._edge, -np.log(2 * self._edge), -np.inf)

    def cdf(self, x: Array) -> Array:
        return np.clip((x + self._edge) / (2 * self._edge), 0.0, 1.0)

    def quantile(self, u: Array) -> Array:
        return (2 * np.asarray(u) - 1) * self._edge


def _inverse(cdf: Callable[[Array], Array], u: Array) -> Array:
    """Q(u) by bisection in [−12, 12] to machine precision."""
    low, high = np.full(np.shape(u), -12.0), np.full(np.shape(u), 12.0)
    for _ in range(56):
        middle = (low + high) / 2
        below = cdf(middle) < u
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2)
