"""The two signs of collapse that the stages watch: which metric tells that the tails are going, and which that the spread is.

Functions of a belief and the world, like all metrics; they have their lines in the table.
"""

import numpy as np

from collapse.beliefs.base import Categories, Distribution
from collapse.data import Array
from collapse.scenario import Scenario
from collapse.worlds import World

TAIL = 0.025  # the share of the world in each of its tails


def signs(scenario: Scenario) -> tuple[str, str]:
    """The names of two metrics: of the tails, which go early, and of the spread, which goes late.

    A model of types that adds something to every count loses no type: of its rare types the probability is watched.
    """
    if scenario.world.space == "images":
        return "tail_mass", "variance"
    if scenario.world.space == "real":
        return "smaller_tail", "variance" if scenario.world.d == 1 else "generalized_variance"
    if scenario.world.space == "types" and not scenario.model.smoothing:  # type: ignore[attr-defined]
        return "rare_types", "effective_types"
    return "tail_mass", "effective_types"


def smaller_tail(belief: Distribution, world: World) -> Array:
    """Mass in the emptier one of the world's two tails, below its 2.5% or above its 97.5% quantile, ÷ 2.5%.

    In several dimensions the emptiest of the two tails along each of the world's principal directions.
    """
    axes, low, high = world.principal
    found: Array | None = None
    for axis, least, most in zip(axes.T, low, high, strict=True):
        line = belief if len(axes) == 1 else belief.along(axis)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            below, above = line.cdf(np.array([np.nextafter(least, -np.inf)])), line.above(np.array([most]))
        smaller = np.fmin(below, above)[..., 0]
        found = smaller if found is None else np.fmin(found, smaller)
    return np.nan_to_num(np.asarray(found)) / TAIL  # all mass on the edge of a tail is not in it


def generalized_variance(belief: Distribution, world: World) -> Array:
    """Geometric mean of the variances along the world's whitened axes, (det Σ ÷ det Σ₀)^(1/d); of n ≤ d examples a model has
    variance along n − 1 axes, and only these count.  In one dimension it is the variance."""
    logs = belief.log_volume(world.distribution)
    return np.where(logs > -np.inf, np.maximum(np.exp(logs), np.nextafter(0.0, 1.0)), 0.0)


def self_agreement(belief: Categories, world: World) -> Array:
    """How much more often a model agrees with itself than with the world, Σ q² − Σ q p₀: two draws of it, or it and a real one.

    0 of the world itself, 1 − p₀ of its last type where only that is left: then it is wrong and sure.
    """
    p = world.distribution.p  # type: ignore[attr-defined]
    return np.asarray(np.sum(belief.p * (belief.p - p), axis=-1))
