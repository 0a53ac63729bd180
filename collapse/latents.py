"""The latents of one lineage of images, looked at closely: where real digits and drawings lie in the eyes of the first model."""

from typing import Any, NamedTuple

import numpy as np

from collapse.beliefs.pictures import Pictures
from collapse.data import Array
from collapse.laws.fading import chain
from collapse.metrics.pictures import histogram
from collapse.scenario import Scenario
from collapse.trajectory import taken
from collapse.worlds.digits import Digits

SHOWN = 200  # real digits, and drawings of every generation


class Plane(NamedTuple):
    """`real` (m, 2): held-out images as the encoder of generation 1 sees them, `labels` (m,), and `drawn` (T, k, 2): drawings of
    every generation, seen by the same encoder; drawing j has the same random numbers in all of them.  `latents`: which two."""

    real: Array
    labels: Array
    drawn: Array
    latents: tuple[int, int]


def telling(scenario: Scenario, life: Any) -> tuple[int, int]:
    """The two latents of generation 1 in which real images differ most, or the same one twice, if it has only one."""
    world = scenario.world
    assert isinstance(world, Digits)
    order = np.argsort(-_first(scenario, life).encoded(world.unread[_places(world)]).var(axis=0), kind="stable")
    return int(order[0]), int(order[min(1, len(order) - 1)])


def _first(scenario: Scenario, life: Any) -> Pictures:
    """What generation 1 believes."""
    found = scenario.model.belief(taken(life, 0))
    assert isinstance(found, Pictures)
    return found


def _places(world: Digits) -> Array:
    """Which held-out images are shown."""
    return np.linspace(0, len(world.unread) - 1, min(SHOWN, len(world.unread))).astype(int)


def plane(scenario: Scenario, life: Any, latents: tuple[int, int] | None = None) -> Plane:
    """Two latents of generation 1, by default those that tell most (`telling`); `life`: one lineage's params (T, …)."""
    world, belief = scenario.world, scenario.model.belief(life)
    assert isinstance(world, Digits)
    assert isinstance(belief, Pictures)
    first = _first(scenario, life)
    places = _places(world)
    real, chosen = first.encoded(world.unread[places]), list(latents or telling(scenario, life))
    drawn = np.array([first.encoded(belief.samples((t,))[:SHOWN]) for t in range(scenario.generations)])
    return Plane(real[:, chosen], world.unread_labels[places], drawn[..., chosen], (chosen[0], chosen[1]))


def spectra(scenario: Scenario, life: Any) -> tuple[Array, Array | None]:
    """The variances of the decoder's means along their own axes, the largest first, (T, latents), and their law, or None."""
    belief = scenario.model.belief(life)
    assert isinstance(belief, Pictures)
    latents = scenario.model.latents  # type: ignore[attr-defined]
    law = chain(scenario)
    return belief.spectrum[:, :latents], None if law is None else law.spectrum


def classes(scenario: Scenario, life: Any) -> Array:
    """The share of what each generation draws that the fixed reader takes for each digit, (T + 1, 10); generation 0 is real."""
    s = scenario
    believed = [s.model.truth(s.world, s.n), s.model.belief(life)]
    return np.vstack([histogram(b) for b in believed])  # type: ignore[arg-type]
