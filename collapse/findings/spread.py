"""Findings about numbers: the mean and the median of the spread, the tails, the laws, and the drift of lineages."""

import numpy as np

from collapse.bands import median
from collapse.findings.base import Evidence, Finding
from collapse.laws import law_for
from collapse.laws.table import first_passage
from collapse.metrics import signs
from collapse.speech import count, percent, times

AGREES = 3.5  # standard errors


def mean_hides(e: Evidence) -> Finding | None:
    """Mean and median part company when a few lineages grow wide."""
    mean, typical = float(e.spread.mean()), float(median(e.spread))
    if not e.real or typical > 0.9 or mean < max(1.5 * typical, 1e-5):
        return None
    wide = e.spread > mean
    if wide.mean() >= 0.5 or e.spread[wide].sum() <= e.spread[~wide].sum():
        return None
    return Finding(
        "mean",
        f"The average hides it: the mean over lineages is {percent(mean)} of the real spread, the median "
        f"{percent(typical)}. A minority of wide lineages carries the mean.",
        {"mean": mean, "median": typical},
    )


def tails_on_average(e: Evidence) -> Finding | None:
    """The ensemble's average tail mass may grow while the typical lineage loses its own."""
    tails = e.final("tail_mass")
    mean, typical, real = float(tails.mean()), float(median(tails)), e.start("tail_mass")
    if not e.real or not (mean > 1.1 * real and typical < real / 2):
        return None
    return Finding(
        "tails",
        f"Typical tails shrink to {percent(typical)} from {percent(real)}, yet the average over lineages "
        f"rises to {percent(mean)}: some lineages have moved or widened into them.",
        {"mean": mean, "median": typical, "real": real},
    )


def law_agrees(e: Evidence) -> Finding | None:
    """Simulation against the exact mean, where the mean of so many lineages can be trusted at all."""
    s = e.trajectory.scenario
    metric = "simpson" if e.types else "variance"
    law = None if e.text else law_for(s, metric)
    values = e.final(signs(s)[1] if e.text else metric)
    if law is None or len(values) < 30:
        return None
    expected, mean = float(law[-1]), float(values.mean())
    error = float(values.std(ddof=1) / np.sqrt(len(values)))
    trusted = error > 0 and values.std() < 3 * mean and len(values) >= 100
    if not trusted or abs(mean - expected) > AGREES * error:
        return None
    flat = e.real and s.world.d == 1
    name = "Simpson diversity" if e.types else "spread" if flat else "variance over the directions"
    digits = max(4, int(np.ceil(1 - np.log10(error))))
    share = (lambda x: f"{x:.{digits}f}") if e.types else percent
    return Finding(
        "law",
        f"The exact law puts the mean {name} at {share(expected)}; these {count(len(values))} lineages "
        f"average {share(mean)} with a standard error of {share(error)}.",
        {"law": expected, "mean": mean, "error": error},
    )


def law_needs_luck(e: Evidence) -> Finding | None:
    """Where a few lineages carry the mean, the sample mean says little about the law."""
    law = law_for(e.trajectory.scenario, "variance") if e.real else None
    values = e.final("variance") if e.real else np.zeros(1)
    if law is None or len(values) < 100 or values.sum() <= 0:
        return None
    top = np.sort(values)[-max(len(values) // 100, 1) :]
    held = float(top.sum() / values.sum())
    if held < 0.25:
        return None
    return Finding(
        "luck",
        f"The widest 1 % of the lineages hold {percent(held)} of all the spread that is left, so the "
        f"average of these runs says little about the law's mean of {percent(float(law[-1]))}.",
        {"held": held, "law": float(law[-1])},
    )


def drift_returns(e: Evidence) -> Finding | None:
    """What is lost inside lineages reappears as disagreement between them."""
    if not e.real:
        return None
    inside, between = float(e.final("variance").mean()), float(e.final("mean_drift").mean())
    if inside > 0.8 or between < 0.2 or len(e.stages) == 1:
        return None
    return Finding(
        "drift",
        f"The lineages drift away: inside a lineage {percent(inside)} of the real variance is left on "
        f"average, while their means lie {times(between)} real variances (mean square) from the truth.",
        {"inside": inside, "between": between},
    )


def half_life(e: Evidence) -> Finding | None:
    """How long half of the variance lasts, where there is a law and every lineage has got there."""
    s = e.trajectory.scenario
    if law_for(s, "log_variance") is None or s.world.space != "real" or s.world.d > 1 or s.decoder.temperature != 1.0:
        return None
    below = e.trajectory.measure("variance") < 0.5
    if not below.any(axis=1).all() or len(below) < 30:
        return None
    first = below.argmax(axis=1)
    mean, error = float(first.mean()), float(first.std(ddof=1) / np.sqrt(len(first)))
    expected, _ = first_passage(s.n, 0.5, s.model.estimator)  # type: ignore[attr-defined]
    if abs(mean - expected) > AGREES * error + 0.05 * expected:
        return None
    return Finding(
        "half-life",
        f"Every lineage has at some time been below half of the real variance: first at generation "
        f"{mean:.1f} on average (the law, an approximation, says {expected:.1f}).",
        {"mean": mean, "law": expected},
    )
