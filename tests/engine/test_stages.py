"""The two stages by their stated rule: hand-made histories, edges, and an exact false alarm rate."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import ndtr

from collapse.decoding import Decoder
from collapse.metrics import at_world
from collapse.models import MODELS
from collapse.models.categorical import Categorical
from collapse.policies import Accumulate
from collapse.recursion import run
from collapse.scenario import Scenario
from collapse.stages import EARLY, HEALTHY, LATE, NAMES, Rule, classify, false_alarm, needed, shares, typical_onset
from collapse.trajectory import Trajectory
from collapse.worlds import WORLDS, Surnames

from .harness import limit, possible

EDGE = stats.norm.ppf(0.975)


def history(tail: list[list[float]], spread: list[list[float]], scenario: Scenario | None = None) -> Trajectory:
    """A run that never happened: the two metrics that the rule looks at, generations 1…T."""
    scenario = scenario or Scenario(lineages=len(tail), generations=len(tail[0]))
    names = needed(scenario)
    return Trajectory(scenario, None, dict(zip(names, map(np.array, (tail, spread)), strict=True)))


def test_the_rule_on_one_history_of_each_kind():
    stages = classify(
        history(
            [[0.05, 0.03, 0.02, 0.001], [0.05, 0.05, 0.2, 0.05], [0.001, 0.05, 0.0, 0.05]],
            [[0.9, 0.7, 0.3, 0.05], [1.0, 1.0, 3.0, 1.0], [0.5, 0.5, 0.05, 0.9]],
        )
    )
    assert stages.tolist() == [
        [HEALTHY, HEALTHY, HEALTHY, EARLY, LATE],
        [HEALTHY] * 5,
        [HEALTHY, EARLY, HEALTHY, LATE, HEALTHY],
    ]


def test_late_is_late_whatever_the_tails():
    assert classify(history([[0.5]], [[0.0999]])).tolist() == [[HEALTHY, LATE]]


def test_an_edge_belongs_to_the_better_side():
    """The rule says less than: exactly half of the tail, or exactly a tenth of the spread, is not yet collapse."""
    below, world = math.nextafter, at_world(Scenario().world, "tail_mass")
    assert classify(history([[0.5 * world]], [[1.0]]))[:, 1].tolist() == [HEALTHY]
    assert classify(history([[0.025 * (1 + 1e-12)], [0.025 * (1 - 1e-12)]], [[1.0], [1.0]]))[:, 1].tolist() == [
        HEALTHY,
        EARLY,
    ]
    assert classify(history([[0.05], [0.05]], [[0.1], [below(0.1, 0)]]))[:, 1].tolist() == [HEALTHY, LATE]


def test_thresholds_are_shares_of_what_the_world_has():
    """In a world of types the tail weighs less than 5 % and the spread is a number of types: both are set in proportion."""
    world = Surnames(types=50)
    s = Scenario(world=world, model=Categorical(), lineages=2, generations=1)
    mass, types = world.p[world.rare].sum(), math.exp(stats.entropy(world.p))
    assert needed(s) == ("tail_mass", "effective_types")
    assert classify(history([[0.501 * mass], [0.499 * mass]], [[types], [types]], s))[:, 1].tolist() == [HEALTHY, EARLY]
    assert classify(history([[mass], [mass]], [[0.101 * types], [0.099 * types]], s))[:, 1].tolist() == [HEALTHY, LATE]


def test_another_rule_has_other_thresholds():
    h = history([[0.04, 0.04]], [[0.9, 0.25]])
    assert classify(h).tolist() == [[HEALTHY, HEALTHY, HEALTHY]]
    assert classify(h, Rule(tail=0.9)).tolist() == [[HEALTHY, EARLY, EARLY]]
    assert classify(h, Rule(tail=0.9, spread=0.3)).tolist() == [[HEALTHY, EARLY, LATE]]


@pytest.mark.parametrize("spread", [0.01, 0.1, 0.3, 0.41])
def test_a_bell_curve_is_early_before_it_is_late(spread):
    """The rule is allowed exactly when a centred bell curve at the edge of late has already lost its tail."""
    left = 2 * stats.norm.sf(EDGE / math.sqrt(spread)) / 0.05
    for tail in (left * 0.9, left * 1.1):
        if not 0.01 <= tail <= 0.99:
            continue
        if tail > left:
            assert Rule(tail=tail, spread=spread).tail == tail
        else:
            with pytest.raises(ValueError, match="contradict"):
                Rule(tail=tail, spread=spread)


@pytest.mark.parametrize("tail", [0.1, 0.5, 0.9])
def test_a_contradiction_says_what_would_be_right(tail):
    most = brentq(lambda v: 2 * stats.norm.sf(EDGE / math.sqrt(v)) / 0.05 - tail, 1e-3, 1)
    with pytest.raises(ValueError, match=rf"tail={tail:g} and spread=0.99 contradict .* spread below {most:.3g}"):
        Rule(tail=tail, spread=0.99)
    Rule(tail=tail, spread=most * 0.999)
    with pytest.raises(ValueError, match="contradict"):
        Rule(tail=tail, spread=most * 1.001)


def test_shares_add_up_and_are_by_generation():
    stages = np.array([[0, 0, 1, 2], [0, 1, 1, 1], [0, 0, 0, 2], [0, 0, 1, 1]])
    found = shares(stages)
    assert found.tolist() == [[1, 0.75, 0.25, 0], [0, 0.25, 0.75, 0.5], [0, 0, 0, 0.5]]
    assert (found.sum(axis=0) == 1).all()
    assert len(NAMES) == len(found)


def test_the_typical_onset_is_when_half_are_there():
    stages = np.array([[0, 0, 1, 2], [0, 1, 1, 1], [0, 0, 0, 2], [0, 0, 0, 1]])
    assert typical_onset(stages, HEALTHY) == 0
    assert typical_onset(stages, EARLY) == 2, "late counts as beyond early"
    assert typical_onset(stages, LATE) == 3
    assert typical_onset(np.array([[0, 2, 2], [0, 0, 1], [0, 2, 1]]), EARLY) == 1, "also for those who skipped early"
    assert typical_onset(stages[1:2], LATE) == math.inf
    assert typical_onset(stages[:, :2], EARLY) == math.inf, "one of four is not half"
    assert typical_onset(np.zeros((3, 5), dtype=int), EARLY) == math.inf


def test_a_collapse_is_typically_early_then_late():
    stages = classify(run(Scenario(n=30, lineages=400, generations=200)))
    assert 0 < typical_onset(stages, EARLY) < typical_onset(stages, LATE) < 200
    held = classify(run(Scenario(n=30, lineages=400, generations=60, policy=Accumulate())))
    assert typical_onset(held, EARLY) == math.inf


@pytest.mark.parametrize("kind", WORLDS.values(), ids=lambda k: k.kind)
def test_generation_0_is_healthy_in_every_world(kind):
    world = kind()
    for model in (m() for m in MODELS.values() if possible({"world": world, "model": m()})):
        s = Scenario(world=world, model=model, n=10, lineages=3, generations=1)
        stages = classify(run(s))
        assert stages.shape == (3, 2)
        assert (stages[:, 0] == HEALTHY).all()
        assert set(np.unique(stages)) <= {HEALTHY, EARLY, LATE}


# ---- false alarms


def exact_alarm(n: int, rule: Rule) -> float:
    """P(early or late | n real examples), Gaussian: v ~ χ²_{n−1}/n and, given v, early when |m| < m*(v), m ~ N(0, 1/n)."""

    def tail(m: float, sd: float) -> float:
        return ndtr((-EDGE - m) / sd) + ndtr((m - EDGE) / sd)

    def alarm(v: float) -> float:
        sd, least = math.sqrt(v), 0.05 * rule.tail
        if tail(0.0, sd) >= least:
            return 0.0
        return 2 * ndtr(math.sqrt(n) * brentq(lambda m: tail(m, sd) - least, 0, EDGE + 9 * sd)) - 1

    def density(v: float) -> float:
        return n * math.exp(
            (n - 3) / 2 * math.log(n * v) - n * v / 2 - (n - 1) / 2 * math.log(2) - math.lgamma((n - 1) / 2)
        )

    return stats.chi2.cdf(n * rule.spread, n - 1) + quad(lambda v: density(v) * alarm(v), rule.spread, 1, limit=200)[0]


@pytest.mark.parametrize(
    ("n", "rule"),
    [(5, Rule()), (20, Rule()), (20, Rule(0.9, 0.1)), (50, Rule(0.8, 0.1)), (5, Rule(0.9, 0.5))],
    ids=repr,
)
def test_false_alarms_of_a_healthy_gaussian(n, rule):
    """Against an exact computation, within 4.4 binomial standard errors of 500 lineages: false alarm 1e-5 each.

    Control: the rate of twenty times as many examples is refused.
    """
    s = Scenario(n=n, lineages=500, seed=1)
    right, wrong = exact_alarm(n, rule), exact_alarm(20 * n, rule)
    found = false_alarm(s, rule)
    assert 0.01 < right < 0.99
    assert abs(found - right) < limit(1) * math.sqrt(right * (1 - right) / 500)
    assert abs(found - wrong) > limit(1) * math.sqrt(wrong * (1 - wrong) / 500)


def test_false_alarms_do_not_depend_on_the_policy_or_the_decoder():
    s = Scenario(n=10, lineages=300)
    assert false_alarm(s) == false_alarm(replace(s, policy=Accumulate(), decoder=Decoder(top_p=0.3), generations=1000))
