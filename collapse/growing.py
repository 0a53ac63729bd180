"""A run as it comes: for models that are trained while somebody watches, and may stop."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from collapse.blocks import blocks
from collapse.metrics import evaluate, listed, metric_named
from collapse.recursion import Streams, evolve
from collapse.scenario import Scenario
from collapse.trajectory import Trajectory, joined, stacked

ROOM = 20_000_000  # bytes of params of a whole run that are kept


def grow(scenario: Scenario, *, keep: Iterable[str] = ()) -> Iterator[Trajectory]:
    """The run of a scenario, one more generation at a time, all lineages together: T trajectories, the last of them the same as
    `run` gives.

    The params are kept if those of the whole run have room (20 MB), else the metrics `keep`, which are measured on the way.  What
    comes after t generations is the run of the shorter scenario, bit for bit, if that is split into the same blocks: `is_whole`.
    """
    wanted = tuple(metric_named(name, scenario).name for name in listed(keep))
    lives = [evolve(scenario, size, Streams(scenario.seed, number)) for number, size in blocks(scenario)]
    past: list[Any] = []
    for t in range(1, scenario.generations + 1):
        models = joined([next(life) for life in lives])
        roomy = sum(a.nbytes for a in models) * scenario.generations <= ROOM
        past.append(models if roomy else evaluate(scenario, models, wanted))
        so_far = replace(scenario, generations=t)
        if roomy:
            yield Trajectory(so_far, stacked(past))
        else:
            yield Trajectory(so_far, None, {name: np.stack([row[name] for row in past], axis=1) for name in wanted})


def is_whole(part: Scenario, whole: Scenario) -> bool:
    """Is `part`, the same scenario with fewer generations, split into the same blocks, and so the beginning of the other's run?"""
    return list(blocks(part)) == list(blocks(whole))
