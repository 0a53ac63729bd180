"""Alarms ring falsely as often as was asked for, and rightly as often as was published; delays have honest intervals."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from collapse.alarms import ALARMS, SIGNS, Gauge, bounds, by_chance, delay, first, gauges, metrics_of, ranking, watch
from collapse.metrics import METRICS
from collapse.models.categorical import Categorical
from collapse.policies import Accumulate
from collapse.recursion import run
from collapse.scenario import Scenario
from collapse.worlds import Surnames

from .harness import limit

SCENARIOS = {
    "bell curve": "n=20",
    "long": "n=300",
    "names": "world=surnames&world.types=500&model=categorical&n=500",
    "groups": "world=groups&model=mixture&n=100",
}


@cache
def healthy_run(query: str) -> tuple:
    """2000 models of the first generation, which have seen nothing but real data, by gauge."""
    s = Scenario.from_query(f"{query}&generations=1&lineages=2000&seed=5")
    return watch(run(s, keep=metrics_of(gauges(s))))


@pytest.mark.parametrize("name", SCENARIOS)
def test_alarms_ring_falsely_as_often_as_was_asked_for(name):
    """5% of 2000 models: .03 to .07 is four standard errors, or 3.3 together with those of thresholds from 2700 models (a false
    alarm in a thousand); what counts may ring less often.  Two-sided alarms too."""
    for alarm in healthy_run(SCENARIOS[name]):
        rate = alarm.rings.mean()
        assert rate < 0.07, alarm.gauge
        assert rate > (0.0 if alarm.gauge.metric in {"rare_types", "components"} else 0.03), alarm.gauge
        assert alarm.chance.rung / alarm.chance.tried <= 0.05


def test_a_threshold_of_another_size_is_noticed():
    """Control: models of 15 examples, judged as if they had 20, ring too often."""
    s = Scenario(n=20, generations=1, lineages=2000, seed=5)
    thresholds = watch(run(s))
    smaller = run(replace(s, n=15))
    for alarm in thresholds:
        values = smaller.measure(alarm.gauge.metric)[:, 1]
        assert ((values < alarm.low[0]) | (values > alarm.high[0])).mean() > 0.07, alarm.gauge


def test_the_power_of_the_smaller_tail_is_the_published_one():
    """n = 20, generations 1, 5, 20 and 60 at 5% false alarms: .05, .48, .89, .99, within .05, four standard errors of the difference
    of two rates from 2000 lineages.  Control: n = 30."""
    s = Scenario(n=20, generations=60, lineages=2000, seed=1)
    published = [0.05, 0.48, 0.89, 0.99]
    tail = next(a for a in watch(run(s)) if a.gauge.metric == "smaller_tail")
    assert tail.share[[0, 4, 19, 59]] == pytest.approx(published, abs=0.05)
    other = next(a for a in watch(run(replace(s, n=30))) if a.gauge.metric == "smaller_tail")
    assert other.share[[0, 4, 19, 59]] != pytest.approx(published, abs=0.05)
    assert (np.diff(tail.by) >= 0).all()
    assert (tail.by >= tail.share - 1e-12).all()


@pytest.mark.parametrize(
    ("n", "published"),
    [
        (1000, {"types": 1.0, "entropy": 1.0, "rare_types": 0.76, "tail_mass": 0.15}),
        (20_000, {"types": 0.02, "entropy": 0.53}),
    ],
)
def test_alarms_of_names_have_the_published_power(n, published):
    """500 names, generation 2, at 5% false alarms: what looks small may ring first.  Within .07: four standard errors of a rate from
    2000 lineages are .04, and the threshold from 2000 healthy models is as uncertain.  Control: the order turns with n."""
    s = Scenario(Surnames(types=500), Categorical(), n=n, generations=2, lineages=2000, seed=7)
    chosen = [Gauge(metric, "diversity", "low") for metric in published]
    power = {a.gauge.metric: a.share[1] for a in watch(run(s, keep=metrics_of(chosen)), 0.05, chosen)}
    assert power == pytest.approx(published, abs=0.07)
    assert (power["types"] > 0.5) == (n == 1000)


@given(st.lists(st.integers(0, 8), min_size=5, max_size=200), st.sampled_from([0.01, 0.05, 0.1, 0.3]))
def test_of_what_counts_the_highest_rate_up_to_the_level(values, level):
    """Against all thresholds that there are: the largest below which at most ⌊level (m + 1)⌋ − 1 of the m models lie."""
    x = np.array(values, float)
    most = int(level * (len(x) + 1) + 1e-9)
    low, high = bounds(x, level, "low")
    assert high == np.inf
    possible = [c for c in {*values} if (x < c).sum() <= most - 1]
    assert low == (max(possible) if most else -np.inf)
    assert bounds(-x, level, "high") == (-np.inf, -low)
    assert bounds(x, 2 * level, "both")[0] == low
    assert (x < low).mean() <= level


def test_what_cannot_be_measured_never_rings():
    assert bounds(np.array([np.nan] * 5 + [1.0] * 3), 0.05, "both") == (-np.inf, np.inf)
    assert bounds(np.r_[np.full(50, np.nan), np.arange(19.0)], 0.05, "low")[0] == 0.0


def test_first_rings_by_hand():
    rings = np.array([[0, 1, 0], [1, 1, 1], [0, 0, 0]], dtype=bool)
    assert first(rings).tolist() == [2, 1, np.inf]
    assert delay(first(rings)) == (2.0, 1.0, np.inf, 1, 3), "three lineages tell nothing for sure"
    many = np.r_[np.arange(1.0, 41.0), np.full(60, np.inf)]
    assert delay(many) == (np.inf, 40.0, np.inf, 60, 100), "the 40th and the 61st of a hundred"


@pytest.mark.parametrize("lineages", [8, 30, 201])
def test_the_interval_of_a_delay_holds_the_median(lineages):
    """4000 ensembles of geometric delays, censored at 20: the true median, 14, is inside in 95% of them or more; false alarm 1e-5.

    Control: an interval that is one lineage shorter on both sides is not always enough."""
    rng, law = np.random.default_rng(8), stats.geom(0.05)
    x = law.rvs(size=(4000, lineages), random_state=rng).astype(float)
    x[x > 20] = np.inf
    found = [delay(one) for one in x]
    inside = np.mean([d.low <= law.median() <= d.high for d in found])
    assert inside >= 0.95 - limit(1) * np.sqrt(0.05 * 0.95 / 4000)
    k = int(stats.binom.ppf(0.025, lineages, 0.5))
    assert stats.binom.cdf(k - 1, lineages, 0.5) <= 0.025 < stats.binom.cdf(k, lineages, 0.5)


def test_who_looks_at_every_generation_hears_more_false_alarms():
    """Bell curves that are fitted anew to real data ten times: 1 − (1 − rate)^10 of the runs ring at least once, since looks are
    independent; 2000 lineages, false alarm 1e-5, and .005 for the thresholds.  All five together more often than each.
    Control: the recursion itself rings more often."""
    s = Scenario(n=50, generations=10, lineages=2000, seed=3)
    each, together = by_chance(s, lineages=2000)
    alarms = watch(run(s))
    for chance, alarm in zip(each, alarms, strict=True):
        look, whole = (part.rung / part.tried for part in (chance.look, chance.run))
        assert abs(look - 0.05) < limit(1) * np.sqrt(0.0475 / 20_000) + 0.005
        assert abs(whole - (1 - (1 - look) ** 10)) < limit(1) * np.sqrt(0.24 / 2000)
        assert together.run.rung > chance.run.rung
        assert alarm.by[-1] > whole + 0.04
        assert chance.first.never == 2000 - chance.run.rung


def test_a_growing_archive_is_judged_as_one():
    """Models of accumulated real data ring for at most 5%, and at the sizes for which healthy models are known for about 5%."""
    s = Scenario(n=40, policy=Accumulate(), generations=8, lineages=2000, seed=2)
    alarms = watch(run(s, control=True))
    for alarm in alarms:
        assert (alarm.share < 0.07).all()
        assert (alarm.share[[0, 1, 3, 7]] > 0.03).all()
    assert all(alarm.share[-1] > 0.07 for alarm in watch(run(s)) if alarm.gauge.metric in {"smaller_tail", "entropy"})


def test_the_order_of_alarms_and_who_sleeps():
    s = Scenario(n=20, generations=60, lineages=300)
    alarms = watch(run(s))
    ranked = ranking(alarms)
    assert [a.delay.median for a in ranked] == sorted(a.delay.median for a in alarms)
    asleep = {a.gauge.metric for a in alarms if a.asleep}
    assert asleep == {"hallucination"}, "who narrows says less that is far off"
    once = watch(run(replace(s, generations=1)))
    assert all(a.asleep for a in once), "nothing is wrong with the first model"


@pytest.mark.parametrize("space", ALARMS)
def test_the_table_of_alarms(space):
    for gauge in ALARMS[space]:
        assert gauge.sign in SIGNS
        assert gauge.side in {"low", "high", "both"}
        assert space in METRICS[gauge.metric].spaces
    queries = {
        "real": ["", "world.dimension=3&n=30", "world=penguins&model=mixture", "world=flipper"],
        "types": ["world=surnames&model=categorical"],
        "text": ["world=alice&model=ngram", "world=alice&model=ngram&model.order=0&model.unit=words"],
        "images": ["world=digits&model=linear-vae", "world=digits&model=linear-vae&model.noise=refitted"],
    }[space]
    for query in queries:
        s = Scenario.from_query(f"{query}&generations=2&lineages=3" if query else "generations=2&lineages=3")
        chosen = gauges(s)
        assert len({g.sign for g in chosen}) == len(chosen) >= 2
        if query in ("", *queries[:1]):
            assert {g.sign for g in chosen} >= set(SIGNS) - {"prompts"}


@pytest.mark.parametrize("query", ["world=alice&model=ngram&n=500", "world=digits&model=linear-vae&n=200"])
def test_texts_and_images_have_alarms(query):
    s = Scenario.from_query(f"{query}&generations=3&lineages=4")
    alarms = watch(run(s, keep=metrics_of(gauges(s))), 0.1)
    assert len(alarms) == 6
    assert all(alarm.rings.shape == (4, 3) and alarm.label for alarm in alarms)
    assert any(alarm.rings[:, -1].all() for alarm in alarms)


@pytest.mark.parametrize("level", [0.0, -1.0, 0.6, float("nan")])
def test_impossible_levels_are_refused(level):
    with pytest.raises(ValueError, match="give a false-alarm rate above 0 and up to"):
        watch(run(Scenario(generations=1, lineages=2)), level)
