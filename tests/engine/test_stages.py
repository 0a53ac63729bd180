"""The two stages by their stated rule: hand-made histories, exact quantiles, false alarms, and how soon it rings."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad
from scipy.optimize import brentq

from collapse import healthy as module
from collapse.decoding import Decoder
from collapse.healthy import Alarms, Healthy, amounts, charges, healthy, nearby, number, quantile
from collapse.metrics import METRICS, at_world, evaluate, signs
from collapse.models import MODELS
from collapse.models.categorical import Categorical
from collapse.models.gaussian import Gaussian
from collapse.models.mixture import Mixture
from collapse.policies import Accumulate, AccumulateSubsample, Mix
from collapse.recursion import run
from collapse.scenario import Scenario
from collapse.stages import EARLY, HEALTHY, LATE, NAMES, Rule, classify, false_alarms, shares, thresholds, typical_onset
from collapse.trajectory import Trajectory
from collapse.worlds import WORLDS, NormalWorld, OwnNumbers, Penguins, Surnames
from collapse.worlds.own import Brought

from .harness import limit, possible

EDGE = stats.norm.ppf(0.975)
CONTINUOUS = [
    Scenario(n=20),
    Scenario(n=500),
    Scenario(world=NormalWorld(dimension=16), n=20),
    Scenario(world=NormalWorld(dimension=16), n=10),
    Scenario.from_query("world=uniform&n=20"),
    Scenario.from_query("world=heavy-tailed&n=50"),
    Scenario.from_query("world=skewed&n=20&model=kde"),
    Scenario.from_query("world=groups&model=mixture&n=100"),
]


def history(tail: list[list[float]], spread: list[list[float]], scenario: Scenario | None = None) -> Trajectory:
    """A run that never happened: the two signs that the rule looks at, generations 1…T."""
    scenario = scenario or Scenario(lineages=len(tail), generations=len(tail[0]))
    return Trajectory(scenario, None, dict(zip(signs(scenario), map(np.array, (tail, spread)), strict=True)))


def models(s: Scenario, size: int, m: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The two signs of m models that are fitted to `size` real examples, drawn apart from those that set the rule."""
    rng = np.random.default_rng((seed, size))
    params = s.model.fit(s.model.observe(s.world, m, size, rng), s.model.ancestor(s.world, m), rng)
    found = evaluate(s, params, signs(s))
    return found[signs(s)[0]], found[signs(s)[1]]


# ---- the rule


def test_the_rule_on_one_history_of_each_kind():
    (early, *_), (late, *_) = thresholds(Scenario(generations=4), Rule())
    low, fine, gone = 0.9 * early, 1.1 * early, 0.9 * late
    stages = classify(
        history(
            [[fine, fine, low, low], [fine] * 4, [low, fine, fine, 0.0], [fine, 0.0, low, fine]],
            [[1.0, 0.7, 0.3, gone], [1.0, 3.0, 1.0, 1.0], [0.5, gone, 0.9, 0.9], [late, 0.0, late, late]],
        )
    )
    assert stages.tolist() == [
        [HEALTHY, HEALTHY, HEALTHY, EARLY, LATE],
        [HEALTHY] * 5,
        [HEALTHY, EARLY, LATE, HEALTHY, EARLY],
        [HEALTHY, HEALTHY, LATE, EARLY, HEALTHY],
    ]


def test_an_edge_belongs_to_the_better_side():
    (early,), (late,) = thresholds(Scenario(generations=1), Rule())
    assert classify(history([[early]], [[late]])).tolist() == [[HEALTHY, HEALTHY]]
    assert classify(history([[math.nextafter(early, 0)]], [[late]])).tolist() == [[HEALTHY, EARLY]]
    assert classify(history([[early]], [[math.nextafter(late, 0)]])).tolist() == [[HEALTHY, LATE]]


def test_another_rule_has_other_thresholds():
    s = Scenario(generations=1)
    early = [thresholds(s, Rule(alarm=a))[0][0] for a in ("1", "5", "10")]
    assert early[0] < early[1] < early[2]
    assert thresholds(s, Rule(late=0.05))[1] == pytest.approx(thresholds(s, Rule())[1] / 2)
    assert thresholds(s, Rule(late=0.99))[1] < 0.99, "late is never more than the healthy 1% quantile"
    _, late = models(s, s.n, 10_000, 5)
    assert np.mean(late < thresholds(s, Rule(late=0.99))[1]) == pytest.approx(0.01, abs=4.4 * 0.001 * math.sqrt(1.5))


def test_generation_0_and_real_data_alone_do_not_collapse():
    """With 0% synthetic data as many models ring as the rule says: 4000 · 20 models, each within 4.4 standard errors.

    Control: the same models fed with their own output do not."""
    s = Scenario(n=20, lineages=4000, generations=20, policy=Mix(synthetic=0.0))
    stages = classify(run(s, keep=signs(s)))
    assert (stages[:, 0] == HEALTHY).all()
    assert np.all(abs((stages[:, 1:] > HEALTHY).mean(axis=0) - 0.05) < limit(20) * math.sqrt(0.05 * 0.95 / 4000 + 3e-6))
    fed = replace(s, policy=Mix(synthetic=1.0))
    assert (classify(run(fed, keep=signs(fed)))[:, -1] > HEALTHY).mean() > 0.8


def test_many_dimensions_are_not_healthy_while_most_of_them_die():
    """d = 16, n = 20, 20 generations: 14 of 16 directions hold less than a tenth, and a fifth of the variance is left."""
    s = Scenario(world=NormalWorld(dimension=16), n=20, generations=20, lineages=100)
    found = run(s)
    narrow = np.linalg.eigvalsh(found.params.cov[:, -1]) < 0.1
    assert np.median(narrow.sum(axis=1)) >= 13
    assert np.median(found.measure("variance")[:, -1]) > 0.1
    assert (classify(found)[:, -1] == LATE).all()


def test_types_that_die_are_no_healthy_ones():
    """Half of the rare types die early on; the probability of all rare types together hardly moves."""
    s = Scenario(world=Surnames(types=500), model=Categorical(), n=1000, lineages=200, generations=3)
    ringing = (classify(run(s, keep=signs(s)))[:, 1:] > HEALTHY).mean(axis=0)
    assert ringing[0] < 0.05
    assert ringing[1] > 0.6
    assert ringing[2] > 0.95


def test_smoothed_types_are_judged_by_their_probability():
    s = Scenario(world=Surnames(types=50), model=Categorical(smoothing=0.5), n=500)
    assert signs(s) == ("tail_mass", "effective_types")
    assert signs(replace(s, model=Categorical())) == ("rare_types", "effective_types")
    assert 0 < false_alarms(s)[0] <= 0.06 * false_alarms(s)[1]


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
    assert typical_onset(held, LATE) == math.inf


@pytest.mark.parametrize("kind", WORLDS.values(), ids=lambda k: k.kind)
def test_generation_0_is_healthy_in_every_world(kind):
    world = kind()
    for model in (m() for m in MODELS.values() if possible({"world": world, "model": m()})):
        s = Scenario(world=world, model=model, n=10, lineages=3, generations=1)
        stages = classify(run(s, keep=signs(s)))
        assert stages.shape == (3, 2)
        assert (stages[:, 0] == HEALTHY).all()
        assert set(np.unique(stages)) <= {HEALTHY, EARLY, LATE}


@pytest.mark.parametrize(("key", "value"), [("tail", "0.5"), ("spread", "0.1"), ("tail", "bogus")])
def test_thresholds_of_the_earlier_rule_get_a_sentence(key, value):
    with pytest.raises(ValueError, match=rf"stage.{key}='{value}' was a threshold of an earlier rule.* now "):
        Rule.from_query({key: value}, prefix="stage.")


# ---- healthy models, against closed forms


def exact(n: int, level: float) -> float:
    """The quantile of the smaller tail ÷ 2.5% of a Gaussian that is fitted to n examples.

    The smaller tail is Φ(−(1.96 + |m|)/s) with m ~ N(0, 1/n) and n s² ~ χ²_{n−1}; it is below Φ(−c) when s < (1.96 + |m|)/c.
    """

    def rate(c: float) -> float:
        inside = quad(
            lambda z: stats.norm.pdf(z) * stats.chi2.cdf(n * ((EDGE + abs(z) / math.sqrt(n)) / c) ** 2, n - 1),
            -9,
            9,
            limit=200,
        )
        return inside[0]

    return stats.norm.sf(brentq(lambda c: rate(c) - level, 1.5, 60)) / 0.025


@pytest.mark.parametrize(("n", "known"), [(10, 0.0018), (20, 0.045), (50, 0.216), (500, 0.683)])
def test_the_five_percent_quantile_of_the_smaller_tail(n, known):
    """The 20 000 draws against an integral: the rate of the exact law at the drawn quantile is within 4.4 SE of 5%."""
    right, found = exact(n, 0.05), float(healthy(Scenario(n=n)).early(0.05, np.array([n]))[0])
    assert right == pytest.approx(known, rel=0.12)
    error = math.sqrt(0.05 * 0.95 / 20_000)
    assert exact(n, 0.05 - limit(4) * error) < found < exact(n, 0.05 + limit(4) * error)


def test_the_late_threshold_of_a_bell_curve():
    """The smaller of a tenth of the median and the 1% quantile of χ²_{n−1}/n."""
    for n, which in ((4, 0.01), (100, 0.5)):
        right = stats.chi2.ppf(which, n - 1) / n * (1 if which == 0.01 else 0.1)
        assert float(healthy(Scenario(n=n)).late(0.1, np.array([n]))[0]) == pytest.approx(right, rel=0.15)


@pytest.mark.parametrize("s", CONTINUOUS, ids=lambda s: f"{s.world.kind}-{s.world.d}-{s.model.kind}-{s.n}")
def test_one_in_twenty_healthy_models_rings(s):
    """10 000 models set the rule and 10 000 others are judged: the standard error of their share is .0031, so that [.03, .07] is
    left with a probability of 1e-10 if the rate is .05.  Control: the old rule, half of the mass of both tails, is far off."""
    set_, judged = (np.stack(models(s, s.n, 10_000, seed)) for seed in (1, 2))
    known = Healthy(np.array([s.n]), (set_,))
    rings = (judged[0] < known.early(0.05, np.array([s.n]))) | (judged[1] < known.late(0.1, np.array([s.n])))
    assert 0.03 <= rings.mean() <= 0.07
    k, m = known.rings(0.05, 0.1)
    assert m == 10_000
    assert 0.04 < k / m <= 0.06


@pytest.mark.parametrize("n", [3, 10, 40])
def test_growing_data_are_judged_by_models_of_as_much_data(n):
    """Also between the sizes that are drawn: the rate of 20 000 other models of each amount is in [.03, .07], 13 SE away."""
    s = Scenario(n=n, generations=11, policy=Accumulate())
    early, late = thresholds(s, Rule())
    assert amounts(s).tolist() == [n * t for t in range(1, 12)]
    assert healthy(s).sizes.tolist() == [n, 2 * n, 4 * n, 8 * n, 11 * n]
    for at, a, b in zip(amounts(s), early, late, strict=True):
        tail, spread = models(s, int(at), 20_000, 3)
        assert 0.03 <= np.mean((tail < a) | (spread < b)) <= 0.07
    tail, _ = models(s, 11 * n, 20_000, 3)
    assert np.mean(tail < early[0]) < 0.03, "control: the threshold of the first generation is deaf here"


PASSING = [
    *(Scenario.from_query(f"world=uniform&n={n}") for n in (23, 45, 90, 181)),
    *(Scenario.from_query(f"world=heavy-tailed&n={n}") for n in (23, 90)),
    Scenario.from_query("world=skewed&model=kde&n=45"),
]


def rate(s: Scenario, known: Healthy) -> float:
    """For how many of 20 000 other healthy models the thresholds at the scenario's size ring."""
    tail, spread = models(s, s.n, 20_000, 5)
    at = np.array([s.n])
    return float(np.mean((tail < known.early(0.05, at)) | (spread < known.late(0.1, at))))


def test_between_two_sizes_that_a_drag_has_at_hand_the_bell_curve_rings_as_rarely():
    """The two sizes of 20 000 models by the exact law: the rate of 20 000 others at sizes between them is in [.03, .07]; its standard
    error is .0022, so that a rate of .05 leaves it with a probability below 1e-15.  Control: the thresholds of the larger size."""
    for n in (23, 45, 90, 181, 362):
        s = Scenario(n=n)
        low = 1 << (n.bit_length() - 1)
        known = Healthy(np.array([low, 2 * low]), tuple(np.stack(models(s, m, 20_000, 6)) for m in (low, 2 * low)))
        assert 0.03 <= rate(s, known) <= 0.07
        assert rate(s, Healthy(np.array([n]), known.values[1:])) > 0.07


@pytest.mark.parametrize("s", PASSING, ids=lambda s: f"{s.world.kind}-{s.model.kind}-{s.n}")
def test_a_drag_takes_models_of_the_two_powers_of_two_around(s):
    """Of each size at least 1 000 models set the rule: the standard error of the rate is .007 at most, so that a rate of .05 leaves
    [.02, .08] once in 50 000 times."""
    known = nearby(s)
    assert known.sizes.tolist() == [2 ** math.floor(math.log2(s.n)), 2 ** math.ceil(math.log2(s.n))]
    assert min(values.shape[1] for values in known.values) >= 1000
    assert 0.02 <= rate(s, known) <= 0.08


def test_a_threshold_of_nothing_stays_nothing_between_two_sizes():
    """Where healthy models may have none of a sign, to have none is no alarm; that was one at 4e-299."""
    none, some = np.zeros((2, 100)), np.full((2, 100), 0.5)
    known = Healthy(np.array([32, 64, 128]), (none, none, some))
    at = np.array([32, 40, 64, 90, 128, 200])
    assert known.early(0.05, at) == pytest.approx([0, 0, 0, 0, 0.5, 0.5])
    assert known.late(0.1, at) == pytest.approx([0, 0, 0, 0, 0.05, 0.05])


def test_what_stays_is_judged_by_its_own_size_whatever_was_dragged_before():
    s = Scenario.from_query("world=uniform&n=77")
    module.KEPT.found.clear()
    before = thresholds(s, Rule())
    module.KEPT.found.clear()
    for n in (70, 100, 64, 128, 77):
        nearby(replace(s, n=n))
    assert len(module.KEPT.found) == 2, "one drag, two sizes"
    assert np.array_equal(thresholds(s, Rule()), before)
    assert not np.array_equal(thresholds(s, Rule(), nearby(s)), before), "control: the drag has other thresholds"


@pytest.mark.parametrize("link", ["n=77", "world=uniform&n=9", "world=uniform&n=50&policy=accumulate&generations=3"])
def test_a_drag_is_judged_exactly_where_that_is_quick_or_data_grow(link):
    s = Scenario.from_query(link)
    assert nearby(s).sizes.tolist() == healthy(s).sizes.tolist()


def test_only_what_grows_is_more_data():
    s = Scenario(n=30, generations=5)
    assert amounts(s).tolist() == amounts(replace(s, policy=AccumulateSubsample())).tolist() == [30] * 5


def plain_alive(world: Surnames, n: int, m: int, seed: int) -> np.ndarray:
    """How many rare types m samples of n hold."""
    return np.count_nonzero(np.random.default_rng(seed).multinomial(n, world.p, size=m)[:, world.rare], axis=1)


@pytest.mark.parametrize(("types", "n"), [(500, 1000), (200, 300), (50, 60)])
def test_counts_ring_at_the_highest_level_that_can_be_had(types, n):
    """By samples of NumPy alone: below the threshold lie at most 5% (within 4.4 SE), and one count higher it would be more."""
    s = Scenario(world=Surnames(types=types), model=Categorical(), n=n)
    rare = np.count_nonzero(s.world.rare)
    count = round(float(healthy(s).early(0.05, np.array([n]))[0]) * rare)
    alive = plain_alive(s.world, n, 20_000, 4)
    slack = 4.4 * math.sqrt(0.05 * 0.95) * math.sqrt(1 / 20_000 + 1 / number(s.world, s.model, n, n))
    assert np.mean(alive < count) < 0.05 + slack
    assert np.mean(alive < count + 1) > 0.05 - slack
    k, m = false_alarms(s)
    assert k / m <= 0.05


def test_power_for_the_bell_curve():
    """At n = 20 the share that is not healthy at generations 1, 5, 20 and 60, of 10 000 (SE .005 at most); the old rule, which judged
    half of both tails, had .25, .52, .77 and .97, but .25 of healthy models."""
    s = Scenario(n=20, lineages=10_000, generations=60)
    found = (classify(run(s, keep=signs(s))) > HEALTHY).mean(axis=0)
    assert found[[1, 5, 20, 60]] == pytest.approx([0.05, 0.48, 0.89, 0.99], abs=0.03)


def test_the_healthy_do_not_depend_on_the_policy_the_decoder_or_how_many_are_asked():
    s = Scenario(n=10, lineages=300)
    other = replace(s, policy=Mix(), decoder=Decoder(top_p=0.3), lineages=1, generations=1000, seed=9)
    assert false_alarms(s) == false_alarms(other)
    assert false_alarms(s)[1] == 20_000
    module.KEPT.found.clear()
    assert false_alarms(s) == false_alarms(other)


def test_the_number_of_healthy_models_follows_from_their_cost():
    names, uniform = Surnames(types=1000), WORLDS["uniform"]()
    assert number(names, Categorical(), 1000, 1000) == 2_000_000 // 1002
    assert number(names, Categorical(), 2000, 1000) == 500_000 // 1002
    assert number(NormalWorld(dimension=16), Gaussian(), 10**9, 10) == 20_000
    assert number(uniform, Gaussian(), 10_000, 10_000) == 200, "never fewer, unless they cost a run"
    assert number(uniform, Gaussian(), 10**6, 10**6) == 20
    assert charges(Scenario()) == {(NormalWorld(), Gaussian(), 100, 100): 40_000}
    long = Scenario(world=WORLDS["uniform"](), n=10_000, generations=1000, policy=Accumulate())
    assert healthy(replace(long, n=100, generations=4)).sizes.tolist() == [100, 200, 400]
    assert healthy(replace(long, n=8_000, generations=4)).sizes.tolist() == [8_000, 16_000]
    assert np.ptp(thresholds(replace(long, n=8_000, generations=4), Rule())[0][1:]) < 1e-9


def test_a_quantile_of_few_models_is_the_one_that_can_be_had():
    values = np.random.default_rng(0).permutation(np.arange(1.0, 201.0))
    assert quantile(values, 0.05) == 10  # another one lies below with probability 10/201
    assert quantile(values, 0.01) == 2
    assert quantile(values[:98], 0.01) == -math.inf
    assert quantile(np.arange(1.0, 100.0), 0.01) == 1


@pytest.mark.parametrize(("k", "m"), [(0, 200), (9, 200), (999, 20_000), (20, 20)])
def test_the_interval_of_the_false_alarms_is_scipys(k, m):
    right = stats.binomtest(k, m).proportion_ci(method="wilson")
    assert Alarms(k, m).interval == pytest.approx((right.low, right.high), abs=1e-12)


def test_healthy_models_of_a_visitors_data_go_with_the_data():
    world = OwnNumbers(Brought.of(np.random.default_rng(1).gamma(2.0, size=(60, 1))))
    before = len(module.KEPT.found)
    assert false_alarms(Scenario(world=world, n=20))[1] >= 200
    assert len(module.KEPT.found) == before
    assert len(world.data.derived.found) == 1


# ---- the signs


def test_the_signs_of_a_bell_curve_and_of_the_world():
    for kind in WORLDS.values():
        if kind.space == "real":
            value = at_world(kind(), "smaller_tail")
            assert value == pytest.approx(1) if not kind.finite else 0 < value <= 1
            assert at_world(kind(), "generalized_variance") == pytest.approx(1)
    found = run(Scenario(lineages=50, generations=30))
    mean, sd = found.params.mean[..., 0], np.sqrt(found.params.cov[..., 0, 0])
    right = np.minimum(stats.norm.cdf(-EDGE, mean, sd), stats.norm.sf(EDGE, mean, sd)) / 0.025
    assert found.measure("smaller_tail")[:, 1:] == pytest.approx(right, rel=1e-9)
    assert found.measure("generalized_variance") == pytest.approx(found.measure("variance"), rel=1e-9)


def test_in_several_dimensions_the_emptiest_tail_along_the_principal_directions():
    """Against NumPy and SciPy, direction by direction; the same whichever units the bills are measured in."""
    s = Scenario(world=Penguins(), n=50, lineages=6, generations=2)
    found = run(s)
    values, axes = np.linalg.eigh(np.cov(s.world.rows.T, bias=True))
    line = s.world.rows @ axes
    low, high = np.quantile(line, [0.025, 0.975], axis=0, method="inverted_cdf")
    for r in range(6):
        mean, cov = found.params.mean[r, -1], found.params.cov[r, -1]
        sides = [
            f(edge, axes[:, j] @ mean, math.sqrt(axes[:, j] @ cov @ axes[:, j]))
            for j in range(2)
            for f, edge in ((stats.norm.cdf, low[j]), (stats.norm.sf, high[j]))
        ]
        assert found.measure("smaller_tail")[r, -1] == pytest.approx(min(sides) / 0.025, rel=1e-9)
        whole = np.linalg.det(cov) / np.linalg.det(np.cov(s.world.rows.T, bias=True))
        assert found.measure("generalized_variance")[r, -1] == pytest.approx(math.sqrt(whole), rel=1e-9)
    assert values[0] > 0


def test_a_mixture_and_a_cloud_have_the_tails_of_their_samples():
    """Mass beyond the edges against a million draws, 4.4 standard errors."""
    s = Scenario(world=Penguins(), model=Mixture(), n=100, lineages=1, generations=1)
    found = run(s)
    x = s.model.sample(type(found.params)(*(a[:, 0] for a in found.params)), 10**6, Decoder(), np.random.default_rng(1))
    axes, low, high = s.world.principal
    line = x[0] @ axes
    least = np.minimum(np.mean(line < low, axis=0), np.mean(line > high, axis=0)).min()
    value = found.measure("smaller_tail")[0, 1] * 0.025
    assert value == pytest.approx(least, abs=limit(1) * math.sqrt(least / 10**6))


@pytest.mark.parametrize(("n", "generations"), [(5, 4), (5, 400), (2, 30), (16, 20)])
def test_few_examples_leave_few_axes_and_only_these_count(n, generations):
    """Of n ≤ d examples, against the singular values of the factor, as long as doubles can tell them; later it never is −∞ or 0."""
    s = Scenario(world=NormalWorld(dimension=16), n=n, generations=generations, lineages=4)
    found = run(s)
    measured = found.measure("generalized_variance")[:, 1:]
    for r, t in ((r, t) for r in range(4) for t in range(min(generations, 4))):
        values = np.linalg.svd(found.params.lower[r, t], compute_uv=False)[: n - 1] ** 2
        assert measured[r, t] == pytest.approx(np.exp(np.log(values).mean()), rel=1e-6)
    assert (measured > 0).all()
    assert np.isfinite(measured).all()


def test_every_sign_is_a_metric():
    for kind in WORLDS.values():
        for model in (m() for m in MODELS.values() if possible({"world": kind(), "model": m()})):
            assert all(not METRICS[name].refusal(Scenario(kind(), model)) for name in signs(Scenario(kind(), model)))


def test_what_is_usual_is_the_median_of_chi_square() -> None:
    """The variance of n examples, divided by n, is χ²(n − 1)/n; the median of m models has a standard error of 1/(2f√m)."""
    for n in (2, 20):
        found = n * healthy(Scenario(policy=Mix(synthetic=1.0), n=n)).usual(np.array([n]))[0]
        law = stats.chi2(n - 1)
        error = 0.5 / (law.pdf(law.median()) * np.sqrt(20_000))
        assert abs(found - law.median()) < 4 * error
        assert abs(found - law.mean()) > 4 * error, "the mean is not the median"
