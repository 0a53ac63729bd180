"""What a nonlinear variational autoencoder believes: it can be sampled and its encoder can be asked, but nobody knows its density."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from collapse.beliefs.base import Distribution
from collapse.beliefs.cloud import Cloud
from collapse.beliefs.pictures import ACTIVE, Pictures
from collapse.data import Array
from collapse.going_on import step_by_step
from collapse.models.implicit import fixed_noise
from collapse.models.network import Weights, decode, divergence, encode
from collapse.worlds.digits import BLACK

DRAWS = 8  # of the latents of each held-out image, for the ELBO: four and their opposites


class VaeParams(NamedTuple):
    """The weights of both networks as in `network.Weights`; `noise` (…,), the variance σ² of a pixel between 0 and 1; and `losses`
    (…, epochs), how training went: the negative ELBO of an image at the weight of the KL term, nats, the mean over each epoch."""

    w1: Array
    b1: Array
    w2: Array
    b2: Array
    w3: Array
    b3: Array
    w4: Array
    b4: Array
    noise: Array
    losses: Array

    @property
    def weights(self) -> Weights:
        """Both networks."""
        return Weights(*self[:-2])


def said(params: VaeParams, z: Array) -> Array:
    """Images (…, m, d), grey values 0 to 16, of Gaussian numbers z (…, m, q), or (…, m, q + d) if pixels have their noise."""
    q = params.w3.shape[-2]
    means = decode(params.weights, z[..., :q].astype(params.w1.dtype)).astype(float)
    if z.shape[-1] > q:
        means += np.sqrt(params.noise)[..., None, None] * z[..., q:]
    return BLACK * means


class Imagined(Pictures):
    """A VAE as a belief: its samples, each from `inputs` numbers of their own noise, and its encoder, asked about real images."""

    def __init__(self, params: VaeParams, inputs: int) -> None:
        self.lead, self.params, self.inputs = params.noise.shape, params, inputs
        self.latents = params.w3.shape[-2]

    def samples(self, index: tuple[int, ...]) -> Array:
        return said(VaeParams(*(a[index] for a in self.params)), fixed_noise(self.inputs))

    @cached_property
    def mean(self) -> Array:
        return self.each(lambda x: x.mean(axis=0))

    @cached_property
    def cov(self) -> Array:
        return self.each(lambda x: np.cov(x.T, bias=True))

    @property
    def total(self) -> Array:
        return self.each(lambda x: float(x.var(axis=0).sum()))

    @cached_property
    def spectrum(self) -> Array:
        """Eigenvalues of the covariance of the decoder's means over 1000 draws of the latents, (…, d), squared grey levels."""
        z = fixed_noise(self.latents).astype(self.params.w1.dtype)
        found = [np.cov(BLACK * decode(w, z).T, bias=True) for w, _ in self._alone()]
        values = np.maximum(np.linalg.eigvalsh(np.array(found)), 0.0)[..., ::-1]
        return values.reshape(*self.lead, values.shape[-1])

    def seen(self, axes: Array) -> Distribution:
        return Cloud(self.each(lambda x: x @ axes))

    def _alone(self) -> Iterator[tuple[Weights, Array]]:
        """(networks, noise) of every lineage and generation by itself."""
        for index in step_by_step(np.ndindex(self.lead)):
            one = VaeParams(*(a[index] for a in self.params))
            yield one.weights, one.noise

    def _shaded(self, images: Array) -> Array:
        """Images with pixels between 0 and 1, in the numbers of the networks."""
        return np.asarray(images / BLACK, dtype=self.params.w1.dtype)

    def active(self, images: Array) -> Array:
        x = self._shaded(images)
        found = [np.count_nonzero(encode(w, x)[0].var(axis=0) > ACTIVE) for w, _ in self._alone()]
        return self._folded(found)

    def nats(self, images: Array) -> Array:
        x = self._shaded(images)
        return self._folded([divergence(*encode(w, x)).mean() for w, _ in self._alone()])

    def encoded(self, images: Array) -> Array:
        x = self._shaded(images)
        return self._folded([encode(w, x)[0] for w, _ in self._alone()])

    def redrawn(self, images: Array) -> Array:
        x = self._shaded(images)
        return self._folded([BLACK * decode(w, encode(w, x)[0]) for w, _ in self._alone()])

    def _folded(self, values: Sequence[Any]) -> Array:
        """Values of every lineage and generation, one after the other, by lineage and generation."""
        found = np.asarray(values, dtype=float)
        return found.reshape((*self.lead, *found.shape[1:]))

    def elbo(self, images: Array) -> Array:
        """By eight draws of the latents of every image, always the same, with their opposites."""
        x = self._shaded(images)
        eps = _draws(len(x), self.latents)
        return self._folded([_elbo(w, float(noise), x, eps) for w, noise in self._alone()])


def _draws(images: int, latents: int) -> Array:
    """Gaussian numbers (8, images, latents), four of them and their opposites, always the same."""
    half = fixed_noise(latents)[np.arange(DRAWS // 2 * images) % 500].reshape(DRAWS // 2, images, latents)
    return np.concatenate([half, -half])


def _elbo(w: Weights, noise: float, x: Array, eps: Array) -> float:
    """Mean ELBO of images x (m, d) in nats per image, as a density of grey levels."""
    mean, log_square = encode(w, x)
    y = decode(w, mean + np.exp(log_square / 2) * eps.astype(x.dtype))
    d, error = x.shape[-1], ((x - y) ** 2).sum(axis=-1).mean()
    bound = -error / (2 * noise) - d / 2 * np.log(2 * np.pi * noise) - divergence(mean, log_square).mean()
    return float(bound - d * np.log(BLACK))
