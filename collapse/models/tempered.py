"""Temperature and top-p of a mixture as a whole: draws from p^(1/τ), cut to where it is densest.

In one dimension by inverting the distribution function of that density on a grid.  In more, draws come from the components, each
tempered by itself, and are accepted so that what remains is right where components overlap.  Where fewer than one in twenty would be
accepted, components are spoken as if none overlapped, and `Acceptance.wrong` says how wrong that is.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import gammaincinv, ndtri
from scipy.stats.qmc import Sobol

from collapse.beliefs.normals import CHUNK, Normals
from collapse.data import Array
from collapse.decoding import Decoder
from collapse.going_on import step_by_step

HALVINGS = 30  # of the density, to find the level above which top-p lies
NODES = 385  # of a grid for each component, 14 tempered standard deviations wide; neighbours are 0.036 of them apart
POINTS, LEVEL_POINTS = 64, 256  # that stand for the draws of a component: top-p keeps its mass to one percent
COST_OF_A_RADIUS = 10  # of one example that is cut, in numbers handled
WIDTHS = 3  # of components, from a tempered one to that of the mixture, whose points judge how wrong they are
JUDGES, CUT_JUDGES = 128, 512  # such points of each width: of a mixture that is not cut, and of one that is
FEWEST = 0.05  # of the draws that must be accepted
ROUNDS = 1000  # of draws for what was not accepted: at one in twenty, a draw is still missing with probability 5e-23


class Cells(NamedTuple):
    """A density on the line that is linear within cells: their ends and the density there, each (R, N)."""

    left: Array
    right: Array
    start: Array
    end: Array

    @property
    def mass(self) -> Array:
        """The mass of each cell, not normalised, (R, N)."""
        return (self.right - self.left) * (self.start + self.end) / 2

    def above(self, level: Array) -> "Cells":
        """The parts of the cells where the density is above a level (R, 1)."""
        rise = self.end - self.start
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            at = np.clip(np.where(rise == 0, 0.0, (level - self.start) / rise), 0.0, 1.0)
        crossed = self.left + at * (self.right - self.left)
        low, high = self.start >= level, self.end >= level
        left, right = np.where(low, self.left, crossed), np.where(high, self.right, crossed)
        start, end = np.where(low, self.start, level), np.where(high, self.end, level)
        return Cells(left, np.where(low | high, right, left), start, end)

    def densest(self, share: float) -> "Cells":
        """The densest part that holds a share of the mass, by bisection."""
        wanted = share * self.mass.sum(axis=-1, keepdims=True)
        least, most, width = np.minimum(self.start, self.end), np.maximum(self.start, self.end), self.right - self.left
        slope = 1 / np.maximum(most - least, 1e-300)
        low, high = np.zeros_like(wanted), most.max(axis=-1, keepdims=True)
        for _ in step_by_step(range(HALVINGS)):
            level = (low + high) / 2
            part = np.clip((most - level) * slope, 0.0, 1.0)
            mass = np.sum(width * part * (most + np.maximum(level, least)), axis=-1, keepdims=True) / 2
            low, high = np.where(mass >= wanted, level, low), np.where(mass >= wanted, high, level)
        return self.above(low)

    def draw(self, u: Array) -> Array:
        """The quantiles at levels u (R, n) in [0, 1), (R, n)."""
        mass = self.mass
        steps = np.cumsum(mass, axis=-1)
        steps /= np.where(
            steps[:, -1:] > 0, steps[:, -1:], 1.0
        )  # a point that doubles cannot tell apart has no mass between nodes
        row = np.arange(len(u))[:, None]
        place = (
            np.searchsorted((steps + row).ravel(), (u + row).ravel(), side="right").reshape(u.shape)
            - row * steps.shape[1]
        )
        place = np.clip(place, 0, steps.shape[1] - 1)
        before = np.concatenate([np.zeros((len(u), 1)), steps[:, :-1]], axis=1)
        left, right, a, b, low, high = (np.take_along_axis(x, place, axis=1) for x in (*self, before, steps))
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.clip(np.nan_to_num((u - low) / (high - low)), 0.0, 1.0)
            within = np.nan_to_num(share * (a + b) / (a + np.sqrt(a * a + (b * b - a * a) * share)))
        return left + within * (right - left)


def on_a_line(mixture: Normals, decoder: Decoder) -> Cells:
    """The density p^(1/τ) of mixtures (R, K) in one dimension, cut to top-p; wrong by 2e-4 of its height at most."""
    parts = [(mean, sd * np.sqrt(decoder.temperature)) for weight, mean, sd in mixture.parts()]
    z = np.linspace(-7.0, 7.0, NODES)
    x = np.sort(np.concatenate([mean + sd * z for mean, sd in parts], axis=-1), axis=-1)
    log = mixture.logpdf(x) / decoder.temperature
    density = np.exp(log - log.max(axis=-1, keepdims=True))
    cells = Cells(x[:, :-1], x[:, 1:], density[:, :-1], density[:, 1:])
    return cells if decoder.top_p == 1.0 else cells.densest(decoder.top_p)


def cost_of_decoding(decoder: Decoder, n: int, d: int, components: int) -> int:
    """Numbers handled to speak n examples of a mixture through a decoder if half is accepted; usually more is."""
    cut = decoder.top_p < 1.0
    if decoder.neutral:
        return 0
    if d == 1:
        return NODES * components * (components + HALVINGS * cut) + 4 * n
    rounds = 2 / max(decoder.top_p, FEWEST)
    judged = components * (LEVEL_POINTS if cut else POINTS) + int(rounds * n)
    return judged * components * (d + 1) + (int(COST_OF_A_RADIUS * rounds * n) if cut else 0)


def scratch(decoder: Decoder, d: int, components: int) -> int:
    """Numbers that one mixture holds in memory while its density is decoded, measured; what it says not counted."""
    cut = decoder.top_p < 1.0
    if decoder.neutral:
        return 0
    if d == 1:
        return NODES * components * (18 if cut else 6)
    return (LEVEL_POINTS if cut else POINTS) * components * (3 * d // 2 + 7)


class Apart(NamedTuple):
    """Components of R mixtures as they are spoken if none overlaps: tempered by themselves with `weights` (R, K) and factors `lower`
    (R, K, d, d), and of each the share `kept` (R, K) that one common density level leaves."""

    weights: Array
    lower: Array
    kept: Array

    def draw(self, means: Array, n: int, rng: np.random.Generator, lineage: Array | None = None) -> Array:
        """n draws from each mixture with components at `means` (R, K, d), (R, n, d); or from each of `lineage` (m,), (m, n, d)."""
        lineage = np.arange(len(means)) if lineage is None else lineage
        d, said = means.shape[-1], (self.weights * self.kept)[lineage]
        u = rng.random((*said.shape[:-1], n, 1))
        steps = np.cumsum(said, axis=-1)
        which = np.sum(u * steps[..., None, -1:] >= steps[..., None, :-1], axis=-1)
        z = rng.standard_normal((*which.shape, d))
        if (self.kept < 1.0).any():
            inside = rng.random(which.shape) * self.kept[lineage[:, None], which]
            z *= (np.sqrt(2 * gammaincinv(d / 2, inside)) / np.linalg.norm(z, axis=-1))[..., None]
        chosen = lineage[:, None], which
        return means[chosen] + np.vecdot(self.lower[chosen], z[..., None, :])


def _densest(log: Array, points: Array, share: float) -> Array:
    """Weights of points with log density `points` (m,) that make them stand for densities exp(log), (K, m), of which only the densest
    `share` is kept: one level for all."""
    worth = log - points
    found = np.exp(worth - worth.max())
    if share < 1.0:
        order = np.argsort(-log, axis=None, kind="stable")
        steps = np.cumsum(found.ravel()[order])
        level = log.ravel()[order[np.searchsorted(steps, share * steps[-1])]]
        found *= log >= level - 1e-9 * np.abs(level)  # a point has one density, but for rounding
    return np.asarray(found)


class Acceptance:
    """Which draws from tempered components are draws from the tempered mixture, cut to top-p; judged by points of each.

    `exact` (R,): at least one draw in twenty is accepted.  Elsewhere components are spoken as if none overlapped.
    """

    def __init__(self, mixture: Normals, decoder: Decoder, apart: Apart) -> None:
        self.mixture, self.tau = mixture, decoder.temperature
        self.bound = np.log(np.count_nonzero(mixture.weights, axis=-1)) * max(1 / self.tau - 1, 0.0)
        self.level = np.full(len(mixture.weights), -np.inf)
        points = POINTS if decoder.top_p == 1.0 else LEVEL_POINTS
        z = ndtri(Sobol(mixture.d, scramble=False).random(points) + 0.5 / points)
        x = (mixture.means[:, :, None] + z @ np.swapaxes(apart.lower, -1, -2)).reshape(len(self.level), -1, mixture.d)
        chance, log = self.judged(x, np.arange(len(x)))
        right = np.repeat(apart.weights / points, points, axis=-1) * np.exp(chance)
        if decoder.top_p < 1.0:
            order = np.argsort(-log, axis=-1, kind="stable")
            steps = np.cumsum(np.take_along_axis(right, order, axis=-1), axis=-1)
            last = (steps < decoder.top_p * steps[:, -1:]).sum(axis=-1).clip(max=order.shape[1] - 1)
            level = log[np.arange(len(x)), order[np.arange(len(x)), last]]
            self.level = level - 1e-9 * np.abs(level)  # a point has one density, but for rounding
            right *= log >= self.level[:, None]
        self.exact = right.sum(axis=-1) >= FEWEST

    def wrong(self, apart: Apart, top_p: float) -> Array:
        """The total variation between each mixture, tempered and cut to top-p, and its components spoken as if none overlapped, (R,);
        0 where that is not how it is spoken."""
        off = np.nonzero(~self.exact)[0]
        found = np.zeros(len(self.exact))
        found[off] = [self._apart_from_right(i, Apart(*(a[i] for a in apart)), top_p) for i in off.tolist()]
        return found

    def _apart_from_right(self, lineage: int, apart: Apart, top_p: float) -> float:
        """`wrong` of one lineage, whose components are (K, …).

        Where cold components overlap, the mixture may be densest between them, where none of them alone puts a point: so the points
        are those of components of several widths, and each counts by the mean density of all points there.  What is spoken and what
        should be are cut by the mass of the same points, lest a level that is found roughly looks like a difference.
        """
        m, live = self.mixture, apart.weights > 0
        widths = np.geomspace(1.0, max(self.tau**-0.5, 1.0), WIDTHS)
        judges = JUDGES if top_p == 1.0 else CUT_JUDGES
        z = ndtri(Sobol(m.d, scramble=False).random(judges) + 0.5 / judges)
        means, lower = m.means[lineage][live], apart.lower[live]
        if np.diagonal(lower, axis1=-2, axis2=-1).min() < 1e-12 * max(np.abs(means).max(), lower.max()):
            return 0.0  # a point overlaps nothing, and what is cold says nothing beside it
        x = (means[:, None, None] + widths[:, None, None] * (z @ np.swapaxes(lower, -1, -2))[:, None]).reshape(-1, m.d)
        square = np.sum(np.linalg.solve(lower, np.swapaxes(x - means[:, None], -1, -2)) ** 2, axis=-2)
        peak = -np.log(np.diagonal(lower, axis1=-2, axis2=-1)).sum(axis=-1)[:, None]
        each = [peak - square / width**2 / 2 - m.d * np.log(width) for width in widths]
        points = np.logaddexp.reduce(np.concatenate(each), axis=0)
        with np.errstate(divide="ignore"):
            terms = np.log(apart.weights[live, None]) + peak - square / 2
        _, log = self.judged(x[None], np.array([lineage]))
        said, right = (_densest(density, points, top_p).sum(axis=0) for density in (terms, log))
        return float(np.abs(said / max(said.sum(), 1e-300) - right / right.sum()).sum() / 2)

    def judged(self, x: Array, lineage: Array) -> tuple[Array, Array]:
        """(log of the chance to be accepted, log of the tempered density but for its factor) of rows x (m, j, d) of lineages (m,); in
        parts, since each row is held once for each component."""
        step = max(1, CHUNK // (self.mixture.means[0].size * (x.shape[1] + self.mixture.d)))
        parts = (slice(a, a + step) for a in step_by_step(range(0, len(x), step)))
        chance, log = zip(*(self._judged(x[part], lineage[part]) for part in parts), strict=True)
        return np.concatenate(chance), np.concatenate(log)

    def _judged(self, x: Array, lineage: Array) -> tuple[Array, Array]:
        m = self.mixture
        logs = Normals(m.weights[lineage], m.means[lineage], m.covs[lineage])._log_terms(x)
        whole = np.logaddexp.reduce(logs, axis=0) / self.tau
        chance = whole - np.logaddexp.reduce(logs / self.tau, axis=0) - self.bound[lineage][:, None]
        return np.minimum(chance, 0.0), whole

    def draw(self, apart: Apart, n: int, rng: np.random.Generator) -> Array:
        """n draws from each mixture, (R, n, d); what is not accepted in 1000 rounds stays as it was proposed."""
        found = apart.draw(self.mixture.means, n, rng)
        whole = apart._replace(kept=np.ones_like(apart.kept))
        lineage = np.repeat(np.nonzero(self.exact)[0], n)
        place = np.tile(np.arange(n), int(self.exact.sum()))
        for _ in step_by_step(range(ROUNDS)):
            if not len(lineage):
                break
            x = whole.draw(self.mixture.means, 1, rng, lineage)
            chance, log = self.judged(x, lineage)
            fine = (np.log(rng.random(len(x))) <= chance[:, 0]) & (log[:, 0] >= self.level[lineage])
            found[lineage, place] = x[:, 0]
            lineage, place = lineage[~fine], place[~fine]
        return found
