"""Measures that begin late: until then nothing has happened, and from then on the laws go on from what is left."""

from dataclasses import replace

import numpy as np
import pytest

from collapse.budget import growth, worst_case_cost
from collapse.curators.errors import Detector
from collapse.figures.words import in_words
from collapse.following import follow
from collapse.laws import LAWS, law_for
from collapse.laws.founders import founders
from collapse.ledger import ledger
from collapse.policies import Delayed
from collapse.recursion import run
from collapse.rescue import beginning, ends, lawful_ends, made_up, settles
from collapse.scenario import ImpossibleError, Scenario

from .harness import agree, z_scores

KINDS = tuple(Delayed.knobs()["after"].choices)
BEGIN, NEVER = 6, 1001


def of(query: str, **policy: object) -> Scenario:
    """A scenario with a delayed policy."""
    s = Scenario.from_query(query)
    return replace(s, policy=replace(Delayed(begin=BEGIN, synthetic=0.7), **policy))


@pytest.mark.parametrize("after", KINDS)
def test_up_to_its_beginning_it_is_doing_nothing_and_from_generation_two_it_is_the_measure(after):
    """To the bit.  The control: it is another run as soon as it begins, but for `replace`, which changes nothing."""
    short = "n=12&generations=10&lineages=8"
    late, never, at_once = (run(of(short, after=after, begin=begin)).measure("variance") for begin in (BEGIN, NEVER, 2))
    np.testing.assert_array_equal(late[:, :BEGIN], never[:, :BEGIN])
    assert (late[:, BEGIN:] != never[:, BEGIN:]).all() == (after != "replace")
    share = "&policy.synthetic=0.7" if after in ("mix", "anchor", "random-share") else ""
    np.testing.assert_array_equal(
        at_once, run(Scenario.from_query(f"{short}&policy={after}{share}")).measure("variance")
    )


@pytest.mark.parametrize("besides", ["curator=verifier", "curator=detector", "decoder.temperature=0.8"])
@pytest.mark.parametrize("after", ["mix", "accumulate"])
def test_curator_and_decoder_wait_if_they_are_told_to(besides, after):
    """Until then such a run is the one that never begins; the control: with waiting=diet it differs from generation 2 on."""
    s = of(f"n=12&generations=8&lineages=6&{besides}", after=after, waiting="all")
    plain = of("n=12&generations=8&lineages=6", after=after)
    found, never = (run(replace(s, policy=replace(s.policy, begin=b))).measure("variance") for b in (BEGIN, NEVER))
    np.testing.assert_array_equal(found[:, :BEGIN], never[:, :BEGIN])
    assert (found[:, BEGIN] != never[:, BEGIN]).all()
    if "decoder" in besides:
        np.testing.assert_array_equal(found[:, :BEGIN], run(plain).measure("variance")[:, :BEGIN])
    at_once = run(replace(s, policy=replace(s.policy, waiting="diet"))).measure("variance")
    assert (at_once[:, 2] != found[:, 2]).any()


PAIRS = [("replace", "mix"), ("replace", "anchor"), ("accumulate", "random-share"), ("mix", "accumulate-subsample")]


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_two_laws_make_one(before, after):
    """Variance and drift in 6000 runs, false alarm 1e-5 a pair.  The control: the law of the diet before alone."""
    s = replace(of("n=8&generations=11&seed=2", before=before, after=after), lineages=6000)
    never = replace(s, policy=replace(s.policy, begin=NEVER))
    found = run(s, keep=("variance", "mean_drift"))
    for metric in ("variance", "mean_drift"):
        assert agree(z_scores(found.measure(metric)[:, 1:], law_for(s, metric)[1:]))
    assert not agree(z_scores(found.measure("variance")[:, 1:], law_for(never, "variance")[1:]))


def test_a_rescue_by_hand():
    """v_5 = (1 − 1/n)^5 and q_5 = 1 − v_5; then q' = m/n² + (k/n)²q + (k/n²)v, and v' = 1 − q', as of A7."""
    s, n, m = of("n=20&generations=8", synthetic=0.9), 20, 2
    q = 1 - (1 - 1 / n) ** (BEGIN - 1)
    for t in range(BEGIN, 9):
        q = m / n**2 + ((n - m) / n) ** 2 * q + (n - m) / n**2 * (1 - q)
        assert law_for(s, "variance")[t] == pytest.approx(1 - q, rel=1e-12)


TYPES = "world=surnames&world.types=60&model=categorical&n=40&generations=16&lineages=2000&seed=1"


def poisson_alive(s: Scenario, rng: np.random.Generator) -> np.ndarray:
    """How many types are alive in each of 4000 runs, (R, T), if every count is Poisson: a plain loop, with the policy in words."""
    p, n, d = s.world.p, s.n, s.policy
    m = n - round(d.synthetic * n)
    kept, rest = rng.poisson(m * p, (4000, len(p))), rng.poisson((n - m) * p, (4000, len(p)))
    x, size, alive = kept + rest, n, [((kept + rest) > 0).sum(axis=1)]
    for t in range(2, s.generations + 1):
        kind = d.before if t < d.begin else d.after
        made = rng.poisson(x * (n if kind in ("replace", "accumulate") else n - m) / size)
        real = {"mix": rng.poisson(m * p, x.shape), "anchor": kept, "accumulate": x}.get(kind, 0)
        x, size = made + real, size + n if kind == "accumulate" else n
        alive.append((x > 0).sum(axis=1))
    return np.array(alive).T


@pytest.mark.parametrize(
    ("before", "after"),
    [("replace", "mix"), ("replace", "anchor"), ("replace", "accumulate"), ("accumulate", "anchor")],
)
def test_types_come_back_only_with_real_data(before, after):
    """With Poisson counts the law is exact: 4000 runs, false alarm 1e-5.  With n examples it is a lower bound, and close.  Where
    nothing is lost any more the curve stands still.  The control: the law of a beginning four generations later."""
    s = of(TYPES, before=before, after=after)
    law, later = law_for(s, "types")[1:], law_for(replace(s, policy=replace(s.policy, begin=BEGIN + 4)), "types")[1:]
    counted = poisson_alive(s, np.random.default_rng(5))
    assert agree(z_scores(counted, law))
    assert not agree(z_scores(counted, later))
    found = run(s, keep="types").measure("types")[:, 1:]
    assert (z_scores(found, law) > -5).all()
    np.testing.assert_allclose(found.mean(axis=0), law, rtol=0.06)
    if after == "accumulate":
        assert np.ptp(law[BEGIN - 2 :]) < 1e-12


def test_only_fresh_data_bring_back_what_the_first_sample_missed():
    """In the long run an anchor holds the types that it has itself; fresh data bring back what was never seen, too."""
    fresh, fixed = (
        law_for(of(TYPES.replace("generations=16", "generations=400"), after=a), "types") for a in ("mix", "anchor")
    )
    seen = -np.expm1(-of(TYPES).world.p * 12).sum()
    assert seen - 1e-9 < fixed[-1] < 1.5 * seen
    assert fresh[-1] > 1.3 * fixed[-1]
    assert "real examples whose line" in LAWS["types"].stated(of(TYPES))
    assert founders(of(TYPES, after="random-share")) is None


def test_a_component_that_has_died_stays_dead_and_its_share_may_come_back():
    """EM begins at its parent, where a dead component has weight 0; another component may take over its examples."""
    s = of("world=penguins&model=mixture&n=30&generations=20&lineages=60&seed=1", synthetic=0.5, begin=11)
    found = run(s)
    alive, share = found.measure("rarest_alive"), found.measure("minority_share")
    dead = alive[:, 10] == 0
    assert 0.2 < dead.mean() < 0.9
    assert (alive[dead, 10:] == 0).all()
    assert share[dead, -1].mean() > share[dead, 10].mean()


def test_what_it_costs_and_what_is_said_of_it():
    s = of("n=1000&generations=50&lineages=100&model=kde")
    late, soon = (replace(s, policy=replace(s.policy, after="accumulate", begin=b)) for b in (40, 2))
    assert worst_case_cost(s) < worst_case_cost(late) <= worst_case_cost(soon)
    assert replace(s.policy, before="accumulate").amounts(10, 8).tolist() == [10, 20, 30, 40, 50, 10, 10, 10]
    hot = of("n=1000&generations=50&decoder.temperature=2", after="accumulate")
    assert growth(hot) > 10 > growth(replace(hot, policy=replace(hot.policy, before="accumulate"))) == 0
    assert "from only AI-made data at first, and from generation 6 on from 70% AI-made data mixed" in in_words(of(""))


def test_the_ledger_and_the_loop_tell_the_phases_apart():
    s = of("n=10&generations=8&lineages=4", after="accumulate")
    shares = ledger(s).shares
    np.testing.assert_allclose(shares[4], [0, 0, 1, 0])
    np.testing.assert_allclose(shares[6], [0, 0, 1 / 3, 2 / 3])
    turns = follow(of("n=10&generations=8&lineages=4", before="mix", after="replace"), 0, (4, 5, 6))
    assert [(t.next_real, t.next_made) for t in turns] == [(3, 7), (0, 10), (0, 10)]


@pytest.mark.parametrize("query", ["n=20&generations=30&lineages=40", TYPES.replace("2000", "20")])
def test_how_late_is_too_late_is_what_whole_runs_say(query):
    """To the bit, although the models until the rescue are fitted once; and the law at the end is that of each run."""
    s = of(query)
    metric, tried = ("types" if "surnames" in query else "variance"), (2, BEGIN, s.generations, s.generations + 1)
    found, law = ends(s, tried, metric), lawful_ends(s, tried, metric)
    for begin, left, expected in zip(tried, found, law, strict=True):
        whole = beginning(s, begin)
        np.testing.assert_array_equal(left, run(whole).measure(metric)[:, -1])
        assert expected == law_for(whole, metric)[-1]
    assert lawful_ends(replace(s, curator=Detector()), tried, metric) is None
    with pytest.raises(ImpossibleError, match="policy=delayed"):
        beginning(Scenario(), 3)


def test_the_distance_to_a_start_in_time_is_halved():
    """n = 20 and α = .1: it shrinks by (1 − α)(1 − α − 1/n) = .765 a generation, so .585 is left after two and .448 after three."""
    assert made_up(of("n=20&generations=40", synthetic=0.9)) == 3
    assert made_up(of("n=20&generations=40", begin=2)) is None
    assert made_up(of("n=20&generations=40", begin=41)) is None
    assert made_up(of("n=20&generations=40", after="accumulate")) is None


@pytest.mark.parametrize("n", [8, 20, 200])
@pytest.mark.parametrize("share", ["0.5", "0.75", "0.9"])
@pytest.mark.parametrize("heat", ["0.8", "1.0", "1.2", "1.5", "2.2"])
def test_a_spread_settles_where_its_law_does(n: int, share: str, heat: str) -> None:
    """Against the law itself, followed for long from two different beginnings: they meet, or the variance is huge."""
    queries = (
        f"policy=delayed&policy.synthetic={share}&decoder.temperature={heat}&n={n}&generations=900&policy.begin={b}"
        for b in (2, 9)
    )
    one, other = (Scenario.from_query(query) for query in queries)
    ends = [law_for(s, "variance")[-1] for s in (one, other)]
    assert settles(one) == np.isclose(*ends, rtol=1e-3)
    assert settles(one) == (ends[0] < 1e3)
