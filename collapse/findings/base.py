"""Rules that turn numbers into true sentences: a rule, the numbers it looked at, and the wording.

A rule returns None when the ensemble does not support its sentence.  "Typical" always means the median over lineages.
To add one, write a function Evidence → Finding | None and give it a line in `RULES`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from collapse.data import Array
from collapse.laws.table import first_passage, law_for
from collapse.laws.wright_fisher import log_choose
from collapse.metrics import at_start, measurable
from collapse.speech import count, percent, times
from collapse.stages import EARLY, LATE, Rule, classify, needed, remaining, typical_onset
from collapse.trajectory import Trajectory

AGREES = 3.5


@dataclass(frozen=True)
class Finding:
    """A sentence and the numbers it states, by name."""

    key: str
    text: str
    numbers: dict[str, float]


@dataclass(frozen=True)
class Evidence:
    """What a rule may look at; everything is computed once."""

    trajectory: Trajectory
    rule: Rule
    control: Trajectory | None = None  # the same on real data alone, where somebody has run it

    @cached_property
    def stages(self) -> Array:
        """(R, T+1)."""
        return classify(self.trajectory, self.rule)

    @property
    def last(self) -> int:
        return self.trajectory.scenario.generations

    @property
    def span(self) -> str:
        """The whole time, in words."""
        return f"{count(self.last)} generation{'s' if self.last > 1 else ''}"

    def final(self, metric: str) -> Array:
        """A metric in the last generation, (R,)."""
        return self.trajectory.measure(metric)[:, -1]

    def median(self, metric: str) -> float:
        return float(np.median(self.final(metric)))

    def start(self, metric: str) -> float:
        """The value of the world."""
        return at_start(self.trajectory.scenario, metric)

    @cached_property
    def spread(self) -> Array:
        """The share of the world's spread that each lineage has left at the end, (R,)."""
        metric = needed(self.trajectory.scenario)[1]
        return self.final(metric) / self.start(metric)

    @cached_property
    def tails(self) -> Array:
        """The share of the mass of the world's tails that each lineage gives them at the end, (R,)."""
        return remaining(self.final("tail_mass"), self.start("tail_mass"))

    @cached_property
    def lost(self) -> Array | None:
        """Which lineages have lost the world's rarest group at the end, (R,) of bool; None where components have no birth to
        be known by: as many as groups, and each fit from its parent."""
        model = self.trajectory.scenario.model
        asked = self.told("rarest_alive") and model.start == "warm"  # type: ignore[attr-defined]
        return self.final("rarest_alive") == 0 if asked else None

    def told(self, metric: str) -> bool:
        """Can this metric be asked for here?"""
        t = self.trajectory
        return metric in t.kept or (t.params is not None and metric in measurable(t.scenario))

    @property
    def rarest(self) -> str:
        """What the members of the world's rarest group are called."""
        groups = self.trajectory.scenario.world.groups
        labels = groups.labels if groups is not None else ()
        return (
            f"{labels[int(groups.weights.argmin())]}s"
            if groups is not None and labels
            else "members of the rarest group"
        )

    @property
    def types(self) -> bool:
        return self.trajectory.scenario.world.space == "types"

    @property
    def text(self) -> bool:
        return self.trajectory.scenario.world.space == "text"

    @property
    def real(self) -> bool:
        return self.trajectory.scenario.world.space == "real"

    def first(self, metric: str) -> float:
        """The median over lineages in generation 1, which has only read what is real."""
        return float(np.median(self.trajectory.measure(metric)[:, 1]))


Inference = Callable[[Evidence], Finding | None]


def headline(e: Evidence) -> Finding:
    """The first sentence of a page: what has become of the typical lineage."""
    left, tail = float(np.median(e.spread)), float(np.median(e.tails))
    late, early = float((e.stages[:, -1] == LATE).mean()), float((e.stages[:, -1] == EARLY).mean())
    thing = "effective number of types" if e.types else "spread"
    numbers = {"left": left, "tail": tail, "late": late, "early": early, "generations": e.last}
    if e.lost is not None:
        return Finding(
            "headline",
            rarest_in_words(e, e.lost),
            {"lost": float(e.lost.sum()), "lineages": len(e.lost), "generations": e.last},
        )
    if e.text:
        return Finding("headline", _of_a_text(e, left, tail), numbers)
    if left < e.rule.spread:
        text = f"After {e.span} the typical model keeps {percent(left)} of the real {thing}: it has collapsed."
    elif tail < e.rule.tail:
        text = (
            f"The tails are going: after {e.span} the typical model still has {percent(left)} of the real "
            f"{thing}, but only {percent(tail)} of the mass of its tails."
        )
    elif left > 1.25:
        text = f"This model does not narrow: after {e.span} its {thing} is typically {times(left)} times the real one."
    else:
        text = f"After {e.span} the typical model still has {percent(left)} of the real {thing}."
    return Finding("headline", text, numbers)


def rarest_in_words(e: Evidence, lost: Array) -> str:
    """How many lineages have lost the world's rarest group."""
    gone, total = int(lost.sum()), len(lost)
    every = f"all {count(total)} lineages" if total > 1 else "the only lineage"
    some = every if gone == total else f"{count(gone)} of {count(total)} lineages"
    fate = f"are gone in {some}" if gone else f"still live in {every}"
    return f"After {e.span} the {e.rarest} {fate}."


def _of_a_text(e: Evidence, left: float, tail: float) -> str:
    """The headline of a language model, with the name of the stage."""
    after = f"after {e.span} the typical text has"
    rare, variety = (
        f"{percent(tail)} of the rare words of a real text of its length",
        f"{percent(left)} of its variety of n-grams",
    )
    if left < e.rule.spread:
        return f"Repeating itself: {after} {variety.replace('its', 'the real')} left."
    if tail < e.rule.tail:
        return f"Rare words gone: {after} {rare}, and {variety}."
    return f"{after.capitalize()} {rare}, and {variety}."


def stages_in_order(e: Evidence) -> Finding | None:
    """First the tails, then the spread."""
    early, late = typical_onset(e.stages, EARLY), typical_onset(e.stages, LATE)
    if not (early < late < np.inf):
        return None
    if e.text:
        return Finding(
            "stages",
            f"First the rare words, then the rest: at generation {count(early)} half of the lineages have "
            f"lost their rare words or worse, at generation {count(late)} half are repeating themselves.",
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
    verb = "is" if late == 1 else "are"
    return Finding(
        "late",
        f"{count(late)} of {count(total)} lineages {verb} in the late stage at the end; chance decides which.",
        {"late": late, "lineages": total},
    )


def mean_hides(e: Evidence) -> Finding | None:
    """Mean and median part company when a few lineages grow wide."""
    mean, median = float(e.spread.mean()), float(np.median(e.spread))
    if not e.real or median > 0.9 or mean < max(1.5 * median, 1e-5):
        return None
    wide = e.spread > mean
    if wide.mean() >= 0.5 or e.spread[wide].sum() <= e.spread[~wide].sum():
        return None
    return Finding(
        "mean",
        f"The average hides it: the mean over lineages is {percent(mean)} of the real spread, the median "
        f"{percent(median)}. A minority of wide lineages carries the mean.",
        {"mean": mean, "median": median},
    )


def tails_on_average(e: Evidence) -> Finding | None:
    """The ensemble's average tail mass may grow while the typical lineage loses its own."""
    tails = e.final("tail_mass")
    mean, median, real = float(tails.mean()), float(np.median(tails)), e.start("tail_mass")
    if not e.real or not (mean > 1.1 * real and median < real / 2):
        return None
    return Finding(
        "tails",
        f"Typical tails shrink to {percent(median)} from {percent(real)}, yet the average over lineages "
        f"rises to {percent(mean)}: some lineages have moved or widened into them.",
        {"mean": mean, "median": median, "real": real},
    )


def law_agrees(e: Evidence) -> Finding | None:
    """Simulation against the exact mean, where the mean of so many lineages can be trusted at all."""
    s = e.trajectory.scenario
    metric = "simpson" if e.types else "variance"
    law = None if e.text else law_for(s, metric)
    values = e.final(needed(s)[1] if e.text else metric)
    if law is None or len(values) < 30:
        return None
    expected, mean = float(law[-1]), float(values.mean())
    error = float(values.std(ddof=1) / np.sqrt(len(values)))
    trusted = error > 0 and values.std() < 3 * mean and len(values) >= 100
    if not trusted or abs(mean - expected) > AGREES * error:
        return None
    name = "Simpson diversity" if e.types else "spread"
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


def vocabulary(e: Evidence) -> Finding | None:
    """How many types are left."""
    if not e.types:
        return None
    left, start = (
        float(np.quantile(e.final("types"), 0.5, method="lower")),
        e.start("types"),
    )  # half a type is not alive
    if left == start:
        return Finding(
            "vocabulary",
            f"All {count(start)} types are still alive in the typical lineage.",
            {"left": left, "start": start},
        )
    verb = "is" if left == 1 else "are"
    return Finding(
        "vocabulary",
        f"Of {count(start)} types, {count(left)} {verb} alive in the typical lineage ({percent(left / start)}).",
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
    rare = float(np.median(alive) / rare_total)
    common = float(np.median((e.final("types") - alive) / (total - rare_total)))
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
    low, median, high = np.quantile(first, (0.05, 0.5, 0.95), method="higher")
    if not np.isfinite(low) or len(first) < 20:
        return None
    if not np.isfinite(median):
        return Finding(
            "first",
            "In half of the lineages or more no group is lost; the quickest 5 % have lost their first by "
            f"generation {count(low)}.",
            {"low": float(low)},
        )
    until = f"generation {count(high)}" if np.isfinite(high) else "never"
    numbers = {"low": float(low), "median": float(median)} | ({"high": float(high)} if np.isfinite(high) else {})
    return Finding(
        "first",
        f"The typical lineage loses its first group at generation {count(median)}; the middle 90 % do so "
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
    left, groups = float(np.median(e.spread)), e.start("components")
    alive = float(np.quantile(e.final("components"), 0.5, method="higher"))
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
    mean, median = float(share.mean()), float(np.median(share))
    if len(share) < 20 or median > real / 2 or abs(mean - real) > real / 4:
        return Finding(
            "share",
            f"In the typical lineage {percent(median)} of the weight lies nearest to the {e.rarest} (real: "
            f"{percent(real)}).",
            {"median": median, "real": real},
        )
    return Finding(
        "share",
        f"The average hides it: over all lineages the {e.rarest} still make up {percent(mean)} (real: "
        f"{percent(real)}), in the typical lineage {percent(median)}.",
        {"mean": mean, "real": real, "median": median},
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


def surer_and_more_wrong(e: Evidence) -> Finding | None:
    """Two perplexities part: on real text it grows, on the text that the model has read itself it falls."""
    if not e.text or e.last < 2:
        return None
    real, own = (e.first("perplexity"), e.median("perplexity")), (e.first("own_perplexity"), e.median("own_perplexity"))
    if not (real[1] > 1.05 * real[0] and own[1] < 0.95 * own[0]):
        return None
    return Finding(
        "surer",
        f"Surer and more wrong: from the first to the last generation the perplexity on unread real text goes "
        f"from {times(real[0])} to {times(real[1])}, and on the text that the model has read from {times(own[0])} to "
        f"{times(own[1])} (medians).",
        {"real1": real[0], "real": real[1], "own1": own[0], "own": own[1]},
    )


def gibberish_grows(e: Evidence) -> Finding | None:
    """Words that the real text does not have."""
    made = e.median("gibberish") if e.text else 0.0
    if made < 0.02:
        return None
    return Finding(
        "gibberish",
        f"Of the words in the typical text of the last generation {percent(made)} are no words of the real text.",
        {"made": made},
    )


def loops(e: Evidence) -> Finding | None:
    """What has been said before in the same passage."""
    again, real = (e.median("repetition"), e.start("repetition")) if e.text else (0.0, 0.0)
    if again < max(2 * real, 0.05):
        return None
    return Finding(
        "loops",
        f"In loops: {percent(again)} of the last text stood before in the same passage; of the real text "
        f"{percent(real)}.",
        {"again": again, "real": real},
    )


def plainer_to_the_first(e: Evidence) -> Finding | None:
    """Generation 0 reads what the later ones say."""
    now, real = (e.median("zero_perplexity"), e.start("zero_perplexity")) if e.text else (1.0, 1.0)
    if now > 0.9 * real:
        return None
    return Finding(
        "plainer",
        f"To generation 0, which has read all of the real text, the new text is plainer than the real one: "
        f"its perplexity is {times(now)} instead of {times(real)}.",
        {"now": now, "real": real},
    )


RULES: tuple[Inference, ...] = (
    headline,
    diet_or_fit,
    stages_in_order,
    share_late,
    mean_hides,
    tails_on_average,
    law_agrees,
    law_needs_luck,
    drift_returns,
    half_life,
    vocabulary,
    rare_first,
    entropy_is_late,
    first_group_lost,
    survival_law,
    spread_hides_groups,
    rarest_share,
    decoded_apart,
    surer_and_more_wrong,
    gibberish_grows,
    loops,
    plainer_to_the_first,
)


def findings(trajectory: Trajectory, rule: Rule | None = None, control: Trajectory | None = None) -> list[Finding]:
    """All sentences that this trajectory supports, beside its control if there is one; the first is the headline."""
    evidence = Evidence(trajectory, rule or Rule(), control)
    return [found for infer in RULES if (found := infer(evidence)) is not None]


def watched(space: str) -> tuple[str, ...]:
    """The metrics that the rules look at, for `run(keep=…)`."""
    return {
        "real": ("variance", "tail_mass", "mean_drift"),
        "types": ("types", "effective_types", "tail_mass", "rare_types", "entropy", "simpson"),
        "text": (
            "effective_types",
            "tail_mass",
            "perplexity",
            "own_perplexity",
            "zero_perplexity",
            "repetition",
            "gibberish",
        ),
    }[space]
