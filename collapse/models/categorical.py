"""The categorical model: count types, speak in proportion; in biology, the Wright–Fisher model of genetic drift.

k ~ Multinomial(n, p), then p' = (k + a) / (n + aK).  With a = 0 a type that is missed once is gone for ever.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from collapse.beliefs.base import Categories
from collapse.data import Array, Counts, Data
from collapse.decoding import Decoder
from collapse.models.base import PLAIN, Cost, Model
from collapse.spec import knob
from collapse.speech import exactly
from collapse.worlds import TypesWorld, World


class CategoricalParams(NamedTuple):
    """Probabilities `p` (…, K)."""

    p: Array


@dataclass(frozen=True)
class Categorical(Model):
    """Relative frequencies, with add-a smoothing if wished."""

    kind = "categorical"
    says = "how often each type was seen"
    space = "types"
    coolest = 0.0
    compact = False
    Params = CategoricalParams

    smoothing: float = knob(
        0.0, "added to every count before normalising; 0 is maximum likelihood", label="smoothing", low=0.0, high=100.0
    )

    def phrase(self) -> str:
        return self.says + (f" (with {exactly(self.smoothing)} added to every count)" if self.smoothing else "")

    def sample(self, params: CategoricalParams, n: int, decoder: Decoder, rng: np.random.Generator) -> Array:
        """Types as numbers, (R, n, 1)."""
        steps = np.cumsum(decoder.reweight(params.p), axis=-1)
        u = rng.random((*params.p.shape[:-1], n)) * steps[..., -1:]
        rows = np.arange(steps[..., 0].size).reshape(*steps.shape[:-1], 1)
        flat = np.searchsorted((steps + 2 * rows).ravel(), (u + 2 * rows).ravel(), side="right").reshape(u.shape)
        return (flat - rows * steps.shape[-1])[..., None]

    def utter(self, params: CategoricalParams, n: int, decoder: Decoder, rng: np.random.Generator) -> Data:
        """Counts: within a type, examples are alike, so counts are enough to pick single ones from."""
        return Counts(rng.multinomial(n, decoder.reweight(params.p)))

    def witness(self, world: World, lineages: int, n: int, rng: np.random.Generator) -> Data:
        return self.utter(self.member(world, lineages), n, PLAIN, rng)

    def fit(self, data: Data, parent: Any, rng: np.random.Generator) -> CategoricalParams:
        assert isinstance(data, Counts)
        types = data.k.shape[-1]
        return CategoricalParams((data.k + self.smoothing) / (data.size + self.smoothing * types))

    def belief(self, params: CategoricalParams) -> Categories:
        return Categories(params.p)

    def shown(self, params: CategoricalParams, n: int) -> Categories:
        """The belief, which metrics let say as many examples as train the first model, n."""
        return Categories(params.p, n)

    def truth(self, world: World, n: int) -> Categories:
        assert isinstance(world, TypesWorld)
        return Categories(world.p, n)

    def member(self, world: World, lineages: int) -> CategoricalParams:
        assert isinstance(world, TypesWorld)
        return CategoricalParams(np.broadcast_to(world.p, (lineages, len(world.p))))

    def mute(self, decoder: Decoder) -> str:
        if decoder.marks:
            return (
                f"decoder.{decoder.listed}={getattr(decoder, decoder.listed)} is not possible with model={self.kind}, whose examples "
                "have no order to carry a watermark: give 0"
            )
        return ""

    def spread(self, n: int) -> tuple[float, float] | None:
        return (1.0, 0.0) if self.smoothing == 0 else None

    def held(self, world: World, decoder: Decoder, n: int, distinct: bool) -> int:
        assert isinstance(world, TypesWorld)
        return world.types

    def cost(self, world: World, decoder: Decoder, n: int, distinct: bool) -> Cost:
        """A count for each type, however many examples there are."""
        assert isinstance(world, TypesWorld)
        return Cost(observing=world.types, sampling=world.types * (1 if decoder.neutral else 3), integral=world.types)
