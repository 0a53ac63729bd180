"""What a policy is, and what it may ask for in a generation: the frame of the table in `policies`."""

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Protocol

import numpy as np

from collapse.data import Array, Data
from collapse.spec import Spec


class Supply(Protocol):
    """What a policy may ask for in one generation; m = 0 is allowed everywhere."""

    archive: Data

    @property
    def n(self) -> int:
        """Examples that train each generation."""

    def synthetic(self, m: int) -> Data:
        """m examples from the last model, decoded; a curator judges them when they are pooled."""

    def others(self, m: int) -> Data:
        """m examples from the last models of the other lineages of its group; from its own where it is alone."""

    def fresh(self, m: int) -> Data:
        """m real examples that nobody has seen before."""

    def same(self, m: int) -> Data:
        """m of the first model's n real examples: the same ones in every generation."""

    def redrawn(self, m: int) -> Data:
        """m of the first model's n real examples: others in every generation."""


@dataclass(frozen=True)
class Policy(Spec):
    """What the next model is fed.

    `original`: the first real examples must be kept; `redraws`: some of them are drawn again in every generation; `fresh`: new real
    examples are asked for in every generation; `grows`: the archive does; `single`: single examples must be told apart throughout;
    `levers`: its knobs that make it cheaper.
    """

    original: ClassVar[bool] = False
    redraws: ClassVar[bool] = False
    fresh: ClassVar[bool] = False
    grows: ClassVar[bool] = False
    single: ClassVar[bool] = False
    levers: ClassVar[tuple[str, ...]] = ()

    @property
    def group(self) -> int:
        """How many lineages are computed together, because each may read the others."""
        return 1

    @property
    def phases(self) -> tuple["Policy", ...]:
        """The policies that feed the generations, one after the other: this one alone, unless it changes on the way."""
        return (self,)

    def at(self, generation: int) -> "Policy":
        """The policy that feeds a generation."""
        return self

    def waits(self, generation: int) -> bool:
        """Do the curator and the decoder of a scenario have to wait, because its measures begin after this generation?"""
        return False

    def phrase(self) -> str:
        """What a model is fed, within a sentence: “…, then from synthetic data added to everything before”."""
        return f"AI-made data {super().phrase()}"

    def grow(self, supply: Supply) -> Data:
        """The archive after this generation."""
        raise NotImplementedError

    def split(self, n: int) -> tuple[int, int]:
        """(real, synthetic): how many of n; who mixes nothing in has none that are real."""
        return 0, n

    def heard(self, made: int) -> tuple[int, int]:
        """(from its own parent, from other lineages): where so many synthetic examples come from."""
        return made, 0

    def renewed(self, n: int) -> int:
        """How many fresh real examples are asked for in every generation, at most."""
        return n if self.fresh else 0

    def pick(self, archive: Data, n: int, rng: np.random.Generator) -> Data:
        """The part of the archive that the next model is trained on; by default all of it."""
        return archive

    def amounts(self, n: int, generations: int) -> Array:
        """How many examples train the model of each generation 1…T, (T,), read-only."""
        return _amounts(self, n, generations)


@lru_cache(maxsize=256)
def _amounts(policy: Policy, n: int, generations: int) -> Array:
    """`Policy.amounts`, which a page asks for a dozen times a run; nobody may write into it."""
    feeding = [policy.at(generation) for generation in range(2, generations + 1)]
    archive, trained = n, [n]
    for now in feeding:
        archive = archive + n if now.grows else n
        trained.append(n if now.single else archive)
    found = np.array(trained)
    found.flags.writeable = False
    return found
