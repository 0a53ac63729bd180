"""A kernel density as a distribution: what a model believes that remembers every example."""

from collections.abc import Callable

import numpy as np
from scipy.special import ndtr

from collapse.beliefs.base import Distribution, U
from collapse.beliefs.panels import ORDER, mass_in, panels
from collapse.data import Array
from collapse.going_on import step_by_step

_CHUNK, CELLS = 500_000, 512
REACH = 8.5  # bandwidths of a kernel on each side that a lattice covers
COARSE, FINE = 4, 16  # points of a lattice in a bandwidth: for what is smooth, and for distances, which have kinks
NARROW = 0.25  # of the standard deviation of a world: bandwidths below need panels
FEW = 150  # kernels between which panels are laid; more lie so close that the panels of the world are enough


def places(n: int) -> int:
    """At how many places at most n kernels are looked at to integrate once over their density."""
    return max(CELLS + 1, 2 * int(2 * REACH * FINE + 1), ORDER * (len(U[::4]) + 2 * n) if n <= FEW else ORDER * len(U))


class Kernels(Distribution):
    """A Gaussian kernel density: `centers` (…, n), bandwidth `h` (…,); exact sums over kernels, one dimension.

    What changes as fast as the density itself (its entropy, its distances and quantiles) is summed over a lattice with 4 or 16
    points in a bandwidth, wherever there are kernels: the entropy is right to 1e-6, a distance to 1e-4.  Integrals of
    what is smooth use 512 cells over the centres ± 5h.  A bandwidth below the resolution of the centres (h = 0 when they are all
    alike) is taken as that resolution, so that a point is a density.
    """

    def __init__(self, centers: Array, h: Array) -> None:
        self.centers, self.h = centers, np.maximum(h, 8 * np.spacing(1 + np.abs(centers).max(axis=-1)))
        self.mean = centers.mean(axis=-1, keepdims=True)
        self.cov = (centers.var(axis=-1) + h**2)[..., None, None]

    def _over_kernels(self, x: Array, kernel: str) -> Array:
        """Mean over kernels at x, which broadcasts to (…, m); computed in chunks of m to bound memory."""
        h = self.h[..., None, None]
        x = np.broadcast_to(x, np.broadcast_shapes(x.shape[:-1], self.h.shape) + x.shape[-1:])
        step = max(1, _CHUNK // max(self.centers.size, 1))
        parts = []
        for a in step_by_step(range(0, x.shape[-1], step)):
            z = (x[..., a : a + step, None] - self.centers[..., None, :]) / h
            if kernel == "cdf":
                parts.append(ndtr(z).mean(axis=-1))
            else:
                parts.append(np.logaddexp.reduce(-0.5 * z * z, axis=-1))
        return np.concatenate(parts, axis=-1)

    def logpdf(self, x: Array) -> Array:
        n = self.centers.shape[-1]
        return self._over_kernels(x, "log") - np.log(n * np.sqrt(2 * np.pi) * self.h)[..., None]

    def cdf(self, x: Array) -> Array:
        return self._over_kernels(np.asarray(x), "cdf")

    def outside(self, low: Array, high: Array) -> Array:
        return np.asarray(self.cdf(low)[..., 0] + 1 - self.cdf(high)[..., 0])

    def levels(self) -> tuple[Array, Array, Array]:
        low = self.centers.min(axis=-1) - 5 * self.h
        high = self.centers.max(axis=-1) + 5 * self.h
        edges = low[..., None] + (high - low)[..., None] * np.linspace(0, 1, CELLS + 1)
        f = self.cdf(edges)
        return (f[..., 1:] + f[..., :-1]) / 2, (edges[..., 1:] + edges[..., :-1]) / 2, np.diff(f, axis=-1)

    def _lattice(self, centers: Array, h: float, per: int = COARSE) -> tuple[Array, Array, Array]:
        """(x, q(x) dx, Q⁻¹(x)) at the points of a lattice that lie within 8.5 bandwidths of a kernel, of one lineage: (m,)."""
        step, n, reach = h / per, len(centers), int(REACH * per)
        middle = np.round((centers - centers.min()) / step).astype(np.int64)
        places, at = np.unique(middle[:, None] + np.arange(-reach, reach + 1), return_inverse=True)
        x = centers.min() + places * step
        z = (x[at].reshape(n, -1) - centers[:, None]) / h
        density = np.bincount(at.ravel(), np.exp(-0.5 * z * z).ravel()) / (n * per * np.sqrt(2 * np.pi))
        near = np.bincount(at.ravel(), ndtr(z).ravel())
        passed = np.searchsorted(np.sort(middle) + reach, places)
        return x, density, (near + passed) / n

    def _each(self, summary: Callable[..., float], per: int = COARSE) -> Array:
        """A number for each lineage, from its own lattice, whatever others are beside it: summary(x, q dx, u, mean) → a number."""
        flat, h = self.centers.reshape(-1, self.centers.shape[-1]), np.ravel(self.h)
        found = [
            summary(*self._lattice(c, b, per), c.mean()) for c, b in step_by_step(zip(flat, h.tolist(), strict=True))
        ]
        return np.array(found).reshape(self.h.shape)

    def entropy(self) -> Array:
        step = np.log(self.h / COARSE)

        def surprise(x: Array, mass: Array, u: Array, mean: float) -> float:
            return -float(np.sum(mass * np.log(np.maximum(mass, 1e-300))))

        return self._each(surprise) + step

    def cross_entropy(self, of: Distribution) -> Array:
        """Of a world with a density that is much wider than the bandwidth by panels between kernels and their middles."""
        if of is self:
            return self.entropy()
        wide = NARROW * np.sqrt(of.total)
        if of.points is not None or not np.any(self.h < wide):
            return super().cross_entropy(of)
        flat, h = self.centers.reshape(-1, self.centers.shape[-1]), np.ravel(self.h)
        found = [Kernels(c, b)._against(of, bool(b < wide)) for c, b in step_by_step(zip(flat, h, strict=True))]
        return np.array(found).reshape(self.h.shape)

    def _against(self, of: Distribution, narrow: bool) -> float:
        """The cross-entropy of one lineage with a world that has a density."""
        if not narrow:
            return float(super().cross_entropy(of))
        centers, nodes = np.unique(self.centers), of.levels()[1]
        few = self.centers.size <= FEW
        between = (nodes[::4], centers, (centers[1:] + centers[:-1]) / 2) if few else (nodes,)
        edges, x, dx = panels(*between)
        mass = mass_in(np.exp(of.logpdf(x)), of.cdf(edges), dx)
        return -float(np.sum(np.where(mass > 0, mass * self.logpdf(x), 0.0)))

    def w1(self, world: Distribution) -> Array:
        def apart(x: Array, mass: Array, u: Array, mean: float) -> float:
            return float(np.sum(mass * np.abs(x - world.quantile(np.clip(u, U[0], U[-1])))))

        return self._each(apart, FINE)

    def w2_squared(self, world: Distribution) -> Array:
        """As drift² + v + v₀ − 2 cov(Q, Q₀), which knows the whole variance of a world whose tails reach beyond the lattice."""
        together = self._each(
            lambda x, mass, u, mean: np.sum(mass * (x - mean) * world.quantile(np.clip(u, U[0], U[-1])))
        )
        return np.asarray(np.sum((self.mean - world.mean) ** 2, axis=-1) + self.total + world.total - 2 * together)

    def quantile(self, u: Array) -> Array:
        """By bisection between two neighbours of the lattice, to a ten-thousandth of the bandwidth."""
        flat, h = self.centers.reshape(-1, self.centers.shape[-1]), np.ravel(self.h)
        low = np.empty((len(flat), *np.shape(u)))
        for i, (c, b) in enumerate(step_by_step(zip(flat, h.tolist(), strict=True))):
            x, _, at = self._lattice(c, b)
            low[i] = x[np.clip(np.searchsorted(at, u) - 1, 0, len(x) - 1)]
        low = low.reshape(*self.h.shape, *np.shape(u))
        high = low + (self.h / COARSE)[..., None]
        for _ in range(14):
            middle = (low + high) / 2
            below = self.cdf(middle) < u
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return np.asarray((low + high) / 2)
