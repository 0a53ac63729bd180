"""Gaussians fitted by losses that weigh examples by a power of a density, all lineages at once.

    data-weighted   one pass: the weights are p̂(x)^α, p̂ the plain fit to the same data
    model-weighted  Σ_i q_θ(x_i)^α · score_θ(x_i) = 0: the model weighs by its own density, and nothing corrects it
    density-power   the same with the correction that makes it consistent (Basu et al. 1998)

Of endless Gaussian data with covariance Σ they learn Σ/(1 + α), (1 − α)Σ and Σ.  The last two are fixed points, found by iteration:
from Gaussian data the error shrinks by the factor α at most in each pass, so the number of passes follows from α alone, and no
lineage depends on what is beside it.  Few examples may be too few for that: then the iteration ends where it is.  Rows that doubles
cannot tell apart are a point, which comes sooner than with moments: at a standard deviation of 1e−16 of the mean.
"""

import math

import numpy as np

from collapse.data import Array
from collapse.going_on import step_by_step
from collapse.triangles import solve, triangle

LOSSES = ("likelihood", "data-weighted", "model-weighted", "density-power")
EXACT = 1e-10  # relative error of a variance when the iteration ends, for much Gaussian data


def passes(loss: str, alpha: float) -> int:
    """How many times all examples are weighed in one fit."""
    if loss in ("model-weighted", "density-power"):
        return math.ceil(math.log(EXACT) / math.log(alpha))
    return int(loss == "data-weighted")


def limit(loss: str, alpha: float) -> float:
    """By what a fit to endless Gaussian data multiplies their variance: 1/(1 + α), 1 − α, or 1."""
    return {"data-weighted": 1 / (1 + alpha), "model-weighted": 1 - alpha}.get(loss, 1.0)


def fitted(
    x: Array, share: Array, loss: str, alpha: float, held: tuple[Array, Array] | None = None
) -> tuple[Array, Array, Array]:
    """(mean (…, d), lower (…, d, d), log_diagonal (…, d)) of the Gaussian that a loss learns from rows x (…, n, d).

    `share` (…, n) or (n,): how much each row counts, with the sum 1.  Directions in which nothing varies stay so.  `held`: lower and
    log_diagonal, if the covariance is known and only the mean is learnt.
    """
    mean, lower, log = _moments(x, share)
    if held is not None:
        lower, log = held
    elif loss == "model-weighted":
        lower = lower * math.sqrt(limit(loss, alpha))  # where it ends for endless Gaussian data
    excess = alpha * (1 + alpha) ** -(x.shape[-1] / 2 + 1) if loss == "density-power" else 0.0
    for _ in step_by_step(range(passes(loss, alpha))):
        weight = share * np.exp(-alpha / 2 * _squared_distance(x - mean[..., None, :], lower))
        total = weight.sum(axis=-1, keepdims=True)
        mean, *found = _moments(x, weight / total)
        if held is not None:
            continue
        lower, log = found
        if excess:
            wider = (total / np.maximum(total - excess, excess * EXACT))[..., 0]
            lower, log = lower * np.sqrt(wider)[..., None, None], log + np.log(wider)[..., None] / 2
    return mean, lower, log


def _moments(x: Array, weight: Array) -> tuple[Array, Array, Array]:
    """The mean and the factor of the covariance of rows with weights (…, n) whose sum is 1."""
    if x.shape[-1] == 1:  # products of numbers are faster than those of matrices
        mean = np.vecdot(weight, x[..., 0])[..., None]
        gap = x[..., 0] - mean
        root = np.sqrt(np.vecdot(weight, gap * gap))[..., None]
        with np.errstate(divide="ignore"):
            return mean, root[..., None], np.log(root)
    mean = np.sum(weight[..., None] * x, axis=-2)
    noise = 8 * np.spacing(np.abs(x).max(axis=-2))
    gap = np.swapaxes(np.sqrt(weight)[..., None] * (x - mean[..., None, :]), -1, -2)
    return mean, *triangle(gap, x.shape[-2] - 1, noise)


def _squared_distance(gap: Array, lower: Array) -> Array:
    """gapᵀ (L Lᵀ)⁻¹ gap of rows (…, n, d), (…, n), over the directions in which L has any width."""
    first = np.moveaxis(lower, (-2, -1), (0, 1)).copy()
    index = range(len(first))
    first[index, index] = np.where(first[index, index] > 0, first[index, index], np.inf)
    with np.errstate(over="ignore"):  # what is so far away counts nothing
        return np.asarray(np.sum(solve(first[..., None], np.moveaxis(gap, -1, 0)) ** 2, axis=0))
