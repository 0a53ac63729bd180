"""The Gaussian as a distribution, carried as a triangular factor, so that no direction of it is lost however narrow it becomes."""

from functools import cached_property

import numpy as np
from scipy.special import ndtr, ndtri

from collapse.beliefs.base import Distribution, U, Z, bell
from collapse.data import Array, Data, Rows
from collapse.triangles import factor, solve


class Normal(Distribution):
    """The Gaussian N(mean, cov); everything closed form."""

    def __init__(self, mean: Array, cov: Array) -> None:
        self.mean, self.cov = mean, cov

    @classmethod
    def factored(cls, mean: Array, lower: Array, log_diagonal: Array) -> "Normal":
        """N(mean, L Lᵀ) of a lower triangular `lower` L (…, d, d), whose diagonal is exp(log_diagonal) (…, d).

        The logarithm is given beside the number, because it lasts where a double ends, at 1e−308.
        """
        found = cls.__new__(cls)
        found.mean, found.lower, found.log_diagonal = mean, lower, log_diagonal
        return found

    @cached_property
    def cov(self) -> Array:
        return self.lower**2 if self.lower.shape[-1] == 1 else self.lower @ np.swapaxes(self.lower, -1, -2)

    @cached_property
    def lower(self) -> Array:
        """The Cholesky factor of `cov`, (…, d, d)."""
        first = np.moveaxis(self.cov, (-2, -1), (0, 1))
        return np.moveaxis(factor(first, np.zeros((len(first), *[1] * (first.ndim - 2)))), (0, 1), (-2, -1))

    @cached_property
    def log_diagonal(self) -> Array:
        """The logarithms of the diagonal of `lower`, (…, d)."""
        with np.errstate(divide="ignore"):
            return np.log(np.diagonal(self.lower, axis1=-2, axis2=-1))

    @property
    def total(self) -> Array:
        """Total variance, the trace of `cov`, (…); the smallest double there is, 5e−324, where it is smaller but not 0."""
        trace = np.trace(self.cov, axis1=-2, axis2=-1)
        lost = (trace == 0) & (self.log_diagonal[..., 0] > -np.inf)
        return np.where(lost, np.nextafter(0.0, 1.0), trace)

    def log_det(self) -> Array:
        return np.asarray(2 * self.log_diagonal.mean(axis=-1))

    def log_volume(self, world: Distribution) -> Array:
        """Mean logarithm of the variances along the whitened axes of `world`, (…), to rounding however narrow it is.

        Of n ≤ d examples a model has variance in n − 1 directions, the first columns [T; B] of its factor.  The product of the
        variances in them, where the world has the covariance I, is det(T)² · det([I; C]ᵀ Σ₀⁻¹ [I; C]) with C = B T⁻¹.
        """
        d = self.lower.shape[-1]
        known = self.log_diagonal > -np.inf
        rank = max(1, int(np.count_nonzero(known.any(axis=tuple(range(known.ndim - 1))))))
        if rank == d:
            return super().log_volume(world)
        lower, ratio = self.lower, np.zeros((*self.lower.shape[:-2], d, rank))
        ratio[..., :rank, :] = np.eye(rank)
        with np.errstate(divide="ignore", invalid="ignore"):
            for j in reversed(range(rank)):
                rest = lower[..., rank:, j] - np.sum(
                    ratio[..., rank:, j + 1 :] * lower[..., j + 1 : rank, j][..., None, :], axis=-1
                )
                ratio[..., rank:, j] = np.nan_to_num(rest / lower[..., j, j][..., None], posinf=0.0, neginf=0.0)
        shape = np.linalg.slogdet(np.swapaxes(ratio, -1, -2) @ (d * world.precision) @ ratio)[1]
        return np.asarray((2 * self.log_diagonal[..., :rank].sum(axis=-1) + shape) / rank)

    def narrowest(self) -> Array:
        """The smallest eigenvalue of `cov`, (…), to rounding however small it is: 1 ÷ the largest one of the inverse."""
        d = self.lower.shape[-1]
        if d == 1:
            return self.total
        lower = np.moveaxis(self.lower, (-2, -1), (0, 1))
        eye = np.eye(d).reshape(d, *[1] * (lower.ndim - 2), d)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            inverse = np.moveaxis(solve(lower[..., None], eye), 0, -2)
            singular = ~np.isfinite(inverse).all(axis=(-2, -1))
            inverse = np.where(singular[..., None, None], np.eye(d), inverse)
            return np.where(singular, 0.0, np.linalg.svd(inverse, compute_uv=False)[..., 0] ** -2.0)

    @property
    def _one(self) -> tuple[Array, Array]:
        return self.mean, self.lower[..., 0]

    def logpdf(self, x: Array) -> Array:
        mean, sd = self._one
        with np.errstate(divide="ignore", over="ignore"):
            return np.asarray(-0.5 * ((x - mean) / sd) ** 2 - self.log_diagonal - 0.5 * np.log(2 * np.pi))

    def cdf(self, x: Array) -> Array:
        mean, sd = self._one
        return np.asarray(ndtr((x - mean) / sd))

    def above(self, x: Array) -> Array:
        mean, sd = self._one
        return np.asarray(ndtr((mean - x) / sd))

    def along(self, direction: Array) -> "Normal":
        axes = range(len(direction))  # loops, since BLAS rounds in another way where numbers stand apart in memory
        mean = sum(direction[j] * self.mean[..., j] for j in axes)
        row = sum(direction[j] * self.lower[..., j, :] for j in axes)
        sd = np.sqrt(sum(row[..., j] ** 2 for j in axes))[..., None]
        with np.errstate(divide="ignore"):
            return Normal.factored(np.asarray(mean)[..., None], sd[..., None], np.log(sd))

    def quantile(self, u: Array) -> Array:
        mean, sd = self._one
        return mean + sd * (Z if u is U else ndtri(u))

    def outside(self, low: Array, high: Array) -> Array:
        sd = np.sqrt(np.diagonal(self.cov, axis1=-2, axis2=-1))
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            mass = ndtr((low - self.mean) / sd) + ndtr((self.mean - high) / sd)
        return np.asarray(np.where(np.isnan(mass), 0.0, mass).mean(axis=-1))  # a point on the edge is not outside

    def log_likelihood(self, examples: Data) -> Array:
        """Log density of each example, (…, m), by forward substitution; −∞ where the covariance is singular."""
        assert isinstance(examples, Rows)
        gap = examples.x - self.mean[..., None, :]
        lower = np.moveaxis(self.lower, (-2, -1), (0, 1))[..., None]
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            far = np.sum(solve(lower, np.moveaxis(gap, -1, 0)) ** 2, axis=0)
            each = -0.5 * (far + gap.shape[-1] * (np.log(2 * np.pi) + self.log_det()[..., None]))
        return np.where(self.log_diagonal.min(axis=-1, keepdims=True) > -np.inf, each, -np.inf)

    def entropy(self) -> Array:
        d = self.cov.shape[-1]
        return 0.5 * d * (np.log(2 * np.pi * np.e) + self.log_det())

    def cross_entropy(self, of: Distribution) -> Array:
        """½ [log det 2πΣ + tr Σ⁻¹S], S the second moment of `of` about `mean`, by forward substitution; +inf if Σ is singular."""
        gap = of.mean - self.mean
        second = of.cov + gap[..., :, None] * gap[..., None, :]
        d = self.lower.shape[-1]
        alike = self.lower[(None,) * (second.ndim - self.lower.ndim)]
        lower = np.moveaxis(alike, (-2, -1), (0, 1))[..., None]
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            half = solve(lower, np.moveaxis(second, -2, 0))  # L⁻¹S, and then L⁻¹(L⁻¹S)ᵀ, of which the trace is wanted
            whole = solve(lower, half.swapaxes(0, -1))
            along = sum(whole[j, ..., j] for j in range(d))
            loss = 0.5 * (d * (np.log(2 * np.pi) + self.log_det()) + along)
        return np.where(self.log_diagonal.min(axis=-1) > -np.inf, loss, np.inf)

    def w1(self, world: Distribution) -> Array:
        """To a data set of few different values exactly: Σ_i ∫ |μ + σz − x_i| φ dz over the z of x_i, which turns at (x_i − μ)/σ;
        with many values the steps are so small that the trapezoid rule is accurate enough."""
        if world.points is None or len(world.points.steps[0]) > len(U):
            return super().w1(world)
        x, edges = world.points.steps
        mean, sd = self._one
        gap, z = x - mean, np.clip(ndtri(edges), -40, 40)  # φ(40) = 0, and 40² is a number
        with np.errstate(over="ignore"):
            turn = np.clip(gap / np.maximum(sd, np.finfo(float).tiny), z[:-1], z[1:])
        below = gap * (2 * ndtr(turn) - edges[:-1] - edges[1:])
        return np.asarray(np.sum(below + sd * (2 * bell(turn) - bell(z[:-1]) - bell(z[1:])), axis=-1))

    def w2_squared(self, world: Distribution) -> Array:
        """In d > 1 the world must be isotropic, Σ = s²I; then Σ^{1/2} commutes and only eigenvalues are needed."""
        if world is self:
            return np.zeros(self.total.shape)
        drift = np.sum((self.mean - world.mean) ** 2, axis=-1)
        if self.cov.shape[-1] == 1:
            return np.asarray(
                drift + self.total + world.total - 2 * np.sqrt(self.total) * (world.points or world).slope()
            )
        roots = np.sqrt(np.maximum(np.linalg.eigvalsh(self.cov), 0.0))
        return np.asarray(drift + np.sum((roots - np.sqrt(world.cov[0, 0])) ** 2, axis=-1))
