"""The kernel density: remember every training point and blur it.

Blurring *adds* variance, v' = v + h², so this family forgets in the other direction: it widens (Borji 2024).  By
Scott's rule it does so on average for every n, and in the typical lineage from five examples on.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from collapse.beliefs.kernels import CELLS, FINE, REACH, Kernels, places
from collapse.data import Array, Data, Rows
from collapse.decoding import Decoder
from collapse.models.base import Cost, Model
from collapse.spec import knob
from collapse.speech import exactly
from collapse.worlds import World


class KdeParams(NamedTuple):
    """`centers` (…, n) and bandwidth `h` (…,)."""

    centers: Array
    h: Array


COST_OF_A_LATTICE = 2000  # of one lineage, however few its kernels are


@dataclass(frozen=True)
class Kde(Model):
    """A Gaussian kernel density in one dimension (Silverman 1986)."""

    kind = "kde"
    says = "every training point, blurred"
    rows = True
    compact = False
    Params = KdeParams

    bandwidth: str = knob(
        "scott",
        "how wide every point is blurred: by Scott’s rule S n^(−1/5), with S² the unbiased variance, by Silverman’s, which is "
        "(4/3)^(1/5) times as much, or by a fixed width",
        label="bandwidth",
        choices={"scott": "Scott’s rule", "silverman": "Silverman’s rule", "fixed": "fixed"},
    )
    h: float = knob(
        0.3,
        "the bandwidth when it is fixed, in standard deviations of the real world",
        label="fixed bandwidth",
        low=0.001,
        high=100.0,
        log=True,
    )

    def phrase(self) -> str:
        if self.bandwidth == "fixed":
            return f"every training point blurred by the bandwidth {exactly(self.h)}"
        unused = "" if self.h == type(self)().h else f" (a fixed bandwidth would be {exactly(self.h)})"
        return f"every training point blurred by {'Scott' if self.bandwidth == 'scott' else 'Silverman'}'s rule{unused}"

    def sample(self, params: KdeParams, n: int, decoder: Decoder, rng: np.random.Generator) -> Array:
        if not decoder.neutral:
            return self._decoded(params, n, decoder, rng)
        pick = rng.integers(params.centers.shape[-1], size=(*params.h.shape, n))
        x = np.take_along_axis(params.centers, pick, axis=-1)
        return (x + params.h[..., None] * rng.standard_normal(x.shape))[..., None]

    def _decoded(self, params: KdeParams, n: int, decoder: Decoder, rng: np.random.Generator) -> Array:
        """Sample the reweighted density from 512 equal cells over the centres ± 5h, uniform within a cell."""
        belief = self.belief(params)
        reach = 5 * belief.h * max(1.0, np.sqrt(decoder.temperature))
        low, high = params.centers.min(axis=-1) - reach, params.centers.max(axis=-1) + reach
        edges = low[..., None] + (high - low)[..., None] * np.linspace(0.0, 1.0, CELLS + 1)
        mass = decoder.reweight(np.diff(belief.cdf(edges), axis=-1))
        u = rng.random((*params.h.shape, n))
        rows = np.arange(params.h.size).reshape(params.h.shape)[..., None]
        steps = (np.cumsum(mass, axis=-1) + rows).ravel()
        flat = np.searchsorted(steps, (u + rows).ravel()).reshape(u.shape) - rows * CELLS
        cell = np.clip(flat, 0, CELLS - 1)
        left = np.take_along_axis(edges, cell, axis=-1)
        return (left + ((high - low) / CELLS)[..., None] * rng.random(u.shape))[..., None]

    def ancestor(self, world: World, lineages: int) -> KdeParams | None:
        """Nothing but the fixed bandwidth, in the units of the world, which each generation hands on to the next."""
        if self.bandwidth != "fixed":
            return None
        return KdeParams(np.empty((lineages, 0)), np.full(lineages, self.h * np.sqrt(world.distribution.total)))

    def fit(self, data: Data, parent: Any, rng: np.random.Generator) -> KdeParams:
        """The examples and their bandwidth; a fixed one is the parent's, or without a parent `h` in the units of the data."""
        assert isinstance(data, Rows)
        x = data.x[..., 0]
        if self.bandwidth != "fixed":
            return KdeParams(x, x.std(axis=-1, ddof=1) * self._rule(x.shape[-1]))
        return KdeParams(x, np.full(x.shape[:-1], self.h) if parent is None else parent.h)

    def _rule(self, n: int) -> float:
        return float(n ** (-1 / 5) * ((4 / 3) ** (1 / 5) if self.bandwidth == "silverman" else 1.0))

    def belief(self, params: KdeParams) -> Kernels:
        return Kernels(params.centers, params.h)

    def cost(self, world: World, decoder: Decoder, n: int, distinct: bool) -> Cost:
        """A kernel is looked at in every cell to reweight the density, and to integrate over it; for a likelihood every kernel is."""
        return Cost(
            observing=n * world.cost_of_a_draw,
            sampling=2 * n,  # which of them, and where near it
            speaking=0 if decoder.neutral else (CELLS + 1) * n,
            overhead=4,
            integral=places(n) * n,
            lookup=COST_OF_A_LATTICE + places(n) * n // 2 + self._lattice(n) * world.cost_of_a_quantile,
            likelihood=n,
            scratch=0 if decoder.neutral else (13 if decoder.truncates else 7) * (CELLS + 1),
        )

    def _lattice(self, n: int) -> int:
        """Places of a lattice between n kernels, at most: n points lie within √n standard deviations of their mean."""
        every = int(2 * REACH * FINE + 1)
        if self.bandwidth == "fixed":
            return n * every
        return min(n * every, every + int(2 * FINE * np.sqrt(n) / self._rule(n)))

    def spread(self, n: int) -> tuple[float, float]:
        if self.bandwidth == "fixed":
            return 1.0, self.h**2
        return 1.0 + n / (n - 1) * self._rule(n) ** 2, 0.0
