"""What the next model is fed: a policy only pools what it is supplied with.

`grow` says what the archive is after a generation, from the `Supply` of that generation; `pick` says which part of the
archive the next model is trained on.  The first model of every lineage is trained on n real examples.

To add a policy, write these lines and give the class a place in `POLICIES`:

    @dataclass(frozen=True)
    class Replace(Policy):
        kind = "replace"
        says = "only what the last model said"

        def grow(self, supply: Supply) -> Data:
            return supply.synthetic(supply.n)
"""

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from collapse.data import Data
from collapse.spec import Spec, knob, table
from collapse.speech import exact_percent


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

    def phrase(self) -> str:
        """What a model is fed, within a sentence: “…, then from synthetic data added to everything before”."""
        return f"synthetic data {super().phrase()}"

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


@dataclass(frozen=True)
class Replace(Policy):
    """Every model is trained only on its parent's output."""

    kind = "replace"
    says = "only what the last model said"

    def phrase(self) -> str:
        return "only synthetic data"

    def grow(self, supply: Supply) -> Data:
        return supply.synthetic(supply.n)


@dataclass(frozen=True)
class Shared(Policy):
    """The knob of all policies that mix real and synthetic data in a fixed proportion."""

    synthetic: float = knob(
        0.9, "share of synthetic data in each generation", label="synthetic fraction", low=0.0, high=1.0
    )

    def phrase(self) -> str:
        if self.synthetic == 1.0:
            return f"only synthetic data, not {self.says}"
        return f"{exact_percent(self.synthetic)} synthetic data {self.says}"

    def split(self, n: int) -> tuple[int, int]:
        """(real, synthetic): how many of n, rounded to whole examples."""
        made = round(self.synthetic * n)
        return n - made, made


@dataclass(frozen=True)
class Mix(Shared):
    """Synthetic data with fresh real data."""

    kind = "mix"
    says = "mixed with fresh real data"
    fresh = True

    def renewed(self, n: int) -> int:
        return self.split(n)[0]

    def grow(self, supply: Supply) -> Data:
        real, made = self.split(supply.n)
        return supply.fresh(real) + supply.synthetic(made)


@dataclass(frozen=True)
class RandomShare(Shared):
    """Synthetic data with a part of the original data that is redrawn each generation, as in Shumailov et al. (2024)."""

    kind = "random-share"
    says = "mixed with a random share of the original data"
    original = True
    redraws = True

    def grow(self, supply: Supply) -> Data:
        real, made = self.split(supply.n)
        return supply.redrawn(real) + supply.synthetic(made)


@dataclass(frozen=True)
class Anchor(Shared):
    """Synthetic data with the same real examples for ever."""

    kind = "anchor"
    says = "mixed with the same real data for ever"
    original = True

    def grow(self, supply: Supply) -> Data:
        real, made = self.split(supply.n)
        return supply.same(real) + supply.synthetic(made)


@dataclass(frozen=True)
class Accumulate(Policy):
    """Nothing is thrown away; every model is trained on all there is, a growing amount."""

    kind = "accumulate"
    says = "added to everything before"
    grows = True

    def grow(self, supply: Supply) -> Data:
        return supply.archive + supply.synthetic(supply.n)


@dataclass(frozen=True)
class AccumulateSubsample(Accumulate):
    """Nothing is thrown away, but every model is trained on n examples picked from all there is."""

    kind = "accumulate-subsample"
    says = "added to everything before, from which a sample is picked"
    single = True

    def pick(self, archive: Data, n: int, rng: np.random.Generator) -> Data:
        return archive.subsample(n, rng)


@dataclass(frozen=True)
class SharedPool(Policy):
    """Models that read one another: lineages in groups, each fed with its own parent's output and with that of the others.

    Lineages 0 to g − 1 are the first group of g, the next g the second, and so on; what is left over is a smaller group.  Each of
    the others of a group says as much to a lineage, and nothing is read by two lineages.  This is the island model of
    population genetics (Wright 1943): within a lineage diversity lasts about g times as long, and the lineages become alike.
    """

    kind = "shared"
    says = "from its own parent and from other models"
    levers = ("group",)

    group: int = knob(8, "lineages that read one another", label="models in a group", low=2, high=50)
    others: float = knob(
        0.5,
        "share of what a model is fed that other models of its group have said",
        label="share of others",
        low=0.0,
        high=1.0,
    )

    def phrase(self) -> str:
        return f"only synthetic data, {exact_percent(self.others)} of them said by {self.group - 1} other models"

    def heard(self, made: int) -> tuple[int, int]:
        read = round(self.others * made)
        return made - read, read

    def grow(self, supply: Supply) -> Data:
        own, read = self.heard(supply.n)
        return supply.synthetic(own) + supply.others(read)


POLICIES = table(Replace, Mix, RandomShare, Anchor, Accumulate, AccumulateSubsample, SharedPool)
