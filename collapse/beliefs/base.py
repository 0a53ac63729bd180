"""What a world is and what a model believes, seen as probability distributions; all that a metric may ask.

Leading axes `…` are lineages and generations, so one `Normal` may hold a whole ensemble.  One formula carries most of
the file: the cross-entropy  H(p, q) = −E_p log q, from which held-out likelihood and both KL divergences follow.
Expectations over one dimension are integrals over z with u = Φ(z), by the trapezoid rule on 281 nodes in [−7, 7]
(exponentially accurate for smooth integrands).
"""

from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from scipy.special import ndtr, ndtri, xlogy

from collapse.data import Array, Data, Items, Rows
from collapse.triangles import ROUNDING

Z = np.linspace(-7.0, 7.0, 281)
U = ndtr(Z)
W = np.exp(-Z * Z / 2)
W /= W.sum()
CENTRAL = np.array([0.025, 0.975])
SCORING_SHARE = 0.01


class Distribution:
    """A distribution over real vectors: `mean` (…, d) and `cov` (…, d, d); the rest is asked for in one dimension."""

    space: ClassVar[str] = "real"
    mean: Any
    cov: Any

    @property
    def support(self) -> tuple[float, float]:
        """The smallest interval that holds all mass, in one dimension; here the whole line, as of everything made of bell curves."""
        return -np.inf, np.inf

    @property
    def total(self) -> Array:
        """Total variance, the trace of `cov`, of shape (…)."""
        return np.asarray(np.trace(self.cov, axis1=-2, axis2=-1))

    def log_volume(self, world: "Distribution") -> Array:
        """Mean logarithm of the variances along the whitened axes of `world`, (…), over the axes in which there can be any."""
        return np.asarray(self.log_det() - world.log_det())

    def log_det(self) -> Array:
        """Mean log-eigenvalue of `cov`, (…): the log of the geometric-mean variance; −inf where there is no variance at all.

        A covariance is a matrix of doubles here, in which an eigenvalue below 64 · 2.2e−16 of the largest is rounding and counts as
        so much; `Normal`, which carries a factor, loses nothing.
        """
        if self.cov.shape[-1] == 1:
            values = self.cov[..., 0]
        else:
            values = np.linalg.eigvalsh(self.cov)
            values = np.maximum(values, ROUNDING * values[..., -1:])
        with np.errstate(divide="ignore"):
            return np.log(values).mean(axis=-1)

    @cached_property
    def precision(self) -> Array:
        """The inverse of the covariance (d, d) of a single distribution ÷ the number of its axes: trace(precision · cov) = 1.

        What is measured with it has no unit: v = trace(precision · Σ) is the mean over the axes of the variance along an axis, as a
        share of the distribution's own.  Axes along which there is no variance do not count.
        """
        values, vectors = np.linalg.eigh(self.cov)
        real = values > ROUNDING * values[-1]
        return (vectors[:, real] / values[real]) @ vectors[:, real].T / np.count_nonzero(real)

    def logpdf(self, x: Array) -> Array:
        """Log density at x (…, m), one dimension."""
        raise NotImplementedError

    def log_likelihood(self, examples: Data) -> Array:
        """Log density or log probability (…, m) of examples that stand one by one, others in each lineage."""
        assert isinstance(examples, Rows)
        if examples.x.shape[-1] > 1:
            raise NotImplementedError
        return self.logpdf(examples.x[..., 0])

    def cdf(self, x: Array) -> Array:
        """P(X ≤ x), one dimension."""
        raise NotImplementedError

    def quantile(self, u: Array) -> Array:
        """Q(u), one dimension; (m,) gives (…, m)."""
        raise NotImplementedError

    def levels(self) -> tuple[Array, Array, Array]:
        """(u, Q(u), weights), the nodes of ∫ f(Q(u)) du; each broadcasts to (…, m)."""
        return U, self.quantile(U), W

    @property
    def points(self) -> "Sample | None":
        """The data set that it is, one dimension; None if it has a density."""
        return None

    def slope(self) -> float:
        """∫ Q(Φ(z)) z φ(z) dz, the covariance with the Gaussian that rises and falls with it, one dimension."""
        return float(np.sum(W * Z * self.quantile(U)))

    def above(self, x: Array) -> Array:
        """P(X > x), one dimension."""
        return 1.0 - self.cdf(x)

    def along(self, direction: Array) -> "Distribution":
        """The distribution of x · direction (d,), in one dimension."""
        raise NotImplementedError

    def outside(self, low: Array, high: Array) -> Array:
        """Mass below `low` plus mass above `high` (each (d,)), averaged over coordinates: shape (…)."""
        return np.asarray(self.cdf(low)[..., 0] + 1.0 - self.cdf(high)[..., 0])

    def entropy(self) -> Array:
        """Differential entropy in nats, (…)."""
        return self.cross_entropy(self)

    def cross_entropy(self, of: "Distribution") -> Array:
        """−E_of log p_self in nats, (…)."""
        _, x, w = of.levels()
        return -np.sum(w * np.where(w > 0, self.logpdf(x), 0.0), axis=-1)

    def w1(self, world: "Distribution") -> Array:
        """Wasserstein-1 distance ∫ |Q_self − Q_world| du, one dimension, (…)."""
        u, x, w = self.levels()
        return np.asarray(np.sum(w * np.abs(x - world.quantile(u)), axis=-1))

    def w2_squared(self, world: "Distribution") -> Array:
        """Squared Wasserstein-2 distance ∫ (Q_self − Q_world)² du, one dimension, (…)."""
        u, x, w = self.levels()
        return np.asarray(np.sum(w * (x - world.quantile(u)) ** 2, axis=-1))


def bell(z: Array) -> Array:
    """φ(z), the standard Gaussian density."""
    return np.exp(-z * z / 2) / np.sqrt(2 * np.pi)


class Sample(Distribution):
    """The empirical distribution of `rows` (m, d); in one dimension `x` (m,) are the values in order."""

    def __init__(self, rows: Array) -> None:
        self.rows, self.x = rows, np.sort(rows[:, 0])
        self.mean = rows.mean(axis=0)
        gap = rows - self.mean
        self.cov = gap.T @ gap / len(rows)

    def cdf(self, x: Array) -> Array:
        return np.searchsorted(self.x, x, side="right") / len(self.x)

    def quantile(self, u: Array) -> Array:
        return np.asarray(self.x[np.clip(np.ceil(u * len(self.x)).astype(int) - 1, 0, len(self.x) - 1)])

    def along(self, direction: Array) -> "Sample":
        return Sample((self.rows @ direction)[:, None])

    def levels(self) -> tuple[Array, Array, Array]:
        m = len(self.x)
        return (np.arange(m) + 0.5) / m, self.x, np.full(m, 1 / m)

    @property
    def points(self) -> "Sample":
        return self

    def slope(self) -> float:
        return self._slope

    @cached_property
    def _slope(self) -> float:
        """Exactly: Σ_i x_i (φ(z_{i−1}) − φ(z_i)), z_i = Φ⁻¹(i/m)."""
        return float((self.x - self.mean[0]) @ -np.diff(bell(ndtri(np.linspace(0, 1, len(self.x) + 1)))))

    @cached_property
    def steps(self) -> tuple[Array, Array]:
        """(x, u): the quantile function is x_i between u_{i−1} and u_i."""
        x, counts = np.unique(self.x, return_counts=True)
        return x, np.concatenate([[0], np.cumsum(counts)]) / len(self.x)

    def outside(self, low: Array, high: Array) -> Array:
        return np.asarray(np.mean((self.rows < low) | (self.rows > high)))


class Categories(Distribution):
    """A distribution over K types: probabilities `p` (…, K).

    `size`: how many examples metrics let it say, 0 if nobody has decided.
    """

    space = "types"

    def __init__(self, p: Array, size: int = 0) -> None:
        self.p, self.size = p, size

    def entropy(self) -> Array:
        return -np.sum(self.p * np.log(np.maximum(self.p, 1e-300)), axis=-1)  # entr() is three times slower

    def cross_entropy(self, of: Distribution) -> Array:
        """−Σ q log p in nats; +inf where a type of `of` is lost."""
        assert isinstance(of, Categories)
        with np.errstate(divide="ignore"):
            return np.asarray(-np.sum(xlogy(of.p, self.p), axis=-1))

    def log_likelihood(self, examples: Data) -> Array:
        """−∞ for a type that is lost."""
        assert isinstance(examples, Items)
        with np.errstate(divide="ignore"):
            return np.log(np.take_along_axis(self.p, examples.x, axis=-1))

    def scored(self) -> "Categories":
        """Mixed with 1% of uniform, so that the score of a lost type is finite: (1 − ε)p + ε/K, ε = 0.01."""
        return Categories((1 - SCORING_SHARE) * self.p + SCORING_SHARE / self.p.shape[-1])
