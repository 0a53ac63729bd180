"""Findings about groups, such as species: which is lost, when, and what is to blame."""

import numpy as np

from collapse.bands import band, median
from collapse.findings.base import Evidence, Finding
from collapse.laws import law_for
from collapse.laws.wright_fisher import log_choose
from collapse.speech import count, percent


def diet_or_fit(e: Evidence) -> Finding | None:
    """Does the diet lose the rarest group, or would the fit alone?  Beside the control, by Fisher's exact test at 5 %, one-sided;
    both meet the same noise, which makes it careful."""
    if e.lost is None or e.control is None:
        return None
    total, lost = len(e.lost), int(e.lost.sum())
    alone = int((e.control.measure("rarest_alive")[:, -1] == 0).sum())
    numbers: dict[str, float] = {"alone": alone, "lineages": total}
    if e.control.scenario == e.trajectory.scenario:
        return (
            None
            if lost == 0
            else Finding(
                "diet", f"Here every example is real: it is the fit that loses the {e.rarest}, not the diet.", {}
            )
        )
    if lost == alone == 0:
        return None
    control = f"the same fits lose the {e.rarest} in {count(alone)} of {count(total)}"
    if lost <= alone:
        return Finding("diet", f"No worse than real data alone, on which {control}.", numbers)
    if by_chance(lost, alone, total) < 0.05:
        return Finding("diet", f"It is the diet: on real data alone {control}.", numbers)
    return Finding("diet", f"It may be the diet, it may be chance: on real data alone {control}.", numbers)


def by_chance(more: int, fewer: int, of: int) -> float:
    """Fisher's exact test, one-sided: the chance to find at least `more` of all more + fewer in the first of two groups of size
    `of`, if it makes no difference where they are."""
    k = np.arange(more, min(of, more + fewer) + 1)
    return float(np.exp(log_choose(of, k) + log_choose(of, more + fewer - k) - log_choose(2 * of, more + fewer)).sum())


def first_group_lost(e: Evidence) -> Finding | None:
    """When the first component dies: the median over lineages and the middle 90 %."""
    if e.lost is None:
        return None
    dead = e.trajectory.measure("least_weight") == 0
    first = np.where(dead.any(axis=1), dead.argmax(axis=1), np.inf)
    low, middle, high = band(first)
    if not np.isfinite(low) or len(first) < 20:
        return None
    if not np.isfinite(middle):
        return Finding(
            "first",
            "In half of the lineages or more no group is lost; the quickest 5 % have lost their first by "
            f"generation {count(low)}.",
            {"low": float(low)},
        )
    until = f"generation {count(high)}" if np.isfinite(high) else "never"
    numbers = {"low": float(low), "median": float(middle)} | ({"high": float(high)} if np.isfinite(high) else {})
    return Finding(
        "first",
        f"The typical lineage loses its first group at generation {count(middle)}; the middle 90 % do so "
        f"between generation {count(low)} and {until}.",
        numbers,
    )


def survival_law(e: Evidence) -> Finding | None:
    """The rarest group's survival beside the law of groups that never overlap; it is not claimed that they agree."""
    law = law_for(e.trajectory.scenario, "rarest_alive")
    if law is None or e.lost is None or len(e.lost) < 20:
        return None
    alive = float(1 - e.lost.mean())
    return Finding(
        "survival",
        f"If groups never overlapped, the {e.rarest} would live to the end in {percent(float(law[-1]))} of "
        f"lineages, by the law of Wright and Fisher; here it is {percent(alive)}.",
        {"law": float(law[-1]), "alive": alive},
    )


def spread_hides_groups(e: Evidence) -> Finding | None:
    """Most of the spread is there, and a group is not."""
    if e.lost is None:
        return None
    left, groups = float(median(e.spread)), e.start("components")
    alive = e.median("components")
    if left < 0.8 or alive >= groups:
        return None
    return Finding(
        "hidden",
        f"The spread hides the loss: the typical lineage keeps {percent(left)} of the real variance, and "
        f"{count(alive)} of {count(groups)} groups.",
        {"left": left, "alive": alive, "groups": groups},
    )


def rarest_share(e: Evidence) -> Finding | None:
    """The rarest group's share in the typical lineage; and where it is lost there, but nearly kept on average, that too."""
    if not e.told("minority_share"):
        return None
    share, real = e.final("minority_share"), e.start("minority_share")
    mean, typical = float(share.mean()), float(median(share))
    if len(share) < 20 or typical > real / 2 or abs(mean - real) > real / 4:
        return Finding(
            "share",
            f"In the typical lineage {percent(typical)} of the weight lies nearest to the {e.rarest} (real: "
            f"{percent(real)}).",
            {"median": typical, "real": real},
        )
    return Finding(
        "share",
        f"The average hides it: over all lineages the {e.rarest} still make up {percent(mean)} (real: "
        f"{percent(real)}), in the typical lineage {percent(typical)}.",
        {"mean": mean, "real": real, "median": typical},
    )


def decoded_apart(e: Evidence) -> Finding | None:
    """Where a mixture's decoder is only nearly right, how much that may matter."""
    if e.trajectory.scenario.decoder.neutral or not e.told("overlap"):
        return None
    most = min(float(e.trajectory.measure("overlap")[:, 1:].max()), 1.0)
    if most < 0.01:
        return None
    return Finding(
        "apart",
        "Temperature and top-p are nearly, not exactly, what they are called: they act on each bell curve as "
        f"if none overlapped, and here up to {percent(most)} of what one says could be taken for another's.",
        {"overlap": most},
    )
