"""The Gaussian: fit a mean and a covariance, sample, fit again.

The summary of n rows from N(μ, Σ) has a known law, mean ~ N(μ, Σ/n) and scatter ~ Wishart(Σ, n−1), independent of each
other.  `emit` draws from it, so the cost of a generation does not depend on n.  With Σ = LLᵀ the scatter is (LA)(LA)ᵀ, where A is
Bartlett's triangle: the factor of every generation is a product of triangles, in which no direction is lost however narrow it is.

Three things may keep a fit from what the data say.  The covariance may be known, and held at that of the world.  A loss may weigh
examples by a power of a density (`weighted`); then every example is needed.  Or the fit takes k gradient steps of rate η: what is
left of the distance to the exact fit is (1 − η)^k.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from collapse.beliefs.normal import Normal
from collapse.data import Array, Data, Moments, Rows
from collapse.decoding import Decoder
from collapse.models.base import Cost, Model
from collapse.models.bells import Begun as Begun
from collapse.models.bells import GaussianParams as GaussianParams
from collapse.models.bells import directions, standard
from collapse.models.weighted import fitted, passes
from collapse.models.wishart import standard_moments
from collapse.spec import knob
from collapse.triangles import triangle
from collapse.worlds import NormalWorld, World

OVERHEAD = 600  # numbers handled in one pass of a loss that weighs examples, however few they are


@dataclass(frozen=True)
class Gaussian(Model):
    """A Gaussian in any dimension, fitted by moments, or by another loss, or by a few gradient steps.

    With k steps of rate η, ρ = 1 − (1 − η)^k:  mean = (1 − ρ) · start + ρ · exact fit, and the covariance about the mean likewise,
    but with steps of at most 1, since a longer one could end below zero.  A rate above 1 leaps over the mean, and with a fresh start
    and an odd number of steps the distance to the start grows from generation to generation.  2 is the largest rate, because beyond
    it the steps of a single fit move away from what they look for.  A fresh start lies `initial_mean` standard deviations of the real
    world from its mean along each axis, uncorrelated and `initial_sd` times as wide.
    """

    kind = "gaussian"
    says = "one bell curve: a mean and a variance"
    dimensions = 16
    Params = GaussianParams

    estimator: str = knob(
        "ml",
        "maximum likelihood divides the squared distances of n examples from their mean by n, and comes out a little too narrow on "
        "average; dividing by n − 1 corrects that (unbiased)",
        label="estimator",
        choices={"ml": "maximum likelihood (divide by n)", "unbiased": "unbiased (divide by n − 1)"},
    )
    variance: str = knob(
        "refitted",
        "whether the variance (in several dimensions the covariance) is fitted in every generation, or known and held at the world’s",
        label="variance",
        choices={"refitted": "fitted again in every generation", "known": "known, and held at the world’s"},
    )
    loss: str = knob(
        "likelihood",
        "what a fit minimises: the likelihood, or examples count more where the data or the model are dense",
        label="loss",
        choices={
            "likelihood": "negative log-likelihood",
            "data-weighted": "weighted by the density of the data",
            "model-weighted": "weighted by the model’s own density",
            "density-power": "density power divergence",
        },
    )
    alpha: float = knob(
        0.1,
        "each example is weighted by this power of the density",
        label="exponent of the weights",
        low=0.01,
        high=0.5,
        log=True,
    )
    steps: int = knob(
        0,
        "how many gradient steps a fit takes; with 0 it is solved exactly",
        label="gradient steps of a fit",
        low=0,
        high=1000,
    )
    rate: float = knob(
        0.1,
        "share of the way to the exact fit that a gradient step takes; above 1 it leaps over the mean",
        label="learning rate",
        low=0.001,
        high=2.0,
        log=True,
    )
    start: str = knob(
        "fresh",
        "the steps of a fit begin at the same bell curve every time, or at the parent (a warm start)",
        label="start of the steps",
        choices={"fresh": "anew every time", "warm": "from its parent (a warm start)"},
    )
    initial_mean: float = knob(
        1.0,
        "where a fresh start lies, in standard deviations of the real world from its mean",
        label="initial mean",
        low=0.0,
        high=10.0,
    )
    initial_sd: float = knob(
        2.0,
        "how wide a fresh start is, in standard deviations of the real world",
        label="initial standard deviation",
        low=0.01,
        high=10.0,
        log=True,
    )

    @property
    def rows(self) -> bool:
        return self.loss != "likelihood"

    @property
    def equivariant(self) -> bool:
        return self.steps == 0

    @property
    def left(self) -> tuple[float, float]:
        """What remains of the distance to the exact fit after the steps: of the mean's, and of the covariance's."""
        return (1 - self.rate) ** self.steps, (1 - min(self.rate, 1.0)) ** self.steps

    def phrase(self) -> str:
        rules, plain = self.knobs(), type(self)()
        said = [] if self.estimator == "ml" else ["its variance unbiased"]
        said += [
            f"{rules[name].label} {rules[name].says(getattr(self, name))}"
            for name in list(rules)[1:]
            if getattr(self, name) != getattr(plain, name)
        ]
        return f"one bell curve ({'; '.join(said)})" if said else "one bell curve"

    def sample(self, params: GaussianParams, n: int, decoder: Decoder, rng: np.random.Generator) -> Array:
        rank = directions(params.lower)
        z = decoder.standard_normal((*params.mean.shape[:-1], n, rank), rng)
        return params.mean[..., None, :] + z @ np.swapaxes(params.lower[..., :rank], -1, -2)

    def summarise(self, data: Data) -> Data:
        return Moments.of(data.x) if isinstance(data, Rows) and not self.rows else data

    def emit(self, params: GaussianParams, n: int, decoder: Decoder, rng: np.random.Generator) -> Data:
        if self.rows or (decoder.top_p < 1.0 and directions(params.lower) < params.mean.shape[-1]):
            return super().emit(params, n, decoder, rng)
        z = standard_moments(params.mean.shape, n, decoder, rng)
        if params.mean.shape[-1] == 1:  # products of numbers are faster than those of matrices
            mean = params.mean + params.lower[..., 0] * z.mean
            return Moments(n, mean, params.lower * z.lower, params.log_diagonal + z.log_diagonal)
        mean = params.mean + (params.lower @ z.mean[..., None])[..., 0]
        return Moments(n, mean, params.lower @ z.lower, params.log_diagonal + z.log_diagonal)

    def fit(self, data: Data, parent: Any, rng: np.random.Generator) -> GaussianParams:
        m, known = (data.size if self.estimator == "ml" else data.size - 1), self.variance == "known"
        assert isinstance(data, Rows | Moments)
        if known and parent is None:  # nobody has said what it is: that of a standard Gaussian
            parent = self._initial(np.zeros_like(data.x[..., 0, :] if isinstance(data, Rows) else data.mean), 1.0)
        if isinstance(data, Rows):
            equal, held = np.full(data.size, 1 / data.size), parent[1:] if known else None
            mean, lower, log = fitted(data.x, equal, self.loss, self.alpha, held)
            exact = GaussianParams(mean, lower * np.sqrt(data.size / m), log + np.log(data.size / m) / 2)
        else:
            exact = GaussianParams(data.mean, data.lower / np.sqrt(m), data.log_diagonal - np.log(m) / 2)
        if known:
            exact = GaussianParams(exact.mean, *parent[1:])
        return self.approached(exact, parent) if self.steps else exact

    def approached(self, exact: GaussianParams, parent: GaussianParams | None) -> Begun:
        """Where the gradient steps towards an exact fit end; without a parent they begin in the units of the data."""
        begin = parent.begin if isinstance(parent, Begun) else self._initial(np.zeros_like(exact.mean), 1.0)
        start = begin if self.start == "fresh" or parent is None else parent
        far, wide = self.left
        mean = far * start.mean + (1 - far) * exact.mean
        if mean.shape[-1] == 1:  # by logarithms, which last where a double ends
            with np.errstate(divide="ignore"):
                parts = np.log(wide) + 2 * start.log_diagonal, np.log(1 - wide) + 2 * exact.log_diagonal
            log = np.logaddexp(*parts) / 2
            found = Begun(mean, np.exp(log)[..., None], log)
        else:
            both = np.broadcast_arrays(np.sqrt(wide) * start.lower, np.sqrt(1 - wide) * exact.lower)
            found = Begun(mean, *triangle(np.concatenate(both, axis=-1), mean.shape[-1]))
        found.begin = begin
        return found

    def _initial(self, mean: Array, sd: Array | float) -> GaussianParams:
        """The fresh start for means (…, d) and standard deviations (d,) of the world; one that is known is no matter of the start."""
        width = np.broadcast_to(np.asarray((1.0 if self.variance == "known" else self.initial_sd) * sd), mean.shape)
        return GaussianParams(mean + self.initial_mean * sd, width[..., None] * np.eye(mean.shape[-1]), np.log(width))

    def ancestor(self, world: World, lineages: int) -> Begun | None:
        """The fresh start, in the units of the world, if the fit takes steps, or the covariance is known."""
        if self.steps == 0 and self.variance == "refitted":
            return None
        law = world.distribution
        start = self._initial(np.tile(law.mean, (lineages, 1)), np.sqrt(np.diagonal(law.cov)))
        if self.variance == "known":
            real, shape = Normal(law.mean, law.cov), start.lower.shape
            start = GaussianParams(
                start.mean, np.broadcast_to(real.lower, shape), np.broadcast_to(real.log_diagonal, shape[:-1])
            )
        found = Begun(*start)
        found.begin = start
        return found

    def belief(self, params: GaussianParams) -> Normal:
        return Normal.factored(*params)

    def member(self, world: World, lineages: int) -> GaussianParams | None:
        if not isinstance(world, NormalWorld):
            return None
        return standard(world.d, lineages)

    def spread(self, n: int) -> tuple[float, float] | None:
        """Known for the likelihood, solved exactly; for steps, which know the parent too, see `laws.approach`."""
        if self.rows or self.steps:
            return None
        return (0.0, 1.0) if self.variance == "known" else ((1.0 if self.estimator == "ml" else n / (n - 1)), 0.0)

    def widest(self, n: int) -> tuple[float, float]:
        """A density power divergence of few examples is wider than their variance, by 1 + 2α/n at most, as simulations show."""
        wider = 1 + 2 * self.alpha / n if self.loss == "density-power" else 1.0
        overshoot = max((1 - self.left[0]) ** 2, 1.0) if self.steps and self.start == "fresh" else 1.0
        wider *= 1.0 if self.estimator == "ml" else n / (n - 1)
        return 0.0 if self.variance == "known" else wider, overshoot

    def held(self, world: World, decoder: Decoder, n: int, distinct: bool) -> int:
        summarised = not distinct and not self.rows and decoder.top_p == 1.0 and isinstance(world, NormalWorld)
        return world.d * (world.d + 1) if summarised else n * world.d

    def cost(self, world: World, decoder: Decoder, n: int, distinct: bool) -> Cost:
        """Moments instead of rows where their law is known; the root of a covariance takes twice the time of its numbers.  A loss
        that weighs examples needs them all, and looks at them in each pass, which takes a sixteenth of the time of their products."""
        rows, moments, weighed = n * world.d, world.d * (world.d + 1), passes(self.loss, self.alpha)
        distinct |= self.rows
        return Cost(
            observing=moments if isinstance(world, NormalWorld) and not distinct else rows * world.cost_of_a_draw,
            sampling=rows + n if decoder.top_p < 1.0 else rows if distinct else moments,
            fitting=weighed * n * moments // 16 + (2 * moments if world.d > 1 else 0),
            iterating_block=weighed * (OVERHEAD + 30 if world.d == 1 else 2 * OVERHEAD + 45 * world.d**2),
            likelihood=world.d,
            saying=100 * world.d if world.d > 1 and (distinct or decoder.truncates) else 0,
            overhead=weighed * moments // 4
            + (moments * (weighed * n // 16 + world.d // 2) if weighed and world.d > 1 else 0),
        )
