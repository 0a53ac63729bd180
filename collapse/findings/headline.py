"""What every page says first: what has become of the middle lineage, and in which stage the lineages are."""

import numpy as np
from scipy.special import bdtrc

from collapse.bands import median
from collapse.data import Array
from collapse.findings.base import Evidence, Finding
from collapse.healthy import amounts
from collapse.metrics import signs
from collapse.speech import capital, count, percent, plural, power, times
from collapse.stages import EARLY, LATE, typical_onset

LEAST = 1e-300  # of the real variance: below, doubles end
NARROW = 1e-10  # of the real variance: below, it is said as a power of ten
WIDE = 1.25  # times the real variance: wider, not narrower
MORE = 1.05  # times as often as in the real world: more often, not less
LITTLE = 0.25  # of the real variance, in models trained on real data alone: they have hardly learnt the world
CHANCE = 0.001  # so rarely do healthy lineages alone ring so often


VERDICTS = {
    "healthy": "Healthy",
    "alike": "Not clearly less varied than with real data alone",
    "less": "Less varied than with real data alone",
    "unlearnt": "Learns little even from real data alone",
    "some": "Some chains have fewer rare cases",
    "early": "Early stage: losing rare cases",
    "fewer": "Early stage: fewer rare cases",
    "side": "Early stage: fewer rare cases on one side",
    "missing": "Some chains have lost the rarest group",
    "gone": "Early stage: the rarest group is lost",
    "late": "Late stage: collapsed",
    "wide": "More varied, not less",
}


def verdict(e: Evidence) -> str:
    """The headline in a word, a key of `VERDICTS`: the stage that at least half of the lineages have reached at the end.

    It is early where rare cases still become fewer, and fewer where they only are so; a model that has moved may have them on the
    other side.  Where fewer have reached the early one, but more than by false alarms, it is some of them.  Where none has for sure,
    but the middle one is narrow, the word says whether as much real data alone leaves models as narrow; where that alone leaves next
    to nothing of the world, it blames the recipe and praises nobody.  Where some have lost the world's rarest group, that is said
    before anything but collapse.
    """
    if e.half_at(LATE):
        return "late"
    if e.lost is not None and e.lost.any():
        return "gone" if e.lost.mean() >= 0.5 else "missing"
    if float(median(e.spread)) > WIDE and not e.text:
        return "wide"
    if e.half_at(EARLY):
        return "side" if e.one_sided else "early" if e.losing else "fewer"
    if _more_than(e.stages[:, -1] >= EARLY, e.rule.level, e):
        return "some"
    if float(median(e.spread)) >= 1 / WIDE or e.text:
        return "healthy"
    if _more_than(e.spread < (usual := _usual(e)), 0.5, e):
        return "less"
    return "unlearnt" if usual < LITTLE else "alike"


def _usual(e: Evidence) -> float:
    """The share of the world's spread in the middle one of the models that have learnt from real data alone."""
    s = e.trajectory.scenario
    return float(e.judged_by.usual(amounts(s)[-1:])[0]) / e.start(signs(s)[1])


def _more_than(found: Array, rate: float, e: Evidence) -> bool:
    """Is it true of more lineages, (R,) of bool, than chance with this rate explains?  A group that shares a pool counts as one."""
    group = e.trajectory.scenario.policy.group
    many, total = int(found.sum()) // group, len(found) // group
    return many > 0 and float(bdtrc(many - 1, total, rate)) < CHANCE


def headline(e: Evidence) -> Finding:
    """The first sentence of a page: what has become of the middle lineage; of groups, of the rarest first."""
    stage, before, when = verdict(e), "", f"after {e.span} "
    lost: dict[str, float] = {}
    if e.lost is not None:
        lost = {"lost": float(e.lost.sum()), "lineages": len(e.lost), "generations": e.last}
        before, when = rarest_in_words(e, e.lost), ""
        if stage in ("gone", "missing", "healthy"):
            return Finding("headline", before, lost)
        before += " "
    left, tail = float(median(e.spread)), float(median(e.tails))
    late, early = float((e.stages[:, -1] == LATE).mean()), float((e.stages[:, -1] == EARLY).mean())
    numbers = {"left": left, "tail": tail, "late": late, "early": early, "generations": e.last} | lost
    if e.text:
        return Finding("headline", _of_a_text(e, left, tail), numbers)
    parts = _left(e, left, "only " if stage == "late" else "")
    said = f"{when}{', and '.join(parts)}"
    if stage == "unlearnt":
        usual = _usual(e)
        little = (
            f"Even from real data alone models learn little here: the middle one (median) keeps {percent(usual)} of it."
        )
        return Finding("headline", f"{before}{capital(said)}. {little}", numbers | {"usual": usual})
    text = {
        "late": f"{said}: it has collapsed.",
        "wide": f"More varied, not less: {said}.",
        **dict.fromkeys(
            ("early", "fewer", "side"), f"{_early(e, tail)}: {when}{', '.join(parts)}, and {_of_the_tails(e, tail)}."
        ),
    }.get(stage, f"{said}{_of_some(e, stage)}.")
    return Finding("headline", before + capital(text), numbers)


def _rare(e: Evidence) -> str:
    """What goes in the early stage, in words."""
    world = e.trajectory.scenario.world
    return f"rare {'words' if e.text else world.noun if e.types else 'cases'}"  # type: ignore[attr-defined]


def _of_some(e: Evidence, stage: str) -> str:
    """How many lineages are worse off than a headline says that is of the middle one, as the end of a sentence."""
    if stage != "some":
        return ""
    found = percent(float((e.stages[:, -1] >= EARLY).mean()))
    return f", but {found} of all chains are in the early stage or beyond (by chance it would be up to {percent(e.rule.level)})"


def _early(e: Evidence, tail: float) -> str:
    """What the early stage is, at the head of a sentence: something disappears only as long as it becomes less.  Models that are
    wider than the world may lose some of their tails, and yet have more there than the world."""
    rare, side = _rare(e), " on one side" if e.one_sided else ""
    if e.text or tail <= MORE:
        if e.losing:
            return f"{capital(rare)}{side} are disappearing"
        return f"There are fewer {rare}{side} than in models trained on as much real data"
    if e.losing:
        return f"{capital(rare)}{side} are disappearing, though there are still more than in the real world"
    return f"There are more {rare} than in the real world, but{side} fewer than in models trained on as much real data"


def _only(share: float, only: str = "only ") -> str:
    """A share that is small; nobody says "only less than"."""
    said = percent(share)
    return said if said.startswith("less") else only + said


def _left(e: Evidence, left: float, only: str) -> list[str]:
    """What the late sign says of a lineage, as parts of a sentence: how much of the variety is left, and how that is measured."""
    s = e.trajectory.scenario
    measured = f"effective number of {s.world.noun}" if e.types else "variance"  # type: ignore[attr-defined]
    if not e.types and s.world.space != "images" and s.world.d > 1:
        measured += f", geometric mean over {plural(min(s.world.d, s.n - 1), 'direction', 'directions')}"
    variety = f"the real variety ({measured})"
    if left > WIDE:
        said = f"there is {times(left)} times {variety} in {e.middle}"
    elif left >= 1.005:  # what reads as more than 100% is not left of it
        said = f"there is {percent(left)} of {variety} in {e.middle}"
    elif left < LEAST:
        said = f"what is left of {variety} in {e.middle} is too small for a number here"
    else:  # two shares that differ do not both read "less than 0.001%"
        share = _only(left, only) if left >= NARROW else only + power(left)
        said = f"{share} of {variety} is left in {e.middle}"
    if s.world.space != "images":
        return [said]
    drawn, real = count(e.median("live_classes")), plural(e.start("live_classes"), "digit", "digits")
    return [said, f"what it draws is read as {drawn} of {real}"]


def _of_the_tails(e: Evidence, tail: float) -> str:
    """What the early sign says, as a part of a sentence."""
    s = e.trajectory.scenario
    if e.types:
        if signs(s)[0] == "rare_types":
            return f"{percent(tail)} of the {_rare(e)} are alive"
        return f"{_rare(e)} have {percent(tail)} of their real share"
    which = "its tails" if s.world.space == "images" else f"its {'smaller' if s.world.d == 1 else 'emptiest'} tail"
    often = f"{times(tail)} times" if tail > MORE else percent(tail)  # a multiple does not read as a loss
    return f"in {which} {_rare(e)} come up {often} as often as in the real world"


def rarest_in_words(e: Evidence, lost: Array) -> str:
    """How many lineages have lost the world's rarest group."""
    gone, total = int(lost.sum()), len(lost)
    every = f"all {count(total)} chains" if total > 1 else "the only chain"
    some = every if gone == total else f"{count(gone)} of {count(total)} chains"
    fate = f"are gone in {some}" if gone else f"still live in {every}"
    return f"After {e.span} the {e.rarest} {fate}."


def _of_a_text(e: Evidence, left: float, tail: float) -> str:
    """The headline of a language model, with the name of the stage."""
    if (stage := verdict(e)) == "late":
        of_what = f"of the real variety (effective number of n-grams) is left in the text of {e.middle}"
        return f"The text repeats itself: after {e.span} {_only(left)} {of_what}."
    kept = (
        f"{percent(tail)} of the rare words and {percent(left)} of the variety (effective number of n-grams)"
        if e.start(signs(e.trajectory.scenario)[0])
        else f"{percent(left)} of the variety (effective number of n-grams)"
    ) + " of a real text of the same length"
    if stage in ("early", "fewer"):
        return f"{_early(e, tail)}: after {e.span} the text of {e.middle} has {kept}."
    return f"After {e.span} the text of {e.middle} has {kept}{_of_some(e, stage)}."


def stages_in_order(e: Evidence) -> Finding | None:
    """First the tails, then the spread."""
    early, late = typical_onset(e.stages, EARLY), typical_onset(e.stages, LATE)
    if not (early < late < np.inf):
        return None
    if len(e.stages) == 1:
        return Finding(
            "stages",
            f"First the rare {'words go, then the rest' if e.text else 'cases go, then the variety'}. This chain is in the early "
            f"stage for the first time at generation {count(early)}, and in the late stage at generation {count(late)}.",
            {"early": early, "late": late},
        )
    if e.text:
        return Finding(
            "stages",
            f"First the rare words go, then the rest. By generation {count(early)} half of the chains have fewer rare words than "
            f"nearly all real texts of the same length. By generation {count(late)} half of them repeat themselves.",
            {"early": early, "late": late},
        )
    return Finding(
        "stages",
        f"First the rare cases go, then the variety. By generation {count(early)} half of the chains are in the early stage (fewer "
        f"rare cases) or beyond it. By generation {count(late)} half have collapsed (late stage).",
        {"early": early, "late": late},
    )


def share_late(e: Evidence) -> Finding | None:
    """How many lineages share the fate of the middle one."""
    late = int((e.stages[:, -1] == LATE).sum())
    total = len(e.stages)
    if total == 1:
        return None
    if late in (0, total):
        none = f"Not one of {count(total)} chains has" if late == 0 else f"All {count(total)} chains have"
        return Finding("late", f"{none} collapsed at the end (late stage).", {"late": late, "lineages": total})
    some = plural(late, f"of {count(total)} chains has", f"of {count(total)} chains have")
    return Finding(
        "late",
        f"{some} collapsed at the end (late stage). Luck decides which.",
        {"late": late, "lineages": total},
    )
