"""The two networks of a variational autoencoder, many of them at once: forward, gradients by hand, Adam.

Weights are stacked over lineages, (R, rows, columns), so that one matrix product serves all.  Pixels are between 0 and 1 here.

    encoder  x → h = relu(x W₁ + b₁) → (μ, log s²) = h W₂ + b₂           decoder  z → g = relu(z W₃ + b₃) → y = sigmoid(g W₄ + b₄)

An image costs  ‖x − y‖²/(2σ²) + β · ½ Σ (μ² + s² − 1 − log s²)  with z = μ + s ε (Kingma & Welling 2014); what the loss lacks of the
negative ELBO, d/2 ln 2πσ², depends on σ² alone.  The same noise σ² holds in every pixel, at its best value given the rest: the mean
squared error (Rybkin et al. 2021).
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit

from collapse.data import Array

SURE = 10.0  # |log s²| is at most this, so that no exponential overflows
STEEPEST = 1e15  # a slope, so that its square is a number in single precision
DECAY, DECAY_OF_SQUARES, TINY = 0.9, 0.999, 1e-8


class Weights(NamedTuple):
    """Weights and biases of both networks, each with the lineages first."""

    w1: Array
    b1: Array
    w2: Array
    b2: Array
    w3: Array
    b3: Array
    w4: Array
    b4: Array


def fresh(lineages: int, pixels: int, width: int, latents: int, rng: np.random.Generator) -> Weights:
    """Weights before any training: Gaussian, of variance 2/rows before a relu and 1/rows elsewhere (He et al. 2015); no bias."""

    def layer(rows: int, columns: int, gain: float) -> tuple[Array, Array]:
        scale = np.float32(np.sqrt(gain / rows))
        w = scale * rng.standard_normal((lineages, rows, columns), dtype=np.float32)
        return w, np.zeros((lineages, 1, columns), np.float32)

    return Weights(
        *layer(pixels, width, 2.0),
        *layer(width, 2 * latents, 1.0),
        *layer(latents, width, 2.0),
        *layer(width, pixels, 1.0),
    )


def encode(w: Weights, x: Array) -> tuple[Array, Array]:
    """(μ, log s²), each (…, m, q), of images x (…, m, d)."""
    out = np.maximum(x @ w.w1 + w.b1, 0.0) @ w.w2 + w.b2
    q = out.shape[-1] // 2
    return out[..., :q], np.clip(out[..., q:], -SURE, SURE)


def decode(w: Weights, z: Array) -> Array:
    """The decoder's means (…, m, d) of latents z (…, m, q)."""
    return expit(np.maximum(z @ w.w3 + w.b3, 0.0) @ w.w4 + w.b4)


def divergence(mean: Array, log_square: Array) -> Array:
    """KL(N(μ, s²) ‖ N(0, 1)) summed over latents, (…, m), nats."""
    return 0.5 * (mean**2 + np.exp(log_square) - 1 - log_square).sum(axis=-1)


class Step(NamedTuple):
    """Of a batch in every lineage: the `loss` (R,) and its two parts, `error` ‖x − y‖² and `kl`, each the mean over images; and the
    `slope` of the loss by every weight."""

    loss: Array
    error: Array
    kl: Array
    slope: Weights


def step(w: Weights, x: Array, noise: Array, beta: float, eps: Array) -> Step:
    """Loss and gradient for images x (R, B, d), noise σ² (R,), weight β of the KL and Gaussian eps (R, B, q)."""
    b = x.shape[-2]
    a1 = x @ w.w1 + w.b1
    h = np.maximum(a1, 0.0)
    out = h @ w.w2 + w.b2
    q = out.shape[-1] // 2
    mean, raw = out[..., :q], out[..., q:]
    log_square = np.clip(raw, -SURE, SURE)
    s = np.exp(log_square / 2)
    z = mean + s * eps
    a3 = z @ w.w3 + w.b3
    g = np.maximum(a3, 0.0)
    y = expit(g @ w.w4 + w.b4)
    gap = y - x
    error = (gap**2).sum(axis=(-2, -1)) / b
    kl = divergence(mean, log_square).mean(axis=-1)

    d_y = gap * y * (1 - y) / (noise[:, None, None] * b)
    d_g = (d_y @ _t(w.w4)) * (a3 > 0)
    d_z = d_g @ _t(w.w3)
    d_mean = d_z + beta / b * mean
    d_log = (0.5 * d_z * s * eps + 0.5 * beta / b * (s * s - 1)) * (np.abs(raw) < SURE)
    d_out = np.concatenate([d_mean, d_log], axis=-1)
    d_h = (d_out @ _t(w.w2)) * (a1 > 0)
    pairs = ((x, d_h), (h, d_out), (z, d_g), (g, d_y))
    slope = Weights(*(part for a, d in pairs for part in (_t(a) @ d, d.sum(axis=-2, keepdims=True))))
    return Step(error / (2 * noise) + beta * kl, error, kl, slope)


def _t(a: Array) -> Array:
    return np.swapaxes(a, -1, -2)


class Adam:
    """Adam (Kingma & Ba 2015): it changes the weights in place, by about `rate` in every step, whatever the size of the slopes.

    That bound is why no weight can overflow, however badly a rate is chosen.
    """

    def __init__(self, weights: Weights, rate: float) -> None:
        self.weights, self.rate, self.time = weights, rate, 0
        self.first, self.second = ([np.zeros_like(a) for a in weights] for _ in range(2))

    def follow(self, slope: Weights) -> None:
        """One step down the slope."""
        self.time += 1
        rate = self.rate * np.sqrt(1 - DECAY_OF_SQUARES**self.time) / (1 - DECAY**self.time)
        for w, steep, m, v in zip(self.weights, slope, self.first, self.second, strict=True):
            g = np.clip(steep, -STEEPEST, STEEPEST)
            m *= DECAY
            m += (1 - DECAY) * g
            v *= DECAY_OF_SQUARES
            v += (1 - DECAY_OF_SQUARES) * g * g
            w -= w.dtype.type(rate) * m / (np.sqrt(v) + w.dtype.type(TINY))
