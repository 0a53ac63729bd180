"""Eight things that papers call model collapse, each with a test that one run can pass or fail.

Source: Schaeffer, Kazdan, Arulandu and Koyejo (2025), who list them; the tests and their thresholds are ours.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy.stats import binomtest, norm

from collapse.bands import error_of_mean, median
from collapse.data import Array
from collapse.laws import law_for
from collapse.metrics.nonsense import OUTERMOST
from collapse.recursion import aside
from collapse.scenario import Scenario
from collapse.speech import percent, times
from collapse.stages import LATE, Rule, thresholds
from collapse.trajectory import Trajectory

FAR = 1.0  # nats of excess loss at which an increase is called catastrophic, if it is also
TIMES = 10.0  # so many times as large as in generation 1
SURE = 0.001  # level of all tests
SIGMAS = 3.29  # standard errors of an interval with that level
FEW = 20  # lineages; fewer cannot tell a mean or an exponent from chance
RESAMPLED = 200  # times, for the error of an exponent
FINALLY = 200  # generations after which we look at a law
BEND = 0.3  # by so much an exponent must change


class Verdict(NamedTuple):
    """`name` of the definition; `holds`: does it, in this run, by our test; None if the run cannot tell; `because`: the test and its
    numbers."""

    name: str
    holds: bool | None
    because: str


@dataclass(frozen=True)
class Case:
    """A run of one bell curve or another real world, its stages (R, T+1), the rule, and the same run with four times the data."""

    run: Trajectory
    stages: Array
    rule: Rule
    more: Trajectory

    @property
    def scenario(self) -> Scenario:
        return self.run.scenario

    def excess(self) -> Array:
        """Loss on the real world beyond the least possible, KL(world ‖ model), nats, (R, T+1)."""
        return self.run.measure("kl_world_model")


def catastrophic(case: Case) -> Verdict:
    """The loss on real data is far larger than at generation 1, and large."""
    first, last = _medians(case.excess())
    holds = last > FAR and last > TIMES * first
    return Verdict(
        "Catastrophic increase of the loss on real data",
        holds,
        f"The median excess loss goes from {times(first) if np.isfinite(last) else _nats(first)} to {_nats(last)}. "
        f"We ask for more than {FAR:g} nat and more than {TIMES:g} times the first.",
    )


def any_increase(case: Case) -> Verdict:
    """More lineages lose more at the end than at generation 1, by a sign test; it takes some lineages and two generations."""
    loss, name = case.excess(), "Any increase of the loss on real data"
    more, lineages = int((loss[:, -1] > loss[:, 1]).sum()), len(loss)
    if case.scenario.generations < 2:
        return Verdict(name, None, "This run ends at generation 1: there is nothing to compare.")
    if binomtest(lineages, lineages).pvalue >= SURE:
        return Verdict(
            name,
            None,
            f"In {more} of {lineages} the loss is larger at the end than at generation 1: too few chains to tell that from chance.",
        )
    p = binomtest(more, lineages).pvalue
    return Verdict(
        name,
        p < SURE and more > lineages / 2,
        f"{more} of {lineages} chains lose more at the end than at generation 1 (sign test, p {_p(p)}; we ask for more than half "
        f"and a p below {SURE:g}).",
    )


def diverging(case: Case) -> Verdict:
    """By its law the mean loss passes every bound; without a law nothing can be said."""
    s = case.scenario
    known = law_for(replace(s, generations=FINALLY), "kl_world_model")
    name = "A loss that grows without bound"
    if known is None or not np.isfinite(known[FINALLY]):
        return Verdict(name, None, "No law of it is known for this run, and no finite run can show it.")
    half, end = float(known[FINALLY // 2]), float(known[FINALLY])
    return Verdict(
        name,
        end > 1.5 * half,
        f"By the exact law the average excess loss is {times(half)} nats after {FINALLY // 2} generations and {times(end)} nats "
        f"after {FINALLY}; we ask for at least 1.5 times as much.",
    )


def scaling(case: Case) -> Verdict:
    """How fast the loss falls with the amount of data is another power at the end than at generation 1, by more than chance; it
    cannot be told where chance could hide a change of twice as much as we ask for."""
    name, loss, less = "A change of the scaling law", case.excess(), case.more.measure("kl_world_model")
    more = case.more.scenario.n / case.scenario.n
    if case.scenario.generations < 2 or len(loss) < FEW or more <= 1:
        return Verdict(
            name,
            None,
            f"To compare numbers of training examples we ask for two generations, {FEW} chains and two such numbers.",
        )
    picked = aside(0).integers(len(loss), size=(RESAMPLED, len(loss)))
    picked[0] = np.arange(len(loss))  # the run itself
    ends = ((loss[picked, t], less[picked, t]) for t in (1, -1))
    with np.errstate(invalid="ignore"):  # a model that is a point loses infinity
        first, last = (np.log(median(a.T) / median(b.T)) / np.log(more) for a, b in ends)
    if not (np.isfinite(first).all() and np.isfinite(last).all()):
        return Verdict(
            name,
            None,
            "In so many chains the loss is infinite that powers of the number of training examples cannot be compared.",
        )
    bend, error = float(last[0] - first[0]), SIGMAS * float((last - first)[1:].std())
    holds = abs(bend) > max(BEND, error)
    return Verdict(
        name,
        holds if holds or abs(bend) + error < 2 * BEND else None,
        f"With {times(more)} times the data the median excess loss changes as their number to the power {_signed(-first[0])} "
        f"at generation 1, and to the power {_signed(-last[0])} at the end. We ask for a change of more than {BEND:g} and "
        f"of more than chance, here {error:.2f}. Two numbers of examples are no law: this is a hint.",
    )


def no_variance(case: Case) -> Verdict:
    """At least half of the lineages are in the late stage at the end."""
    late = float((case.stages[:, -1] == LATE).mean())
    return Verdict(
        "Collapsing variance",
        late >= 0.5,
        f"At the end {percent(late)} of the chains are in the late stage; we ask for half.",
    )


def entangled(case: Case) -> Verdict:
    """Groups of the real world that the model no longer tells apart; it takes a world with groups."""
    return Verdict(
        "Real groups that melt into one",
        None,
        "This world has a single hump, so nothing can melt. The penguins have three: their page shows what becomes of them.",
    )


def no_tails(case: Case) -> Verdict:
    """In at least half of the lineages the early sign lies below what chance allows; a healthy tail must not be empty itself."""
    early, _ = thresholds(case.scenario, case.rule)
    name = "Disappearing tails"
    if not early[-1] > 0:
        return Verdict(
            name, None, "Models of so few real examples have empty tails themselves, so an empty one tells nothing."
        )
    gone = float((case.run.final("smaller_tail") < early[-1]).mean())
    return Verdict(
        name,
        gone >= 0.5,
        f"At the end {percent(gone)} of the chains have a tail that is emptier than in all but {percent(case.rule.level)} of the "
        "healthy models; we ask for half.",
    )


def hallucinated(case: Case) -> Verdict:
    """The mean mass outside of the world’s 99% region is larger than at generation 1, by a paired test; a few wide lineages carry
    it, so that it often cannot be told."""
    name, mass = "Invented data where the real world has next to none", case.run.measure("outside_mass")
    if case.scenario.generations < 2 or len(mass) < FEW:
        return Verdict(
            name,
            None,
            f"To compare averages we ask for two generations, {FEW} chains and two numbers of training examples.",
        )
    gap, sigmas = mass[:, -1] - mass[:, 1], float(norm.isf(SURE))
    group = case.run.scenario.policy.group
    more, error = float(gap.mean()), float(error_of_mean(gap, group))
    if not np.isfinite(error):
        return Verdict(
            name,
            None,
            f"The chains share their data in groups of {group}. It takes two whole groups to know what chance does.",
        )
    holds = more > sigmas * error
    return Verdict(
        name,
        holds if holds or more + sigmas * error < OUTERMOST else None,
        f"Where the real world puts its rarest 1%, the average model puts {percent(float(mass[:, 1].mean()))} at generation 1 and "
        f"{percent(float(mass[:, -1].mean()))} at the end; the median model puts {percent(float(median(mass[:, -1])))} there. We "
        f"ask for an average that grows by more than chance allows, here {percent(sigmas * error)} of what is said.",
    )


DEFINITIONS: Sequence[Callable[[Case], Verdict]] = (
    catastrophic,
    any_increase,
    diverging,
    scaling,
    no_variance,
    entangled,
    no_tails,
    hallucinated,
)


def scorecard(case: Case) -> list[Verdict]:
    """All eight definitions, held against one run of a real world with a density."""
    return [definition(case) for definition in DEFINITIONS]


def _medians(values: Array) -> tuple[float, float]:
    return float(median(values[:, 1])), float(median(values[:, -1]))


def _nats(value: float) -> str:
    return f"{times(value)} nats" if np.isfinite(value) else "infinity"


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def _p(p: float) -> str:
    return "below 0.001" if p < 0.001 else f"= {p:.2g}"
