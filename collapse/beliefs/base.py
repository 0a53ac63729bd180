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
    def total(self) -> Array:
        """Total variance, the trace of `cov`, of shape (…)."""
        return np.asarray(np.trace(self.cov, axis1=-2, axis2=-1))

    def log_det(self) -> Array:
        """Mean log-eigenvalue of `cov`, (…): the log of the geometric-mean variance; −inf when singular."""
        with np.errstate(divide="ignore"):
            return np.log(axes(self.cov)[0]).mean(axis=-1)

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


def axes(cov: Array) -> tuple[Array, Array]:
    """Eigenvalues (…, d) and eigenvectors (…, d, d) of `cov`; values that rounding cannot tell from 0 are 0."""
    d = cov.shape[-1]
    if d == 1:
        return cov[..., 0], np.ones_like(cov)
    values, vectors = np.linalg.eigh(cov)
    return np.where(values > d * np.finfo(float).eps * values[..., -1:], values, 0.0), vectors


def _bell(z: Array) -> Array:
    """φ(z), the standard Gaussian density."""
    return np.exp(-z * z / 2) / np.sqrt(2 * np.pi)


class Normal(Distribution):
    """The Gaussian N(mean, cov); everything closed form."""

    def __init__(self, mean: Array, cov: Array) -> None:
        self.mean, self.cov = mean, cov

    @property
    def _one(self) -> tuple[Array, Array]:
        return self.mean, np.sqrt(self.cov[..., 0])

    def logpdf(self, x: Array) -> Array:
        mean, sd = self._one
        with np.errstate(divide="ignore", over="ignore"):
            return np.asarray(-0.5 * ((x - mean) / sd) ** 2 - np.log(sd) - 0.5 * np.log(2 * np.pi))

    def cdf(self, x: Array) -> Array:
        mean, sd = self._one
        return np.asarray(ndtr((x - mean) / sd))

    def quantile(self, u: Array) -> Array:
        mean, sd = self._one
        return mean + sd * (Z if u is U else ndtri(u))

    def outside(self, low: Array, high: Array) -> Array:
        sd = np.sqrt(np.diagonal(self.cov, axis1=-2, axis2=-1))
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            mass = ndtr((low - self.mean) / sd) + ndtr((self.mean - high) / sd)
        return np.asarray(np.where(np.isnan(mass), 0.0, mass).mean(axis=-1))  # a point on the edge is not outside

    def log_likelihood(self, examples: Data) -> Array:
        """−∞ where the covariance is singular."""
        assert isinstance(examples, Rows)
        values, vectors = axes(self.cov)
        along = (examples.x - self.mean[..., None, :]) @ vectors
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            each = -0.5 * np.sum(np.log(2 * np.pi * values)[..., None, :] + along**2 / values[..., None, :], axis=-1)
        return np.where((values > 0).all(axis=-1, keepdims=True), each, -np.inf)

    def entropy(self) -> Array:
        d = self.cov.shape[-1]
        return 0.5 * d * (np.log(2 * np.pi * np.e) + self.log_det())

    def cross_entropy(self, of: Distribution) -> Array:
        """½ Σ_j [log 2πλ_j + s_j/λ_j] over the axes of `cov`, s_j the second moment of `of` along them; +inf if singular."""
        gap = of.mean - self.mean
        second = of.cov + gap[..., :, None] * gap[..., None, :]
        values, vectors = axes(self.cov)
        along = np.sum(vectors * (second @ vectors), axis=-2)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            loss = 0.5 * np.sum(np.log(2 * np.pi * values) + along / values, axis=-1)
        return np.where((values > 0).all(axis=-1), loss, np.inf)

    def w1(self, world: Distribution) -> Array:
        """To a data set of few different values exactly: Σ_i ∫ |μ + σz − x_i| φ dz over the z of x_i, which turns at (x_i − μ)/σ;
        the steps of many are so small that the trapezoid rule does not mind."""
        if world.points is None or len(world.points.steps[0]) > len(U):
            return super().w1(world)
        x, edges = world.points.steps
        mean, sd = self._one
        gap, z = x - mean, np.clip(ndtri(edges), -40, 40)  # φ(40) = 0, and 40² is a number
        with np.errstate(over="ignore"):
            turn = np.clip(gap / np.maximum(sd, np.finfo(float).tiny), z[:-1], z[1:])
        below = gap * (2 * ndtr(turn) - edges[:-1] - edges[1:])
        return np.asarray(np.sum(below + sd * (2 * _bell(turn) - _bell(z[:-1]) - _bell(z[1:])), axis=-1))

    def w2_squared(self, world: Distribution) -> Array:
        """In d > 1 the world must be isotropic, Σ = s²I; then Σ^{1/2} commutes and only eigenvalues are needed."""
        drift = np.sum((self.mean - world.mean) ** 2, axis=-1)
        if self.cov.shape[-1] == 1:
            return np.asarray(
                drift + self.total + world.total - 2 * np.sqrt(self.total) * (world.points or world).slope()
            )
        roots = np.sqrt(np.maximum(np.linalg.eigvalsh(self.cov), 0.0))
        return np.asarray(drift + np.sum((roots - np.sqrt(world.cov[0, 0])) ** 2, axis=-1))


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
        return float((self.x - self.mean[0]) @ -np.diff(_bell(ndtri(np.linspace(0, 1, len(self.x) + 1)))))

    @cached_property
    def steps(self) -> tuple[Array, Array]:
        """(x, u): the quantile function is x_i between u_{i−1} and u_i."""
        x, counts = np.unique(self.x, return_counts=True)
        return x, np.concatenate([[0], np.cumsum(counts)]) / len(self.x)

    def outside(self, low: Array, high: Array) -> Array:
        return np.asarray(np.mean((self.rows < low) | (self.rows > high)))


class Categories(Distribution):
    """A distribution over K types: probabilities `p` (…, K)."""

    space = "types"

    def __init__(self, p: Array) -> None:
        self.p = p

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
        """Mixed with 1 % of uniform, so that the score of a lost type is finite: (1 − ε)p + ε/K, ε = 0.01."""
        return Categories((1 - SCORING_SHARE) * self.p + SCORING_SHARE / self.p.shape[-1])
