"""What we watch in images: what the latents hold, which digits are drawn, and how near samples are to real images.

Functions of a belief and the world, with their lines of the table at the end.  Whatever is compared with real images uses those that
are held out.  Samples are the 1000 of the belief's cloud; of generation 0 they are real images that models may learn from.
"""

from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np
from scipy.special import entr

from collapse import sources
from collapse.beliefs.pictures import Gallery, Pictures
from collapse.data import Array
from collapse.metrics.base import Metric
from collapse.metrics.reader import CLASSES, read
from collapse.worlds import Digits

NEIGHBOURS = 5
ALIVE = 0.01  # a class is alive if at least this share of the samples is read as it
COPY = 0.01


def signal(belief: Pictures, world: Digits) -> Array:
    """Trace of the signal: the variance of the decoder's means summed over their axes, in squared grey levels."""
    return np.asarray(belief.spectrum.sum(axis=-1))


def effective_rank(belief: Pictures, world: Digits) -> Array:
    """Effective rank exp(−Σ p ln p), p_i = √s_i / Σ √s_j, s the variances of the decoder's means along their axes; 0 if all are 0."""
    return _effective(np.sqrt(np.maximum(belief.spectrum, 0.0)))


def participation(belief: Pictures, world: Digits) -> Array:
    """Participation ratio (Σ s_i)² / Σ s_i², s the variances of the decoder's means along their axes; 0 if all are 0."""
    s = belief.spectrum
    with np.errstate(invalid="ignore"):
        ratio = s.sum(axis=-1) ** 2 / (s**2).sum(axis=-1)
    return np.where(s.max(axis=-1) == 0, 0.0, ratio)


def _effective(weights: Array) -> Array:
    whole = weights.sum(axis=-1)
    with np.errstate(invalid="ignore"):
        p = weights / whole[..., None]
        return np.where(whole == 0, 0.0, np.exp(entr(p).sum(axis=-1)))


def active_latents(belief: Pictures, world: Digits) -> Array:
    """Latents whose posterior mean varies by more than 0.01 over images."""
    return belief.active(world.unread)


def latent_nats(belief: Pictures, world: Digits) -> Array:
    """What the latents say of an image: KL(posterior ‖ prior), summed over latents and never averaged over pixels, nats per image."""
    return belief.nats(world.unread)


def elbo(belief: Pictures, world: Digits) -> Array:
    """Evidence lower bound of a held-out real image, mean, nats per image."""
    return belief.elbo(world.unread)


def histogram(belief: Pictures) -> Array:
    """The share of samples that the fixed reader takes for each of the ten digits, (…, 10)."""
    return belief.each(lambda x: np.bincount(read(x).argmax(axis=-1), minlength=CLASSES) / len(x))


def live_classes(belief: Pictures, world: Digits) -> Array:
    """How many digits the fixed reader finds in at least 1% of the samples."""
    return np.count_nonzero(histogram(belief) >= ALIVE, axis=-1).astype(float)


def class_entropy(belief: Pictures, world: Digits) -> Array:
    """Entropy of the histogram of digits as the fixed reader reads them, nats; ln 10 = 2.30 if all are as frequent."""
    return np.asarray(entr(histogram(belief)).sum(axis=-1))


def class_similarity(belief: Pictures, world: Digits) -> Array:
    """Do different digits look alike?  The mean cosine between the mean images of two digits that are still drawn, as the fixed
    reader reads them; 1 where a single one is left."""
    return belief.each(_similarity)


def _similarity(x: Array) -> float:
    reading = read(x).argmax(axis=-1)
    counts = np.bincount(reading, minlength=CLASSES)
    means = np.array([x[reading == c].mean(axis=0) for c in np.flatnonzero(counts >= ALIVE * len(x))])
    means /= np.linalg.norm(means, axis=-1, keepdims=True)
    k = len(means)
    return 1.0 if k < 2 else float(((means @ means.T).sum() - k) / (k * (k - 1)))


class _Real(NamedTuple):
    """Held-out images `x` (N, d), squared distances `radius` (N,) of each to its fifth neighbour, and the
    squared distance `near` within which a sample counts as a copy."""

    x: Array
    radius: Array
    near: float


def squared_distances(a: Array, b: Array) -> Array:
    """‖a_i − b_j‖² (m, N) of rows (m, d) and (N, d)."""
    return np.maximum((a**2).sum(axis=-1)[:, None] - 2 * a @ b.T + (b**2).sum(axis=-1), 0.0)


@lru_cache(8)
def _real(world: Digits) -> _Real:
    x = world.unread
    radius = np.sort(squared_distances(x, x), axis=-1)[:, NEIGHBOURS]  # at place 0 is the image itself
    nearest = squared_distances(x, world.rows).min(axis=-1)
    return _Real(x, radius, float(np.quantile(nearest, COPY)))


def coverage(belief: Pictures, world: Digits) -> Array:
    """Share of held-out images with a sample nearer than their fifth real neighbour (Naeem et al. 2020)."""
    real = _real(world)
    return belief.each(lambda x: float((squared_distances(x, real.x).min(axis=0) < real.radius).mean()))


def density(belief: Pictures, world: Digits) -> Array:
    """In how many real neighbourhoods a sample lies, ÷ 5 (Naeem et al. 2020); 1 on average if model and world are the same."""
    real = _real(world)
    return belief.each(lambda x: float((squared_distances(x, real.x) < real.radius).sum(axis=1).mean() / NEIGHBOURS))


def precision(belief: Pictures, world: Digits) -> Array:
    """Share of samples that lie in a real neighbourhood (Kynkäänniemi et al. 2019)."""
    real = _real(world)
    return belief.each(lambda x: float((squared_distances(x, real.x) < real.radius).any(axis=1).mean()))


def healthy_coverage(real: int, samples: int) -> float:
    """E coverage if model and world are the same, exactly: 1 − Π_{j ≤ 5} (N − j)/(M + N − j) for N real images and M samples, since
    each of the M + N − 1 others is as likely as any other to be among the nearest five."""
    j = np.arange(1, NEIGHBOURS + 1)
    return float(1 - np.prod((real - j) / (samples + real - j)))


def memorised(belief: Pictures, world: Digits) -> Array:
    """Share of samples nearer to an image that models learn from than 99% of held-out images are; unread images have 0.01."""
    if isinstance(belief, Gallery):
        return np.asarray(COPY)
    near = _real(world).near
    return belief.each(lambda x: float((squared_distances(x, world.rows).min(axis=-1) < near).mean()))


def frechet(belief: Pictures, world: Digits) -> Array:
    """Fréchet distance of the Gaussians with the same mean and covariance along the ten principal axes, squared grey levels:
    ‖μ − μ₀‖² + tr(C + C₀ − 2 (C₀^½ C C₀^½)^½).  A linear encoder of these digits, not the Inception network of an FID."""
    axes, seen = world.axes, belief.seen(world.axes)
    gap, cov = seen.mean - world.distribution.mean @ axes, seen.cov
    root = np.sqrt(np.maximum(np.diag(axes.T @ world.distribution.cov @ axes), 0.0))  # the axes are principal
    middle = np.sqrt(np.maximum(np.linalg.eigvalsh(root[:, None] * cov * root), 0.0)).sum(axis=-1)
    return (gap**2).sum(axis=-1) + np.trace(cov, axis1=-2, axis2=-1) + (root**2).sum() - 2 * middle


_seen = partial(Metric, spaces=("images",))
_near = partial(Metric, spaces=("images",), integral=True)  # needs a cloud of samples
LINES = (
    _seen("signal", signal, "variance of the decoder’s means (grey levels²)", sources.TIPPING),
    _seen("active_latents", active_latents, "active latents", sources.BURDA),
    _seen("effective_rank", effective_rank, "effective rank of the latents", sources.ROY),
    _seen("participation", participation, "participation ratio of the latents", sources.ROY),
    _seen("latent_nats", latent_nats, "what latents say of an image (nats)", sources.KINGMA),
    _seen("elbo", elbo, "ELBO of unread real images (nats)", sources.KINGMA, encoded=True),
    _near("live_classes", live_classes, "digits that are still drawn", sources.HILL),
    _near("class_entropy", class_entropy, "entropy of the digits drawn (nats)", sources.SHANNON),
    _near("class_similarity", class_similarity, "similarity between digits (cosine)", sources.PADMAKUMAR),
    _near("precision", precision, "share of samples near a real image", sources.KYNKAANNIEMI),
    _near("density", density, "density of samples around real images", sources.NAEEM),
    _near("memorised", memorised, "share of samples that copy a real image", sources.MEEHAN),
    _seen("frechet", frechet, "Fréchet distance along real axes (grey levels²)", sources.HEUSEL),
)
