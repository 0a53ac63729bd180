"""The Gaussian: fit a mean and a covariance, sample, fit again.

The summary of n rows from N(μ, Σ) has a known law, mean ~ N(μ, Σ/n) and scatter ~ Wishart(Σ, n−1), independent of each
other.  `emit` draws from it, so the cost of a generation does not depend on n.  With Σ = LLᵀ the scatter is (LA)(LA)ᵀ, where A is
Bartlett's triangle: the factor of every generation is a product of triangles, in which no direction is lost however narrow it is.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from collapse.beliefs.normal import Normal
from collapse.data import Array, Data, Moments, Rows
from collapse.decoding import Decoder
from collapse.models.base import Cost, Model
from collapse.spec import knob
from collapse.worlds import NormalWorld, World


class GaussianParams(NamedTuple):
    """`mean` (…, d) and the covariance L Lᵀ: `lower` is L (…, d, d), `log_diagonal` the logarithms of its diagonal (…, d).

    Both describe the diagonal, since the logarithm lasts where a double ends, at 1e−308.
    """

    mean: Array
    lower: Array
    log_diagonal: Array

    @property
    def cov(self) -> Array:
        """The covariance, (…, d, d)."""
        return self.lower @ np.swapaxes(self.lower, -1, -2)


@dataclass(frozen=True)
class Gaussian(Model):
    """A Gaussian in any dimension, fitted by moments."""

    kind = "gaussian"
    says = "one bell curve: a mean and a variance"
    dimensions = 16
    Params = GaussianParams

    estimator: str = knob(
        "ml",
        "divide the scatter by n (ml) or by n − 1 (unbiased)",
        label="estimator",
        choices={"ml": "maximum likelihood (divide by n)", "unbiased": "unbiased (divide by n − 1)"},
    )

    def phrase(self) -> str:
        return "one bell curve" if self.estimator == "ml" else "one bell curve (its variance unbiased)"

    def sample(self, params: GaussianParams, n: int, decoder: Decoder, rng: np.random.Generator) -> Array:
        rank = _directions(params.lower)
        z = decoder.standard_normal((*params.mean.shape[:-1], n, rank), rng)
        return params.mean[..., None, :] + z @ np.swapaxes(params.lower[..., :rank], -1, -2)

    def summarise(self, data: Data) -> Data:
        return Moments.of(data.x) if isinstance(data, Rows) else data

    def emit(self, params: GaussianParams, n: int, decoder: Decoder, rng: np.random.Generator) -> Data:
        if decoder.top_p < 1.0 and _directions(params.lower) < params.mean.shape[-1]:
            return super().emit(params, n, decoder, rng)
        z = standard_moments(params.mean.shape, n, decoder, rng)
        if params.mean.shape[-1] == 1:  # products of numbers are faster than those of matrices
            mean = params.mean + params.lower[..., 0] * z.mean
            return Moments(n, mean, params.lower * z.lower, params.log_diagonal + z.log_diagonal)
        mean = params.mean + (params.lower @ z.mean[..., None])[..., 0]
        return Moments(n, mean, params.lower @ z.lower, params.log_diagonal + z.log_diagonal)

    def fit(self, data: Data, parent: Any, rng: np.random.Generator) -> GaussianParams:
        assert isinstance(data, Moments)
        m = data.size if self.estimator == "ml" else data.size - 1
        return GaussianParams(data.mean, data.lower / np.sqrt(m), data.log_diagonal - np.log(m) / 2)

    def belief(self, params: GaussianParams) -> Normal:
        return Normal.factored(*params)

    def member(self, world: World, lineages: int) -> GaussianParams | None:
        if not isinstance(world, NormalWorld):
            return None
        return _standard(world.d, lineages)

    def spread(self, n: int) -> tuple[float, float]:
        return (1.0 if self.estimator == "ml" else n / (n - 1)), 0.0

    def held(self, world: World, decoder: Decoder, n: int, distinct: bool) -> int:
        summarised = not distinct and decoder.top_p == 1.0 and isinstance(world, NormalWorld)
        return world.d * (world.d + 1) if summarised else n * world.d

    def cost(self, world: World, decoder: Decoder, n: int, distinct: bool) -> Cost:
        """Moments instead of rows where their law is known; the root of a covariance takes twice the time of its numbers."""
        rows, moments = n * world.d, world.d * (world.d + 1)
        return Cost(
            observing=moments if isinstance(world, NormalWorld) and not distinct else rows * world.cost_of_a_draw,
            sampling=rows if distinct or decoder.top_p < 1.0 else moments,
            fitting=2 * moments if world.d > 1 else 0,
            likelihood=world.d,
        )


@lru_cache(maxsize=64)
def _standard(d: int, lineages: int) -> GaussianParams:
    """N(0, I) for every lineage, as views of one: asked for in every generation that sees fresh data."""
    zero, one = np.zeros(d), np.eye(d)
    shape = (lineages, d)
    return GaussianParams(np.broadcast_to(zero, shape), np.broadcast_to(one, (*shape, d)), np.broadcast_to(zero, shape))


def standard_moments(shape: tuple[int, ...], n: int, decoder: Decoder, rng: np.random.Generator) -> Moments:
    """The moments of n rows of N(0, I_d) as a decoder draws them, for shape (…, d)."""
    if decoder.top_p < 1.0:
        return Moments.of(decoder.standard_normal((*shape[:-1], n, shape[-1]), rng))
    mean = rng.standard_normal(shape) * np.sqrt(decoder.temperature / n)
    lower, log_diagonal = bartlett(n - 1, shape, rng)
    if decoder.temperature != 1.0:
        lower, log_diagonal = lower * decoder.temperature**0.5, log_diagonal + np.log(decoder.temperature) / 2
    return Moments(n, mean, lower, log_diagonal)


def _directions(lower: Array) -> int:
    """In how many directions there is any variance, of factors (…, d, d): at least 1, and n − 1 where n ≤ d examples were learnt."""
    return max(1, int(np.count_nonzero(lower.any(axis=tuple(range(lower.ndim - 1))))))


def bartlett(df: int, shape: tuple[int, ...], rng: np.random.Generator) -> tuple[Array, Array]:
    """(A, the logarithms of its diagonal): a lower triangle A (…, d, d) with A Aᵀ ~ Wishart(I_d, df), for shape (…, d).

    With df < d the matrix is singular: its columns from df on are 0.  Source: Bartlett (1933).
    """
    d = shape[-1]
    if d == 1 and df > 0:  # one number each, which is asked for most of all
        root = np.sqrt(2.0 * rng.standard_gamma(df / 2, shape))
        return root[..., None], np.log(root)
    index = np.arange(d)
    root = np.sqrt(2.0 * rng.standard_gamma(np.maximum(df - index, 0) / 2, shape))
    lower = np.tril(rng.standard_normal((*shape, d)), -1) * (index < df)
    lower[..., index, index] = root
    with np.errstate(divide="ignore"):
        return lower, np.log(root)
