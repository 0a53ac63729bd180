"""The histogram: count how many examples lie in each bin, and say that all of a bin is alike.

Binning blurs: with bins of width w a model has about w²/6 more variance than its data.  No member of the family is learnt again as it
was, so the error of the family compounds.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from collapse.beliefs.boxes import NODES, Boxes
from collapse.data import Array, Data, Rows
from collapse.decoding import Decoder
from collapse.models.base import Cost, Model
from collapse.spec import knob
from collapse.worlds import World


class HistogramParams(NamedTuple):
    """`bins` (…, n): the number of the bin of each example, in order; `origin` (…,): where bin 0 begins; `width` (…,)."""

    bins: Array
    origin: Array
    width: Array


COST_OF_CUTTING = 1200  # to heat or cut the bins of a block, however few they are
COST_OF_BINS = 200  # to look something up in the bins of one lineage, however few they are


@dataclass(frozen=True)
class Histogram(Model):
    """A histogram in one dimension, whose bins begin somewhere else in every fit."""

    kind = "histogram"
    says = "a histogram"
    rows = True
    compact = False
    Params = HistogramParams

    width: float = knob(
        0.5,
        "how wide a bin is, in standard deviations of the real world",
        label="width of a bin",
        low=0.01,
        high=10.0,
        log=True,
    )

    def sample(self, params: HistogramParams, n: int, decoder: Decoder, rng: np.random.Generator) -> Array:
        """A bin by the share of its examples, and anywhere in it; tempered shares are those of the tempered density."""
        shape = (*params.origin.shape, n)
        if decoder.neutral:
            place = rng.integers(params.bins.shape[-1], size=shape)
        else:
            rows = np.arange(params.origin.size).reshape(params.origin.shape)[..., None]
            steps = (np.cumsum(decoder.reweight(self.belief(params).mass), axis=-1) + rows).ravel()
            found = np.searchsorted(steps, (rng.random(shape) + rows).ravel(), side="right").reshape(shape)
            place = np.clip(found - rows * params.bins.shape[-1], 0, params.bins.shape[-1] - 1)
        box = np.take_along_axis(params.bins, place, axis=-1) + rng.random(shape)
        return (params.origin[..., None] + params.width[..., None] * box)[..., None]

    def ancestor(self, world: World, lineages: int) -> HistogramParams:
        """Nothing but the width of a bin, in the units of the world, which each generation hands on to the next."""
        width = np.full(lineages, self.width * np.sqrt(world.distribution.total))
        return HistogramParams(np.empty((lineages, 0)), np.zeros(lineages), width)

    def fit(self, data: Data, parent: Any, rng: np.random.Generator) -> HistogramParams:
        """Bins of the parent's width, or without a parent of `width` in the units of the data, from an origin drawn anew."""
        assert isinstance(data, Rows)
        x = data.x[..., 0]
        width = np.full(x.shape[:-1], self.width) if parent is None else parent.width
        origin = width * rng.random(x.shape[:-1])
        return HistogramParams(np.sort(np.floor((x - origin[..., None]) / width[..., None]), axis=-1), origin, width)

    def belief(self, params: HistogramParams) -> Boxes:
        return Boxes(*params)

    def cost(self, world: World, decoder: Decoder, n: int, distinct: bool) -> Cost:
        """Examples are put into order, and to be decoded their bins as well; an integral looks at eight nodes for each of them."""
        return Cost(
            observing=n * world.cost_of_a_draw,
            sampling=2 * n,  # which of them, and where near it
            fitting=n,
            speaking=0 if decoder.neutral else 3 * n + COST_OF_BINS,
            overhead=COST_OF_BINS,
            saying=0 if decoder.neutral else COST_OF_CUTTING,
            integral=len(NODES) * n,
            lookup=2 * len(NODES) * n + COST_OF_BINS,
            scratch=0 if decoder.neutral else 10 * n,
        )
