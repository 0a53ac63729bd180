"""The linear variational autoencoder in closed form: probabilistic principal component analysis.

With a linear decoder, a linear encoder and one noise σ² for all pixels, the best VAE is known: its decoder spans the q leading axes
of the data, latent i holds s_i = λ_i − σ², and σ² is the mean of the other eigenvalues (Tipping & Bishop 1999; Lucas et al. 2019).
Nothing is trained, so whatever is lost over generations is lost to sampling and to the way of speaking, not to a poor optimiser.

All that a fit needs are moments, and the moments of what the model says have a known law, as those of a Gaussian.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from collapse.beliefs.pictures import Factors, Gallery, Pictures, spoken
from collapse.data import Array, Data, Rows
from collapse.decoding import Decoder
from collapse.models.base import Cost, Model
from collapse.models.implicit import fixed_noise
from collapse.models.wishart import standard_moments
from collapse.scatter import Scatter
from collapse.spec import knob
from collapse.triangles import ROUNDING
from collapse.worlds import Digits, World

PIXELS = 64
COST_OF_A_SCATTER, COST_OF_AXES = 4_000, 20_000  # of 64 × 64 numbers: drawn by its law; eigenvalues with their vectors
LOUD = 50_000  # to look at samples that have their noise
COST_OF_A_CLOUD, LOOKUP = 60_000, 45_000  # to measure the distances of 1000 samples from the real test set

SPEAKING = {"means": "the decoder’s means", "samples": "means with their noise"}
NOISE = {"kept": "kept from the first fit", "refitted": "refitted in every generation"}


class LinearVaeParams(NamedTuple):
    """`mean` (…, d), orthonormal `axes` (…, d, q), `signal` (…, q) the variance along each of them, `noise` (…,) of every pixel."""

    mean: Array
    axes: Array
    signal: Array
    noise: Array


@dataclass(frozen=True)
class LinearVae(Model):
    """A linear VAE: the q leading axes of the data, with noise of one variance in every pixel."""

    kind = "linear-vae"
    says = "a linear variational autoencoder"
    space = "images"
    dimensions = PIXELS
    compact = False
    Params = LinearVaeParams

    latents: int = knob(10, "how many numbers describe an image", label="latents", low=1, high=20)
    speaking: str = knob(
        "means",
        "what the decoder says is passed on with its noise, or without it, as is usual in published code",
        label="what is passed on",
        choices=SPEAKING,
    )
    noise: str = knob(
        "kept",
        "the noise of a pixel is learned by the first model and stays, or every model learns its own",
        label="noise",
        choices=NOISE,
    )

    @property
    def density(self) -> bool:  # type: ignore[override]
        """Is there noise in every generation, and so a density?"""
        return not self.silent

    @property
    def silent(self) -> str:
        if self.speaking == "means" and self.noise == "refitted":
            return "decoder means have no noise, so a model that refits it to nothing else has none, and no density"
        return ""

    @property
    def loud(self) -> bool:
        """Is the noise passed on?"""
        return self.speaking == "samples"

    def sample(self, params: LinearVaeParams, n: int, decoder: Decoder, rng: np.random.Generator) -> Array:
        """A temperature scales the variance of the latent draw and of the noise; top-p keeps the most likely images."""
        z = decoder.standard_normal((len(params.mean), n, self._width(params)), rng)
        return spoken(*params, z)

    def summarise(self, data: Data) -> Data:
        return Scatter.of(data.x) if isinstance(data, Rows) else data

    def observe(self, world: World, lineages: int, n: int, rng: np.random.Generator) -> Data:
        """The images of one lineage after the other, since those of all would take much room."""
        assert isinstance(world, Digits)
        return Scatter.stacked([Scatter.of(world.rows[which]) for which in world.picked((lineages, n), rng)])

    def emit(self, params: LinearVaeParams, n: int, decoder: Decoder, rng: np.random.Generator) -> Data:
        """The moments of n rows: a root of the covariance times those of standard Gaussian rows."""
        lead, width = params.mean.shape[:-1], self._width(params)
        z = standard_moments((*lead, width), n, decoder, rng)
        still = LinearVaeParams(np.zeros_like(params.mean), *params[1:])
        mean = params.mean + spoken(*still, z.mean[..., None, :])[..., 0, :]
        wide = np.swapaxes(spoken(*still, np.swapaxes(z.lower, -1, -2)), -1, -2)
        return Scatter.rooted(n, mean, wide)

    def fit(self, data: Data, parent: Any, rng: np.random.Generator) -> LinearVaeParams:
        assert isinstance(data, Scatter)
        kept = parent.noise if parent is not None and self.noise == "kept" else None
        if data.root is not None:
            return narrow(data.mean, data.root / np.sqrt(data.size), self.latents, kept)
        return principal(data.mean, data.scatter / data.size, self.latents, kept)

    def belief(self, params: LinearVaeParams) -> Factors:
        return Factors(*params, self.loud, fixed_noise(self._width(params)))

    def truth(self, world: World, n: int) -> Pictures:
        """The real images, and the latents as a linear VAE sees them that has learnt from endless data."""
        assert isinstance(world, Digits)
        return _gallery(world, self.latents, self.loud)

    def spread(self, n: int) -> tuple[float, float] | None:
        """The total variance of samples is that of the data: s and σ² add up to the trace, if both are refitted."""
        return (1.0, 0.0) if self.loud and self.noise == "refitted" else None

    def held(self, world: World, decoder: Decoder, n: int, distinct: bool) -> int:
        return n * world.d if distinct else world.d * (world.d + 1)

    def cost(self, world: World, decoder: Decoder, n: int, distinct: bool) -> Cost:
        """A scatter of 64 × 64 numbers and its axes, whatever n is, once the real images are summed up."""
        rows = 2 * n * world.d
        return Cost(
            observing=rows,
            sampling=rows + n if decoder.top_p < 1.0 else rows if distinct else COST_OF_A_SCATTER,
            fitting=COST_OF_AXES,
            integral=COST_OF_A_CLOUD,
            overhead=LOUD * self.loud,
            lookup=LOOKUP,
            likelihood=world.d,
            levers=(),
            gathered=rows,
        )

    def _width(self, params: LinearVaeParams) -> int:
        return params.mean.shape[-1] if self.loud else params.signal.shape[-1]


def principal(mean: Array, cov: Array, latents: int, noise: Array | None = None) -> LinearVaeParams:
    """Maximum likelihood: the `latents` leading axes of covariances (…, d, d), s_i = λ_i − σ²; σ² is given, or the mean of the other
    eigenvalues.  What rounding cannot tell from 0 is 0."""
    values, vectors = _eigen(cov)
    return _split(mean, values, vectors[..., :latents], noise)


def narrow(mean: Array, root: Array, latents: int, noise: Array | None = None) -> LinearVaeParams:
    """As `principal` for covariances W Wᵀ, W = `root` (…, d, r) with r < d, by the r × r matrix WᵀW.  Axes without variance are 0."""
    (d, r), lead = root.shape[-2:], root.shape[:-2]
    found, vectors = _eigen(np.swapaxes(root, -1, -2) @ root)
    values, axes = np.zeros((*lead, d)), np.zeros((*lead, d, latents))
    values[..., :r], most = found, min(latents, r)
    scale = np.sqrt(np.where(found > 0, found, np.inf))[..., None, :most]
    axes[..., :most] = root @ vectors[..., :most] / scale
    return _split(mean, values, axes, noise)


def _eigen(cov: Array) -> tuple[Array, Array]:
    """Eigenvalues and vectors, the largest first."""
    values, vectors = np.linalg.eigh(cov)
    return np.where(values > ROUNDING * values[..., -1:], values, 0.0)[..., ::-1], vectors[..., ::-1]


def _split(mean: Array, values: Array, axes: Array, noise: Array | None) -> LinearVaeParams:
    """Signal and noise of eigenvalues (…, d), of which the leading ones have axes (…, d, q)."""
    latents = axes.shape[-1]
    if noise is None:
        noise = values[..., latents:].mean(axis=-1)
    return LinearVaeParams(mean, axes, np.maximum(values[..., :latents] - noise[..., None], 0.0), noise)


@lru_cache(maxsize=32)
def _gallery(world: Digits, latents: int, loud: bool) -> Gallery:
    seen = principal(world.distribution.mean, world.distribution.cov, latents)
    return Gallery(world.rows, Factors(*seen, loud, np.zeros((0, PIXELS if loud else latents))))
