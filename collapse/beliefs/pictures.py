"""What a model of images believes: a distribution that is looked at through its latents and through samples of it."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from collapse.beliefs.base import Distribution, Sample
from collapse.beliefs.normal import Normal
from collapse.data import Array, Data, Rows
from collapse.going_on import step_by_step

ACTIVE = 0.01  # a latent is active if the mean that the encoder gives it varies by more than this over images


class Pictures(Distribution):
    """A distribution over images, rows of d pixels: `mean` (…, d) and `cov` (…, d, d) of what is said, `spectrum` (…, q) the
    variances of the decoder's means along their own axes, the largest first.  `lead` are the axes of lineages and generations.

    What the latents hold is measured on `images` (m, d), real ones that nobody has learnt from.
    """

    space = "images"
    lead: tuple[int, ...]
    spectrum: Any

    def samples(self, index: tuple[int, ...]) -> Array:
        """What one lineage and generation says, (m, d), always from the same noise."""
        raise NotImplementedError

    def each(self, measure: Callable[[Array], Array | float]) -> Array:
        """A function of samples (m, d), of every lineage and generation by itself: clouds of a whole run fill no memory at once."""
        values = np.array([measure(self.samples(index)) for index in step_by_step(np.ndindex(self.lead))])
        return values.reshape((*self.lead, *values.shape[1:]))

    def seen(self, axes: Array) -> Distribution:
        """The distribution along axes (d, k)."""
        raise NotImplementedError

    def active(self, images: Array) -> Array:
        """How many latents are active, (…); NaN where there are none to speak of, as in a real data set."""
        return np.full(self.lead, np.nan)

    def nats(self, images: Array) -> Array:
        """KL(posterior ‖ prior) of an image, summed over latents, (…), nats."""
        return np.full(self.lead, np.nan)

    def encoded(self, images: Array) -> Array:
        """The latents that the encoder gives to images (m, d) on average, (…, m, q); TypeError for a real data set."""
        raise TypeError("real images have no encoder")

    def redrawn(self, images: Array) -> Array:
        """Images (m, d) encoded and drawn again by the decoder, without noise, (…, m, d); TypeError for a real data set."""
        raise TypeError("real images have no decoder")

    def elbo(self, images: Array) -> Array:
        """Evidence lower bound per image, (…), nats; of grey values, so that it is a density per grey level and pixel."""
        return np.full(self.lead, np.nan)


class Gallery(Pictures):
    """Real images `rows` (m, d), as generation 0; `latents`, if given, is how a linear model of them all would see them."""

    def __init__(self, rows: Array, latents: "Factors | None" = None, shown: int = 1000) -> None:
        self.lead, self.rows, self.latents = (), rows, latents
        self.mean, self.cov = rows.mean(axis=0), np.cov(rows.T, bias=True)
        self.shown = rows[np.linspace(0, len(rows) - 1, min(shown, len(rows))).astype(int)]
        self.spectrum = np.full(1, np.nan) if latents is None else latents.spectrum

    def samples(self, index: tuple[int, ...]) -> Array:
        return self.shown

    def seen(self, axes: Array) -> Sample:
        return Sample(self.rows @ axes)

    def active(self, images: Array) -> Array:
        return super().active(images) if self.latents is None else self.latents.active(images)

    def nats(self, images: Array) -> Array:
        return super().nats(images) if self.latents is None else self.latents.nats(images)


class Factors(Pictures):
    """The linear VAE N(μ, U diag(s) Uᵀ + σ²I): `mean` (…, d), orthonormal `axes` U (…, d, q), `signal` s (…, q), `noise` σ² (…).

    `loud`: it says samples with their noise, else the decoder's means, N(μ, U diag(s) Uᵀ).  `z` is the noise of its cloud: (m, d) for
    samples, (m, q) for means.
    """

    def __init__(self, mean: Array, axes: Array, signal: Array, noise: Array, loud: bool, z: Array) -> None:
        self.lead, self.mean, self.axes, self.spectrum, self.noise = noise.shape, mean, axes, signal, noise
        self.loud, self.z = loud, z

    @property
    def said_noise(self) -> Array:
        """The variance of a pixel around the decoder's mean in what is said, (…)."""
        return self.noise if self.loud else np.zeros_like(self.noise)

    @cached_property
    def cov(self) -> Array:
        eye = np.eye(self.mean.shape[-1])
        return (self.axes * self.spectrum[..., None, :]) @ np.swapaxes(self.axes, -1, -2) + (
            self.said_noise[..., None, None] * eye
        )

    @property
    def total(self) -> Array:
        return self.spectrum.sum(axis=-1) + self.mean.shape[-1] * self.said_noise

    def samples(self, index: tuple[int, ...]) -> Array:
        return spoken(self.mean[index], self.axes[index], self.spectrum[index], self.said_noise[index], self.z)

    def seen(self, axes: Array) -> Normal:
        inner = np.swapaxes(self.axes, -1, -2) @ axes
        cov = np.swapaxes(inner * self.spectrum[..., None], -1, -2) @ inner
        return Normal(self.mean @ axes, cov + self.said_noise[..., None, None] * (axes.T @ axes))

    def active(self, images: Array) -> Array:
        """The mean of latent i varies by s_i/(s_i + σ²) over what the model was fitted to (Burda et al. 2016; Lucas et al. 2019)."""
        whole = self.spectrum + self.noise[..., None]
        return np.count_nonzero(self.spectrum > ACTIVE * whole, axis=-1).astype(float)

    def nats(self, images: Array) -> Array:
        """½ Σ ln(1 + s_i/σ²), exact on average over the images that the model was fitted to; infinite without noise."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(self.spectrum > 0, self.spectrum / self.noise[..., None], 0.0)
        return np.log1p(ratio).sum(axis=-1) / 2

    def encoded(self, images: Array) -> Array:
        """Along each axis √s/(s + σ²) times the distance from the mean: the posterior mean; 0 of a latent that holds nothing."""
        whole = self.spectrum + self.noise[..., None]
        scale = np.sqrt(self.spectrum) / np.where(whole > 0, whole, np.inf)
        return ((images - self.mean[..., None, :]) @ self.axes) * scale[..., None, :]

    def redrawn(self, images: Array) -> Array:
        """What is left of an image when each axis is shrunk by s/(s + σ²), and all others are dropped."""
        across = np.swapaxes(self.axes, -1, -2)
        return self.mean[..., None, :] + (self.encoded(images) * np.sqrt(self.spectrum)[..., None, :]) @ across

    def elbo(self, images: Array) -> Array:
        """The log-likelihood itself, since the posterior of a linear VAE is Gaussian and its encoder exact; −∞ without noise."""
        return self.log_likelihood(Rows(images)).mean(axis=-1)

    def log_likelihood(self, examples: Data) -> Array:
        """Log density ln N(x; μ, U diag(s) Uᵀ + σ²I) of images (…, m), by Woodbury's formula; −∞ where there is no noise."""
        assert isinstance(examples, Rows)
        d, s, noise = self.mean.shape[-1], self.spectrum, self.noise[..., None]
        gap = examples.x - self.mean[..., None, :]
        with np.errstate(divide="ignore", invalid="ignore"):
            along = ((gap @ self.axes) ** 2 * (s / (s + noise))[..., None, :]).sum(axis=-1)
            far = ((gap**2).sum(axis=-1) - along) / noise
            log_det = np.log1p(s / noise).sum(axis=-1) + d * np.log(self.noise)
            each = -0.5 * (far + log_det[..., None] + d * np.log(2 * np.pi))
        return np.where(noise > 0, each, -np.inf)


def spoken(mean: Array, axes: Array, signal: Array, noise: Array, z: Array) -> Array:
    """Images (…, m, d) of a linear VAE from standard Gaussian z: by the root of the covariance for z (…, m, d), of the decoder's
    means for z (…, m, q)."""
    across = np.swapaxes(axes, -1, -2)
    if z.shape[-1] == signal.shape[-1]:
        return mean[..., None, :] + (z * np.sqrt(signal)[..., None, :]) @ across
    sd = np.sqrt(noise)[..., None]
    more = np.sqrt(signal + noise[..., None]) - sd
    return mean[..., None, :] + sd[..., None] * z + ((z @ axes) * more[..., None, :]) @ across
