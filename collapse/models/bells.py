"""What a fitted Gaussian is: a mean and the triangular factor of a covariance, for each lineage."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from collapse.data import Array


class GaussianParams(NamedTuple):
    """`mean` (…, d) and the covariance L Lᵀ: `lower` is L (…, d, d), `log_diagonal` the logarithms of its diagonal (…, d).

    Both describe the diagonal, since the logarithm lasts where a double ends, at 1e−308.
    """

    mean: Array
    lower: Array
    log_diagonal: Array

    @property
    def cov(self) -> Array:
        """The covariance, (…, d, d)."""
        return self.lower @ np.swapaxes(self.lower, -1, -2)


class Begun(GaussianParams):
    """The params of a fit that takes steps, which remember where every fresh start is: `begin`."""

    begin: GaussianParams


@lru_cache(maxsize=64)
def standard(d: int, lineages: int) -> GaussianParams:
    """N(0, I) for every lineage, as views of one: asked for in every generation that sees fresh data."""
    zero, one = np.zeros(d), np.eye(d)
    shape = (lineages, d)
    return GaussianParams(np.broadcast_to(zero, shape), np.broadcast_to(one, (*shape, d)), np.broadcast_to(zero, shape))


def directions(lower: Array) -> int:
    """In how many directions there is any variance, of factors (…, d, d): at least 1, and n − 1 where n ≤ d examples were learnt."""
    return max(1, int(np.count_nonzero(lower.any(axis=tuple(range(lower.ndim - 1))))))
