"""Expectation–maximisation for Gaussian mixtures, all lineages at once.

    E:  r_ik ∝ w_k N(x_i | μ_k, Σ_k)
    M:  N_k = Σ_i r_ik,   w_k = N_k / n,   μ_k = Σ_i r_ik x_i / N_k,   Σ_k = Σ_i r_ik (x_i − μ_k)(x_i − μ_k)ᵀ / N_k

It stops as scikit-learn does: when the mean log-likelihood of an example changes by less than the tolerance.  After any M-step
the mixture has the mean and the covariance of the sample (a diagonal one: its variances), whatever the start.

*Death*: a component that expects less than half an example dies: its weight is 0 from then on, and it lies where it died.  The
heaviest never dies.  *Guard*: lineages are standardised, and where a density is evaluated, the variance of a coordinate given
those before it is taken as at least 1e-12 of the sample's.  What is learnt has no floor: a variance may vanish.
"""

from typing import NamedTuple

import numpy as np

from collapse.data import Array
from collapse.going_on import may_go_on, step_by_step
from collapse.triangles import factor, solve

GUARD = 1e-12
ALIVE = 0.5
SMALLEST = 1e-60  # a spread below this is none; so small that no power of it that is needed overflows
PACK = 0.75  # lineages that have converged are dropped once so few are left


class MixtureParams(NamedTuple):
    """`weights` (…, K), `mean` (…, K, d) and `cov` (…, K, d, d); a dead component has weight 0."""

    weights: Array
    mean: Array
    cov: Array


class Fitted(NamedTuple):
    """The params, the mean log-likelihood of an example before the last M-step (R,), and the number of steps (R,)."""

    params: MixtureParams
    loglik: Array
    steps: Array


class _State(NamedTuple):
    """Examples are the last axis of what is computed from this: w (K, R), mu (d, K, R), cov (d, d, K, R)."""

    w: Array
    mu: Array
    cov: Array

    def at(self, index: Array) -> "_State":
        return _State(*(a[..., index] for a in self))


def em(
    x: Array, start: MixtureParams, *, diagonal: bool = False, iterations: int = 100, tolerance: float = 1e-3
) -> Fitted:
    """Fit a mixture to the rows x (R, n, d) of every lineage from its own start (R, K, …)."""
    place, scale = x.mean(axis=1), np.maximum(x.std(axis=1), SMALLEST)
    z = np.ascontiguousarray(np.moveaxis((x - place[:, None]) / scale[:, None], -1, 0))
    both = scale[:, None, :, None] * scale[:, None, None, :]
    state = _State(start.weights.T, ((start.mean - place[:, None]) / scale[:, None]).T, (start.cov / both).T)
    end, loglik, steps = _climb(z, state, diagonal, iterations, tolerance)
    mean = place[:, None] + scale[:, None] * end.mu.T
    return Fitted(
        MixtureParams(np.ascontiguousarray(end.w.T), mean, end.cov.T * both), loglik - np.log(scale).sum(axis=-1), steps
    )


def _climb(z: Array, s: _State, diagonal: bool, iterations: int, tolerance: float) -> tuple[_State, Array, Array]:
    """Steps until every lineage has converged; converged ones are recorded, and removed from the arrays now and then."""
    lineages = z.shape[1]
    end = _State(*(np.empty_like(a) for a in s))
    loglik, steps = np.empty(lineages), np.zeros(lineages, dtype=int)
    index, last, busy = np.arange(lineages), np.full(lineages, -np.inf), np.full(lineages, True)
    for step in step_by_step(range(1, iterations + 1)):
        gap, r, expected, now = _expect(z, s, diagonal)
        while (dying := _dying(expected, s.w)).any():
            may_go_on()
            w = np.where(dying, 0.0, s.w)
            s = s._replace(w=w / w.sum(axis=0))
            gap, r, expected, now = _expect(z, s, diagonal)
        s = _maximise(gap, r, expected, s, diagonal)
        over = busy & ((np.abs(now - last) < tolerance) | (step == iterations))
        last = now
        if not over.any():
            continue
        for mine, new in zip(end, s, strict=True):
            mine[..., index[over]] = new[..., over]
        loglik[index[over]], steps[index[over]] = now[over], step
        busy &= ~over
        if not busy.any():
            break
        if busy.sum() <= PACK * len(busy):
            s, z, index, last, busy = s.at(busy), np.ascontiguousarray(z[:, busy]), index[busy], last[busy], busy[busy]
    return end, loglik, steps


def _expect(z: Array, s: _State, diagonal: bool) -> tuple[Array, Array, Array, Array]:
    """(x − μ_k (d, K, R, n), r (K, R, n), N (K, R), mean log-likelihood (R,)) for standardised rows z (d, R, n)."""
    d, n = len(z), z.shape[-1]
    gap = z[:, None] - s.mu[..., None]
    lower = factor(s.cov, np.full((d, 1, 1), GUARD))
    if diagonal:
        lower = lower * np.eye(d)[..., None, None]
    y = solve(lower[..., None], gap)
    with np.errstate(divide="ignore"):
        constant = np.log(s.w) - np.log(lower[range(d), range(d)]).sum(axis=0) - d / 2 * np.log(2 * np.pi)
    y *= y
    log = y[0] if d == 1 else y.sum(axis=0)
    log *= -0.5
    log += constant[..., None]
    top = log.max(axis=0)
    log -= top
    r = np.exp(log, out=log)
    total = r.sum(axis=0)
    r /= total
    return gap, r, r.sum(axis=-1), (top + np.log(total)).sum(axis=-1) / n


def _dying(expected: Array, w: Array) -> Array:
    """Which of the living components expect less than half an example, (K, R); never the heaviest."""
    return (expected < ALIVE) & (w > 0) & (expected < expected.max(axis=0))


def _maximise(gap: Array, r: Array, expected: Array, s: _State, diagonal: bool) -> _State:
    """The M-step around the old means: no precision is lost, because at convergence the shift is nothing.

    Far from convergence some is; then the covariances are kept within what the variances allow.
    """
    inverse = 1 / np.where(expected > 0, expected, 1.0)
    shift = np.vecdot(r, gap) * inverse
    cov = np.zeros_like(s.cov)
    for j in step_by_step(range(len(gap))):
        weighted = r * gap[j]
        cov[j, j] = np.maximum(np.vecdot(weighted, gap[j]) * inverse - shift[j] ** 2, 0.0)
        for i in range(0 if diagonal else j):
            most = np.sqrt(cov[i, i] * cov[j, j])
            cov[i, j] = cov[j, i] = np.clip(np.vecdot(weighted, gap[i]) * inverse - shift[i] * shift[j], -most, most)
    return _State(expected / gap.shape[-1], s.mu + shift, np.where(expected > 0, cov, s.cov))
