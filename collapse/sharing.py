"""Where the diversity of lineages that read one another is: within each of them, or between them.

What a law expects of it is `laws.moments.apart`; here it is measured in a run, one row for each group.
"""

import numpy as np

from collapse.beliefs.base import Categories, Distribution
from collapse.data import Array
from collapse.laws.islands import Islands
from collapse.trajectory import Trajectory
from collapse.worlds import TypesWorld, World


def parted(trajectory: Trajectory, group: int | None = None) -> Islands:
    """The variance within and between the lineages of each whole group of a run of numbers or types, each (G, T + 1).

    In shares of the world's: of numbers along its whitened axes, of types of 1 − Σp².  `between` is the unbiased variance of the
    means of a group, and `drift` the mean squared distance of these means from the world's.  `group`: lineages in a group, by default
    that of the policy; any other run can be parted, too, to compare.

    Example: `parted(run(Scenario.from_query("policy=shared&policy.group=8"))).fixation.mean(axis=0)`.
    Errors: ValueError if the params were not kept, if there is no whole group, or for texts and images.
    """
    s = trajectory.scenario
    size = s.policy.group if group is None else group
    if s.world.space not in ("real", "types"):
        raise ValueError(f"a run of {s.world.space} cannot be parted: choose a world of numbers or of types")
    if trajectory.params is None:
        raise ValueError("the models of this run were not kept, so that it cannot be parted: run it without keep")
    if not 2 <= size <= s.lineages:
        raise ValueError(f"group={size} is not possible: give 2 to {s.lineages}, the lineages of this run")
    within, gaps = _start(*_within(s.model.belief(trajectory.params), s.world))
    whole = s.lineages // size * size
    within = within[:whole].reshape(-1, size, s.generations + 1).mean(axis=1)
    gaps = gaps[:whole].reshape(-1, size, *gaps.shape[1:])
    middle = gaps.mean(axis=1)
    drift = np.sum(gaps**2, axis=-1).mean(axis=1)
    between = (drift - np.sum(middle**2, axis=-1)) * (size / (size - 1))
    return Islands(within, between, within + (1 - 1 / size) * between, drift)


def _within(belief: Distribution, world: World) -> tuple[Array, Array]:
    """(variance within each model (R, T), what its mean is away from the world's (R, T, K)), in such units that the squares of the
    latter add up to a share of the world's variance."""
    if isinstance(world, TypesWorld):
        assert isinstance(belief, Categories)
        whole = 1 - np.sum(world.p**2)
        return (1 - np.sum(belief.p**2, axis=-1)) / whole, (belief.p - world.p) / np.sqrt(whole)
    law = world.distribution
    root = np.linalg.cholesky(law.precision) if law.cov.shape[-1] > 1 else 1 / np.sqrt(law.cov)
    return np.sum(belief.cov * law.precision, axis=(-2, -1)), (belief.mean - law.mean) @ root


def _start(within: Array, gaps: Array) -> tuple[Array, Array]:
    """The same with the world, generation 0, in front."""
    return np.insert(within, 0, 1.0, axis=1), np.insert(gaps, 0, 0.0, axis=1)
