"""What every page says first: what has become of the typical lineage, and in which stage the lineages are."""

import numpy as np
from scipy.special import bdtrc

from collapse.bands import median
from collapse.data import Array
from collapse.findings.base import Evidence, Finding
from collapse.healthy import amounts, healthy
from collapse.metrics import signs
from collapse.speech import count, percent, plural, power, times
from collapse.stages import EARLY, LATE, typical_onset

LEAST = 1e-300  # of the real variance: below, doubles end
NARROW = 1e-10  # of the real variance: below, even the width is less than 0.001%
WIDE = 1.25  # times the real variance: wider, not narrower
CHANCE = 0.001  # so rarely do healthy lineages alone ring so often


VERDICTS = {
    "healthy": "Healthy",
    "alike": "Like models of real data alone",
    "less": "Less varied than models of real data alone",
    "some": "Some lineages are losing rare cases",
    "early": "Early stage: losing rare cases",
    "late": "Late stage: collapsed",
    "wide": "More varied, not less",
}


def verdict(e: Evidence) -> str:
    """The headline in a word, a key of `VERDICTS`: the stage that at least half of the lineages have reached at the end.

    Where fewer have reached the early one, but more than by false alarms, it is some of them.  Where none has for sure, but the
    typical one is narrow, the word says whether as much real data alone leaves models as narrow.  Where the world's rarest group
    may be lost it is early if half of the lineages have lost it, and some if any has.
    """
    if e.lost is not None:
        return "early" if e.lost.mean() >= 0.5 else "some" if e.lost.any() else "healthy"
    if e.half_at(LATE):
        return "late"
    if float(median(e.spread)) > WIDE and not e.text:
        return "wide"
    if e.half_at(EARLY):
        return "early"
    if _more_than(e.stages[:, -1] >= EARLY, e.rule.level, e):
        return "some"
    if float(median(e.spread)) >= 1 / WIDE or e.text:
        return "healthy"
    s = e.trajectory.scenario
    usual = (e.known or healthy(s)).usual(amounts(s)[-1:])
    return "less" if _more_than(e.final(signs(s)[1]) < usual, 0.5, e) else "alike"


def _more_than(found: Array, rate: float, e: Evidence) -> bool:
    """Is it true of more lineages, (R,) of bool, than chance with this rate explains?  A group that shares a pool counts as one."""
    group = e.trajectory.scenario.policy.group
    many, total = int(found.sum()) // group, len(found) // group
    return many > 0 and float(bdtrc(many - 1, total, rate)) < CHANCE


def headline(e: Evidence) -> Finding:
    """The first sentence of a page: what has become of the typical lineage."""
    if e.lost is not None:
        return Finding(
            "headline",
            rarest_in_words(e, e.lost),
            {"lost": float(e.lost.sum()), "lineages": len(e.lost), "generations": e.last},
        )
    left, tail = float(median(e.spread)), float(median(e.tails))
    stage = verdict(e)
    late, early = float((e.stages[:, -1] == LATE).mean()), float((e.stages[:, -1] == EARLY).mean())
    numbers = {"left": left, "tail": tail, "late": late, "early": early, "generations": e.last}
    if e.text:
        return Finding("headline", _of_a_text(e, left, tail), numbers)
    if stage == "late":
        text = f"After {e.span} {e.typical} {_left(e, left)}: it has collapsed."
    elif stage == "wide":
        more = "More varied, not less" if e.types else "Wider, not narrower"
        text = f"{more}: after {e.span} {e.typical} {_left(e, left)}."
    elif stage == "early":
        text = f"{_early(e)}: after {e.span} {e.typical} {_left(e, left)}, and {_of_the_tails(e, tail)}."
    else:
        text = f"After {e.span} {e.typical} {_left(e, left)}{_of_some(e, stage)}."
    return Finding("headline", text, numbers)


def _of_some(e: Evidence, stage: str) -> str:
    """How many lineages are worse off than a headline says that is of the typical one, as the end of a sentence."""
    if stage != "some":
        return ""
    return f", but {percent(float((e.stages[:, -1] >= EARLY).mean()))} of all lineages are in the early stage or beyond"


def _early(e: Evidence) -> str:
    """What the early stage is, at the head of a sentence: something is going only if it is less than in generation 1."""
    rare, less = ("Rare words", "fewer") if e.text else ("Rare types", "fewer") if e.types else ("The tails", "thinner")
    if e.going:
        return f"{rare} are going"
    return f"{rare} are hardly {less} than in generation 1, but {less} than as much real data leaves"


def _left(e: Evidence, left: float) -> str:
    """What the late sign says of a lineage, as the rest of a sentence: how wide it is, and how much of the variance that is."""
    s = e.trajectory.scenario
    if e.types:
        return f"has {percent(left)} of the real effective number of types"
    if left > WIDE:
        wide, variance = (
            f"is {times(np.sqrt(left))} times as wide as the real world",
            f"{times(left)} times its variance",
        )
    elif left < LEAST:
        wide, variance = "is less than 0.001% as wide as the real world", "its variance is too small for a number here"
    elif left < NARROW:  # two shares that differ do not both read "less than 0.001%"
        wide, variance = (
            f"is {power(np.sqrt(left))} times as wide as the real world",
            f"{power(left)} times its variance",
        )
    else:
        wide, variance = f"is {percent(np.sqrt(left))} as wide as the real world", f"{percent(left)} of its variance"
    if s.world.space == "images":
        drawn, real = count(e.median("live_classes")), plural(e.start("live_classes"), "digit", "digits")
        return f"draws what is read as {drawn} of {real}, and {wide} ({variance})"
    if s.world.d == 1:
        return f"{wide} ({variance})"
    axes = plural(min(s.world.d, s.n - 1), "direction", "directions")
    return f"{wide} ({variance}, as the geometric mean over {axes})"


def _of_the_tails(e: Evidence, tail: float) -> str:
    """What the early sign says, as a part of a sentence."""
    if e.types:
        if signs(e.trajectory.scenario)[0] == "rare_types":
            return f"{percent(tail)} of the rare types are alive in it"
        return f"its rare types have {percent(tail)} of their real share"
    if e.trajectory.scenario.world.space == "images":
        return f"its tails have {percent(tail)} of their real mass"
    which = "smaller" if e.trajectory.scenario.world.d == 1 else "emptiest"
    less = ", which is less than such a model keeps of as much real data" if tail >= 1 and e.going else ""
    return f"its {which} tail has {percent(tail)} of its real mass{less}"


def rarest_in_words(e: Evidence, lost: Array) -> str:
    """How many lineages have lost the world's rarest group."""
    gone, total = int(lost.sum()), len(lost)
    every = f"all {count(total)} lineages" if total > 1 else "the only lineage"
    some = every if gone == total else f"{count(gone)} of {count(total)} lineages"
    fate = f"are gone in {some}" if gone else f"still live in {every}"
    return f"After {e.span} the {e.rarest} {fate}."


def _of_a_text(e: Evidence, left: float, tail: float) -> str:
    """The headline of a language model, with the name of the stage."""
    if (stage := verdict(e)) == "late":
        return f"Repeating itself: after {e.span} the text of {e.typical} has {percent(left)} of the real variety of n-grams left."
    kept = (
        f"{percent(tail)} of the rare words of a real text of its length, and {percent(left)} of its variety of n-grams"
    )
    if stage == "early":
        return f"{_early(e)}: after {e.span} the text of {e.typical} has {kept}."
    return f"After {e.span} the text of {e.typical} has {kept}{_of_some(e, stage)}."


def stages_in_order(e: Evidence) -> Finding | None:
    """First the tails, then the spread."""
    early, late = typical_onset(e.stages, EARLY), typical_onset(e.stages, LATE)
    if not (early < late < np.inf):
        return None
    if len(e.stages) == 1:
        return Finding(
            "stages",
            f"First the {'rare words, then the rest' if e.text else 'tails, then the spread'}: this lineage is in the early stage at "
            f"generation {count(early)} for the first time, and in the late one at generation {count(late)}.",
            {"early": early, "late": late},
        )
    if e.text:
        return Finding(
            "stages",
            f"First the rare words, then the rest: at generation {count(early)} half of the lineages have fewer rare words than "
            f"real texts leave by chance, or worse, and at generation {count(late)} half are repeating themselves.",
            {"early": early, "late": late},
        )
    return Finding(
        "stages",
        f"First the tails, then the spread: at generation {count(early)} half of the lineages "
        f"are in the early stage or beyond, at generation {count(late)} half are in the late one.",
        {"early": early, "late": late},
    )


def share_late(e: Evidence) -> Finding | None:
    """How many lineages share the fate of the typical one."""
    late = int((e.stages[:, -1] == LATE).sum())
    total = len(e.stages)
    if total == 1:
        return None
    if late in (0, total):
        none = "none" if late == 0 else "every one"
        return Finding(
            "late",
            f"Of {count(total)} lineages {none} is in the late stage at the end.",
            {"late": late, "lineages": total},
        )
    some = plural(late, f"of {count(total)} lineages is", f"of {count(total)} lineages are")
    return Finding(
        "late",
        f"{some} in the late stage at the end.",
        {"late": late, "lineages": total},
    )
