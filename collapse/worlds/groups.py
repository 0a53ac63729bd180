"""Groups on purpose: mixtures of Gaussians in one or two dimensions, one of them rarer than the others."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from collapse.beliefs.base import CENTRAL
from collapse.beliefs.normals import Normals
from collapse.data import Array
from collapse.spec import knob
from collapse.speech import exact_percent, exactly
from collapse.worlds.base import HELD_OUT, HELD_OUT_SEED, World


@dataclass(frozen=True)
class Groups(World):
    """Round Gaussian groups of one size: along a line, or around a circle; mean 0, and variance 1 on average over coordinates.

    Neighbours are `separation` of their standard deviations apart; the last group is the rare one, the others share the rest.
    """

    kind = "groups"
    says = "several groups, one of them rare"
    blended = True

    count: int = knob(3, "number of groups", label="groups", low=2, high=8)
    dimension: int = knob(1, "number of dimensions", label="dimensions", low=1, high=2)
    separation: float = knob(
        6.0, "distance of neighbours, in standard deviations of a group", label="separation", low=0.1, high=50.0
    )
    rare: float = knob(0.1, "share of the rare group", label="share of the rare group", low=0.001, high=0.5)

    def phrase(self) -> str:
        where = "along a line" if self.dimension == 1 else "around a circle"
        return (
            f"{self.count} groups {where}, {exactly(self.separation)} of their standard deviations apart, the rarest with "
            f"{exact_percent(self.rare)} of the examples"
        )

    @cached_property
    def groups(self) -> Normals:
        k, d = self.count, self.dimension
        weights = np.append(np.full(k - 1, (1 - self.rare) / (k - 1)), self.rare)
        at = np.arange(k)
        if d == 1:
            centres = self.separation * at[:, None]
        else:
            turn = 2 * np.pi * at / k
            centres = self.separation / (2 * np.sin(np.pi / k)) * np.stack([np.cos(turn), np.sin(turn)], axis=1)
        centres = centres - weights @ centres
        scale = 1 / np.sqrt(1 + (weights @ centres**2).sum() / d)
        groups = Normals(weights, scale * centres, np.repeat(scale**2 * np.eye(d)[None], k, axis=0))
        groups.mean = np.zeros(d)  # as it is made to be, without the rounding of a sum
        if d == 1:
            groups.cov = np.eye(1)
        return groups

    @property
    def d(self) -> int:
        return self.dimension

    @cached_property
    def distribution(self) -> Normals:
        return self.groups

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return self._drawn(shape, rng)[0]

    def _drawn(self, shape: tuple[int, ...], rng: np.random.Generator) -> tuple[Array, Array]:
        """(rows, which group each belongs to)."""
        groups = self.groups
        which = np.searchsorted(np.cumsum(groups.weights)[:-1], rng.random(shape), side="right")
        rows = groups.means[which] + np.sqrt(groups.covs[0, 0, 0]) * rng.standard_normal((*shape, self.dimension))
        return rows, which

    @property
    def labelled(self) -> tuple[Array, Array]:
        """As many as are held out of every world, which are the same rows."""
        return self._drawn((HELD_OUT,), np.random.default_rng(HELD_OUT_SEED))

    @cached_property
    def tails(self) -> tuple[Array, Array]:
        sides = [self.groups.along(axis).quantile(CENTRAL) for axis in np.eye(self.dimension)]
        return np.array([s[0] for s in sides]), np.array([s[1] for s in sides])
