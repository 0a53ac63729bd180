"""Watch a model of one's own: every version is judged by the first ones, which are known to be healthy.

Every column of numbers has a bound: where one more healthy version would lie but for the chosen rate of false alarms, by Student's t.
A version rings beyond it.  The Mann–Kendall test beside it asks for a trend.  What neither can tell is said in plain sentences.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.stats import kendalltau
from scipy.stats import t as student

from collapse.data import Array
from collapse.speech import count, exact_percent, listing, plural, times
from collapse.versions import LEAST, History, recognised

FEW = 8  # healthy versions; with fewer the bounds are so wide that it is worth saying
SIDES = {"low": "falls", "high": "rises", "both": "falls or rises"}
LEVELS = (0.01, 0.05, 0.1)


@dataclass(frozen=True)
class Watched:
    """One column: `low` and `high` are its bounds (infinite where there is none), `rings` (r,) which versions lie beyond.

    `known`: what its title was taken for, or ""; `healthy`: how many healthy values it has, with their `mean` and `sd`; `tau`, `p`:
    Kendall's τ with the order of the versions and the two-sided p-value of Mann and Kendall, NaN where there is none; `said`: all of
    it in words.
    """

    name: str
    known: str
    side: str
    values: Array = field(repr=False)
    healthy: int
    mean: float
    sd: float
    low: float
    high: float
    rings: Array = field(repr=False)
    tau: float
    p: float
    said: str = ""

    @property
    def first(self) -> int | None:
        """The row, from 0, of the first version that rings; None if none does."""
        return int(self.rings.argmax()) if self.rings.any() else None


@dataclass(frozen=True)
class Report:
    """All columns; `looks`: values that were judged, of which `expected` ring by chance; `sentences`: what can be concluded, and what
    cannot."""

    history: History
    healthy: int
    level: float
    columns: tuple[Watched, ...]
    looks: int
    expected: float
    sentences: tuple[str, ...]


def bounds(healthy: Array, level: float, side: str) -> tuple[Array, Array]:
    """(below which, above which) one more value like the m healthy ones (…, m) lies with probability `level`, together.

    The prediction bounds mean ± t · s · √(1 + 1/m) of values that are independent and Gaussian; infinite where they are all alike.
    """
    m = healthy.shape[-1]
    mean, sd = healthy.mean(axis=-1), healthy.std(axis=-1, ddof=1)
    wide = reach(m, level / 2 if side == "both" else level) * np.where(np.ptp(healthy, axis=-1) > 0, sd, np.inf)
    return np.where(side == "high", -np.inf, mean - wide), np.where(side == "low", np.inf, mean + wide)


def reach(m: int, level: float) -> float:
    """How many standard deviations of m healthy values a one-sided bound lies from their mean."""
    return float(student.isf(level, m - 1) * np.sqrt(1 + 1 / m))


def monitor(
    given: History, healthy: int = LEAST, level: float = 0.05, sides: Mapping[str, str] | None = None
) -> Report:
    """Judge every version after the first `healthy` ones.

    `level`: the rate of false alarms of one look; `sides`: which columns alarm where they are "low", "high" or on "both" sides; by
    default what their titles are known for, and both sides of those that are not known.
    Errors: ValueError with a sentence for numbers that are not possible.
    """
    rows = len(given.versions)
    if not LEAST <= healthy < rows:
        raise ValueError(
            f"healthy={healthy} is not possible: of {plural(rows, 'version', 'versions')} say that the first {LEAST} to {rows - 1} "
            "are known to be healthy"
        )
    if not 0 < level <= 0.5:
        raise ValueError(f"level={level} is not possible: give a false-alarm rate above 0 and up to 0.5")
    for name, side in (sides or {}).items():
        if name not in given.names or side not in SIDES:
            raise ValueError(
                f"{name!r} cannot alarm on the side {side!r}: choose one of the columns, and {' or '.join(SIDES)}"
            )
    columns = tuple(_watched(given, j, healthy, level, (sides or {}).get(name)) for j, name in enumerate(given.names))
    looks = sum(int(np.isfinite(c.values[healthy:]).sum()) for c in columns if np.isfinite([c.low, c.high]).any())
    return Report(given, healthy, level, columns, looks, looks * level, _sentences(columns, healthy, level, looks))


def _watched(given: History, j: int, healthy: int, level: float, side: str | None) -> Watched:
    name, values = given.names[j], given.values[:, j]
    kind = recognised(name)
    side = side or (kind.side if kind else "both")
    base, known = values[:healthy][np.isfinite(values[:healthy])], np.isfinite(values)
    low, high = (float(b) for b in bounds(base, level, side)) if len(base) >= LEAST else (-np.inf, np.inf)
    rings = (np.arange(len(values)) >= healthy) & ((values < low) | (values > high))
    tau, p = float("nan"), float("nan")
    if known.sum() > LEAST and np.ptp(values[known]) > 0:
        tau, p = (float(x) for x in kendalltau(np.flatnonzero(known), values[known]))
    mean, sd = (float(base.mean()), float(base.std(ddof=1))) if len(base) > 1 else (float("nan"), float("nan"))
    found = Watched(name, kind.name if kind else "", side, values, len(base), mean, sd, low, high, rings, tau, p)
    return replace(found, said=_said(found, given.versions, level))


def _said(c: Watched, versions: tuple[str, ...], level: float) -> str:
    """What is to be said of one column."""
    taken = f"taken for {c.known}" if c.known else "not known by its title"
    head = f"{c.name} ({taken}) alarms where it {SIDES[c.side]}."
    if c.healthy < LEAST:
        return f"{head} It has only {plural(c.healthy, 'value', 'values')} among the healthy versions, and needs {LEAST}: not judged."
    if not np.isfinite([c.low, c.high]).any():
        return f"{head} All healthy versions have the same value, {c.mean:.4g}, so that no usual range is known: not judged."
    ends = [f"{word} {end:.4g}" for word, end in (("below", c.low), ("above", c.high)) if np.isfinite(end)]
    rung = int(c.rings.sum())
    heard = (
        f"It first rings at {versions[c.first]}, and for {plural(rung, 'version', 'versions')} in all."
        if c.first is not None
        else "It never rings."
    )
    return (
        f"{head} One more healthy version lies {' or '.join(ends)} with a probability of {exact_percent(level)}: the mean of "
        f"{plural(c.healthy, 'healthy value', 'healthy values')} is {c.mean:.4g}, their standard deviation {c.sd:.2g}. {heard} "
        f"{_trend(c)}"
    )


def _trend(c: Watched) -> str:
    """What the test of Mann and Kendall says."""
    if not np.isfinite(c.p):
        return "A trend cannot be tested."
    way = "rises" if c.tau > 0 else "falls"
    p = f"p = {c.p:.2g}" if c.p >= 0.001 else "p below 0.001"
    clear = f"It {way} over the versions" if c.p < 0.05 else "It has no clear trend over the versions"
    return f"{clear} (Mann–Kendall: τ = {c.tau:.2f}, {p})."


def _sentences(columns: tuple[Watched, ...], healthy: int, level: float, looks: int) -> tuple[str, ...]:
    """What can be concluded from all columns together, and what cannot."""
    if not looks:
        return ("Nothing could be judged: no column has healthy values that differ, and values after them.",)
    ringing = [c.name for c in columns if c.first is not None]
    rung = sum(int(c.rings.sum()) for c in columns)
    wide = reach(healthy, level)
    said = [
        f"{listing(ringing)} {'rings' if len(ringing) == 1 else 'ring'}; {count(rung)} of {plural(looks, 'look', 'looks')} in all."
        if ringing
        else f"Nothing rings in {plural(looks, 'look', 'looks')}.",
        f"A look is one value after the healthy versions. If all versions were healthy, {times(looks * level)} of the "
        f"{plural(looks, 'look', 'looks')} would be expected to ring by chance, {exact_percent(level)} of them, and often together, "
        "because all are judged by the same healthy versions.",
    ]
    if healthy < FEW:
        said.append(
            f"Only {healthy} versions are known to be healthy, so a one-sided bound lies {times(wide)} standard deviations from "
            f"their mean, and only large changes ring; with 20 it would be {times(reach(20, level))}."
        )
    said += [
        "An alarm says that a number has left its usual range. It does not say why: other data, another test set or another way of "
        "asking move numbers as well as collapse does.",
        "The bounds take the healthy versions for independent and their values for Gaussian. Versions that learn from one another "
        "are alike, and then the bounds are too narrow and the test for a trend is too sure.",
        "No alarm is no proof of health: what is not measured does not ring.",
    ]
    return tuple(said)
