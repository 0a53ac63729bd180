"""Findings about types, such as names: how many are alive, and which die first."""

import numpy as np

from collapse.bands import median
from collapse.findings.base import Evidence, Finding
from collapse.speech import count, percent, plural


def vocabulary(e: Evidence) -> Finding | None:
    """How many types are left."""
    if not e.types:
        return None
    left, start = e.median("types"), e.start("types")
    if left == start:
        return Finding(
            "vocabulary",
            f"All {count(start)} types are still alive in the typical lineage.",
            {"left": left, "start": start},
        )
    return Finding(
        "vocabulary",
        f"Of {count(start)} types, {plural(left, 'is', 'are')} alive in the typical lineage ({percent(left / start)}).",
        {"left": left, "start": start},
    )


def rare_first(e: Evidence) -> Finding | None:
    """Rare types die first."""
    if not e.types:
        return None
    total, left = e.start("types"), e.median("types")
    rare_total = float(np.count_nonzero(e.trajectory.scenario.world.rare))  # type: ignore[attr-defined]
    if not rare_total:
        return None
    alive = e.final("rare_types") * rare_total
    rare = float(median(alive) / rare_total)
    common = float(median((e.final("types") - alive) / (total - rare_total)))
    if left == total or not rare < common:
        return None
    return Finding(
        "rare",
        f"Rare types die first: {percent(rare)} of the rarest {count(rare_total)} are alive, and "
        f"{percent(common)} of the others (medians).",
        {"rare": rare, "common": common, "rarest": rare_total},
    )


def entropy_is_late(e: Evidence) -> Finding | None:
    """Entropy barely notices what the vocabulary has lost."""
    if not e.types:
        return None
    lost = {m: 1 - e.median(m) / e.start(m) for m in ("types", "entropy", "simpson")}
    if not (lost["types"] > 0.05 and lost["types"] > 2 * lost["entropy"] > 0):
        return None
    return Finding(
        "entropy",
        f"Entropy is a late alarm: types are down by {percent(lost['types'])}, entropy by "
        f"{percent(lost['entropy'])}, Simpson diversity by {percent(lost['simpson'])}.",
        lost,
    )
