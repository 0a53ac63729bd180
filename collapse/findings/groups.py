"""Findings about groups, such as species: which is lost, when, and what is to blame."""

import numpy as np

from collapse.bands import band, median
from collapse.findings.base import ENOUGH, Evidence, Finding, gone_in
from collapse.laws import law_for
from collapse.laws.wright_fisher import log_choose
from collapse.models.mixture import Mixture
from collapse.speech import count, percent, plural
from collapse.trajectory import taken

BEYOND_TRYING = 1e-4  # a chance so small that it stays below one in a hundred after a hundred tries


def diet_or_fit(e: Evidence) -> Finding | None:
    """What the control loses: just as much data, but a real example in place of every synthetic one.  By Fisher's exact test,
    one-sided; both meet the same noise, which makes it careful.  It is one test at every click, and the sentence says what is left of
    it after a hundred clicks; under a temperature or a cut it blames the decoder too."""
    if e.lost is None or e.control is None:
        return None
    total, lost, gone = len(e.lost), int(e.lost.sum()), gone_in(e.control)
    alone = int(gone.sum())
    numbers: dict[str, float] = {"alone": alone, "lineages": total}
    control = (
        f"With a real example in place of every AI-made one (the control), the {e.rarest} are lost in {count(alone)} of "
        f"{count(total)} chains"
    )
    if lost == alone:
        return Finding("diet", f"{control}, which is as many.", numbers) if lost else None
    chance = by_chance(max(lost, alone), min(lost, alone), total)
    numbers["chance"] = chance
    verdict = "which proves nothing yet"
    if lost > alone and chance < 0.01:
        plain = e.trajectory.scenario.decoder.neutral
        who = (
            "the AI-made data"
            if plain
            else "the AI-made data and the decoder that made them, which this cannot tell apart,"
        )
        verdict = (
            f"so {who} are to blame: even in a hundred such comparisons chance would hardly make it once"
            if chance < BEYOND_TRYING
            else f"so {who} are probably to blame, but if you try a hundred seeds or settings, you may well meet such a difference "
            "by chance"
        )
    how = "fewer" if alone < lost else "more"
    return Finding(
        "diet",
        f"{control}, which is {how}. Chance alone makes so large a difference in {percent(chance)} of such comparisons"
        + (f", {verdict}." if lost > alone else "."),
        numbers,
    )


def by_chance(more: int, fewer: int, of: int) -> float:
    """Fisher's exact test, one-sided: the chance to find at least `more` of all more + fewer in the first of two groups of size
    `of`, if it makes no difference where they are."""
    k = np.arange(more, min(of, more + fewer) + 1)
    return float(np.exp(log_choose(of, k) + log_choose(of, more + fewer - k) - log_choose(2 * of, more + fewer)).sum())


def first_component_lost(e: Evidence) -> Finding | None:
    """When the first component dies: the median over lineages and the middle 90%."""
    if e.lost is None or len(e.lost) < ENOUGH:
        return None
    dead = e.trajectory.measure("least_weight") == 0
    low, middle, high = band(np.where(dead.any(axis=1), dead.argmax(axis=1), np.inf))
    if not np.isfinite(low):
        return None
    if not np.isfinite(middle):
        return Finding(
            "first",
            "In half of the chains or more no bell curve is lost; the quickest 5% have lost their first by "
            f"generation {count(low)}.",
            {"low": float(low)},
        )
    numbers = {"low": float(low), "median": float(middle)}
    if np.isfinite(high):
        numbers["high"] = float(high)
        others = f"; the middle 90% do so between generation {count(low)} and generation {count(high)}"
    else:
        numbers["whole"] = float(np.count_nonzero(~dead.any(axis=1)))
        others = (
            f", the quickest 5% by generation {count(low)}; of {count(len(dead))} chains "
            f"{plural(numbers['whole'], 'has', 'have')} lost none at the end"
        )
    return Finding(
        "first", f"The middle chain (median) loses its first bell curve at generation {count(middle)}{others}.", numbers
    )


def survival_law(e: Evidence) -> Finding | None:
    """The survival of the component that began as the rarest group, beside the law of groups that never overlap; it is not claimed
    that they agree."""
    law = law_for(e.trajectory.scenario, "rarest_alive")
    if law is None or not e.told("rarest_alive"):
        return None
    alive = e.final("rarest_alive")
    if len(alive) < ENOUGH:
        return None
    return Finding(
        "survival",
        f"If groups never overlapped, the bell curve that began as {e.rarest} would live to the end in {percent(float(law[-1]))} "
        f"of the chains, by the law of Wright and Fisher; here it does in {percent(float(alive.mean()))}.",
        {"law": float(law[-1]), "alive": float(alive.mean())},
    )


def spread_hides_groups(e: Evidence) -> Finding | None:
    """Most of the spread is there, and a component is not."""
    if e.lost is None or len(e.lost) < ENOUGH:
        return None
    left, alive, all_ = float(median(e.spread)), e.median("components"), e.trajectory.scenario.model.components  # type: ignore[attr-defined]
    if not 0.8 <= left <= 1.25 or alive >= all_:
        return None
    return Finding(
        "hidden",
        f"The loss is easy to miss: the middle chain (median) keeps {percent(left)} {e.of_variance}, but only "
        f"{count(alive)} of its {count(all_)} bell curves.",
        {"left": left, "alive": alive, "groups": all_},
    )


def rarest_share(e: Evidence) -> Finding | None:
    """The rarest group's share of what is drawn; and where it is nearly kept on average, but not in the middle lineage, that too."""
    if not e.told("minority_share"):
        return None
    share, real = e.final("minority_share"), e.start("minority_share")
    mean, middle = float(share.mean()), float(median(share))
    passes = f"would be taken for {e.rarest} (real: {percent(real)})"
    if len(share) < ENOUGH:
        said = f"On average over the {count(len(share))} chains" if len(share) > 1 else "In this chain"
        return Finding("share", f"{said} {percent(mean)} of the draws {passes}.", {"mean": mean, "real": real})
    said = percent(middle) if middle else "hardly any"  # none of the points that are looked at: not none at all
    if middle > real / 2 or abs(mean - real) > real / 4:
        text = f"In the middle chain (median) {said} of the draws {passes}."
        return Finding("share", text, {"median": middle, "real": real})
    return Finding(
        "share",
        f"The average hides it: over all chains {percent(mean)} of the draws {passes}, but in the middle chain (median) {said}.",
        {"mean": mean, "real": real, "median": middle},
    )


def decoded_apart(e: Evidence) -> Finding | None:
    """Where a mixture's decoder is not exact, how wrong it is."""
    t = e.trajectory
    model, decoder = t.scenario.model, t.scenario.decoder
    if decoder.neutral or t.params is None or not isinstance(model, Mixture):
        return None
    last = taken(t.params, (slice(None), -1))
    most = float(model.inexact(last, decoder).max())
    if most < 0.005:
        return None
    return Finding(
        "apart",
        "Temperature and top-p are only approximate here: they act on each bell curve as if none overlapped. In the last "
        f"generation up to {percent(most)} of what is drawn should be something else (total variation).",
        {"wrong": most},
    )
