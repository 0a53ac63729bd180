"""An empirical belief: what a model that can only be sampled says about the world, as a cloud of its samples."""

import numpy as np

from collapse.beliefs.base import Distribution
from collapse.data import Array, Data


class Cloud(Distribution):
    """The empirical distribution of samples `rows` (…, m, d), another one for each lineage and generation.

    It has a mean, a covariance, quantiles and tails, but no density: whatever needs one raises a TypeError.
    """

    def __init__(self, rows: Array) -> None:
        self.rows = rows
        self.mean = rows.mean(axis=-2)
        gap = rows - self.mean[..., None, :]
        self.cov = np.swapaxes(gap, -1, -2) @ gap / rows.shape[-2]
        self.x = np.sort(rows[..., 0], axis=-1)

    def cdf(self, x: Array) -> Array:
        """The share of samples at or below x, which broadcasts to (…, q); one dimension."""
        m = self.x.shape[-1]
        asked = np.broadcast_to(x, (*self.x.shape[:-1], np.shape(x)[-1]))
        pairs = zip(self.x.reshape(-1, m), asked.reshape(-1, asked.shape[-1]), strict=True)
        return np.stack([np.searchsorted(a, b, side="right") for a, b in pairs]).reshape(asked.shape) / m

    def along(self, direction: Array) -> "Cloud":
        return Cloud((self.rows @ direction)[..., None])

    def quantile(self, u: Array) -> Array:
        m = self.x.shape[-1]
        return self.x[..., np.clip(np.ceil(u * m).astype(int) - 1, 0, m - 1)]

    def levels(self) -> tuple[Array, Array, Array]:
        m = self.x.shape[-1]
        return (np.arange(m) + 0.5) / m, self.x, np.full(m, 1 / m)

    def outside(self, low: Array, high: Array) -> Array:
        return np.asarray(((self.rows < low) | (self.rows > high)).mean(axis=(-2, -1)))

    def logpdf(self, x: Array) -> Array:
        raise self._no_density()

    def log_likelihood(self, examples: Data) -> Array:
        raise self._no_density()

    def cross_entropy(self, of: Distribution) -> Array:
        raise self._no_density()

    def _no_density(self) -> TypeError:
        return TypeError("samples have no density: a model that can only be sampled gives no likelihood")
