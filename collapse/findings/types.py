"""Findings about types, such as names: how many are alive, and which die first.

They compare with generation 1, which has seen as many real examples as every later one has synthetic ones: what it lacks is lost
to the size of the sample, and is no collapse.
"""

import numpy as np

from collapse.bands import median
from collapse.data import Array
from collapse.findings.base import ENOUGH, Evidence, Finding, fewer
from collapse.speech import count, percent, plural


def vocabulary(e: Evidence) -> Finding | None:
    """How many types are left of those that a sample of real data has."""
    if not e.types:
        return None
    left, first, start = e.median("types"), e.first("types"), e.start("types")
    numbers = {"left": left, "first": first, "start": start}
    noun = e.trajectory.scenario.world.noun  # type: ignore[attr-defined]
    sample = f"Of {count(start)} {noun} the first sample of real data has {count(first)}"
    if left == first:
        return Finding("vocabulary", f"{sample}, and as many are left at the end in {e.middle}.", numbers)
    return Finding(
        "vocabulary",
        f"{sample}; at the end {plural(left, 'is', 'are')} left in {e.middle}.",
        numbers,
    )


def rare_first(e: Evidence) -> Finding | None:
    """Rare types die first, if there are fewer of them than in generation 1 in nearly every lineage."""
    if not e.types or not e.trajectory.scenario.world.rare.any():  # type: ignore[attr-defined]
        return None
    rare, common = alive(e)
    (rare_then, rare_now), (common_then, common_now) = (
        (float(median(x[:, 1])), float(median(x[:, -1]))) for x in (rare, common)
    )
    if len(rare) < ENOUGH or rare_then == 0 or not fewer(rare[:, 1], rare[:, -1]):
        return None
    if rare_now / rare_then >= common_now / common_then:
        return None
    return Finding(
        "rare",
        f"Rare {e.trajectory.scenario.world.noun} die out first. Of the rarest, {percent(rare_then)} are in the first sample and "  # type: ignore[attr-defined]
        f"{percent(rare_now)} are left at the end. Of the others, {percent(common_then)} are in the first sample and "
        f"{percent(common_now)} are left (medians).",
        {"rare1": rare_then, "rare": rare_now, "common1": common_then, "common": common_now},
    )


def alive(e: Evidence) -> tuple[Array, Array]:
    """The share of rare types that is alive, and the share of the others, each (R, T + 1)."""
    mask = e.trajectory.scenario.world.rare  # type: ignore[attr-defined]
    rare = e.trajectory.measure("rare_types")
    others = e.trajectory.measure("types") - rare * np.count_nonzero(mask)
    return rare, others / np.count_nonzero(~mask)
