"""Named distributions, each with mean 0 and variance 1, so that all axes agree."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtri

from collapse.beliefs.base import CENTRAL, Distribution
from collapse.beliefs.normal import Normal
from collapse.beliefs.normals import Normals
from collapse.beliefs.standard import Flat, Gamma, Humps, StudentT
from collapse.data import Array
from collapse.spec import knob
from collapse.speech import exactly
from collapse.worlds.base import World

HALF, SD = 0.9, 0.19**0.5  # of the two humps: where they stand, and how wide each is
ITERATED = 6  # numbers handled at a node of an integral, where the quantile of the world is found step by step


@dataclass(frozen=True)
class NormalWorld(World):
    """The standard Gaussian N(0, I_d)."""

    kind = "normal"
    says = "a bell curve"

    dimension: int = knob(1, "number of dimensions", label="dimensions", low=1, high=16)

    def phrase(self) -> str:
        return self.says + (f" in {self.dimension} dimensions" if self.dimension > 1 else "")

    @property
    def d(self) -> int:
        return self.dimension

    @cached_property
    def distribution(self) -> Distribution:
        return Normal(np.zeros(self.dimension), np.eye(self.dimension))

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return rng.standard_normal((*shape, self.dimension))

    @cached_property
    def tails(self) -> tuple[Array, Array]:
        return np.full(self.dimension, ndtri(CENTRAL[0])), np.full(self.dimension, ndtri(CENTRAL[1]))


@dataclass(frozen=True)
class Bimodal(World):
    """Two equal Gaussian humps at ±0.9 with standard deviation √0.19, so that the variance is 1."""

    kind = "bimodal"
    says = "two humps"
    blended = True

    @cached_property
    def groups(self) -> Normals:
        return Normals(np.full(2, 0.5), np.array([[-HALF], [HALF]]), np.full((2, 1, 1), SD**2))

    @cached_property
    def distribution(self) -> Distribution:
        return Humps(HALF, SD)

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        side = np.where(rng.random(shape) < 0.5, -HALF, HALF)
        return (side + SD * rng.standard_normal(shape))[..., None]


@dataclass(frozen=True)
class Skewed(World):
    """A gamma distribution, shifted and scaled to mean 0 and variance 1: a long right tail."""

    kind = "skewed"
    says = "a lopsided curve with a long right tail"

    shape: float = knob(2.0, "gamma shape: smaller is more lopsided", label="gamma shape", low=0.5, high=50.0)

    @property
    def cost_of_a_density(self) -> int:
        return ITERATED

    @cached_property
    def distribution(self) -> Distribution:
        return Gamma(self.shape)

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return ((rng.standard_gamma(self.shape, shape) - self.shape) / np.sqrt(self.shape))[..., None]


@dataclass(frozen=True)
class HeavyTailed(World):
    """Student's t, scaled to variance 1: rare but extreme values.  From 3 degrees of freedom on, because with fewer the nodes of
    the integrals (see `beliefs.base`) miss what counts."""

    kind = "heavy-tailed"
    says = "a curve with rare extremes (Student's t)"

    df: float = knob(
        5.0, "degrees of freedom: smaller has heavier tails", label="degrees of freedom", low=3.0, high=100.0
    )

    def phrase(self) -> str:
        return f"a curve with rare extremes (Student's t with {exactly(self.df)} degrees of freedom)"

    @property
    def cost_of_a_density(self) -> int:
        return ITERATED

    @cached_property
    def distribution(self) -> StudentT:
        return StudentT(self.df)

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return rng.standard_t(self.df, shape)[..., None] * self.distribution.scale


@dataclass(frozen=True)
class Uniform(World):
    """Uniform on ±√3: no tails at all."""

    kind = "uniform"
    says = "a flat curve between two edges"

    @cached_property
    def distribution(self) -> Distribution:
        return Flat()
