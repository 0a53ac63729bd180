"""The Gaussian mixture: several bell curves, fitted by expectation–maximisation, sampled, fitted again.

A warm fit starts from its parent, so that a component keeps its identity through the generations; when groups of the world are
known, as species are, and there are as many components, the first model starts from them.  A cold fit starts from its data
alone, from slices along the principal axis, and its components are then named after the nearest of the parent's.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.special import chdtr

from collapse.beliefs.normals import Normals
from collapse.data import Array, Data, Rows
from collapse.decoding import Decoder
from collapse.models.base import Cost, Model
from collapse.models.em import SMALLEST, MixtureParams, em
from collapse.models.tempered import Acceptance, Apart, cost_of_decoding, on_a_line, scratch
from collapse.spec import knob
from collapse.speech import exactly, plural
from collapse.triangles import factor
from collapse.worlds import World

EFFORT = 36  # so many examples × components of one EM step cost (d + 1)(d + 2) numbers
COST_OF_ACCEPTANCE = 10_000  # to prepare a decoder, however few lineages there are
OVERHEAD = 333  # and so many times (d + 1)(d + 2) numbers are the cost of a step that does nothing


@dataclass(frozen=True)
class Mixture(Model):
    """A mixture of Gaussians in up to eight dimensions."""

    kind = "mixture"
    says = "several bell curves at once (EM)"
    dimensions = 8
    rows = True
    Params = MixtureParams

    components: int = knob(3, "how many bell curves a model has", label="components", low=1, high=8)
    covariance: str = knob(
        "full",
        "each bell curve may be tilted, or lies along the axes",
        label="covariance",
        choices={"full": "tilted", "diagonal": "along the axes"},
    )
    start: str = knob(
        "warm",
        "each model starts from its parent (a warm start), or from its data alone, with fresh eyes (a cold start)",
        label="start of a fit",
        choices={"warm": "from its parent (a warm start)", "cold": "from its data alone (a cold start)"},
    )
    iterations: int = knob(
        50,
        "how many steps EM takes at most, if it does not stop before",
        label="EM steps at most",
        low=1,
        high=2000,
        log=True,
    )
    tolerance: float = knob(
        1e-4, "EM stops when the mean log-likelihood changes by less", label="tolerance", low=1e-10, high=1.0, log=True
    )

    @property
    def equivariant(self) -> bool:
        return self.covariance == "full"

    @property
    def copies(self) -> int:
        return 8 + 4 * self.components

    def phrase(self) -> str:
        plain = type(self)()
        turned = {
            "each along the axes": self.covariance == "diagonal",
            "every fit from its data alone": self.start == "cold",
            f"at most {plural(self.iterations, 'EM step', 'EM steps')} a fit": self.iterations != plain.iterations,
            f"EM stops below a change of {exactly(self.tolerance)}": self.tolerance != plain.tolerance,
        }
        said = [words for words, is_so in turned.items() if is_so]
        return f"a mixture of {plural(self.components, 'bell curve', 'bell curves')}" + (
            f" ({'; '.join(said)})" if said else ""
        )

    def sample(self, params: MixtureParams, n: int, decoder: Decoder, rng: np.random.Generator) -> Array:
        apart = self._apart(params, decoder)
        if decoder.neutral:
            return apart.draw(params.mean, n, rng)
        mixture = self.belief(params)
        if mixture.d == 1:
            return on_a_line(mixture, decoder).draw(rng.random((len(params.mean), n)))[..., None]
        return Acceptance(mixture, decoder, apart).draw(apart, n, rng)

    def inexact(self, params: MixtureParams, decoder: Decoder) -> Array:
        """The total variation between what is spoken and the tempered mixture, cut to top-p, (R,); 0 where it is exact."""
        mixture = self.belief(params)
        if decoder.neutral or mixture.d == 1:
            return np.zeros(len(params.weights))
        apart = self._apart(params, decoder)
        return Acceptance(mixture, decoder, apart).wrong(apart, decoder.top_p)

    def _apart(self, params: MixtureParams, decoder: Decoder) -> Apart:
        """The components as they are spoken if none overlaps.

        Temperature: w_k^(1/τ) |Σ_k|^((1 − 1/τ)/2), with covariances τΣ_k.  Top-p: one density level c for all, so that component k
        keeps the ball χ²_d ≤ 2 log(peak_k / c).
        """
        d, tau = params.mean.shape[-1], decoder.temperature
        cov = np.moveaxis(params.cov, (-2, -1), (0, 1))
        lower = np.moveaxis(factor(cov, np.zeros(d)), (0, 1), (-2, -1)) * np.sqrt(tau)
        if decoder.neutral:
            return Apart(params.weights, lower, np.ones_like(params.weights))
        floored = factor(cov, np.full((d, *[1] * params.weights.ndim), 1e-300))
        half_log = sum(np.log(floored[j, j]) for j in range(d))
        with np.errstate(divide="ignore"):
            logs = np.log(params.weights) / tau + (1 - 1 / tau) * half_log
            weights = np.exp(logs - logs.max(axis=-1, keepdims=True))
            weights /= weights.sum(axis=-1, keepdims=True)
            if decoder.top_p == 1.0:
                return Apart(weights, lower, np.ones_like(weights))
            peak = np.log(weights) - half_log
        return Apart(weights, lower, chdtr(d, 2 * np.maximum(peak - _level(weights, peak, decoder.top_p, d), 0.0)))

    def fit(self, data: Data, parent: Any, rng: np.random.Generator) -> MixtureParams:
        assert isinstance(data, Rows)
        warm = self.start == "warm" and parent is not None
        start = parent if warm else sliced(data.x, self.components, self.covariance == "diagonal")
        found = em(
            data.x, start, diagonal=self.covariance == "diagonal", iterations=self.iterations, tolerance=self.tolerance
        ).params
        return found if warm or parent is None else named_after(parent, found)

    def belief(self, params: MixtureParams) -> Normals:
        return Normals(params.weights, params.mean, params.cov)

    def ancestor(self, world: World, lineages: int) -> MixtureParams | None:
        """The known groups of the world, when there are as many as components."""
        groups = world.groups
        if groups is None or groups.weights.shape[-1] != self.components:
            return None
        return MixtureParams(
            *(np.repeat(a[None], lineages, axis=0) for a in (groups.weights, groups.means, groups.covs))
        )

    def member(self, world: World, lineages: int) -> MixtureParams | None:
        tilted = world.groups is not None and np.any(world.groups.covs * (1 - np.eye(world.d)))
        return (
            self.ancestor(world, lineages) if world.blended and not (tilted and self.covariance == "diagonal") else None
        )

    def spread(self, n: int) -> tuple[float, float]:
        return 1.0, 0.0

    def cost(self, world: World, decoder: Decoder, n: int, distinct: bool) -> Cost:
        """Every example is held once for each component; at worst EM takes all its steps."""
        held, size = n * world.d * self.components, (world.d + 1) * (world.d + 2)
        return Cost(
            observing=held * world.cost_of_a_draw,
            sampling=held + n + cost_of_decoding(decoder, n, world.d, self.components),
            iterating=self.iterations * size * n * self.components // EFFORT,
            iterating_block=self.iterations * size * OVERHEAD,
            typical_speedup=6,
            likelihood=size * self.components,
            lookup=800 * self.components * size // 6,  # thousands of held-out rows, for each component
            saying=0 if decoder.neutral or world.d == 1 else COST_OF_ACCEPTANCE,
            levers=("components", "iterations"),
            scratch=scratch(decoder, world.d, self.components),
        )


def _level(weights: Array, peak: Array, top_p: float, d: int) -> Array:
    """The log density (…, 1) above which the components together hold top_p of their mass, by bisection."""
    high = peak.max(axis=-1, keepdims=True)
    low = np.where(weights > 0, peak, np.inf).min(axis=-1, keepdims=True) - 750.0
    for _ in range(64):
        middle = (low + high) / 2
        enough = np.sum(weights * chdtr(d, 2 * np.maximum(peak - middle, 0.0)), axis=-1, keepdims=True) >= top_p
        low, high = np.where(enough, middle, low), np.where(enough, high, middle)
    return low


def sliced(x: Array, components: int, diagonal: bool) -> MixtureParams:
    """A start from the rows x (R, n, d) alone: equally many in each slice along the principal axis of the standardised data, each
    with its own mean, all with the covariance inside slices.  With fewer rows than components, some are never born."""
    n, d = x.shape[1:]
    gap = x - x.mean(axis=1, keepdims=True)
    sd = gap.std(axis=1, keepdims=True)
    z = gap / np.where(sd > 0, sd, 1.0)
    axis = np.linalg.eigh(np.swapaxes(z, 1, 2) @ z)[1][..., -1:]
    rows = np.take_along_axis(gap, np.argsort(z @ axis, axis=1, kind="stable"), axis=1)
    ends = np.arange(components + 1) * n // components
    slices = [rows[:, a:b] if b > a else rows[:, :1] for a, b in pairwise(ends.tolist())]
    means = np.stack([part.mean(axis=1) for part in slices], axis=1)
    inside = np.concatenate([part - part.mean(axis=1, keepdims=True) for part in slices], axis=1)
    cov = np.swapaxes(inside, 1, 2) @ inside / n * (np.eye(d) if diagonal else 1.0)
    weights = np.broadcast_to(np.diff(ends) / n, (len(x), components))
    return MixtureParams(weights, x.mean(axis=1, keepdims=True) + means, np.repeat(cov[:, None], components, axis=1))


def named_after(parent: MixtureParams, found: MixtureParams) -> MixtureParams:
    """The components of `found` in the order of the parent's nearest ones: the closest pair first, then the next.

    Coordinates count by how far the components are spread along them.
    """
    spread = np.concatenate([parent.mean, found.mean], axis=1).std(axis=1)[:, None, None]
    far = np.sum(((parent.mean[:, :, None] - found.mean[:, None]) / np.maximum(spread, SMALLEST)) ** 2, axis=-1)
    order, lineage = np.zeros(parent.weights.shape, dtype=int), np.arange(len(far))
    for _ in range(far.shape[1]):
        mine, other = np.divmod(far.reshape(len(far), -1).argmin(axis=1), far.shape[2])
        order[lineage, mine] = other
        far[lineage, mine], far[lineage, :, other] = np.inf, np.inf
    return MixtureParams(
        np.take_along_axis(found.weights, order, axis=1),
        np.take_along_axis(found.mean, order[..., None], axis=1),
        np.take_along_axis(found.cov, order[..., None, None], axis=1),
    )
