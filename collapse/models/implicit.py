"""Families that can only be sampled: noise goes in, an example comes out, and nobody can say how likely it was.

Generative networks are of this sort (Mohamed & Lakshminarayanan 2016).  A family says how noise becomes an example; what it believes
is then a cloud of samples.  The noise of the cloud is always the same, apart from the random streams of the loop, so that a model has
the same metrics whenever it is measured, and two models differ by what they have learnt and not by luck.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import numpy as np

from collapse.beliefs.cloud import Cloud
from collapse.data import Array
from collapse.decoding import Decoder
from collapse.models.base import Cost, Model
from collapse.worlds import World
from collapse.worlds.base import HELD_OUT_SEED

CLOUD = 1000  # samples in a cloud


@dataclass(frozen=True)
class Implicit(Model):
    """The interface of a family without a density: `noise` standard Gaussian numbers make one example."""

    density = False
    compact = False
    rows = True
    noise: ClassVar[int] = 1

    def push(self, params: Any, z: Array) -> Array:
        """The examples (…, m, d) that noise z (…, m, noise) becomes, for params of the same leading axes; z may lack them."""
        raise NotImplementedError

    def sample(self, params: Any, n: int, decoder: Decoder, rng: np.random.Generator) -> Array:
        """A decoder turns to the noise: a temperature scales it, top-p keeps its inner part (the truncation trick)."""
        return self.push(params, decoder.standard_normal((len(params[0]), n, self.noise), rng))

    def belief(self, params: Any) -> Cloud:
        return Cloud(self.push(params, fixed_noise(self.noise)))

    def cost(self, world: World, decoder: Decoder, n: int, distinct: bool) -> Cost:
        """A belief is a cloud of 1000 samples for every generation that is measured; four are made in the time of a number."""
        each = world.d + self.noise
        return Cost(
            observing=n * world.d * world.cost_of_a_draw,
            sampling=n * each,
            fitting=CLOUD * each // 4,
            integral=CLOUD * world.d // 4,
        )


@cache
def fixed_noise(size: int) -> Array:
    """Noise (1000, size) of a cloud: 500 draws and their opposites, scaled, so that each coordinate has mean 0 and variance 1."""
    half = np.random.default_rng(HELD_OUT_SEED).standard_normal((CLOUD // 2, size))
    half /= np.sqrt(np.mean(half**2, axis=0))
    return np.concatenate([half, -half])
