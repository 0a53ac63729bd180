"""Worlds of a visitor's own data: what is drawn, what is held out, what a link says, and what it cannot."""

import gc
import pickle
import statistics
import weakref
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from collapse import Scenario, run
from collapse.laws import law_for
from collapse.links import read_link
from collapse.metrics import at_world, measurable, metric_named
from collapse.models.categorical import Categorical
from collapse.models.gaussian import Gaussian
from collapse.models.kde import Kde
from collapse.policies import Mix
from collapse.sheets import read
from collapse.spec import MissingError
from collapse.worlds import OwnNumbers, OwnTypes
from collapse.worlds.own import EVERY, Brought, from_sheet

from .harness import ALARM, agree, z_scores

LINE = np.random.default_rng(3).gamma(2.0, 3.0, (101, 1)).round(2)
PLANE = np.random.default_rng(4).standard_normal((83, 2)) @ [[3.0, 40.0], [0.0, 90.0]]
WORDS = ["=1+1", "kea", "tui", "tui", "tui", "kea", "tui", "moa", "tui", "kea", "tui", "huia"] * 3


def numbers(rows=LINE, names=("a",)):
    return OwnNumbers(Brought.of(rows, names))


def words(cells=WORDS):
    return OwnTypes(Brought.of(cells, ("bird",)))


def test_every_fifth_row_is_held_out_and_the_rest_is_the_world():
    world = numbers()
    kept = [x for i, x in enumerate(LINE[:, 0].tolist()) if i % EVERY == EVERY - 1]
    rest = [x for i, x in enumerate(LINE[:, 0].tolist()) if i % EVERY != EVERY - 1]
    assert (len(kept), len(rest)) == (20, 81)
    assert world.held_out.x.tolist() == sorted(kept)
    assert world.distribution.levels()[1].tolist() == sorted(rest)
    assert world.distribution.mean.item() == pytest.approx(statistics.fmean(rest))
    assert float(world.distribution.total) == pytest.approx(statistics.pvariance(rest))
    low, high = world.tails
    assert [low.item(), high.item()] == [sorted(rest)[2], sorted(rest)[78]], "the 2.5% and the 97.5% quantile of 81"
    assert float(world.distribution.outside(low, high)) == sum(v < low or v > high for v in rest) / 81 <= 0.05
    assert set(world.sample((500,), np.random.default_rng(1))[:, 0].tolist()) <= set(rest)


def test_two_columns_stay_together():
    """Rows are drawn whole, each as often as any other (χ², level 1e-5; control: a column shuffled makes new rows)."""
    world = numbers(PLANE, ("a", "b"))
    rows = [tuple(r) for i, r in enumerate(PLANE.tolist()) if i % EVERY != EVERY - 1]
    drawn = Counter(map(tuple, world.sample((20, 1000), np.random.default_rng(2)).reshape(-1, 2).tolist()))
    assert set(drawn) == set(rows)
    assert stats.chisquare([drawn[r] for r in rows]).pvalue > ALARM
    assert not set(zip([a for a, _ in rows], [b for _, b in rows[1:] + rows[:1]], strict=True)) & set(rows)
    np.testing.assert_allclose(world.distribution.cov, np.cov(np.array(rows).T, bias=True), rtol=1e-12)
    low, high = world.tails
    outside = [[v < a or v > b for v, a, b in zip(r, low, high, strict=True)] for r in rows]
    assert float(world.distribution.outside(low, high)) == pytest.approx(np.mean(outside))
    kept = PLANE[EVERY - 1 :: EVERY]
    np.testing.assert_allclose(world.held_out.cov, np.cov(kept.T, bias=True), rtol=1e-12)
    s = Scenario(world=world, n=10, generations=3, lineages=4)
    t = run(s)
    assert "w2" not in measurable(s)
    assert "coverage" not in measurable(s)
    assert all(np.isfinite(t.measure(m)[:, 1:]).all() for m in measurable(s))
    nll = stats.multivariate_normal(t.params.mean[0, 0], t.params.cov[0, 0]).logpdf(kept)
    assert t.measure("heldout_nll")[0, 1] == pytest.approx(-nll.mean()), "against scipy, row by row"
    with pytest.raises(ValueError, match="one dimension"):
        metric_named("w2", s)


def test_categories_are_counted():
    world = words()
    kept, rest = WORDS[EVERY - 1 :: EVERY], [w for i, w in enumerate(WORDS) if i % EVERY != EVERY - 1]
    count = Counter(rest)
    assert world.labels == tuple(sorted(count, key=lambda w: (-count[w], w)))
    assert world.p.tolist() == [count[w] / len(rest) for w in world.labels]
    assert world.types == len(count)
    scored = [w for w in kept if w in count]
    assert world.held_out.p.tolist() == [scored.count(w) / len(scored) for w in world.labels]
    drawn = Categorical().witness(world, 1, 40_000, np.random.default_rng(3)).k[0]
    assert stats.chisquare(drawn, world.p * 40_000).pvalue > ALARM
    only_there = words(["a", "b", "a", "b", "z"] * 4)
    assert only_there.labels == ("a", "b"), "a category that only the held-out rows have is not of this world"
    assert only_there.held_out.p.tolist() == [0.0, 0.0]


def test_the_mean_over_lineages_is_the_law_s():
    """2000 lineages, false alarm 1e-5 each; control: the law of another share."""
    s = Scenario(world=numbers(), policy=Mix(synthetic=0.7), n=12, generations=8, lineages=2000)
    found = run(s, keep=("variance",)).measure("variance")[:, 1:]
    assert agree(z_scores(found, law_for(s, "variance")[1:]))
    assert not agree(z_scores(found, law_for(replace(s, policy=Mix(synthetic=0.9)), "variance")[1:]))


# ---- links


@pytest.mark.parametrize(
    ("world", "model"),
    [(numbers(), Gaussian()), (numbers(), Kde()), (numbers(PLANE), Gaussian()), (words(), Categorical())],
    ids=str,
)
def test_a_link_holds_the_digest_and_nothing_else(world, model):
    s = Scenario(world=world, model=model, n=20)
    query = s.to_query()
    assert query["world.data"] == str(world.data)
    assert str(len(world.data.rows)) in query["world.data"]
    assert not any(str(v) in query["world.data"] for v in WORDS)
    assert Scenario.from_query(query, s) == s, "where the data are at hand the link is whole"
    assert Scenario.from_query({"n": "21"}, s) == replace(s, n=21)
    with pytest.raises(MissingError, match="bring the same data") as missing:
        Scenario.from_query(query)
    assert str(missing.value).startswith(f"world.data='{world.data}' is not here")
    found, said = read_link(query, Scenario())
    assert len(said) == 1
    assert said[0].startswith("world.data=")
    assert f"Used instead: world.data={found.world.data}" in said[0]
    assert found.n == 20


def test_the_same_data_are_the_same_world_and_others_are_not():
    a, b = numbers(), numbers(LINE.copy())
    assert a == b
    assert hash(a) == hash(b)
    assert a.to_query() == b.to_query()
    others = [numbers(LINE[::-1].copy()), numbers(LINE[:-1]), numbers(LINE + 1e-9), numbers(np.repeat(LINE, 2, axis=1))]
    assert len({a, *others}) == 1 + len(others)
    assert words() != words(WORDS[::-1])
    assert str(Brought.of(np.array([[0.0]]))) == str(Brought.of(np.array([[-0.0]])))
    assert Brought.of(["ab", "c"]) != Brought.of(["a", "bc"])
    assert pickle.loads(pickle.dumps(a)) == a, "it can travel to another process of the same visitor"


def test_the_rows_cannot_be_changed_behind_the_digest():
    world = numbers(LINE.copy())
    with pytest.raises(ValueError, match="read-only"):
        world.data.rows[0] = 0.0


def test_nothing_of_them_stays_behind():
    """No cache of the engine keeps a visitor's rows once the visitor is gone."""
    world = numbers(LINE.copy())
    s = Scenario(world=world, n=10, generations=3, lineages=5)
    t = run(s)
    for metric in measurable(s):
        t.measure(metric)
        at_world(world, metric)
        law_for(s, metric)
    rows = weakref.ref(world.data.rows)
    assert rows() is not None
    del t, s, world
    gc.collect()
    assert rows() is None


@given(st.lists(st.integers(-5, 5), min_size=10, max_size=60).filter(lambda xs: len(set(xs)) > 3))
def test_any_numbers_make_a_world(values):
    world = numbers(np.array(values, dtype=float)[:, None])
    if not float(world.distribution.total):
        return  # all that varied was held out
    s = Scenario(world=world, n=5, generations=4, lineages=6)
    t = run(s)
    for metric in measurable(s):
        assert not np.isnan(t.measure(metric)[:, 1:]).any(), metric
    assert 0 <= at_world(world, "tail_mass") <= 0.05


@given(st.lists(st.sampled_from("abcdefg"), min_size=10, max_size=60))
def test_any_categories_make_a_world(values):
    s = Scenario(world=words(values), model=Categorical(), n=5, generations=4, lineages=6)
    t = run(s)
    for metric in measurable(s):
        assert not np.isnan(t.measure(metric)).any(), metric


def test_a_sheet_becomes_a_world():
    sheet = read(
        "mass;bird\n" + "\n".join(f"{x};{WORDS[i % 12]}" for i, x in enumerate(LINE[:, 0].tolist())) + "\nNA;kea\n"
    )
    found, missing = from_sheet(sheet, [0], numeric=True)
    assert found == numbers()
    assert missing == 1
    assert found.quantity == "mass"
    birds, missing = from_sheet(sheet, [1], numeric=False)
    assert birds.labels[0] == "tui"
    assert missing == 0
    with pytest.raises(ValueError, match="held out"):
        from_sheet(read("\n".join(["a", "a", "a", "a", "b"] * 4)), [0], numeric=False)


def held(inner, outer):
    """Twenty rows of which every fifth, the one held out, is of `outer`."""
    return [(outer if i % EVERY == EVERY - 1 else inner)(i) for i in range(20)]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (held(lambda i: "5", lambda i: "5"), "hardly varies, from 5 to 5"),
        (held(lambda i: "1", lambda i: "2"), "hardly varies, from 1 to 1"),
        (held(lambda i: f"{1e9 + i % 3}", lambda i: "1e9"), "subtract a constant"),
        (held(lambda i: f"{1000 + 1e-9 * (i % 7)}", lambda i: f"{i}"), "hardly varies"),
        (held(lambda i: f"{i};{3 * i}", lambda i: f"{i};{3 * i}"), "say the same"),
        (held(lambda i: f"{i};{2 * i}", lambda i: f"{i};{40 - i}"), "say the same"),
        (held(lambda i: f"{i};7", lambda i: f"{i};{i}"), "hardly varies, from 7 to 7"),
    ],
)
def test_the_rows_that_are_the_world_have_to_spread(rows, words):
    """What is held out does not count: a Gaussian of the rest would have no volume, and its logarithm no value."""
    sheet = read("\n".join(rows))
    with pytest.raises(ValueError, match=words) as caught:
        from_sheet(sheet, range(len(sheet.names)), numeric=True)
    assert "held out" in str(caught.value)
    with pytest.raises(ValueError, match=words):
        OwnNumbers.from_file("\n".join(["a;b" if ";" in rows[0] else "a", *rows]).replace(";", ",").encode())


@pytest.mark.parametrize("word", ["中" * 14, '="' * 8, "'" + "," * 9])
def test_what_was_accepted_comes_back_from_its_file(word):
    """In UTF-8, with quotes and apostrophes, a file can be longer than what was brought: its own script reads it all the same."""
    brought = "\n".join(["h", *(f"{word}{chr(0x4E00 + i % 1900)}" for i in range(49_000))]).encode("utf-16")
    world, _ = from_sheet(read(brought, "one per line", header=True), [0], numeric=False)
    assert OwnTypes.from_file(world.to_file().encode()) == world


def test_three_decimals_come_back_from_their_file():
    """The file knows its decimal mark: what a visitor's sheet would leave open is not guessed again."""
    rows = np.array([[1.125, 1234.0], [2.25, 0.5]] * 8) + np.arange(16)[:, None]
    world, _ = from_sheet(read("\n".join(f"{a:.3f}\t{b}" for a, b in rows)), [0, 1], numeric=True)
    assert OwnNumbers.from_file(world.to_file().encode()) == world == numbers(rows)
