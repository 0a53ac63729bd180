"""A world: what is real.

Every world can be sampled, has a `distribution`, which metrics ask, and keeps a held-out test set that no model is ever trained on.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Self

import numpy as np

from collapse.beliefs.base import CENTRAL, Categories, Distribution, Sample
from collapse.beliefs.normals import Normals
from collapse.data import Array
from collapse.sources import Source
from collapse.spec import Spec

HELD_OUT = 2000
HELD_OUT_SEED = 20240724


@dataclass(frozen=True)
class World(Spec):
    """What is real: vectors of `d` dimensions, unless `space` says "types" or "text".

    `blended`: it is the mixture of its groups, which are Gaussian, and nothing else.
    """

    source: ClassVar[Source | None] = None
    finite: ClassVar[bool] = False
    private: ClassVar[bool] = False  # belongs to one visitor: nothing of it may outlive the visit
    blended: ClassVar[bool] = False
    space: ClassVar[str] = "real"
    unit: ClassVar[str] = "standard deviations"

    @property
    def d(self) -> int:
        """The number of dimensions."""
        return 1

    @property
    def groups(self) -> Normals | None:
        """What is known of its groups, with their shares; None if nothing is."""
        return None

    @cached_property
    def distribution(self) -> Distribution:
        """The world as a distribution: generation 0, as metrics look at it."""
        raise NotImplementedError

    @cached_property
    def valley(self) -> tuple[float, float] | None:
        """The middle third of the way between the two neighbouring groups with the least density between them, in one dimension.

        None if no groups are known, or if there is no dip: if the density halfway is not below that at both of their means.
        """
        groups = self.groups
        if groups is None or self.d > 1:
            return None
        at = np.sort(groups.means[:, 0])
        middle = (at[1:] + at[:-1]) / 2
        peak, dip = groups.logpdf(at), groups.logpdf(middle)
        lowest = int(np.argmin(np.where(dip < np.minimum(peak[1:], peak[:-1]), dip, np.inf))) if middle.size else 0
        if not middle.size or dip[lowest] >= min(peak[lowest], peak[lowest + 1]):
            return None
        sixth = (at[lowest + 1] - at[lowest]) / 6
        return float(middle[lowest] - sixth), float(middle[lowest] + sixth)

    @property
    def quantity(self) -> str:
        """What the numbers are, for an axis."""
        return f"value (in {self.unit} of the real world)"

    @property
    def cost_of_a_draw(self) -> int:
        """How many draws from a bell curve take as long as one of this world: five where a quantile function must be asked."""
        return 5 if type(self).sample is World.sample else 1

    @property
    def cost_of_a_density(self) -> int:
        """Numbers handled to look up how likely one number is, beyond one bell curve: each group is looked at."""
        return len(self.groups.weights) if self.space == "real" and self.groups is not None else 0

    @property
    def cost_of_a_quantile(self) -> int:
        """Numbers handled to find one quantile: many where it is looked for between groups."""
        return 17 * len(self.groups.weights) if self.blended and self.groups is not None else 3

    def to_file(self) -> str:
        """The data of a private world as a text file that `from_file` reads back, to the digit."""
        raise TypeError(f"{self.kind} holds no data of a visitor's own")

    @classmethod
    def from_file(cls, raw: bytes) -> Self:
        """The private world of what `to_file` wrote."""
        raise TypeError(f"{cls.kind} holds no data of a visitor's own")

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        """Independent rows of shape (*shape, d)."""
        return self.distribution.quantile(rng.random(shape))[..., None]

    @cached_property
    def tails(self) -> tuple[Array, Array]:
        """The 2.5% and 97.5% quantiles, each (1,): beyond them lies the outermost 5% of the world."""
        low, high = self.distribution.quantile(CENTRAL)
        return np.array([low]), np.array([high])

    @cached_property
    def principal(self) -> tuple[Array, Array, Array]:
        """(the principal directions as columns (d, d), the 2.5% quantiles along them (d,), the 97.5% quantiles along them (d,))."""
        if self.d == 1:
            return np.eye(1), *self.tails
        axes = np.linalg.eigh(self.distribution.cov)[1]
        low, high = np.transpose([self.distribution.along(axis).quantile(CENTRAL) for axis in axes.T])
        return axes, low, high

    @cached_property
    def held_out(self) -> Distribution:
        """A fixed sample of the world, drawn from a stream that no run uses: the real test set."""
        return Sample(self.sample((HELD_OUT,), np.random.default_rng(HELD_OUT_SEED)))

    @property
    def labelled(self) -> tuple[Array, Array] | None:
        """The real test set where groups are known: (rows (m, d), which of `groups` each really belongs to (m,)); else None."""
        return None


class TypesWorld(World):
    """A finite list of types with their shares `p` (K,), most frequent first; sampling draws examples of a type.

    A kind says `p`, `labels` and `types`, the number K; `noun`: what the types are called.
    """

    finite: ClassVar[bool] = True
    space: ClassVar[str] = "types"
    noun: ClassVar[str] = "types"

    @property
    def types(self) -> int:
        """How many types there are, K."""
        raise NotImplementedError

    @property
    def p(self) -> Array:
        """The shares of the types, (K,), most frequent first."""
        raise NotImplementedError

    @cached_property
    def distribution(self) -> Categories:
        return Categories(self.p)

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the types, (K,)."""
        raise NotImplementedError

    @cached_property
    def rare(self) -> Array:
        """Which types are the tail: the rarest that together make up at most 5%, (K,) of bool."""
        return np.cumsum(self.p[::-1])[::-1] <= 0.05 + 1e-12
