"""The arena against a plain loop of its own, exact laws, brute force, and a count of what is drawn."""

import csv
import io
import json
from dataclasses import replace
from itertools import product
from math import comb

import numpy as np
import pytest
from scipy.stats import chi2, norm

from collapse.__main__ import main
from collapse.arena import (
    MEASURES,
    Arena,
    Endurance,
    Purse,
    Standing,
    Usage,
    asked,
    best,
    combinations,
    front,
    interval,
    lost_by_chance,
    on_new_noise,
    ranked,
    search,
    standing,
    standings,
    survived,
    tried,
)
from collapse.arena.measures import NOTHING
from collapse.curators.errors import Detector
from collapse.laws.curated import drawn_for_each
from collapse.links import arena_of
from collapse.recursion import run
from collapse.scenario import Scenario

BASE = Scenario(generations=50, seed=1)
OFF = dict.fromkeys(MEASURES, "off")


def arena(*names: str, n: int = 20) -> Arena:
    """An arena of some measures alone."""
    return Arena(n=n, **OFF | dict.fromkeys(names, "on"))  # type: ignore[arg-type]


def one(says: str, base: Scenario = BASE, n: int = 20):
    """The combination of that name."""
    (found,) = (c for c in combinations(Arena(n=n), base) if c.says == says)
    return found


def by_hand(rng: np.random.Generator, histories: int, generations: int, n: int, fresh: int, everything: bool = False):
    """How many generations bell curves survive by the usual rule, in a plain loop over histories and examples."""
    lives = []
    for _ in range(histories):
        data = rng.standard_normal(n)
        survives = generations
        for t in range(1, generations + 1):
            mean, sd = data.mean(), data.std()
            if not 0.5 <= sd <= 2.0 or abs(mean) > 1.0:
                survives = t - 1
                break
            made = rng.normal(mean, sd, n - fresh)
            data = np.concatenate([data if everything else [], rng.standard_normal(fresh), made])
        lives.append(survives)
    return np.array(lives)


@pytest.mark.parametrize(
    ("says", "fresh", "everything"),
    [(NOTHING, 0, False), ("10% fresh real data", 2, False), ("everything kept", 0, True)],
)
def test_survival_is_that_of_a_plain_loop(says, fresh, everything):
    """The mean of what is survived, and the share that is alive at the end: within 4 standard errors of the difference (about 1 in
    16,000 each); a loop with twice as many examples is told from it."""
    s = one(says, replace(BASE, generations=30, lineages=1000)).scenario
    found = run(s)
    ours = survived(found.measure("variance")[:, 1:], found.measure("mean_drift")[:, 1:], Endurance())
    rng = np.random.default_rng(7)
    plain, larger = (by_hand(rng, 1000, 30, n, fresh, everything) for n in (20, 40))

    def apart(a, b):
        return abs(a.mean() - b.mean()) / max(np.hypot(a.std(), b.std()) / np.sqrt(1000), 1e-9)

    for of in (lambda lives: lives.astype(float), lambda lives: (lives == 30).astype(float)):
        assert apart(of(ours), of(plain)) < 4
    assert everything or apart(ours, larger) > 4


def test_what_is_known_exactly():
    """Half of it fresh, or everything kept, and enough examples: all survive.  Top-p .95 kills however large n is: it multiplies the
    variance by ρ = .7588 a generation (A8), and ρ⁹ < .309² < ρ⁸ lie 5 standard deviations apart; without it all survive."""
    for says in (
        "50% fresh real data and three times as many examples",
        "everything kept and three times as many examples",
    ):
        found = tried(one(says, replace(BASE, lineages=40), n=200))
        assert standing(0, found, Purse(), Endurance()).alive == 1.0
    plain = Scenario(n=30_000, generations=12, lineages=10)
    for top_p, expected in (("0.95", 9), ("1.0", 12)):
        found = run(Scenario.from_query({"decoder.top_p": top_p}, plain))
        lives = survived(found.measure("variance")[:, 1:], found.measure("mean_drift")[:, 1:], Endurance(narrow=0.309))
        assert set(lives.tolist()) == {expected}


@pytest.mark.parametrize("rule", [Endurance(), Endurance(narrow=0.8, wide=1.3, astray=0.3)])
def test_lost_by_chance_is_exact(rule):
    n, generations = 20, 10
    rng = np.random.default_rng(3)
    data = rng.standard_normal((20_000, generations, n))
    lost = survived(data.var(axis=2), data.mean(axis=2) ** 2, rule) < generations
    expected = lost_by_chance(n, generations, rule)
    assert abs(lost.mean() - expected) < 4 * np.sqrt(expected * (1 - expected) / 20_000)
    inside = chi2.cdf(n * rule.wide**2, n - 1) - chi2.cdf(n * rule.narrow**2, n - 1)
    within = norm.cdf(rule.astray * np.sqrt(n)) - norm.cdf(-rule.astray * np.sqrt(n))
    assert expected == pytest.approx(1 - (inside * within) ** generations, rel=1e-9)


@pytest.mark.parametrize(("lineages", "places"), [(10, (1, 8)), (20, (5, 14)), (40, (13, 26)), (200, (85, 114))])
def test_the_interval_covers_the_median_as_it_says(lineages, places):
    """By the binomial sum, and by simulation of a skewed distribution; 4 standard errors, 1 in 16,000."""
    low, high, sure = interval(lineages)
    assert (low, high) == places
    assert sure == pytest.approx(1 - 2 * sum(comb(lineages, k) for k in range(low + 1)) / 2**lineages, rel=1e-9)
    assert sure >= 0.95
    assert 1 - 2 * sum(comb(lineages, k) for k in range(low + 2)) / 2**lineages < 0.95
    drawn = np.sort(np.random.default_rng(5).exponential(size=(20_000, lineages)), axis=1)
    covered = ((drawn[:, low] <= np.log(2)) & (np.log(2) <= drawn[:, high])).mean()
    assert abs(covered - sure) < 4 * np.sqrt(sure * (1 - sure) / 20_000)


def test_a_front_is_what_brute_force_leaves():
    rng = np.random.default_rng(11)
    for _ in range(200):
        some = [
            Standing(i, None, float(price), int(lives), 0, 0, 0.0, ())  # type: ignore[arg-type]
            for i, (price, lives) in enumerate(zip(rng.integers(1, 9, 30), rng.integers(0, 9, 30), strict=True))
        ]
        beaten = {
            a.number
            for a, b in product(some, some)
            if b.price <= a.price
            and b.median >= a.median
            and (b.price < a.price or b.median > a.median or b.number < a.number)
        }
        assert {each.number for each in front(some)} == {each.number for each in some} - beaten
        first = best(some, 4)
        if first is not None:
            assert not any(o.price <= 4 and (-o.median, o.price) < (-first.median, first.price) for o in some)
            assert ranked(some, 4)[0] is first
        assert (first is None) == all(each.price > 4 for each in some)


def test_what_is_used_is_counted_and_paid():
    """Plain policies by arithmetic; with a detector the draws are negative binomial, n ÷ the share that passes on average."""
    base = replace(BASE, generations=5, lineages=200)
    names = (NOTHING, "10% fresh real data", "everything kept", "a verifier", "10% kept original data")
    at = {says: tried(one(says, base)).usage for says in names}
    assert at[NOTHING] == pytest.approx(Usage(20 / 5, 80 / 5, 0, 0, 0, 20))
    assert at["10% fresh real data"] == pytest.approx(Usage(28 / 5, 72 / 5, 0, 0, 0, 20))
    assert at["everything kept"] == pytest.approx(Usage(20 / 5, 80 / 5, 200 / 5, 0, 0, 60))
    assert at["10% kept original data"] == pytest.approx(Usage(20 / 5, 72 / 5, 8 / 5, 0, 0, 20))
    verified = at["a verifier"]
    assert verified.checked == verified.generated >= 80 / 5
    s = one("10% fresh real data and a detector", base).scenario
    assert isinstance(s.curator, Detector)
    used = tried(one("10% fresh real data and a detector", base)).usage
    each = drawn_for_each(0.1, s.curator.tpr, s.curator.fpr)
    assert used.scanned == pytest.approx(4 * 20 * each / 5, rel=0.03)
    assert used.fresh == pytest.approx((20 + 4 * 20 * each * 0.1) / 5, rel=0.03)
    assert used.fresh + used.generated == pytest.approx(used.scanned + 20 / 5)
    purse = Purse(real=2, synthetic=3, fitting=5, epochs=7, kept=11, checked=13, scanned=17)
    assert purse.price(Usage(1, 10, 100, 1000, 10_000, 100_000)) == 2 + 30 + 1100 + 13_000 + 170_000 + 3_500_000


def test_the_search_is_exhaustive_on_one_noise_and_can_be_left():
    wanted = asked(Arena(), BASE)
    assert (len(wanted.combinations), wanted.lineages) == (72, 40)
    assert wanted.worlds == 72 * 40
    assert [c.says for c in wanted.combinations][:2] == [NOTHING, "temperature n ÷ (n − 1)"]
    sizes = [len(c.levels) for c in wanted.combinations]
    assert sizes == sorted(sizes)
    assert len({str(c.scenario.to_query()) for c in wanted.combinations}) == 72
    going = search(wanted)
    few = [len(next(going).tried) for _ in range(3)]
    assert few == [1, 2, 3]
    found = next(going)
    for each in found.tried:
        known = run(each.combination.scenario)
        assert np.array_equal(each.variance, known.measure("variance")[:, 1:])
        assert np.array_equal(each.drift, known.measure("mean_drift")[:, 1:])
    again = on_new_noise(found.tried[0].combination).scenario
    assert (again.lineages, again.seed) == (200, 2)


def test_a_price_is_changed_without_another_run():
    *_, found = search(asked(arena("fresh", "everything"), replace(BASE, generations=20)))
    cheap, dear = (standings(found, Purse(real=price), Endurance()) for price in (0.0, 100.0))
    assert [each.median for each in cheap] == [each.median for each in dear]
    assert best(cheap, 1.5) is not None
    assert best(dear, 1.5) is None
    assert {each.tried.combination.says for each in front(dear)} == {NOTHING, "everything kept"}


def test_links_of_an_arena():
    choice, purse, rule = arena_of("http://x/prevention?panel=arena&arena.heat=off&price.real=3&lost.narrow=0.7&n=20")
    assert (choice, purse, rule) == (Arena(heat="off"), Purse(real=3.0), Endurance(narrow=0.7))
    with pytest.raises(ValueError, match=r"price.real='x' is not possible: give a number from 0 to 1,000,000"):
        arena_of("price.real=x")
    with pytest.raises(ValueError, match="lower generations=1000, or leave a measure out"):
        asked(Arena(), replace(BASE, generations=1000))


def test_the_command_line_says_what_anybody_can_check(capsys):
    """Its rows are the ranking, and the query of a row, run by itself, survives as the row says."""
    link = "http://x/prevention?panel=arena&generations=15&seed=4&price.budget=6&arena.detector=off&arena.verifier=off&arena.heat=off"
    assert main(["arena", link]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 14
    inside = [row for row in rows if row["within_budget"] == "1"]
    assert inside == rows[: len(inside)]
    assert inside == sorted(inside, key=lambda row: (-int(row["survived"]), float(row["price"])))
    assert all((float(row["price"]) <= 6) == (row["within_budget"] == "1") for row in rows)
    for row in (rows[0], rows[-1]):
        found = run(Scenario.from_query(row["query"]))
        lives = survived(found.measure("variance")[:, 1:], found.measure("mean_drift")[:, 1:], Endurance())
        assert sorted(lives)[(len(lives) - 1) // 2] == int(row["survived"])
        assert (lives == 15).mean() == pytest.approx(float(row["alive"]))
    assert main(["arena", "generations=1&price.real=0&price.synthetic=0&price.fitting=0", "--format", "json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert (whole["worlds"], len(whole["combinations"]), whole["chosen"]["price.real"]) == (2880, 72, "0.0")
    assert main(["arena", "world=surnames&model=categorical"]) == 2
    assert "cannot be measured here" in capsys.readouterr().err
