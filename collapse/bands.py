"""The band of an ensemble: how values spread over lineages.  Every chart, table, file and sentence takes its quantiles from here."""

from collections.abc import Sequence

import numpy as np

from collapse.data import Array

BAND = (0.05, 0.5, 0.95)


def band(values: Array, levels: Sequence[float] = BAND) -> Array:
    """Quantiles over lineages, the first axis: values (R, …) and L levels give (L, …); by default 5 %, median and 95 %.

    A quantile is an observed value, the smallest that at least the share `level` of the lineages do not exceed (the inverse of the
    empirical distribution function).  So it is defined with infinite values, too.  NaN, what cannot be measured, counts as larger
    than anything: the quantile is NaN where so many lineages cannot be measured that they reach down to it.
    """
    ordered = np.sort(values, axis=0)
    place = np.ceil(np.asarray(levels) * len(ordered) - 1e-9).astype(int) - 1
    return np.asarray(ordered[np.maximum(place, 0)])


def median(values: Array) -> Array:
    """The median over lineages, the first axis of values (R, …), as in `band`: of an even number of lineages the lower middle one."""
    return np.asarray(band(values, (0.5,))[0])


def lineage_at(values: Array, level: float) -> int:
    """The number of the lineage that stands at a level of the values (R,), between 0 (the lowest) and 1 (the highest)."""
    return int(np.argsort(values, kind="stable")[round(level * (len(values) - 1))])
