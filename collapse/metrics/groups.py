"""What we watch in a mixture: its components, and which groups of the world they stand for.

Functions of a belief and the world, like all in `metrics.py`, where they have their lines in the table.
"""

import numpy as np

from collapse.beliefs.base import Distribution
from collapse.beliefs.normals import Normals
from collapse.data import Array
from collapse.metrics.hill import hill
from collapse.worlds import World


def _parts(belief: Distribution, world: World) -> Normals | None:
    """The components of a belief; of the world itself its known groups."""
    return world.groups if belief is world.distribution else belief if isinstance(belief, Normals) else None


def components(belief: Distribution, world: World) -> Array:
    """Components that are alive: their weight is not 0; of a world, its known groups (NaN if none are known)."""
    parts = _parts(belief, world)
    return np.asarray(np.nan) if parts is None else np.count_nonzero(parts.weights, axis=-1).astype(float)


def least_weight(belief: Distribution, world: World) -> Array:
    """The smallest weight of a component: 0 from the generation on in which the first one is lost."""
    parts = _parts(belief, world)
    return np.asarray(np.nan) if parts is None else np.asarray(parts.weights.min(axis=-1))


def label_entropy(belief: Distribution, world: World) -> Array:
    """Entropy of the component that a draw comes from, −Σ w ln w, nats; of a world that of its known groups (NaN if none are
    known)."""
    parts = _parts(belief, world)
    return np.asarray(np.nan) if parts is None else np.log(hill(parts.weights, 1.0))


def label_simpson(belief: Distribution, world: World) -> Array:
    """Simpson diversity of the components, 1 − Σ w²: the chance that two draws come from different ones."""
    parts = _parts(belief, world)
    return np.asarray(np.nan) if parts is None else 1 - 1 / hill(parts.weights, 2.0)


def rarest_alive(belief: Distribution, world: World) -> Array:
    """Is the component alive that began as the world's rarest group, wherever it is now?  1 or 0; the mean over lineages is its
    survival."""
    parts, groups = _parts(belief, world), world.groups
    assert parts is not None
    assert groups is not None
    return (parts.weights[..., groups.weights.argmin()] > 0).astype(float)


def overlap(belief: Distribution, world: World) -> Array:
    """How far components cover one another: Σ_{k<l} √(w_k w_l) ρ_kl, a bound on the chance to take one's draw for another's."""
    parts = _parts(belief, world)
    return np.asarray(np.nan) if parts is None else parts.overlap()


def group_shares(belief: Distribution, world: World) -> Array:
    """The share of draws that Bayes' rule, knowing the real groups of a world, takes for each of them: (…, G), see
    `Normals.taken_for`."""
    parts, groups = _parts(belief, world), world.groups
    assert parts is not None
    assert groups is not None
    return parts.taken_for(groups)


def minority_share(belief: Distribution, world: World) -> Array:
    """The share of draws that Bayes' rule, knowing the real groups, takes for the world's rarest group."""
    groups = world.groups
    assert groups is not None
    return np.asarray(group_shares(belief, world)[..., groups.weights.argmin()])
