"""Eight things that papers call model collapse, each with a test that one run can pass or fail.

Source: Schaeffer, Kazdan, Arulandu and Koyejo (2025), who list them; the tests and their thresholds are ours.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy.stats import binomtest

from collapse.bands import error_of_mean
from collapse.data import Array
from collapse.laws import law_for
from collapse.scenario import Scenario
from collapse.speech import percent, times
from collapse.stages import LATE, Rule, thresholds
from collapse.trajectory import Trajectory

FAR = 1.0  # nats of excess loss at which an increase is called catastrophic, if it is also
TIMES = 10.0  # so many times as large as in generation 1
SURE = 0.001  # level of the paired tests
FINALLY = 200  # generations after which we look at a law
BEND = 0.3  # by so much an exponent must change


class Verdict(NamedTuple):
    """`name` of the definition; `holds`: does it, in this run; None if the run cannot tell; `because`: the test and its numbers."""

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
        f"The typical excess loss goes from {first:.2g} to {last:.3g} nats. "
        f"We ask for more than {FAR:g} nat and {TIMES:g} times the first.",
    )


def any_increase(case: Case) -> Verdict:
    """More lineages lose more at the end than at generation 1, by a sign test."""
    loss = case.excess()
    more = int((loss[:, -1] > loss[:, 1]).sum())
    p = binomtest(more, len(loss)).pvalue
    return Verdict(
        "Any increase of the loss on real data",
        p < SURE and more > len(loss) / 2,
        f"{more} of {len(loss)} lineages lose more at the end than at generation 1 (sign test, p {_p(p)}).",
    )


def diverging(case: Case) -> Verdict:
    """By its law the mean loss passes every bound; without a law nothing can be said."""
    s = case.scenario
    known = law_for(replace(s, generations=FINALLY), "kl_world_model")
    name = "A loss that grows without bound"
    if known is None:
        return Verdict(name, None, "No law of it is known for this run, and no finite run can show it.")
    half, end = float(known[FINALLY // 2]), float(known[FINALLY])
    return Verdict(
        name,
        end > 1.5 * half,
        f"By the exact law the average excess loss is {times(half)} nats after {FINALLY // 2} generations and {times(end)} nats "
        f"after {FINALLY}.",
    )


def scaling(case: Case) -> Verdict:
    """How fast the loss falls with the amount of data is another power at the end than at generation 1."""
    first, last = (
        np.log(np.median(case.excess()[:, t]) / np.median(case.more.measure("kl_world_model")[:, t])) / np.log(4)
        for t in (1, -1)
    )
    return Verdict(
        "A change of the scaling law",
        bool(abs(last - first) > BEND),
        f"With four times the data the typical excess loss falls with the power {first:.2f} of the sample size at "
        f"generation 1, and with {last:.2f} at the end; we ask for a change of more than {BEND:g}.",
    )


def no_variance(case: Case) -> Verdict:
    """At least half of the lineages are in the late stage at the end."""
    late = float((case.stages[:, -1] == LATE).mean())
    return Verdict(
        "Collapsing variance",
        late >= 0.5,
        f"{percent(late)} of the lineages are in the late stage at the end; we ask for half.",
    )


def entangled(case: Case) -> Verdict:
    """Groups of the real world that the model no longer tells apart; it takes a world with groups."""
    return Verdict(
        "Real groups that melt into one",
        None,
        "This world has a single hump. The penguins have three, and their page shows it.",
    )


def no_tails(case: Case) -> Verdict:
    """In at least half of the lineages the early sign lies below what chance allows."""
    early, _ = thresholds(case.scenario, case.rule)
    gone = float((case.run.measure("smaller_tail")[:, -1] < early[-1]).mean())
    return Verdict(
        "Disappearing tails",
        gone >= 0.5,
        f"In {percent(gone)} of the lineages a tail is emptier than chance allows in a healthy model; we ask for half.",
    )


def hallucinated(case: Case) -> Verdict:
    """The mean mass beyond the real world’s tails is larger than at generation 1, by a paired test."""
    mass = case.run.measure("tail_mass")
    gap = mass[:, -1] - mass[:, 1]
    error = error_of_mean(gap, case.run.scenario.policy.group)
    z = float(gap.mean() / error) if error > 0 else 0.0
    return Verdict(
        "Invented data where the real world has next to none",
        z > 3.1,
        f"Beyond the real world’s outermost 5 % the average model puts {percent(float(mass[:, 1].mean()))} at generation 1 and "
        f"{percent(float(mass[:, -1].mean()))} at the end (z = {z:.1f}); the typical model {percent(float(np.median(mass[:, -1])))}.",
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
    return float(np.median(values[:, 1])), float(np.median(values[:, -1]))


def _p(p: float) -> str:
    return "below 0.001" if p < 0.001 else f"= {p:.2g}"
