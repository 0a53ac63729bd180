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
class Cost:
    """What a model costs, in numbers handled (50 to 100 ns each), for n examples of one lineage and one generation.

    `observing`: to draw n real examples; `sampling`: to draw n synthetic ones; `fitting`: to fit a model to n examples, and all else
    that grows with them; `speaking`: what a model that has learnt from n examples must do before it speaks, however much it says;
    `iterating`: to fit it step by step, if the fit takes all the steps that it may, and `iterating_block`: the same for a block of
    lineages, however few they are; `typical_speedup`: how many times fewer steps it usually takes; `integral`: to integrate once over
    what the model believes; `likelihood`: to ask a model that has learnt from n examples for the likelihood of one; `levers`: knobs
    of the model that make it cheaper.

    What else could be handled in the time that it takes, however few examples there are: `overhead` in a generation of a lineage,
    `block` in a generation of a block of them, `saying` each time that such a block speaks, and `lookup` in an integral.

    `scratch`: numbers that lie in memory while one lineage prepares to speak, besides its examples; `gathered`: those that do while
    real examples are summed up, of one lineage after the other.
    """

    observing: int
    sampling: int
    fitting: int = 0
    speaking: int = 0
    iterating: int = 0
    iterating_block: int = 0
    typical_speedup: int = 1
    integral: int = len(U)
    likelihood: int = 1
    levers: tuple[str, ...] = ()
    overhead: int = 0
    block: int = 0
    saying: int = 0
    lookup: int = 0
    scratch: int = 0
    gathered: int = 0


@dataclass(frozen=True)
class Model(Spec):
    """A family of distributions: its knobs are frozen, its params are a NamedTuple of arrays with the lineages first.

    `compact`: the params are so few that those of a whole run can be kept;
    `patience`: how many budgets it may take, because visitors watch it being trained and can stop it;
    `density`: it can say how likely an example is; `coolest`: the lowest temperature that it can be decoded at; `dimensions`: how
    many it can learn at most; `passage`: so many examples are said in one go, and stay together.
    """

    space: ClassVar[str] = "real"
    dimensions: ClassVar[int] = 1
    compact: ClassVar[bool] = True
    density: ClassVar[bool] = True
    patience: ClassVar[int] = 1
    coolest: ClassVar[float] = 0.05
    passage: ClassVar[int] = 1
    Params: ClassVar[type[Any]]

    @property
    def rows(self) -> bool:
        """Does `fit` need every example, not a summary?"""
        return False

    @property
    def copies(self) -> int:
        """How many times its examples lie in memory while a model is fitted and measured, in whatever form."""
        return 8

    @property
    def silent(self) -> str:
        """Why an ELBO means nothing for this model, or an empty text."""
        return ""

    @property
    def equivariant(self) -> bool:
        """Does the fit follow every linear change of axes?  If not, the axes of the data matter."""
        return True

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
        """Generation 0 in the same way: the world's distribution, unless the family decides how the world is looked at."""
        return world.distribution

    def mute(self, decoder: Decoder) -> str:
        """Why this family cannot speak through a decoder, or an empty text; a bell curve has no list of outcomes to choose from."""
        if knob := decoder.listed:
            return (
                f"decoder.{knob}={getattr(decoder, knob)} is not possible with model={self.kind}, which has no list of outcomes: "
                f"give {getattr(type(decoder)(), knob)}"
            )
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
        """(a, b) such that the fitted variance is a·V + b for n examples of ML variance V, in world variances; None if not affine."""
        return None

    def widest(self, n: int) -> tuple[float, float]:
        """By what a fit multiplies at most the variance of n examples, and the squared distance of their mean from the world's."""
        return (self.spread(n) or (1.0, 0.0))[0], 1.0

    def held(self, world: World, decoder: Decoder, n: int, distinct: bool) -> int:
        """Numbers in memory at once for n examples of one lineage; `distinct`: single examples must be told apart.

        This is a fact about the form of the data and decides how lineages are split into blocks: changing it changes every number.
        """
        return n * world.d

    def cost(self, world: World, decoder: Decoder, n: int, distinct: bool) -> Cost:
        """What n examples of one lineage cost; this default holds for a model that draws and reads single examples."""
        return Cost(observing=n * world.d * world.cost_of_a_draw, sampling=n * world.d)
