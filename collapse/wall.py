"""A wall of digits: the same real images, drawn again by every generation of one lineage.

Rows are generations, the first of them what is real.  A column follows one real image that nobody has learnt from: every
generation encodes it and draws it again.  So the same digit is followed in every family, also where the latents of two
generations have nothing to do with each other, as those of networks that begin with weights of their own.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from collapse.beliefs.pictures import Pictures
from collapse.data import Array
from collapse.metrics.reader import CLASSES, read
from collapse.recursion import replay
from collapse.scenario import Scenario
from collapse.trajectory import Trajectory, taken
from collapse.worlds.digits import BLACK, WHITE, Digits

SURE = 0.9
COLUMNS = 10


class Wall(NamedTuple):
    """`images` (T+1, C, 64), grey values, cut to 0 to 16; `readings` (T+1, C, 10), the fixed reader's probability of every digit;
    `labels` (C,), which digit each column really is."""

    images: Array
    readings: Array
    labels: Array

    @property
    def digits(self) -> Array:
        """The digit that each image is read as, (T+1, C)."""
        return self.readings.argmax(axis=-1)

    @property
    def confidence(self) -> Array:
        """How sure the reader is of it, (T+1, C)."""
        return self.readings.max(axis=-1)

    @property
    def surely_wrong(self) -> Array:
        """Where it reads another digit than the real one with a probability of 0.9 or more, (T+1, C) of bool: confident errors."""
        return (self.digits != self.labels) & (self.labels >= 0) & (self.confidence >= SURE)


def wall(trajectory: Trajectory, lineage: int = 0, codes: Sequence[int] | None = None) -> Wall:
    """The wall of one lineage of a run of images.

    `codes`: the places of held-out images, by default the typical ones of every class (`typical`).  If the run has not kept its
    params the lineage is replayed.  Errors: ValueError if the world has no images, or for a lineage or place that is not there.
    """
    s = trajectory.scenario
    if not isinstance(s.world, Digits):
        raise ValueError(f"world={s.world.kind} has no images to draw again: choose digits")
    world = s.world
    chosen = list(typical(world)) if codes is None else list(codes)
    if wrong := [c for c in chosen if not 0 <= c < len(world.unread)]:
        raise ValueError(f"codes={wrong[0]} is not possible: give a whole number from 0 to {len(world.unread) - 1}")
    if not 0 <= lineage < s.lineages:
        raise ValueError(f"lineage={lineage} is not possible: this run has {s.lineages}")
    kept = trajectory.params
    life = replay(s, lineage) if kept is None else taken(kept, lineage)
    return redrawn(s, life, world.unread[chosen], world.unread_labels[chosen])


def redrawn(scenario: Scenario, life: Any, real: Array, labels: Array) -> Wall:
    """What one lineage, params (T, …), makes of images `real` (C, 64), whose labels are (C,); −1 is an image that is no digit for
    sure, such as one that a visitor has drawn."""
    belief = scenario.model.belief(life)
    assert isinstance(belief, Pictures)
    images = np.concatenate([real[None], belief.redrawn(real)]).clip(WHITE, BLACK)
    readings = read(images.reshape(-1, images.shape[-1])).reshape(*images.shape[:-1], CLASSES)
    return Wall(images, readings, labels)


def typical(world: Digits) -> tuple[int, ...]:
    """The places of the held-out images nearest to the mean image of their class, as it is among the images that models learn from:
    one of each of ten classes, more of each of fewer, never more than ten in all."""
    each, found = COLUMNS // len(world.classes), []
    for digit in world.classes:
        places = np.flatnonzero(world.unread_labels == digit)
        far = ((world.unread[places] - world.rows[world.labels == digit].mean(axis=0)) ** 2).sum(axis=-1)
        found += places[np.argsort(far, kind="stable")[:each]].tolist()
    return tuple(found)
