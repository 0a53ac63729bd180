"""A world: what is real.

Every world can be sampled, knows its own law (it is a `Distribution`) and keeps a held-out test set that no model is
ever trained on.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from collapse.data import Array
from collapse.distributions import CENTRAL, Distribution, Sample
from collapse.sources import Source
from collapse.spec import Spec

HELD_OUT = 2000
HELD_OUT_SEED = 20240724


@dataclass(frozen=True)
class World(Spec, Distribution):
    """A distribution over real vectors of `d` dimensions, unless `space` says "types" or "text"."""

    source: ClassVar[Source | None] = None
    finite: ClassVar[bool] = False
    private: ClassVar[bool] = False  # belongs to one visitor: nothing of it may outlive the visit
    unit: ClassVar[str] = "standard deviations"
    mean = np.zeros(1)
    cov = np.eye(1)

    @property
    def d(self) -> int:
        return self.mean.shape[-1]

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        """Independent rows of shape (*shape, d)."""
        return self.quantile(rng.random(shape))[..., None]

    @cached_property
    def tails(self) -> tuple[Array, Array]:
        """The 2.5 % and 97.5 % quantiles, each (1,): beyond them lies the outermost 5 % of the world."""
        low, high = self.quantile(CENTRAL)
        return np.array([low]), np.array([high])

    @cached_property
    def held_out(self) -> Distribution:
        """A fixed sample of the world, drawn from a stream that no run uses: the real test set."""
        return Sample(self.sample((HELD_OUT,), np.random.default_rng(HELD_OUT_SEED)))
