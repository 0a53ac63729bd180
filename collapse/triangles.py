"""Triangular factors of covariances: how a Gaussian is carried so that no direction is lost, however narrow it becomes.

Where an array has the matrix axes first, (d, d, …) and (d, …), the loops run over these few and NumPy over the many.
"""

import numpy as np

Array = np.ndarray

ROUNDING = 64 * np.finfo(float).eps


def factor(cov: Array, least: Array) -> Array:
    """The Cholesky factor of cov (d, d, …), also when it is singular: a pivot that rounding cannot tell from 0 is 0, and so is its
    column, or it is as large as rounding, where it must be at least `least` (d, …) > 0."""
    lower = np.zeros_like(cov)
    for j in range(len(cov)):
        rest = cov[j, j]
        for m in range(j):
            rest = rest - lower[j, m] ** 2
        noise = ROUNDING * cov[j, j]
        floor = np.where(least[j] > 0, np.maximum(noise, least[j]), 0.0)
        lower[j, j] = pivot = np.sqrt(np.maximum(np.where(rest > noise, rest, floor), least[j]))
        for i in range(j + 1, len(cov)):
            below = cov[i, j]
            for m in range(j):
                below = below - lower[i, m] * lower[j, m]
            lower[i, j] = below / np.where(pivot > 0, pivot, np.inf)
    return lower


def solve(lower: Array, gap: Array) -> Array:
    """y with L y = gap, for L (d, d, …) and gap (d, …)."""
    y = np.empty(np.broadcast_shapes(lower.shape[1:], gap.shape))
    for j in range(len(gap)):
        rest = gap[j]
        for m in range(j):
            rest = rest - lower[j, m] * y[m]
        np.divide(rest, lower[j, j], out=y[j, ...])
    return y


def triangle(wide: Array, rank: int, noise: Array | None = None) -> tuple[Array, Array]:
    """(L, the logarithms of its diagonal): the lower triangle with L Lᵀ = W Wᵀ of a matrix W (…, d, m), by Householder reflections.

    `rank`: after so many entries of the diagonal that are not 0, all else is; a coordinate that never varies has a 0 there and
    does not count.  `noise` (…, d): the rounding error of each row of W.  An entry of the diagonal is 0, too, where such errors can
    make it, those of earlier rows enlarged by what they contribute to this one.
    """
    d = wide.shape[-2]
    lower = np.swapaxes(np.linalg.qr(np.swapaxes(wide, -1, -2), mode="r"), -1, -2)
    if lower.shape[-1] < d:
        lower = np.concatenate([lower, np.zeros((*lower.shape[:-1], d - lower.shape[-1]))], axis=-1)
    lower = lower * np.copysign(1.0, np.diagonal(lower, axis1=-2, axis2=-1))[..., None, :]
    if noise is not None:
        enlarged = noise.copy()
        for i in range(d):
            for j in range(i):
                pivot = lower[..., j, j]
                enlarged[..., i] += enlarged[..., j] * np.abs(lower[..., i, j]) / np.where(pivot > 0, pivot, np.inf)
            lower[..., i, i] *= lower[..., i, i] > enlarged[..., i]
    pivots = np.cumsum(np.diagonal(lower, axis1=-2, axis2=-1) != 0, axis=-1)
    lower[..., 1:] *= (pivots[..., :-1] < rank)[..., None, :]
    with np.errstate(divide="ignore"):
        return lower, np.log(np.diagonal(lower, axis1=-2, axis2=-1))
