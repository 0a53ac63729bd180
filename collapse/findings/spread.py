"""Findings about numbers: the mean and the median of the spread, the tails, the laws, and the drift of lineages."""

import numpy as np

from collapse.bands import error_of_mean, median
from collapse.findings.base import ENOUGH, Evidence, Finding
from collapse.laws import law_for
from collapse.speech import HUGE, count, minus, percent, power, times

COMPARED = 30  # lineages from which on their mean is compared with a law
LOPSIDED = (
    0.15  # skewness ÷ √lineages from which on a mean is not taken for normal: then 8 to 40% of all z are beyond 2
)
CARRIED = 0.25  # of all variance in a hundredth of the lineages: then the mean is theirs


def mean_hides(e: Evidence) -> Finding | None:
    """Mean and median part company when a few lineages grow wide."""
    mean, middle = float(e.spread.mean()), float(median(e.spread))
    if not e.real or middle > 0.9 or mean < max(1.5 * middle, 1e-5):
        return None
    wide = e.spread > mean
    if wide.mean() >= 0.5 or e.spread[wide].sum() <= e.spread[~wide].sum():
        return None
    return Finding(
        "mean",
        f"The average over all chains misleads here: it is {percent(mean)} {e.of_variance}, but the middle chain (median) has "
        f"{percent(middle)}. A few wide chains pull the average up.",
        {"mean": mean, "median": middle},
    )


def tails_on_average(e: Evidence) -> Finding | None:
    """The ensemble's average tail mass may stay, or grow, while the middle lineage loses its own; it is said to rise only where that
    is more than chance, and its standard error stands beside it."""
    tails = e.final("tail_mass")
    mean, middle, real = float(tails.mean()), float(median(tails)), e.start("tail_mass")
    if not e.real or not (mean > 0.9 * real and middle < real / 2):
        return None
    error = error_of_mean(tails, e.trajectory.scenario.policy.group)
    if not np.isfinite(error):
        return None
    moves = "rises to" if mean > real + 3 * error else "is still"
    return Finding(
        "tails",
        f"In {e.middle} rare cases (the tails) make up {percent(middle)} instead of {percent(real)}. Yet the average over chains "
        f"{moves} {percent(mean)} (standard error {percent(error)}), because some chains have moved or widened to where rare cases "
        "are.",
        {"mean": mean, "median": middle, "real": real, "error": error},
    )


def beside_the_law(e: Evidence) -> Finding | None:
    """The mean of these lineages beside the exact law, with its z, whether they agree or not.

    Where a law of the logarithm is known it is that: its mean is not carried by a few lineages, and is nearly normal.  Of a mean that
    is not, the sentence says that z strays farther.
    """
    metrics = () if e.text else ("simpson",) if e.types else ("log_variance", "variance")
    metric = next((name for name in metrics if law_for(e.trajectory.scenario, name) is not None), None)
    if metric is None or len(e.stages) < COMPARED or (metric == "variance" and held_by_the_widest(e) >= CARRIED):
        return None
    law, values = law_for(e.trajectory.scenario, metric), e.final(metric)
    assert law is not None
    expected, mean = float(law[-1]), float(values.mean())
    error = error_of_mean(values, e.trajectory.scenario.policy.group)
    if not np.isfinite([mean, error]).all() or error < 1e-9 * max(abs(mean), 1e-300):
        return None
    thing = {"simpson": "Simpson diversity", "variance": "share of the variance left"}.get(
        metric, "logarithm of the variance left"
    )
    digits = max(2, int(np.ceil(1 - np.log10(error))))
    said = [power(v) if abs(v) >= HUGE else minus(f"{v:.{digits}f}") for v in (expected, mean, error)]
    z = (mean - expected) / error
    apart = (values - mean) / np.abs(values - mean).max()  # without a unit, so that no power of it underflows
    skew = float(np.mean(apart**3) / np.mean(apart**2) ** 1.5)
    chance = "By chance z is beyond 2 about once in 20 runs."
    if metric != "log_variance" and abs(skew) > LOPSIDED * np.sqrt(len(values)):
        side = "below" if skew > 0 else "above"
        chance = f"The chains are so unequal that z is beyond 2 more often than once in 20 runs, mostly {side} the law."
    return Finding(
        "law",
        f"The exact law puts the mean {thing} at {said[0]}; these {count(len(values))} chains have a mean of "
        f"{said[1]} with a standard error of {said[2]}: z = {minus(f'{z:.1f}')}. {chance}",
        {"law": expected, "mean": mean, "error": error, "z": z},
    )


def held_by_the_widest(e: Evidence) -> float:
    """The share of all the variance that is left which the widest hundredth of the lineages holds."""
    values = np.sort(e.final("variance"))
    return float(values[-max(len(values) // 100, 1) :].sum() / values.sum()) if values.sum() > 0 else 0.0


def law_needs_luck(e: Evidence) -> Finding | None:
    """Where a few lineages carry the mean, the sample mean says little about the law."""
    law = law_for(e.trajectory.scenario, "variance") if e.real else None
    if law is None or len(e.stages) < COMPARED:
        return None
    held = held_by_the_widest(e)
    if held < CARRIED:
        return None
    total = len(e.stages)
    widest = "The widest 1% of the chains hold" if total >= 100 else f"The widest of {count(total)} chains holds"
    return Finding(
        "luck",
        f"{widest} {percent(held)} of all the variance that is left, so the "
        f"average of these chains says little about the law's mean of {percent(float(law[-1]))}.",
        {"held": held, "law": float(law[-1])},
    )


def drift_returns(e: Evidence) -> Finding | None:
    """What is lost inside lineages reappears as disagreement between them: they are farther away than in generation 1, where the size
    of the sample alone leads them."""
    if not e.real:
        return None
    inside, between = float(e.final("variance").mean()), float(np.sqrt(e.final("mean_drift").mean()))
    if inside > 0.8 or between < 0.45 or len(e.stages) == 1:
        return None
    gain = e.final("mean_drift") - e.trajectory.measure("mean_drift")[:, 1]
    if not gain.mean() > 3 * error_of_mean(gain, e.trajectory.scenario.policy.group):
        return None
    every = ", in each direction" if e.trajectory.scenario.world.d > 1 else ""
    return Finding(
        "drift",
        f"Each chain wanders off on its own. On average {percent(inside)} of the real variety (variance) is left inside a chain"
        f"{every}, and the centres (means) of the chains lie {times(between)} real standard deviations from the real one (root mean "
        f"square{every}).",
        {"inside": inside, "between": between},
    )


def half_life(e: Evidence) -> Finding | None:
    """When the mean logarithm of the variance falls below that of one half, in this run and by its law; and when half of the lineages
    have been below one half for the first time, which is another thing and comes sooner, since a lineage may come back."""
    s = e.trajectory.scenario
    law = law_for(s, "log_variance")
    if law is None or len(e.stages) < ENOUGH or s.world.d > 1 or s.decoder.temperature != 1.0 or law[1] >= 0:
        return None
    logs, half = e.trajectory.measure("log_variance"), float(np.log(0.5))
    there = int(half // float(law[1])) + 1  # the law is a straight line
    fallen, below = logs.mean(axis=0) < half, logs < half
    first = float(median(np.where(below.any(axis=1), below.argmax(axis=1), np.inf)))
    if there > e.last and not fallen.any() and not np.isfinite(first):
        return None
    numbers: dict[str, float] = {"law": there}
    when = f"has not fallen below that of one half after {e.span}"
    if fallen.any():
        numbers["mean"] = int(fallen.argmax())
        when = f"first falls below that of one half at generation {count(numbers['mean'])}"
    once = ""
    if np.isfinite(first):
        numbers["first"] = first
        once = f" Half of the chains have been below one half at least once by generation {count(first)}; a chain may come back."
    return Finding(
        "half-life",
        f"The mean logarithm of the variance {when}; by the exact law it does so at generation {count(there)}.{once}",
        numbers,
    )
