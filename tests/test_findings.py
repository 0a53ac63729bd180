"""Every sentence that is printed must be true of its trajectory.

The witness here is numpy on `trajectory.measure(...)`: no helper of the module under test is asked.  A checker gets a finding
and the facts; it reads the numbers out of the *words*, because the words are what a reader believes.  The control at the
end falsifies every number of a true sentence in turn, and each lie must be caught.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy.special import digamma, ndtri
from scipy.stats import binom, fisher_exact, multivariate_normal, skew
from scipy.stats.qmc import Sobol

from collapse.budget import worst_case_cost
from collapse.findings import RULES, Evidence, Finding, findings, watched
from collapse.findings import table as module
from collapse.healthy import amounts, gauged
from collapse.laws import LAWS, law_for
from collapse.metrics import at_start
from collapse.metrics import signs as gauges
from collapse.notes import Notes
from collapse.recursion import run
from collapse.scenario import Scenario
from collapse.speech import count, percent, times
from collapse.stages import Rule, thresholds
from collapse.text.corpus import fold, tokens
from collapse.trajectory import Trajectory
from collapse.worlds import WORLDS

from .engine.harness import TABLES, specs, together
from .reading import NUMBER, reads, said

EXAMPLES = 160
DEAR = 5_000_000  # numbers that a random run handles at most: half a second
FEWEST = f"{WORLDS['surnames'].knobs()['types'].low:.0f}"


def middle_of(values: Any) -> Any:
    """The median over lineages: of an even number the lower one."""
    return np.sort(values, axis=0)[(len(values) - 1) // 2]


@dataclass(frozen=True)
class Facts:
    """The arrays of a run, and what follows from them by plain numpy; column 0 is the world."""

    trajectory: Trajectory
    rule: Rule
    control: Trajectory | None = None

    def all(self, metric: str) -> np.ndarray:
        return self.trajectory.measure(metric)

    def last(self, metric: str) -> np.ndarray:
        return self.all(metric)[:, -1]

    def real(self, metric: str) -> float:
        return float(self.all(metric)[0, 0])

    @property
    def scenario(self) -> Scenario:
        return self.trajectory.scenario

    @property
    def types(self) -> bool:
        return "smoothing" in type(self.scenario.model).knobs()

    @property
    def text(self) -> bool:
        return "order" in type(self.scenario.model).knobs()

    @property
    def images(self) -> bool:
        return "latents" in type(self.scenario.model).knobs()

    @property
    def width(self) -> str:
        if self.types or self.text:
            return "effective_types"
        return "variance" if self.scenario.world.d == 1 or self.images else "generalized_variance"

    @property
    def tail(self) -> str:
        """The sign of the tails."""
        if self.images or self.text or (self.types and self.scenario.model.smoothing):
            return "tail_mass"
        return "rare_types" if self.types else "smaller_tail"

    @cached_property
    def shares(self) -> tuple[np.ndarray, np.ndarray]:
        """(of the tails, of the spread), each (R, T+1), as shares of the world's."""
        tails, real = self.all(self.tail), self.real(self.tail)  # 10 names have no rare ones: nothing to lose
        return tails / real if real else np.ones_like(tails), self.all(self.width) / self.real(self.width)

    @cached_property
    def late(self) -> np.ndarray:
        late = self.all(self.width)[:, 1:] < thresholds(self.scenario, self.rule)[1]
        return np.concatenate([np.zeros((len(late), 1), dtype=bool), late], axis=1)

    @cached_property
    def early_or_late(self) -> np.ndarray:
        early = self.all(self.tail)[:, 1:] < thresholds(self.scenario, self.rule)[0]
        return self.late | np.concatenate([np.zeros((len(early), 1), dtype=bool), early], axis=1)

    def half(self, flags: np.ndarray) -> bool:
        """At least half of the lineages at the end."""
        return 2 * int(flags[:, -1].sum()) >= len(flags)


def carries(finding: Finding, **values: float) -> None:
    """`numbers` are these, by name, and nothing else."""
    assert finding.numbers.keys() == values.keys()
    for name, value in values.items():
        assert np.isclose(finding.numbers[name], value, rtol=1e-9, atol=1e-300), (
            f"{name}: {finding.numbers[name]!r}, not {value!r}"
        )


def half_of(flags: np.ndarray) -> Iterator[int]:
    """The generations at which at least half of the lineages are flagged, (R, T+1)."""
    return (int(t) for t in np.flatnonzero(2 * flags.sum(axis=0) >= len(flags)))


# ---- one checker a rule ----------------------------------------------------------------------------------------------------


def check_headline(f: Finding, x: Facts) -> None:
    if set(f.numbers) == {"lost", "lineages", "generations"}:
        check_rarest(f, x)
        return
    groups = "lost" in f.numbers  # the rarest group first, in a sentence of its own
    if groups:
        group, _, rest = f.text.partition(". ")
        check_rarest(Finding(f.key, f"{group}.", {k: f.numbers[k] for k in ("lost", "lineages", "generations")}), x)
        assert x.half(x.late) or not f.numbers["lost"]
        f = Finding(f.key, rest, {k: v for k, v in f.numbers.items() if k not in ("lost", "lineages")})
    left, tail = (float(middle_of(s[:, -1])) for s in (x.shares[1], x.shares[0]))
    last = x.scenario.generations
    late = float(np.mean(x.late[:, -1]))
    unlearnt = "models learn little here" in f.text  # the median of its healthy models, as a share of the world
    kept = 0.0
    if unlearnt:
        known = gauged(x.scenario, int(amounts(x.scenario)[-1]), gauges(x.scenario))
        kept = float(np.median(known[1])) / x.real(x.width)
    usual = {"usual": kept} if unlearnt else {}
    carries(
        f,
        left=left,
        tail=tail,
        late=late,
        early=float(np.mean(x.early_or_late[:, -1])) - late,
        generations=last,
        **usual,
    )
    if x.text:
        return check_text_headline(f, x, left, tail)
    assert ("1 generation " in f.text) == (last == 1 and not groups)
    flat = x.types or x.images or x.scenario.world.d == 1
    axes = [] if flat else [min(x.scenario.world.d, x.scenario.n - 1)]
    digits = [float(middle_of(x.last("live_classes"))), x.real("live_classes")] if x.images else []
    left_ = [left] if x.types or left >= 1e-300 else []
    assert ("too small for a number" in f.text) == (left < 1e-300 and not x.types)
    said = [*([] if groups else [last]), *left_, *axes, *middle_lineage(f, x), *digits]
    assert ("effective number" in f.text) == x.types
    assert ("(variance" in f.text) != x.types
    assert ("geometric mean" in f.text) == (axes != [])
    if "collapsed" in f.text:
        reads(f.text, *said)
        assert x.half(x.late)
    elif "than in models trained on as much real data" in f.text or " are disappearing: " in f.text:
        reads(f.text, *said, tail)
        check_going(f, x)
        assert x.half(x.early_or_late)
        assert not x.half(x.late)
        which = (
            f"rare {x.scenario.world.noun}"
            if x.types
            else "in its tails"
            if x.images
            else "in its smaller tail"
            if x.scenario.world.d == 1
            else "in its emptiest tail"
        )
        assert which in f.text
        assert ("real share" in f.text) == (x.types and x.tail != "rare_types")
    else:
        reads(f.text, *said, *some_in_words(f, x, left), *usual.values())
        assert kept < 0.25
        assert not x.half(x.early_or_late) or left > 1.25
        assert f.text.startswith("More varied, not less: ") == (left > 1.25)


def some_in_words(f: Finding, x: Facts, left: float) -> list[float]:
    """The share of lineages that ring although the middle one is healthy, told as soon as false alarms do not explain it."""
    rings, groups = int(np.sum(x.early_or_late[:, -1])), x.scenario.policy.group
    told = "of all chains are in the early stage or beyond" in f.text
    chance = binom.sf(rings // groups - 1, x.scenario.lineages // groups, x.rule.level)
    assert told == (chance < 0.001 and left <= 1.25 and not x.half(x.early_or_late))
    return [rings / x.scenario.lineages, x.rule.level] if told else []


def check_going(f: Finding, x: Facts) -> None:
    """Whether something disappears is two paired questions: is it less than in generation 1, and than half-way, beyond chance?"""
    signs, what = (
        x.all(x.tail),
        "Rare words" if x.text else f"Rare {x.scenario.world.noun}" if x.types else "Rare cases",
    )
    more = "more than in the real world" in f.text or "There are more" in f.text
    assert more == (middle_of(x.shares[0][:, -1]) > 1.05 and not x.text)
    assert f.text.startswith((what, f"There are {'more' if more else 'fewer'} {what.lower()} "))
    if "are disappearing" in f.text:
        for then in (signs[:, 1], signs[:, (signs.shape[1] - 1) // 2]):
            down, up = int((signs[:, -1] < then).sum()), int((signs[:, -1] > then).sum())
            assert binom.sf(down - 1, down + up, 0.5) < 0.005 if len(signs) >= 10 else down == len(signs)
    else:
        assert re.search(r"(There are|but|side) fewer .*than in models trained on as much real data", f.text)
        assert "than in models trained on as much real data" in f.text
    line = not (x.text or x.types or x.images) and x.scenario.world.d == 1
    if "on one side" in f.text:
        assert line
        assert middle_of(x.last("tail_mass")) >= 0.05 - 1e-9, "altogether there are as many as in the world"
        assert np.mean(signs[:, -1] < signs[:, 1]) > 0.5


def check_text_headline(f: Finding, x: Facts, left: float, tail: float) -> None:
    last = x.scenario.generations
    assert "variety (effective number of n-grams)" in f.text
    if f.text.startswith("The text repeats itself"):
        reads(f.text, last, left, *middle_lineage(f, x))
        assert x.half(x.late)
        return
    some = some_in_words(f, x, 0.0)
    rare = bool(at_start(x.scenario, gauges(x.scenario)[0]))  # a very short text has no rare words
    kept = (tail, left) if rare else (left,)
    reads(f.text, last, *middle_lineage(f, x), *kept, *some)
    assert ("rare words and" in f.text) == rare
    assert not x.half(x.late)
    assert f.text.startswith(("Rare words are", "There are fewer rare words")) == x.half(x.early_or_late)
    if x.half(x.early_or_late):
        check_going(f, x)


def check_stages(f: Finding, x: Facts) -> None:
    early, late = next(half_of(x.early_or_late), None), next(half_of(x.late), None)
    assert early is not None
    assert late is not None
    carries(f, early=early, late=late)
    first, second = reads(f.text, early, late)
    assert f.text.startswith("First the rare words go" if x.text else "First the rare cases go, then the variety")
    assert first.shown < second.shown
    assert ("half" in f.text) == (x.scenario.lineages > 1), "one chain has no half"


def check_late(f: Finding, x: Facts) -> None:
    late, total = int(x.late[:, -1].sum()), x.scenario.lineages
    carries(f, late=late, lineages=total)
    assert total > 1, "nobody asks how many of one"
    if late in (0, total):
        reads(f.text, total)
        assert f.text.startswith("Not one of " if late == 0 else "All ")
    else:
        reads(f.text, late, total)
        assert ("chains has" in f.text) == (late == 1)


def check_mean(f: Finding, x: Facts) -> None:
    spread = x.shares[1][:, -1]
    mean, median = float(spread.mean()), float(middle_of(spread))
    carries(f, mean=mean, median=median)
    first, second = reads(f.text, mean, median)
    assert not x.types
    assert first.shown > second.shown, f"the two numbers look alike: {f.text!r}"
    wide = spread > mean
    assert wide.mean() < 0.5, "a few chains are a minority"
    assert spread[wide].sum() > spread[~wide].sum(), "they carry the mean"


def error_by_hand(values: np.ndarray, group: int) -> float:
    """The standard error of a mean; chains of a group read one another, so that only whole groups are independent."""
    means = np.array([values[i : i + group].mean() for i in range(0, len(values) // group * group, group)])
    return float(np.sqrt(np.sum((means - means.mean()) ** 2) / (len(means) - 1) / len(means)))


def check_tails(f: Finding, x: Facts) -> None:
    tails, real = x.last("tail_mass"), x.real("tail_mass")
    mean, median = float(tails.mean()), float(middle_of(tails))
    error = error_by_hand(tails, x.scenario.policy.group)
    carries(f, mean=mean, median=median, real=real, error=error)
    *_, shrunk, from_, risen, _ = reads(f.text, *middle_lineage(f, x), median, real, mean, error)
    assert shrunk.shown < from_.shown
    assert ("rises to" in f.text) == (mean - real > 3 * error), "a rise is more than chance"
    assert ("is still" in f.text) != ("rises to" in f.text)
    assert risen.shown > from_.shown or "is still" in f.text, f"no reader sees a rise in {f.text!r}"
    assert len(tails) > 1
    into = tails > real
    assert ((x.last("variance")[into] > 1) | (x.last("mean_drift")[into] > 0)).all(), "they have moved or widened"


def check_law(f: Finding, x: Facts) -> None:
    """The mean, its error and z by themselves; of a plain chain the law, too, from its formula."""
    s = x.scenario
    metric = "simpson" if x.types else "log_variance" if "logarithm" in f.text else "variance"
    law, values = law_for(s, metric), x.last(metric)
    assert law is not None
    assert LAWS[metric].standing == "exact"
    expected, mean = float(law[-1]), float(values.mean())
    error = error_by_hand(values, s.policy.group)
    z = (mean - expected) / error
    carries(f, law=expected, mean=mean, error=error, z=z)
    *_, wobble, _, _, _ = reads(f.text, expected, s.lineages, mean, error, z, 2, 20)
    lopsided = metric != "log_variance" and abs(float(skew(values))) / np.sqrt(len(values)) > 0.15
    assert ("more often than once in 20" in f.text) == lopsided, "scipy's skewness"
    assert ("mostly below" in f.text) == (lopsided and skew(values) > 0)
    assert wobble.low > 0, f"a standard error is never nothing: {f.text!r}"
    assert ("share of the variance" in f.text) == (metric == "variance")
    if metric == "variance":
        assert law_for(s, "log_variance") is None
        assert np.sort(values)[-max(len(values) // 100, 1) :].sum() < 0.25 * values.sum()
    plain = s.model.smoothing == 0 if x.types else s.model.kind == "gaussian" and s.model.estimator == "ml"
    if plain and s.decoder.neutral and s.policy.kind == "replace":
        usual = x.real(metric) * (1 - 1 / s.n) ** s.generations
        d = s.world.d
        log = s.generations / d * sum(digamma((s.n - 1 - j) / 2) + np.log(2 / s.n) for j in range(d))
        assert np.isclose(expected, log if metric == "log_variance" else usual, rtol=1e-6)


def check_luck(f: Finding, x: Facts) -> None:
    values = x.last("variance")
    top = np.sort(values)[::-1][: max(1, len(values) // 100)]
    held, law = float(top.sum() / values.sum()), law_for(x.scenario, "variance")
    assert law is not None
    carries(f, held=held, law=float(law[-1]))
    few = len(values) < 100
    _, share, mean = reads(f.text, len(values) if few else 0.01, held, float(law[-1]))
    assert ("The widest of" in f.text) == few
    assert len(values) >= 30
    assert share.shown >= 25 or share.shown >= 0.25
    assert mean.high > 0, f"the law never says nothing: {f.text!r}"


def check_drift(f: Finding, x: Facts) -> None:
    inside, between = float(x.last("variance").mean()), float(np.sqrt(x.last("mean_drift").mean()))
    carries(f, inside=inside, between=between)
    reads(f.text, inside, between)
    assert f.text.count("in each direction") == (2 if x.scenario.world.d > 1 else 0)
    assert inside < 0.8
    assert x.scenario.lineages > 1, "the sentence speaks of several"
    gain = x.last("mean_drift") - x.all("mean_drift")[:, 1]
    assert gain.mean() > 2.9 * gain.std(ddof=1) / np.sqrt(len(gain)), "farther than a sample of real data leads"


def check_half_life(f: Finding, x: Facts) -> None:
    """Like with like: the first generation whose mean logarithm is below ln ½, simulated and by the law's straight line; the first
    passage of half of the lineages is said to be another thing."""
    s, logs = x.scenario, x.all("log_variance")
    half = logs < np.log(0.5)
    walk = digamma((s.n - 1) / 2) + np.log(2 / (s.n - (s.model.estimator == "unbiased")))
    law = next(t for t in range(1, 10**6) if t * walk < np.log(0.5))
    fallen = [t for t in range(s.generations + 1) if logs[:, t].mean() < np.log(0.5)]
    first = float(middle_of(np.array([np.flatnonzero(row)[0] if row.any() else np.inf for row in half])))
    known = ({"mean": fallen[0]} if fallen else {}) | ({"first": first} if np.isfinite(first) else {})
    carries(f, law=law, **known)
    reads(f.text, fallen[0] if fallen else s.generations, law, *([first] if np.isfinite(first) else []))
    assert ("has not fallen" in f.text) == (not fallen)
    assert ("at least once" in f.text) == bool(np.isfinite(first))
    assert fallen or law <= s.generations or np.isfinite(first), "silent only where none says anything"
    assert s.lineages >= 20
    if np.isfinite(first):
        assert 2 * half[:, : int(first) + 1].any(axis=1).sum() >= s.lineages, "half of the chains"
    assert s.policy.kind == "replace" or s.policy.synthetic == 1 or round(s.policy.synthetic * s.n) == s.n


def middle_lineage(f: Finding, x: Facts) -> list[float]:
    """Who the medians are of, in words; the number in these words."""
    total = x.scenario.lineages
    assert ("the middle one of" in f.text) == (total > 1)
    assert ("this chain" in f.text) == (total == 1)
    return [total] if total > 1 else []


def check_vocabulary(f: Finding, x: Facts) -> None:
    left, first, start = float(middle_of(x.last("types"))), float(middle_of(x.all("types")[:, 1])), x.real("types")
    carries(f, left=left, first=first, start=start)
    if "as many are left" in f.text:
        reads(f.text, start, first, *middle_lineage(f, x))
        assert left == first
    else:
        reads(f.text, start, first, left, *middle_lineage(f, x))
        assert left != first
        assert (" is left" in f.text) == (left == 1)


def check_rare(f: Finding, x: Facts) -> None:
    p = x.scenario.world.p
    rare = np.array([p[i:].sum() <= 0.05 + 1e-12 for i in range(len(p))])
    of_rare = x.all("rare_types")
    of_common = (x.all("types") - of_rare * rare.sum()) / (~rare).sum()
    ends = [float(middle_of(a[:, t])) for a in (of_rare, of_common) for t in (1, -1)]
    carries(f, rare1=ends[0], rare=ends[1], common1=ends[2], common=ends[3])
    then, now, _, _ = reads(f.text, *ends)
    assert now.shown < then.shown, f"no reader sees them die in {f.text!r}"
    assert ends[1] / ends[0] < ends[3] / ends[2], "the others lose less of what they had"
    down, up = (of_rare[:, -1] < of_rare[:, 1]).sum(), (of_rare[:, -1] > of_rare[:, 1]).sum()
    assert binom.sf(down - 1, down + up, 0.5) < 0.005, "a sign test"
    assert x.scenario.lineages >= 20


def rarest_of(x: Facts) -> str:
    groups = x.scenario.world.groups
    return f"{groups.labels[int(np.argmin(groups.weights))]}s" if groups.labels else "members of the rarest group"


def groups_of(x: Facts) -> tuple[np.ndarray, np.ndarray, str]:
    """(real shares, weights (R, T, K), the rarest group's name) of a mixture in a world with groups."""
    return x.scenario.world.groups.weights, x.trajectory.params.weights, rarest_of(x)


def passing(groups: Any, w: np.ndarray, means: np.ndarray, covs: np.ndarray) -> float:
    """The share of draws from one mixture that Bayes' rule of the real groups takes for the rarest: scipy's densities at the points
    that the metric looks at, so that nothing is near a threshold by chance."""
    d, share = means.shape[-1], 0.0
    points = ndtri(Sobol(d, scramble=False).random(128) + 0.5 / 128)
    for weight, mean, cov in zip(w, means, covs, strict=True):
        if weight > 0:
            lower = np.linalg.cholesky(cov + 1e-14 * max(1.0, np.trace(cov)) * np.eye(d))
            draws = mean + points @ lower.T
            score = [
                np.log(p) + multivariate_normal.logpdf(draws, m, c).reshape(-1)
                for p, m, c in zip(groups.weights, groups.means, groups.covs, strict=True)
            ]
            share += weight * float(np.mean(np.argmax(score, axis=0) == np.argmin(groups.weights)))
    return share


def once(witness: Callable[[Trajectory], Any]) -> Callable[[Trajectory], Any]:
    """A witness looks at a trajectory once, however many sentences and lies about it are compared with what it saw."""
    seen: dict[int, tuple[Trajectory, Any]] = {}  # by number; the trajectory is held so that its number stays its own

    def remembered(trajectory: Trajectory) -> Any:
        if id(trajectory) not in seen:
            seen[id(trajectory)] = trajectory, witness(trajectory)
        return seen[id(trajectory)][1]

    return remembered


@once
def passing_at_the_end(trajectory: Trajectory) -> np.ndarray:
    p, groups = trajectory.params, trajectory.scenario.world.groups
    each = zip(p.weights, p.mean, p.cov, strict=True)
    return np.array([passing(groups, w[-1], m[-1], c[-1]) for w, m, c in each])


def check_rarest(f: Finding, x: Facts) -> None:
    """The headline of a mixture whose groups are known: lost is what would be less than one of n draws."""
    total, last, name = x.scenario.lineages, x.scenario.generations, rarest_of(x)
    lost = int((passing_at_the_end(x.trajectory) * x.scenario.n < 1).sum())
    carries(f, lost=lost, lineages=total, generations=last)
    assert f"the {name} " in f.text
    assert ("still live" in f.text) == (lost == 0)
    assert ("are gone" in f.text) == (lost > 0)
    assert ("in all" in f.text) == (total > 1 and lost in (0, total))
    assert ("the only chain" in f.text) == (total == 1)
    assert ("generations" in f.text) == (last > 1)
    reads(f.text, *([last] if total == 1 else [last, total] if lost in (0, total) else [last, lost, total]))


def check_diet(f: Finding, x: Facts) -> None:
    """What the control loses, which has as much data, and how often chance makes such a difference, by scipy's own test."""
    assert x.control is not None
    assert x.control.scenario == x.scenario
    lost, alone = (int((passing_at_the_end(t) * x.scenario.n < 1).sum()) for t in (x.trajectory, x.control))
    total = x.scenario.lineages
    assert rarest_of(x) in f.text
    if lost == alone:
        carries(f, alone=alone, lineages=total)
        reads(f.text, alone, total)
        assert f.text.endswith("as many.")
        assert lost > 0
        return
    more, fewer = max(lost, alone), min(lost, alone)
    chance = fisher_exact([[more, total - more], [fewer, total - fewer]], alternative="greater").pvalue
    carries(f, alone=alone, lineages=total, chance=chance)
    reads(f.text, alone, total, chance)
    assert ("which is fewer." in f.text) == (alone < lost)
    assert ("to blame" in f.text) == (alone < lost and chance < 0.01)
    assert ("probably to blame" in f.text) == ("may well meet such a difference by chance" in f.text)
    assert ("probably to blame" in f.text) == (alone < lost and 0.01 <= 100 * chance < 1), "after a hundred tries"
    assert ("even in a hundred" in f.text) == (alone < lost and 100 * chance < 0.01)
    assert ("the decoder" in f.text) == ("to blame" in f.text and not x.scenario.decoder.neutral)


def check_first(f: Finding, x: Facts) -> None:
    _, w, _ = groups_of(x)
    first = np.sort([next((t + 1.0 for t, row in enumerate(life) if (row == 0).any()), np.inf) for life in w])
    low, median, high = (float(first[int(np.ceil(q * len(first) - 1e-9)) - 1]) for q in (0.05, 0.5, 0.95))
    assert len(first) >= 20
    if not np.isfinite(median):
        carries(f, low=low)
        reads(f.text, 0.05, low)
        assert "half of the chains or more" in f.text
        assert 2 * np.isinf(first).sum() >= len(first)
        return
    if np.isfinite(high):
        carries(f, low=low, median=median, high=high)
        reads(f.text, median, 0.9, low, high)
    else:
        none = int(np.isinf(first).sum())
        carries(f, low=low, median=median, whole=none)
        reads(f.text, median, 0.05, low, len(first), none)
        assert f.text.endswith("lost none at the end.")
        assert ("chains has" in f.text) == (none == 1)


def check_survival(f: Finding, x: Facts) -> None:
    real, w, name = groups_of(x)
    n, p = x.scenario.n, float(real.min())
    chain = binom.pmf(np.arange(n + 1)[:, None], n, np.arange(n + 1) / n)  # P(next | now), by scipy
    counts = binom.pmf(np.arange(n + 1), n, p)
    for _ in range(x.scenario.generations - 1):
        counts = chain @ counts
    alive = float((w[:, -1, np.argmin(real)] > 0).mean())
    carries(f, law=1 - counts[0], alive=alive)
    reads(f.text, 1 - counts[0], alive)
    assert f"that began as {name} would live" in f.text


def check_hidden(f: Finding, x: Facts) -> None:
    _, w, _ = groups_of(x)
    alive = np.sort((w[:, -1] > 0).sum(axis=1))[len(w) // 2]
    left = float(middle_of(x.shares[1][:, -1]))
    carries(f, left=left, alive=alive, groups=w.shape[2])
    reads(f.text, left, alive, w.shape[2])
    assert alive < w.shape[2]
    assert left >= 0.8


def check_share(f: Finding, x: Facts) -> None:
    groups, share = x.scenario.world.groups, passing_at_the_end(x.trajectory)
    mean, median, start = (
        float(share.mean()),
        float(middle_of(share)),
        passing(groups, groups.weights, groups.means, groups.covs),
    )
    assert f"taken for {rarest_of(x)}" in f.text
    if len(share) < 20:
        carries(f, mean=mean, real=start)
        reads(f.text, *([len(share)] if len(share) > 1 else []), mean, start)
        assert "middle" not in f.text
    elif f.text.startswith("In the middle chain"):
        carries(f, median=median, real=start)
        reads(f.text, *([median] if median else []), start)
        assert ("hardly any" in f.text) == (median == 0)
    else:
        carries(f, mean=mean, real=start, median=median)
        some, *_ = reads(f.text, mean, start, *([median] if median else []))
        assert ("hardly any" in f.text) == (median == 0)
        assert some.shown > 0
        assert median < mean
        assert abs(mean - start) <= start / 4


def check_apart(f: Finding, x: Facts) -> None:
    """By drawing: what is said in the last generation, judged on a grid of the plane, or of the line, which is exact."""
    assert not x.scenario.decoder.neutral
    assert x.scenario.world.d > 1, "on a line it is exact"
    each = wrong_at_the_end(x.trajectory)
    carries(f, wrong=f.numbers["wrong"])
    assert f.numbers["wrong"] <= 1
    assert not (each > f.numbers["wrong"] + 0.1).any(), "the most of all chains"
    assert np.isnan(each).any() or f.numbers["wrong"] <= each.max() + 0.1
    reads(f.text, f.numbers["wrong"])


@once
def wrong_at_the_end(trajectory: Trajectory) -> np.ndarray:
    """The total variation in each lineage."""
    model, p, decoder = trajectory.scenario.model, trajectory.params, trajectory.scenario.decoder
    ends = (type(p)(*(a[i : i + 1, -1] for a in p)) for i in range(len(p.weights)))
    return np.array([total_variation(model, end, decoder) for end in ends])


def total_variation(model: Any, params: Any, decoder: Any) -> float:
    """Between 40 000 draws and the tempered density, on a grid of 20 × 20 cells; NaN where a bell curve is too narrow for it, and
    where the world is no plane.  The level above which top-p keeps is that of a wide grid which holds the whole density."""
    if params.mean.shape[-1] != 2:
        return np.nan
    bells = [(w, m, c) for w, m, c in zip(params.weights[0], params.mean[0], params.cov[0], strict=True) if w > 0]
    reach = [(m, 6 * np.sqrt(np.diag(c) * decoder.temperature)) for _, m, c in bells]
    low, high = np.min([m - far for m, far in reach], axis=0), np.max([m + far for m, far in reach], axis=0)
    if min(np.linalg.eigvalsh(c)[0] for _, _, c in bells) * decoder.temperature < max(high - low) ** 2 / 800**2:
        return np.nan

    def log_density(axes: list[np.ndarray]) -> np.ndarray:
        cells = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
        with np.errstate(divide="ignore"):
            return np.log(sum(w * multivariate_normal.pdf(cells, m, c) for w, m, c in bells)) / decoder.temperature

    wide = log_density([np.linspace(*ends, 801) for ends in zip(low, high, strict=True)]).ravel()
    top = wide.max()
    falling = np.sort(np.exp(wide - top))[::-1]
    kept = np.searchsorted(np.cumsum(falling), decoder.top_p * falling.sum())
    level = falling[min(kept, len(falling) - 1)]

    draws = model.sample(params, 40_000, decoder, np.random.default_rng(0))[0]
    edges = [np.linspace(column.min(), column.max(), 21) for column in draws.T]
    middles = [e[0] + (np.arange(400) + 0.5) * (e[-1] - e[0]) / 400 for e in edges]
    right = np.exp(log_density(middles) - top)
    right = np.where(right >= level, right, 0.0).reshape(20, 20, 20, 20).sum(axis=(1, 3))
    area = np.prod([e[-1] - e[0] for e in edges]) / 400**2 / np.prod((high - low) / 800)
    right *= area / falling[falling >= level].sum()
    said = np.histogram2d(*draws.T, bins=edges)[0] / len(draws)
    return float(np.abs(said - right).sum() + max(1 - right.sum(), 0.0)) / 2


def twice(x: Facts, metric: str) -> tuple[float, float]:
    """Medians of the first generation and of the last."""
    return float(middle_of(x.all(metric)[:, 1])), float(middle_of(x.last(metric)))


def check_surer(f: Finding, x: Facts) -> None:
    real, own = twice(x, "perplexity"), twice(x, "own_perplexity")
    carries(f, real1=real[0], real=real[1], own1=own[0], own=own[1])
    a, b, c, d = reads(f.text, *real, *own)
    assert a.shown < b.shown, f"no reader sees it rise in {f.text!r}"
    assert c.shown > d.shown, f"no reader sees it fall in {f.text!r}"
    assert "more wrong" in f.text


@cache
def unknown(text: str) -> float:
    """The share of the words in the last fifth of a text that are not in the rest of it."""
    pieces = tokens(fold(text), "chars")
    cut = int(0.8 * len(pieces))
    read, unread = (re.findall(r"[^\W_]+(?:['’][^\W_]+)*", "".join(part)) for part in (pieces[:cut], pieces[cut:]))
    vocabulary = set(read)
    return sum(word not in vocabulary for word in unread) / len(unread)


def check_gibberish(f: Finding, x: Facts) -> None:
    """The words of the unread part are counted here in the text itself."""
    made, real = float(middle_of(x.last("gibberish"))), unknown(x.scenario.world.text)
    assert f.numbers["made"] == made
    assert f.numbers["real"] == pytest.approx(real, abs=0.002), "a word at the edge may be torn"
    reads(f.text, *middle_lineage(f, x), made, 0, f.numbers["real"])
    assert x.scenario.model.unit == "chars", "who speaks in words invents none"
    assert x.real("gibberish") == 0


def check_loops(f: Finding, x: Facts) -> None:
    again, real = float(middle_of(x.last("repetition"))), x.real("repetition")
    carries(f, again=again, real=real)
    now, *_, usual = reads(f.text, again, *middle_lineage(f, x), real)
    assert now.shown > usual.shown
    assert now.shown >= 0.25


def check_plainer(f: Finding, x: Facts) -> None:
    now, real = float(middle_of(x.last("zero_perplexity"))), x.real("zero_perplexity")
    carries(f, now=now, real=real)
    _, low, high = reads(f.text, 0, now, real)
    assert low.shown < high.shown


@pytest.fixture(autouse=True, scope="module")
def _few_healthy_models() -> Iterator[None]:
    """Forty healthy models are enough to see that a sentence repeats what they say."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("collapse.healthy.NUMBERS", 1)
        patch.setattr("collapse.healthy.NUMBERS_GROWN", 1)
        patch.setattr("collapse.healthy.FEWEST", 40)
        patch.setattr("collapse.healthy.KEPT", Notes(256, 30_000_000))  # no other test shall be told of so few
        yield


Checker = Callable[[Finding, Facts], None]
CHECKERS: dict[Any, Checker] = {
    module.headline: check_headline,
    module.stages_in_order: check_stages,
    module.share_late: check_late,
    module.mean_hides: check_mean,
    module.tails_on_average: check_tails,
    module.beside_the_law: check_law,
    module.law_needs_luck: check_luck,
    module.drift_returns: check_drift,
    module.half_life: check_half_life,
    module.diet_or_fit: check_diet,
    module.first_component_lost: check_first,
    module.survival_law: check_survival,
    module.spread_hides_groups: check_hidden,
    module.rarest_share: check_share,
    module.decoded_apart: check_apart,
    module.vocabulary: check_vocabulary,
    module.rare_first: check_rare,
    module.surer_and_more_wrong: check_surer,
    module.gibberish_grows: check_gibberish,
    module.loops: check_loops,
    module.plainer_to_the_first: check_plainer,
}


def missing(rules: Any) -> list[str]:
    """The rules that nobody checks."""
    return sorted(rule.__name__ for rule in rules if rule not in CHECKERS)


# ---- the scenarios ---------------------------------------------------------------------------------------------------------

# What the pages show first, and runs in which the rarer sentences are at home.
KNOWN = {
    name: Scenario.from_query(query)
    for name, query in {
        "home": "policy=mix&policy.synthetic=1&n=20&generations=50&lineages=300&seed=1",
        "gaussian": "n=30&generations=60&lineages=300&seed=1",
        "law": "n=100&generations=10&lineages=300",
        "luck": "n=20&generations=200&lineages=200",
        "early": "n=100&generations=60&lineages=200",
        "wide": "model=kde&model.h=1&model.bandwidth=fixed&n=30&generations=30&lineages=40",
        "surnames": "world=surnames&world.types=500&model=categorical&n=1000&generations=50&lineages=60&seed=1",
        "large town": "world=surnames&world.types=100&model=categorical&n=100000&generations=5&lineages=120",
        "two people": "world=surnames&world.types=209&model=categorical&decoder.temperature=0&n=2&generations=2&lineages=100",
        "alone": "n=10&generations=100&lineages=1",
        "kept records": "world=surnames&world.types=500&model=categorical&policy=accumulate&n=1000&generations=50&lineages=60&seed=1",
        "pair": "n=4&generations=200&lineages=2",
        "smoothed": "world=surnames&world.types=100&model=categorical&model.smoothing=20&n=300&generations=20&lineages=100",
        "to nothing": "n=2&generations=100&lineages=300",
        "penguins": "world=penguins&model=mixture&n=100&generations=50&lineages=60&seed=6",
        "enough penguins": "world=penguins&model=mixture&n=200&generations=100&lineages=30&seed=13",
        "real penguins": "world=penguins&model=mixture&policy=mix&policy.synthetic=0&n=50&generations=30&lineages=20",
        "cooled penguins": "world=penguins&model=mixture&world.measured=body&decoder.temperature=.15&n=100&generations=1&lineages=20",
        "fresh penguins": "world=penguins&model=mixture&policy=mix&policy.synthetic=0.9&n=50&generations=60&lineages=40",
        "page of penguins": "world=penguins&model=mixture&n=100&generations=100&lineages=24&seed=13",
        "all gone": "world=groups&model=mixture&n=5&generations=60&lineages=3",
        "fresh eyes": "world=penguins&model=mixture&model.start=cold&policy=mix&n=100&generations=10&lineages=20",
        "two for three": "world=flipper&model=mixture&model.components=2&n=100&generations=10&lineages=20",
        "one chain": "world=bimodal&model=mixture&model.components=2&n=100&generations=1&lineages=1",
        "unlike": "world=groups&world.rare=0.2&world.separation=8&model=mixture&n=20&generations=60&lineages=100",
        "alice": "world=alice&model=ngram&n=8000&generations=12&lineages=4",
        "cooled alice": "world=alice&model=ngram&model.order=2&decoder.temperature=0.7&n=8000&generations=12&lineages=4",
        "alice, accumulated": "world=alice&model=ngram&model.order=1&model.unit=words&policy=accumulate&n=8000&generations=5"
        "&lineages=3",
        "nine and a half names": "world=surnames&world.types=10&model=categorical&n=200&generations=3&lineages=2&seed=39",
        "few names": f"world=surnames&world.types={FEWEST}&model=categorical&n=50&generations=20&lineages=30",
    }.items()
}


def whole(low: int, high: int) -> st.SearchStrategy[int]:
    """Whole numbers, as often small as large."""
    return st.floats(np.log(low), np.log(high + 0.99)).map(lambda x: min(high, int(np.exp(x))))


@st.composite
def small(draw: st.DrawFn) -> Scenario:
    """Any world, model, decoder, curator and policy, with any of their knobs; few and short lineages."""
    parts = {name: draw(st.one_of([specs(kind) for kind in table.values()])) for name, table in TABLES.items()}
    parts = together(parts, draw)
    if "types" in parts["world"].knobs():
        parts["world"] = replace(parts["world"], types=min(parts["world"].types, 300))
    if draw(st.booleans()):  # plain speech, which random knobs would almost never say
        parts["decoder"] = type(parts["decoder"])()
    if "epochs" in parts["model"].knobs():  # a random network would be trained for minutes
        parts["model"] = replace(
            parts["model"], epochs=min(parts["model"].epochs, 5), width=min(parts["model"].width, 16)
        )
    long = parts["world"].space in ("text", "images")
    found = Scenario(
        **parts,
        n=draw(whole(2, 5000 if long else 200)),
        generations=draw(whole(1, 6 if long else 60)),
        lineages=draw(st.sampled_from((1, 2, 3) if long else (1, 2, 3, 10, 25, 100, 210))),
        seed=draw(st.integers(0, 10**6)),
    )
    assume(worst_case_cost(found) <= DEAR)  # some would take minutes, which no page allows
    return found


def rules() -> st.SearchStrategy[Rule]:
    """Any rule."""
    return st.one_of(st.just(Rule()), st.builds(Rule, st.sampled_from(("1", "5", "10")), st.floats(0.001, 0.99)))


def trajectory_of(scenario: Scenario) -> Trajectory:
    """As the pages run it: with params where they are small, else with what the rules watch."""
    return run(scenario, keep=None if scenario.model.kind in ("gaussian", "mixture") else watched(scenario.world.space))


def witnessed(scenario: Scenario, rule: Rule) -> tuple[Evidence, Facts]:
    """What the rules see and what the checkers see: the run, and for a mixture its control."""
    mine = trajectory_of(scenario)
    control = run(scenario, control=True) if scenario.model.kind == "mixture" else None
    return Evidence(mine, rule, control), Facts(mine, rule, control)


@cache
def known(name: str) -> tuple[Evidence, Facts]:
    """A run that is known by name, for all tests that look at it."""
    return witnessed(KNOWN[name], Rule())


def judged(evidence: Evidence, facts: Facts) -> Iterator[tuple[Any, Finding, Facts]]:
    """Every rule that speaks about this run, after its sentence was checked."""
    rule, printed = facts.rule, []
    for infer in RULES:
        found = infer(evidence)
        if found is None:
            continue
        assert np.all(np.isfinite(list(found.numbers.values()))), found
        assert "nan" not in found.text
        assert not re.search(r"\binf\b|[0-9]e[+-]", found.text), f"nobody reads {found.text!r} aloud"
        try:
            CHECKERS[infer](found, facts)
        except AssertionError as error:
            raise AssertionError(
                f"{found.text!r} is not true: {error}\nscenario: {facts.scenario.to_query()}\nrule: {rule}"
            ) from error
        printed.append(found)
        yield infer, found, facts
    assert findings(facts.trajectory, rule, facts.control) == printed
    assert printed[0].key == "headline"
    assert len({f.key for f in printed}) == len(printed)


@cache
def heard(name: str) -> list[str]:
    """Which rules speak about a known run, each checked once for all tests."""
    return [infer.__name__ for infer, _, _ in judged(*known(name))]


def test_every_printed_sentence_is_true_and_every_rule_speaks() -> None:
    seen: Counter[str] = Counter()

    def look(evidence: Evidence, facts: Facts) -> None:
        seen.update(infer.__name__ for infer, _, _ in judged(evidence, facts))

    for name in KNOWN:
        seen.update(heard(name))
    given(small(), rules())(settings(max_examples=EXAMPLES)(lambda scenario, rule: look(*witnessed(scenario, rule))))()
    silent = [rule.__name__ for rule in RULES if not seen[rule.__name__]]
    assert not silent, f"these rules were never seen to speak: {silent}; give KNOWN a scenario in which they do"


@pytest.mark.parametrize("name", KNOWN)
def test_the_usual_runs(name: str) -> None:
    assert heard(name)


# ---- the checkers are checked ----------------------------------------------------------------------------------------------


def test_every_rule_has_a_checker() -> None:
    assert missing(RULES) == []
    assert missing([*RULES, test_every_rule_has_a_checker]) == ["test_every_rule_has_a_checker"]


def lies(finding: Finding) -> Iterator[Finding]:
    """The sentence with one of its numbers falsified, in words or in `numbers`."""
    for hit in NUMBER.finditer(finding.text):
        wrong = (
            "37%"
            if hit["tiny"] or hit["nearly"]
            else f"{float(hit['number'].replace(',', '')) * 3 + 7:.0f}{hit['percent'] or ''}"
        )
        yield replace(finding, text=finding.text[: hit.start()] + wrong + finding.text[hit.end() :])
    for name, value in finding.numbers.items():
        yield replace(finding, numbers=finding.numbers | {name: value * 1.01 + 0.01})


def caught(infer: Any, finding: Finding, facts: Facts) -> bool:
    """Does the rule's checker refuse it?"""
    try:
        CHECKERS[infer](finding, facts)
    except AssertionError:
        return True
    return False


def test_a_lie_is_caught_by_the_checker_of_every_rule() -> None:
    told: set[str] = set()
    for name in KNOWN:
        for infer, finding, facts in judged(*known(name)):
            for lie in lies(finding):
                assert caught(infer, lie, facts), f"nobody noticed {lie}"
                told.add(infer.__name__)
    assert told == {rule.__name__ for rule in RULES}


@pytest.mark.parametrize(
    ("infer", "name", "change"),
    [
        (module.headline, "home", ("it has collapsed", "it is well")),
        (module.headline, "penguins", ("are gone in", "still live in")),
        (module.headline, "penguins", ("Chinstraps", "Adelies")),
        (module.first_component_lost, "penguins", ("lost none at the end", "lost one at the end")),
        (module.diet_or_fit, "page of penguins", ("are to blame", "are probably to blame")),
        (module.diet_or_fit, "enough penguins", ("are probably to blame", "are to blame")),
        (module.diet_or_fit, "enough penguins", ("is fewer.", "is more.")),
        (
            module.diet_or_fit,
            "page of penguins",
            (": even in a hundred such comparisons chance would hardly make it once", ""),
        ),
        (module.diet_or_fit, "enough penguins", ("the AI-made data are", "the AI-made data and the decoder are")),
        (module.diet_or_fit, "enough penguins", ("Chinstraps", "Gentoos")),
        (module.tails_on_average, "home", ("is still", "rises to")),
        (module.half_life, "home", ("at least once", "for good")),
        (module.share_late, "gaussian", ("chains have", "chains has")),
        (
            module.stages_in_order,
            "home",
            ("First the rare cases go, then the variety", "First the variety goes, then the rare cases"),
        ),
    ],
)
def test_a_false_word_is_caught(infer: Any, name: str, change: tuple[str, str]) -> None:
    evidence, facts = known(name)
    finding = infer(evidence)
    assert change[0] in finding.text
    assert not caught(infer, finding, facts)
    assert caught(infer, replace(finding, text=finding.text.replace(*change)), facts)


def test_another_run_is_caught() -> None:
    (evidence, _), (_, there) = (known(name) for name in ("home", "gaussian"))
    for infer in RULES:
        finding = infer(evidence)
        assert finding is None or caught(infer, finding, there)


# ---- wording ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0%"),
        (1.0, "100%"),
        (0.5, "50%"),
        (0.12, "12%"),
        (0.0994, "9.9%"),
        (0.0996, "10%"),
        (0.05, "5%"),
        (0.0123, "1.2%"),
        (0.00047, "0.047%"),
        (0.00001, "0.001%"),
        (0.000009, "less than 0.001%"),
        (1e-90, "less than 0.001%"),
        (1.07, "107%"),
        (0.994, "99%"),
        (0.9951, "99.5%"),
        (0.99996, "99.996%"),
        (1 - 1e-9, "more than 99.999%"),
    ],
)
def test_shares_in_words(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (7, "7"), (1234, "1,234"), (5000.0, "5,000"), (1e6, "1,000,000")]
)
def test_counts_in_words(value: float, text: str) -> None:
    assert count(value) == text


@given(st.floats(-9999.9, 9999.9))
@example(0.0995)
@example(0.09949999)
@example(-0.0)
def test_a_share_is_rounded_honestly(share: float) -> None:
    text = percent(share)
    assert "nan" not in text
    assert "e" not in text.replace("less", "")
    (number,) = said(text)
    assert number.share
    assert number.means(share)
    assert number.high - number.low <= max(2e-5, 0.102 * abs(share)), "two digits, or whole percents"


@given(st.floats(0, 1e9))
def test_a_count_is_rounded_honestly(value: float) -> None:
    (number,) = said(count(value))
    assert number.means(value)
    assert number.high - number.low == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (99.0, "99"),
        (999_999.0, "999,999"),
        (1e6, "1.0 × 10⁶"),
        (9.96e9, "1.0 × 10¹⁰"),
        (-2.34e12, "-2.3 × 10¹²"),
        (1.5e134, "1.5 × 10¹³⁴"),
    ],
)
def test_a_huge_number_is_short(value, text):
    assert times(value) == text
    assert percent(value / 100) == (f"{value:.0f}%" if abs(value) < 1e6 else f"{text}%")
