"""The band of an ensemble: how values spread over lineages.  Every chart, table, file and sentence takes its quantiles from here."""

from collections.abc import Sequence

import numpy as np

from collapse.data import Array
from collapse.going_on import step_by_step

BAND = (0.05, 0.5, 0.95)
AT_ONCE = 1_000_000  # values that are put into order at once


def band(values: Array, levels: Sequence[float] = BAND) -> Array:
    """Quantiles over lineages, the first axis: values (R, …) and L levels give (L, …); by default 5%, median and 95%.

    A quantile is an observed value, the smallest that at least the share `level` of the lineages do not exceed (the inverse of the
    empirical distribution function).  So it is defined with infinite values, too.  NaN, what cannot be measured, counts as larger
    than anything: the quantile is NaN where so many lineages cannot be measured that they reach down to it.
    """
    places = [_place(level, len(values)) for level in levels]
    columns = np.reshape(values, (len(values), -1))
    step = max(1, AT_ONCE // len(values))
    parts = [
        np.sort(columns[:, i : i + step], axis=0)[places] for i in step_by_step(range(0, columns.shape[1] or 1, step))
    ]
    return np.concatenate(parts, axis=1).reshape(len(places), *np.shape(values)[1:])


def median(values: Array) -> Array:
    """The median over lineages, the first axis of values (R, …), as in `band`: of an even number of lineages the lower middle one."""
    return np.asarray(band(values, (0.5,))[0])


def lineage_at(values: Array, level: float) -> int:
    """The number of a lineage whose value is the quantile at a level of the values (R,), as in `band`."""
    return int(np.argsort(values, kind="stable")[_place(level, len(values))])


def error_of_mean(values: Array, group: int = 1) -> float:
    """The standard error of the mean of values (R,) over lineages that are independent, or are so in groups of `group`.

    Of groups it is that of the means of all whole ones.  NaN if there are fewer than two.
    """
    whole = len(values) // group
    each = np.reshape(values[: whole * group], (whole, group)).mean(axis=1)
    return float(each.std(ddof=1) / np.sqrt(whole)) if whole > 1 else float("nan")


def _place(level: float, lineages: int) -> int:
    """Where a quantile stands among the ordered values, from 0; 1e-9 makes up for levels that no binary fraction equals."""
    return max(int(np.ceil(level * lineages - 1e-9)) - 1, 0)
