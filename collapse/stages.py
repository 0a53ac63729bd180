"""The two stages of collapse by a stated rule, applied to every lineage and generation by itself.

early:  the tails are going: the first sign (`metrics.signs`) is lower than models of the same amount of real data have it by chance
late:   the spread is going: the second sign is below a tenth of their median, and as low as hardly any of them is

The sizes of chance are those of `healthy` models: of the same world and family, fitted once on real data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from collapse.data import Array
from collapse.healthy import Alarms, Healthy, amounts, healthy
from collapse.metrics import signs
from collapse.scenario import Scenario
from collapse.spec import Spec, knob, pairs, shown
from collapse.trajectory import Trajectory

HEALTHY, EARLY, LATE = 0, 1, 2
NAMES = ("healthy", "early", "late")
FORMER = {
    "tail": "was a threshold of an earlier rule, which compared with the endless real world. A model is now compared with models "
    "that are trained on real data: alarm=1, 5 or 10 says for how many in 100 of these the rule may ring",
    "spread": "was a threshold of an earlier rule, a share of the real spread. It is now called late, and is a share of the spread "
    "that models keep which are trained on real data",
}


@dataclass(frozen=True)
class Rule(Spec):
    """How rarely the early stage may ring falsely, and where the late one begins."""

    kind = "stage"

    alarm: str = knob(
        "5",
        "early means that rare cases are rarer than in nearly all models that learn from as much real data and nothing else; "
        "here you "
        "choose how many of those the rule may call early by chance",
        label="false alarms",
        choices={"1": "1%", "5": "5%", "10": "10%"},
    )
    late: float = knob(
        0.1,
        "late means that less is left than this share of the variety that is usual among models that learn from as much real data",
        label="late below",
        low=0.001,
        high=0.99,
    )

    @property
    def level(self) -> float:
        """The false-alarm rate as a share."""
        return int(self.alarm) / 100

    @classmethod
    def read(
        cls, query: str | Mapping[str, str], base: Self | None = None, prefix: str = ""
    ) -> tuple[dict[str, Any], dict[str, ValueError]]:
        given = pairs(query)
        former = {
            prefix + key: ValueError(f"{prefix}{key}={shown(given.pop(key))} {why}")
            for key, why in FORMER.items()
            if key in given
        }
        values, wrong = super().read(given, base, prefix)
        return values, wrong | former


def classify(trajectory: Trajectory, rule: Rule | None = None, known: Healthy | None = None) -> Array:
    """The stage of every lineage and generation, (R, T+1) of 0 healthy, 1 early, 2 late; generation 0, the world, is healthy.
    `known`: the healthy models to judge by, if not those of the scenario."""
    rule, s = rule or Rule(), trajectory.scenario
    tails, spread = (trajectory.measure(sign)[:, 1:] for sign in signs(s))
    early, late = thresholds(s, rule, known)
    models = np.where(spread < late, LATE, np.where(tails < early, EARLY, HEALTHY))
    return np.concatenate([np.full((len(models), 1), HEALTHY), models], axis=1)


def thresholds(scenario: Scenario, rule: Rule, known: Healthy | None = None) -> tuple[Array, Array]:
    """What the two signs must be below in the generations 1…T, each (T,): to be early, and to be late."""
    known, at = known or healthy(scenario), amounts(scenario)
    return known.early(rule.level, at), known.late(rule.late, at)


def shares(stages: Array) -> Array:
    """The share of lineages in each stage by generation, (3, T+1)."""
    return np.stack([(stages == s).mean(axis=0) for s in (HEALTHY, EARLY, LATE)])


def typical_onset(stages: Array, stage: int) -> float:
    """The first generation at which at least half of the lineages are at `stage` or beyond; inf if there is none."""
    most = (stages >= stage).mean(axis=0) >= 0.5
    return float(most.argmax()) if most.any() else np.inf


def false_alarms(scenario: Scenario, rule: Rule | None = None, known: Healthy | None = None) -> Alarms:
    """How many healthy models of the first generation's size the rule calls early or late; `known`: these, if not those of the
    scenario."""
    rule = rule or Rule()
    return (known or healthy(scenario)).rings(rule.level, rule.late)
