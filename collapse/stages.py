"""The two stages of collapse by a stated rule, applied to every lineage and generation by itself.

early:  the tails are going: the outermost 5 % of the world get less than half of the mass they deserve, and not late
late:   the spread is going: less than 10 % of the variance (types: of the effective number of types) is left
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr, ndtri

from collapse.data import Array
from collapse.metrics import at_start
from collapse.policies import Mix
from collapse.recursion import run
from collapse.scenario import Scenario
from collapse.spec import Spec, knob
from collapse.trajectory import Trajectory

HEALTHY, EARLY, LATE = 0, 1, 2
NAMES = ("healthy", "early", "late")


@dataclass(frozen=True)
class Rule(Spec):
    """Thresholds of the two stages, as shares of what the world has."""

    kind = "stage"

    tail: float = knob(
        0.5, "early: tails hold less than this share of their real mass", label="early below", low=0.01, high=0.99
    )
    spread: float = knob(
        0.1, "late: less than this share of the real spread is left", label="late below", low=0.001, high=0.99
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        tail_then = 2 * ndtr(ndtri(0.025) / np.sqrt(self.spread)) / 0.05
        if tail_then >= self.tail:
            most = (ndtri(0.025) / ndtri(0.025 * self.tail)) ** 2
            raise ValueError(
                f"tail={self.tail:g} and spread={self.spread:g} contradict each other: a bell curve would be "
                f"late before it is early; give spread below {most:.3g} or a higher tail"
            )


def needed(scenario: Scenario) -> tuple[str, str]:
    """The two metrics that the rule looks at: of the tails, of the spread."""
    return "tail_mass", "variance" if scenario.world.space in ("real", "images") else "effective_types"


def classify(trajectory: Trajectory, rule: Rule | None = None) -> Array:
    """The stage of every lineage and generation, (R, T+1) of 0 healthy, 1 early, 2 late."""
    rule = rule or Rule()
    s = trajectory.scenario
    tail, spread = (remaining(trajectory.measure(m), at_start(s, m)) for m in needed(s))
    return np.where(spread < rule.spread, LATE, np.where(tail < rule.tail, EARLY, HEALTHY))


def remaining(values: Array, start: float) -> Array:
    """Values as shares of the world's value; 1 where that is 0, since a world without rare types cannot lose any."""
    return values / start if start else np.ones_like(values)


def shares(stages: Array) -> Array:
    """The share of lineages in each stage by generation, (3, T+1)."""
    return np.stack([(stages == s).mean(axis=0) for s in (HEALTHY, EARLY, LATE)])


def typical_onset(stages: Array, stage: int) -> float:
    """The first generation at which at least half of the lineages are at `stage` or beyond; inf if there is none."""
    most = (stages >= stage).mean(axis=0) >= 0.5
    return float(most.argmax()) if most.any() else np.inf


def on_real_data(scenario: Scenario) -> Scenario:
    """The control: the same models on the same noise, trained on fresh real data only."""
    return replace(scenario, policy=Mix(synthetic=0.0))


def healthy(scenario: Scenario) -> Scenario:
    """The control for the stages: such models hardly depend on one another, so one generation of many lineages tells it for all,
    and visitors with seeds of their own share it."""
    return replace(on_real_data(scenario), generations=1, lineages=min(scenario.lineages, 500), seed=0)


def false_alarm(scenario: Scenario, rule: Rule | None = None) -> float:
    """The share of healthy models that the rule calls early or late."""
    control = healthy(scenario)
    return float((classify(run(control, keep=needed(control)), rule)[:, 1:] != HEALTHY).mean())
