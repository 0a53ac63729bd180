"""A model family: it fits data, and it speaks.

A family says how it summarises rows, fits a summary, speaks, and what it then believes.  The default methods are the
honest ones: draw rows, summarise them.  `emit` may be overridden where the law of the summary is known; the tests hold
every override against this default.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from collapse.beliefs.base import Distribution, U
from collapse.data import Array, Data, Rows
from collapse.decoding import Decoder
from collapse.spec import Spec
from collapse.worlds import World

PLAIN = Decoder()


@dataclass(frozen=True)
class Model(Spec):
    """Params are a NamedTuple of arrays with the lineages first; `rows`: `fit` needs every example, not a summary; `costly`: the
    knobs that make more work; `haste`: how many times less a fit usually takes than it may; `compact`: the params are few, so
    that those of a whole run can be kept; `load`: how many times the usual work it is to say, learn and measure one number;
    `coolest`: the lowest temperature that it can speak at."""

    space: ClassVar[str] = "real"
    dimensions: ClassVar[int] = 1
    rows: ClassVar[bool] = False
    compact: ClassVar[bool] = True
    costly: ClassVar[tuple[str, ...]] = ()
    haste: ClassVar[int] = 1
    load: ClassVar[int] = 1
    coolest: ClassVar[float] = 0.05
    Params: ClassVar[type[Any]]

    def sample(self, params: Any, n: int, decoder: Decoder, rng: np.random.Generator) -> Array:
        """n rows from every lineage, (R, n, d), spoken through `decoder`."""
        raise NotImplementedError

    def summarise(self, data: Data) -> Data:
        """All of the data that `fit` needs."""
        return data

    def fit(self, data: Data, parent: Any, rng: np.random.Generator) -> Any:
        """The params learnt from a summary; `parent`: those of the generation before, for the first the `ancestor`."""
        raise NotImplementedError

    def belief(self, params: Any) -> Distribution:
        """What fitted params say about the world, as a distribution; extra leading axes are kept."""
        raise NotImplementedError

    def shown(self, params: Any, n: int) -> Distribution:
        """The belief as metrics look at it, beside those of all other generations of a run in which n examples train the first."""
        return self.belief(params)

    def truth(self, world: World, n: int) -> Distribution:
        """Generation 0 in the same way: the world itself, unless the family decides how the world is looked at."""
        return world

    def mute(self, decoder: Decoder) -> str:
        """Why this family cannot speak through a decoder, or an empty text; a bell curve has no list of outcomes to choose from."""
        if decoder.top_k:
            return f"decoder.top_k={decoder.top_k} is not possible with model={self.kind}, which has no list of outcomes: give 0"
        if decoder.temperature < self.coolest:
            return (
                f"decoder.temperature={decoder.temperature:g} is not possible with model={self.kind}: "
                f"give at least {self.coolest:g}"
            )
        return ""

    def member(self, world: World, lineages: int) -> Any | None:
        """The params that equal the world, repeated over lineages; None when the family cannot express it."""
        return None

    def ancestor(self, world: World, lineages: int) -> Any | None:
        """What the first model starts from, as the parent of its fit; None when it starts from its data alone."""
        return None

    def utter(self, params: Any, n: int, decoder: Decoder, rng: np.random.Generator) -> Data:
        """n examples in a form from which single ones can be picked."""
        return Rows(self.sample(params, n, decoder, rng))

    def emit(self, params: Any, n: int, decoder: Decoder, rng: np.random.Generator) -> Data:
        """The summary of n examples."""
        return self.summarise(self.utter(params, n, decoder, rng))

    def witness(self, world: World, lineages: int, n: int, rng: np.random.Generator) -> Data:
        """n real examples for every lineage, in a form from which single ones can be picked."""
        return Rows(world.sample((lineages, n), rng))

    def observe(self, world: World, lineages: int, n: int, rng: np.random.Generator) -> Data:
        """The summary of n real examples for every lineage."""
        truth = self.member(world, lineages)
        if truth is not None:
            return self.emit(truth, n, PLAIN, rng)
        return self.summarise(self.witness(world, lineages, n, rng))

    def spread(self, n: int) -> tuple[float, float] | None:
        """(a, b) such that the fitted total variance is a·V + b for n examples of ML variance V; None if not affine."""
        return None

    def speaking(self, world: World, decoder: Decoder, n: int, single: bool) -> int:
        """Numbers drawn for n synthetic examples of one lineage: the cost model of a run."""
        return n * world.d

    def dwelling(self, decoder: Decoder) -> int:
        """Numbers handled besides, in every generation, for each example that the model was trained on."""
        return 0

    def weighing(self, world: World, n: int) -> int:
        """Numbers handled to integrate once over what a model of n examples believes: a distance, a likelihood."""
        return len(U)

    def looking(self, world: World, n: int, single: bool) -> int:
        """Numbers drawn for n real examples of one lineage."""
        return n * world.d

    def learning(self, world: World, n: int, lineages: int, blocks: int) -> int:
        """Numbers handled by one generation's fits to n examples a lineage, beyond reading them."""
        return 0
