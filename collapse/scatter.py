"""The moments of examples in many dimensions, as a plain matrix."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from collapse.data import Array, Data


@dataclass(frozen=True)
class Scatter(Data):
    """Centred moments of n examples in many dimensions: `mean` (…, d) and `scatter` (…, d, d), the sum of squared deviations.

    Not a factor as in `Moments`, so that pooling is a sum, and a direction narrower than 1e−8 of the widest is lost.  `root`, where
    it is known and has fewer columns than rows: W (…, d, r) with W Wᵀ = scatter, whose r × r Gram matrix has the same eigenvalues.
    """

    n: int
    mean: Array
    scatter: Array
    root: Array | None = None

    @property
    def size(self) -> int:
        return self.n

    def pooled(self, other: "Scatter") -> "Scatter":
        """Chan, Golub and LeVeque (1983)."""
        n, gap = self.size + other.size, other.mean - self.mean
        between = (self.size * other.size / n) * gap[..., :, None] * gap[..., None, :]
        return Scatter(n, self.mean + gap * (other.size / n), self.scatter + other.scatter + between)

    @classmethod
    def stacked(cls, each: Sequence["Scatter"]) -> "Scatter":
        """The moments of several lineages, one of each, with as many examples in all."""
        roots = [one.root for one in each if one.root is not None]
        mean, scatter = np.stack([one.mean for one in each]), np.stack([one.scatter for one in each])
        return cls(each[0].n, mean, scatter, np.stack(roots) if roots else None)

    @classmethod
    def of(cls, x: Array) -> "Scatter":
        """The moments of rows x (…, n, d)."""
        mean = x.mean(axis=-2)
        return cls.rooted(x.shape[-2], mean, np.swapaxes(x - mean[..., None, :], -1, -2))

    @classmethod
    def rooted(cls, n: int, mean: Array, root: Array) -> "Scatter":
        """The moments of n examples whose scatter is W Wᵀ, W = `root` (…, d, r)."""
        return cls(n, mean, root @ np.swapaxes(root, -1, -2), root if root.shape[-1] < root.shape[-2] else None)
