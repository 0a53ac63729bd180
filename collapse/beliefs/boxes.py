"""A histogram as a distribution: boxes of equal width, side by side, flat on top."""

from functools import cached_property

import numpy as np

from collapse.beliefs.base import Distribution
from collapse.data import Array

NODES, WEIGHTS = np.polynomial.legendre.leggauss(8)


class Boxes(Distribution):
    """A piecewise uniform density: `index` (…, n), the whole numbers of the boxes in which n examples lie, in order; box k reaches
    from `origin` + k · `width` (each (…,)) to the next.  Everything is exact; integrals use eight nodes of Gauss in each box."""

    def __init__(self, index: Array, origin: Array, width: Array) -> None:
        self.index, self.origin, self.width = index, origin, width
        middle = index.mean(axis=-1)
        self.mean = (origin + width * (middle + 0.5))[..., None]
        self.cov = (width**2 * (np.mean((index - middle[..., None]) ** 2, axis=-1) + 1 / 12))[..., None, None]

    @cached_property
    def runs(self) -> tuple[Array, Array]:
        """For each example the number of those in boxes before its own, and of those in it, each (…, n)."""
        n = self.index.shape[-1]
        place = np.broadcast_to(np.arange(n), self.index.shape)
        new = np.diff(self.index, axis=-1, prepend=-np.inf) > 0
        last = np.diff(self.index, axis=-1, append=np.inf) > 0
        first = np.maximum.accumulate(np.where(new, place, 0), axis=-1)
        end = np.minimum.accumulate(np.where(last, place + 1, n)[..., ::-1], axis=-1)[..., ::-1]
        return first, end - first

    @cached_property
    def mass(self) -> Array:
        """The mass of each box at the place of its first example, 0 at the other places, (…, n)."""
        first, count = self.runs
        return np.where(first == np.arange(self.index.shape[-1]), count / self.index.shape[-1], 0.0)

    def _found(self, x: Array) -> tuple[Array, Array, Array]:
        """(examples in boxes before that of x, examples in it, the share of the box that lies below x), each (…, m)."""
        at = (x - self.origin[..., None]) / self.width[..., None]
        box = np.floor(at)
        lead = np.broadcast_shapes(self.index.shape[:-1], box.shape[:-1])
        boxes = np.broadcast_to(box, (*lead, box.shape[-1])).reshape(-1, box.shape[-1])
        index = np.broadcast_to(self.index, (*lead, self.index.shape[-1])).reshape(-1, self.index.shape[-1])
        ends = [
            np.stack([np.searchsorted(one, some, side) for one, some in zip(index, boxes, strict=True)])
            for side in ("left", "right")
        ]
        before, through = (e.reshape(*lead, box.shape[-1]) for e in ends)
        return before, through - before, at - box

    def logpdf(self, x: Array) -> Array:
        """Log density at x (…, m); −∞ in a box without an example."""
        with np.errstate(divide="ignore"):
            return np.log(self._found(x)[1] / self.index.shape[-1]) - np.log(self.width)[..., None]

    def cdf(self, x: Array) -> Array:
        before, inside, share = self._found(np.asarray(x))
        return np.asarray((before + inside * share) / self.index.shape[-1])

    def quantile(self, u: Array) -> Array:
        n = self.index.shape[-1]
        at = np.broadcast_to(np.asarray(u) * n, (*self.index.shape[:-1], np.shape(u)[-1]))
        place = np.clip(at, 0, n - 1).astype(int)
        box, before, inside = (np.take_along_axis(a, place, axis=-1) for a in (self.index, *self.runs))
        return np.asarray(self.origin[..., None] + self.width[..., None] * (box + (at - before) / inside))

    def levels(self) -> tuple[Array, Array, Array]:
        share = (NODES + 1) / 2
        first, count = self.runs
        shape = (*self.index.shape[:-1], -1)
        u = (first[..., None] + count[..., None] * share) / self.index.shape[-1]
        x = self.origin[..., None, None] + self.width[..., None, None] * (self.index[..., None] + share)
        return u.reshape(shape), x.reshape(shape), (self.mass[..., None] * WEIGHTS / 2).reshape(shape)

    def entropy(self) -> Array:
        mass = self.mass
        return np.log(self.width) - np.sum(mass * np.log(np.where(mass > 0, mass, 1.0)), axis=-1)

    def cross_entropy(self, of: Distribution) -> Array:
        """Infinite wherever there is something in a box without an example; of a world with a density from its mass in each box."""
        if of is self:
            return self.entropy()
        if of.points is not None:
            return super().cross_entropy(of)
        left = self.origin[..., None] + self.width[..., None] * self.index
        held = np.where(self.mass > 0, of.cdf(left + self.width[..., None]) - of.cdf(left), 0.0)
        loss = np.log(self.width) - np.sum(held * np.log(np.where(self.mass > 0, self.mass, 1.0)), axis=-1)
        return np.where(held.sum(axis=-1) > 1 - 1e-12, loss, np.inf)
