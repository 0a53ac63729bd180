"""The Gaussian: fit a mean and a covariance, sample, fit again.

The summary of n rows from N(μ, Σ) has a known law, mean ~ N(μ, Σ/n) and scatter ~ Wishart(Σ, n−1), independent of each
other.  `emit` draws from it, so the cost of a generation does not depend on n.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from collapse.beliefs.base import Normal
from collapse.data import Array, Data, Moments, Rows
from collapse.decoding import Decoder
from collapse.models.base import Cost, Model
from collapse.spec import knob
from collapse.worlds import NormalWorld, World


class GaussianParams(NamedTuple):
    """`mean` (…, d) and `cov` (…, d, d)."""

    mean: Array
    cov: Array


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
        d = params.mean.shape[-1]
        z = decoder.standard_normal((*params.mean.shape[:-1], n, d), rng)
        return params.mean[..., None, :] + z @ np.swapaxes(root(params.cov), -1, -2)

    def summarise(self, data: Data) -> Data:
        return Moments.of(data.x) if isinstance(data, Rows) else data

    def emit(self, params: GaussianParams, n: int, decoder: Decoder, rng: np.random.Generator) -> Data:
        if decoder.top_p < 1.0:
            return super().emit(params, n, decoder, rng)
        mean, cov = params.mean, params.cov
        if decoder.temperature != 1.0:
            cov = cov * decoder.temperature
        z = rng.standard_normal(mean.shape)
        if mean.shape[-1] == 1:
            chi2 = 2.0 * rng.standard_gamma((n - 1) / 2, mean.shape)
            return Moments(n, mean + np.sqrt(cov[..., 0] / n) * z, cov * chi2[..., None])
        factor = root(cov)
        half = factor @ wishart_root(n - 1, mean.shape, rng)
        return Moments(n, mean + (factor @ z[..., None])[..., 0] / np.sqrt(n), half @ np.swapaxes(half, -1, -2))

    def fit(self, data: Data, parent: Any, rng: np.random.Generator) -> GaussianParams:
        assert isinstance(data, Moments)
        return GaussianParams(data.mean, data.scatter / (data.size if self.estimator == "ml" else data.size - 1))

    def belief(self, params: GaussianParams) -> Normal:
        return Normal(params.mean, params.cov)

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
        )


@lru_cache(maxsize=64)
def _standard(d: int, lineages: int) -> GaussianParams:
    """N(0, I) for every lineage, as views of one: asked for in every generation that sees fresh data."""
    return GaussianParams(np.broadcast_to(np.zeros(d), (lineages, d)), np.broadcast_to(np.eye(d), (lineages, d, d)))


def root(cov: Array) -> Array:
    """A matrix square root of `cov` (…, d, d), also when it is singular (n ≤ d makes it so)."""
    if cov.shape[-1] == 1:
        return np.sqrt(cov)
    values, vectors = np.linalg.eigh(cov)
    return vectors * np.sqrt(np.maximum(values, 0.0))[..., None, :]


def wishart_root(df: int, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """A (…, d, ·) with A Aᵀ ~ Wishart(I_d, df), for shape (…, d); Bartlett's triangle when df ≥ d."""
    d = shape[-1]
    if df < d:
        return rng.standard_normal((*shape, df))
    lower = np.tril(rng.standard_normal((*shape, d)), -1)
    index = np.arange(d)
    lower[..., index, index] = np.sqrt(2.0 * rng.standard_gamma((df - index) / 2, shape))
    return lower
