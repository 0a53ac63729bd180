"""Metrics by name: which a scenario has, and their values of models and of generation 0."""

import sys
from collections.abc import Iterable
from functools import lru_cache
from itertools import takewhile
from typing import Any

import numpy as np

from collapse.beliefs.base import Distribution
from collapse.beliefs.language import EXCERPT, Language
from collapse.beliefs.pictures import Pictures
from collapse.data import Array
from collapse.going_on import step_by_step
from collapse.metrics.base import Metric
from collapse.metrics.table import METRICS
from collapse.models import Model
from collapse.scenario import Scenario
from collapse.worlds import World
from collapse.worlds.base import HELD_OUT

WITHOUT_DENSITY = (
    "heldout_nll",
    "entropy",
    "hallucination",
)  # what a finite data set has no value of, since it has no density
INTEGRAL = 4  # as many arrays of its nodes lie in memory as of other numbers
AT_ONCE = 2_000_000  # numbers that are handled to measure a part of the lineages, in about 0.1 s; a block holds fewer


def metric_named(name: str, scenario: Scenario) -> Metric:
    """The metric, or a ValueError that says which ones this scenario has."""
    if name not in METRICS:
        raise ValueError(f"metric={name!r} is not known: choose {' or '.join(measurable(scenario))}")
    if why := METRICS[name].refusal(scenario):
        raise ValueError(f"metric={name} cannot be measured here: {why}")
    return METRICS[name]


def listed(names: Iterable[str]) -> tuple[str, ...]:
    """Names of metrics as a tuple; a text is one name, not as many as it has letters."""
    return (names,) if isinstance(names, str) else tuple(names)


def measurable(scenario: Scenario) -> list[str]:
    """The names of all metrics that make sense in this scenario."""
    return [name for name, m in METRICS.items() if not m.refusal(scenario)]


def evaluate(scenario: Scenario, params: Any, names: Iterable[str]) -> dict[str, Array]:
    """Metrics of params (…) by name, each (…); lineages, the first axis, a part at a time, which bounds memory."""
    wanted = tuple(dict.fromkeys(names))
    size, step = len(params[0]) if np.ndim(params[0]) else 1, _at_once(scenario, params, wanted)
    if step >= size:
        return _evaluated(scenario, params, wanted)
    parts = [
        _evaluated(scenario, type(params)(*(a[start : start + step] for a in params)), wanted)
        for start in step_by_step(range(0, size, step))
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in wanted}


def _at_once(scenario: Scenario, params: Any, names: tuple[str, ...]) -> int:
    """How many lineages are measured at once, so that about `AT_ONCE` numbers are handled.

    What is measured by one product of matrices for all lineages, along the axes of images, is not parted: its last digit may depend
    on how many there are.
    """
    shapes = [np.shape(a) for a in params]
    lead = [sizes[0] for sizes in takewhile(lambda sizes: len(set(sizes)) == 1, zip(*shapes, strict=False))]
    held = sum(np.size(a) for a in params)
    if scenario.world.space == "images" or not lead:
        return sys.maxsize
    if scenario.world.space == "real":
        n = getattr(params, "centers", getattr(params, "bins", params[0])).shape[-1]
        fit = scenario.model.cost(scenario.world, scenario.decoder, n, False)
        integral = INTEGRAL * max(fit.integral + fit.lookup, HELD_OUT)
        held += int(np.prod(lead)) * max((METRICS[name].cost(scenario.world, integral) for name in names), default=0)
    return max(1, AT_ONCE * lead[0] // max(held, 1))


def _evaluated(scenario: Scenario, params: Any, names: tuple[str, ...]) -> dict[str, Array]:
    # products of matrices depend, in the last digit, on where their numbers lie in memory
    orderly = type(params)(*(np.asarray(a, order="C") for a in params))
    belief, found = scenario.model.shown(orderly, scenario.n), {}
    for name in step_by_step(names):
        found[name] = np.asarray(METRICS[name].function(belief, scenario.world))
    return found


def at_start(scenario: Scenario, name: str) -> float:
    """The value of generation 0 in a scenario."""
    return at_world(scenario.world, name, scenario.model, scenario.n)


def at_world(world: World, name: str, model: Model | None = None, n: int = EXCERPT) -> float:
    """The value of generation 0, the world itself; NaN where a finite data set has no density to ask.  `model` looks at it and `n`
    examples train its first member: needed where it looks different to each (a text)."""
    belief = world.distribution if model is None else model.truth(world, n)
    if isinstance(belief, Language):
        return belief.once(name, lambda: _value(name, belief, world))
    if isinstance(belief, Pictures):
        assert model is not None
        return _pictured(name, world, model)
    if world.finite and world.space == "real" and name in WITHOUT_DENSITY:
        return float("nan")
    if METRICS[name].sized:
        return _value(name, belief, world)
    return _value(name, world.distribution, world) if world.private else _remembered(name, world)


@lru_cache(maxsize=256)
def _remembered(name: str, world: World) -> float:
    """Generation 0 of a world that belongs to everybody, which may stay in memory."""
    return _value(name, world.distribution, world)


@lru_cache(maxsize=256)
def _pictured(name: str, world: World, model: Model) -> float:
    """Generation 0 of a world of images as a model sees it, which does not depend on how many train it."""
    return _value(name, model.truth(world, EXCERPT), world)


def _value(name: str, belief: Distribution, world: World) -> float:
    return float(np.asarray(METRICS[name].function(belief, world)).item())
