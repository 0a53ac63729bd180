"""A kernel density as a distribution: what a model believes that remembers every example."""

import numpy as np
from scipy.special import ndtr

from collapse.beliefs.base import Distribution
from collapse.data import Array

_CHUNK = 4_000_000


class Kernels(Distribution):
    """A Gaussian kernel density: `centers` (…, n), bandwidth `h` (…,); exact sums over kernels, one dimension.

    Integrals use 512 cells over the centres ± 5h, so distances are exact up to that grid.  A bandwidth below the
    resolution of the centres (h = 0 when they are all alike) is taken as that resolution, so that a point is a density.
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
        for a in range(0, x.shape[-1], step):
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
        edges = low[..., None] + (high - low)[..., None] * np.linspace(0, 1, 513)
        f = self.cdf(edges)
        return (f[..., 1:] + f[..., :-1]) / 2, (edges[..., 1:] + edges[..., :-1]) / 2, np.diff(f, axis=-1)

    def w2_squared(self, world: Distribution) -> Array:
        """As drift² + v + v₀ − 2 cov(Q, Q₀), which knows the whole variance of a world whose tails reach beyond the cells."""
        u, x, w = self.levels()
        together = np.sum(w * (x - self.mean) * world.quantile(u), axis=-1)
        return np.asarray(np.sum((self.mean - world.mean) ** 2, axis=-1) + self.total + world.total - 2 * together)

    def quantile(self, u: Array) -> Array:
        at, x, _ = self.levels()
        index = np.stack([np.sum(at < v, axis=-1) for v in u], axis=-1)
        return np.take_along_axis(x, np.clip(index, 0, x.shape[-1] - 1), axis=-1)
