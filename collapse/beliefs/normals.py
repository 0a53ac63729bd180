"""A mixture of Gaussians as a distribution: what a mixture believes, and what is known of the groups of a world.

A spread below the resolution of its mean is taken as that resolution where a density is asked for, so that a point is a density.
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats.qmc import Sobol

from collapse.beliefs.base import Distribution, U, W, Z
from collapse.beliefs.panels import STEPS, mass_in, panels
from collapse.data import Array, Data, Rows
from collapse.going_on import step_by_step
from collapse.triangles import factor, solve

CHUNK = 1_000_000  # numbers held at once while rows are scored
DRAWS = 128  # points that stand for the draws of a component


class Normals(Distribution):
    """Σ_k w_k N(μ_k, Σ_k): weights (…, K), means (…, K, d), covs (…, K, d, d); a weight of 0 is a component that died.

    `labels` and `plurals`: what one member of each component is called, and what several are, where they have names.
    """

    def __init__(
        self, weights: Array, means: Array, covs: Array, labels: Sequence[str] = (), plurals: Sequence[str] = ()
    ) -> None:
        self.weights, self.means, self.covs = weights, means, covs
        self.labels, self.plurals = tuple(labels), tuple(plurals)
        self.mean = np.sum(weights[..., None] * means, axis=-2)
        gap = means - self.mean[..., None, :]
        self.cov = np.sum(weights[..., None, None] * (covs + gap[..., :, None] * gap[..., None, :]), axis=-3)

    @property
    def d(self) -> int:
        return self.means.shape[-1]

    @property
    def least(self) -> Array:
        """The smallest variance that is told from 0, by coordinate: (…, K, d)."""
        return np.asarray((8 * np.spacing(1 + np.abs(self.means))) ** 2)

    def parts(self) -> list[tuple[Array, Array, Array]]:
        """(weight (…), means (…, d), standard deviations (…, d)) of each component."""
        sd = np.sqrt(np.maximum(np.diagonal(self.covs, axis1=-2, axis2=-1), self.least))
        return [(self.weights[..., k], self.means[..., k, :], sd[..., k, :]) for k in range(self.weights.shape[-1])]

    def _log_terms(self, rows: Array) -> Array:
        """log w_k N(x | μ_k, Σ_k) for rows (m, d), or (…, m, d), others for each mixture, as (K, …, m)."""
        lead = self.d
        cov = np.moveaxis(self.covs, (-2, -1), (0, 1))
        lower = factor(cov, np.moveaxis(self.least, -1, 0))
        with np.errstate(divide="ignore"):
            constant = (
                np.log(self.weights) - sum(np.log(lower[j, j]) for j in range(lead)) - lead / 2 * np.log(2 * np.pi)
            )
        missing = [1] * (self.weights.ndim + 1 - rows.ndim)
        points = np.moveaxis(rows, -1, 0).reshape(lead, *missing, *rows.shape[:-2], 1, -1)
        gap = points - np.moveaxis(self.means, -1, 0)[..., None]
        with np.errstate(over="ignore"):
            return np.moveaxis(constant[..., None] - 0.5 * np.sum(solve(lower[..., None], gap) ** 2, axis=0), -2, 0)

    def score(self, rows: Array) -> Array:
        """Log density of rows (m, d) or (…, m, d), (…, m), in any dimension."""
        return np.asarray(np.logaddexp.reduce(self._log_terms(rows), axis=0))

    def log_likelihood(self, examples: Data) -> Array:
        assert isinstance(examples, Rows)
        return self.score(examples.x)

    def logpdf(self, x: Array) -> Array:
        total: Array | None = None
        with np.errstate(divide="ignore", over="ignore"):
            for weight, mean, sd in self.parts():
                term = np.log(weight / sd[..., 0])[..., None] - 0.5 * ((x - mean) / sd) ** 2
                total = term if total is None else np.logaddexp(total, term)
        return np.asarray(total) - 0.5 * np.log(2 * np.pi)

    def cdf(self, x: Array) -> Array:
        return _below(x, self.parts())

    def above(self, x: Array) -> Array:
        with np.errstate(over="ignore"):
            return np.asarray(sum(weight[..., None] * ndtr((mean - x) / sd) for weight, mean, sd in self.parts()))

    def along(self, direction: Array) -> "Normals":
        variances = np.sum((self.covs @ direction) * direction, axis=-1)[..., None, None]
        return Normals(self.weights, (self.means @ direction)[..., None], variances)

    def outside(self, low: Array, high: Array) -> Array:
        with np.errstate(over="ignore"):
            each = (
                weight[..., None] * (ndtr((low - mean) / sd) + ndtr((mean - high) / sd))
                for weight, mean, sd in self.parts()
            )
            return np.asarray(sum(each)).mean(axis=-1)

    def quantile(self, u: Array) -> Array:
        """By bisection between the outermost components ± 9 standard deviations, to rounding."""
        parts = self.parts()
        edges = [(mean - 9 * sd, mean + 9 * sd) for _, mean, sd in parts]
        shape = np.broadcast_shapes(self.mean.shape, np.shape(u))
        low = np.broadcast_to(np.min([e[0] for e in edges], axis=0), shape)
        high = np.broadcast_to(np.max([e[1] for e in edges], axis=0), shape)
        for _ in step_by_step(range(60)):
            middle = (low + high) / 2
            below = _below(middle, parts) < u
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return np.asarray((low + high) / 2)

    def levels(self) -> tuple[Array, Array, Array]:
        """Each component's own nodes, weighted by the component; not in order."""
        parts = self.parts()
        x = np.concatenate([mean + sd * Z for _, mean, sd in parts], axis=-1)
        return (
            np.clip(self.cdf(x), U[0], U[-1]),
            x,
            np.concatenate([weight[..., None] * W for weight, _, _ in parts], axis=-1),
        )

    def cross_entropy(self, of: Distribution) -> Array:
        """In one dimension of a density by panels that know every component; in more of a sample, the mean over its rows."""
        if self.d == 1:
            return super().cross_entropy(of) if of.points is not None else self._by_panels(of)
        rows = of.rows  # type: ignore[attr-defined]
        lead = self.weights.ndim - 1
        w, mean, cov = (
            np.ascontiguousarray(a).reshape(-1, *a.shape[lead:]) for a in (self.weights, self.means, self.covs)
        )
        step = max(
            1, CHUNK // (rows.size * w.shape[-1])
        )  # all rows of a mixture at once: its sum must not depend on the others
        scores = [
            Normals(w[i : i + step], mean[i : i + step], cov[i : i + step]).score(rows)
            for i in step_by_step(range(0, len(w), step))
        ]
        return -np.concatenate([np.ascontiguousarray(s).mean(axis=-1) for s in scores]).reshape(self.weights.shape[:-1])

    def _by_panels(self, of: Distribution) -> Array:
        own, other = self._nodes(), of._nodes() if isinstance(of, Normals) else of.levels()[1]
        edges, x, dx = panels(own, other)
        mass = mass_in(np.exp(of.logpdf(x)), of.cdf(edges), dx)
        return -np.sum(np.where(mass > 0, mass * self.logpdf(x), 0.0), axis=-1)

    def _nodes(self) -> Array:
        """Where the components change, a quarter of a standard deviation apart, (…, 65 K)."""
        return np.concatenate([mean + sd * STEPS for _, mean, sd in self.parts()], axis=-1)

    def recognised(self, rows: Array) -> Array:
        """The component of a single mixture that Bayes' rule takes each row (…, d) for, (…)."""
        return np.asarray(self._log_terms(rows.reshape(-1, self.d)).argmax(axis=0).reshape(rows.shape[:-1]))

    def taken_for(self, groups: "Normals") -> Array:
        """The share of draws that Bayes' rule takes for each of `groups`, a single mixture of G components: (…, G).

        Every component says 128 points of a Sobol sequence instead of random draws: a component's own share is right to 0.5 points
        of a hundred on average, and to 2 at worst.
        """
        lower = np.moveaxis(
            factor(np.moveaxis(self.covs, (-2, -1), (0, 1)), np.moveaxis(self.least, -1, 0)), (0, 1), (-2, -1)
        )
        normal = ndtri(Sobol(self.d, scramble=False).random(DRAWS) + 0.5 / DRAWS)
        share = np.zeros((*self.weights.shape, len(groups.weights)))
        alive = np.nonzero(self.weights.ravel())[0]
        means, lower = self.means.reshape(-1, self.d), lower.reshape(-1, self.d, self.d)
        flat = share.reshape(-1, len(groups.weights))
        step = max(1, CHUNK // (DRAWS * self.d * len(groups.weights)))
        for some in (alive[i : i + step] for i in step_by_step(range(0, len(alive), step))):
            draws = means[some, None] + normal @ np.swapaxes(lower[some], -1, -2)
            taken = groups.recognised(draws)
            flat[some] = (taken[..., None] == np.arange(len(groups.weights))).mean(axis=1)
        return np.sum(self.weights[..., None] * share, axis=-2)

    def overlap(self) -> Array:
        """Σ_{k<l} √(w_k w_l) ρ_kl, ρ the Bhattacharyya coefficient: a bound on the chance to mix up two draws."""
        cov, least, mean = (
            np.moveaxis(self.covs, (-3, -2, -1), (0, 1, 2)),
            np.moveaxis(self.least, (-2, -1), (0, 1)),
            np.moveaxis(self.means, (-2, -1), (0, 1)),
        )
        total = np.zeros(self.weights.shape[:-1])
        half_log = [_half_log_det(factor(c, b)) for c, b in zip(cov, least, strict=True)]
        for k in range(len(mean)):
            for m in range(k):
                lower = factor((cov[k] + cov[m]) / 2, (least[k] + least[m]) / 2)
                with np.errstate(over="ignore", under="ignore"):
                    far = np.sum(solve(lower, mean[k] - mean[m]) ** 2, axis=0) / 8
                    rho = np.exp(half_log[k] / 2 + half_log[m] / 2 - _half_log_det(lower) - far)
                total = total + np.sqrt(self.weights[..., k] * self.weights[..., m]) * rho
        return total


def _half_log_det(lower: Array) -> Array:
    """½ log det of the matrix with this Cholesky factor (d, d, …)."""
    return np.asarray(sum(np.log(lower[j, j]) for j in range(len(lower))))


def _below(x: Array, parts: Sequence[tuple[Array, Array, Array]]) -> Array:
    """The share of a mixture with these `Normals.parts` that lies below x."""
    with np.errstate(over="ignore"):
        return np.asarray(sum(weight[..., None] * ndtr((x - mean) / sd) for weight, mean, sd in parts))
