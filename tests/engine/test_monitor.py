"""A model of one’s own, judged by its healthy versions: bounds by scipy, rates by simulation, trends by counting, bad tables."""

import math
from itertools import permutations

import numpy as np
import pytest
from scipy import stats

from collapse.monitor import LEVELS, bounds, monitor, reach
from collapse.versions import EXAMPLE, EXAMPLE_HEALTHY, KNOWN, MAX_COLUMNS, MAX_VERSIONS, history, recognised

from .harness import limit


def table(columns: dict[str, list]) -> str:
    rows = zip(*columns.values(), strict=True)
    return "\n".join([",".join(columns), *(",".join(map(str, row)) for row in rows)])


@pytest.mark.parametrize("m", [3, 5, 10])
@pytest.mark.parametrize("side", ["low", "high", "both"])
def test_healthy_versions_ring_at_the_chosen_rate(m, side):
    """40 000 histories of Gaussian values, one version judged: within 4.4 standard errors (false alarm 1e-5).

    Control: bounds without the √(1 + 1/m), or from the normal law, ring too often."""
    x = np.random.default_rng(m).normal(5, 2, (40_000, m + 1))
    for level in LEVELS:
        low, high = bounds(x[:, :-1], level, side)
        rate = np.mean((x[:, -1] < low) | (x[:, -1] > high))
        assert abs(rate - level) < limit(1) * math.sqrt(level * (1 - level) / 40_000)
    mean, sd = x[:, :-1].mean(axis=1), x[:, :-1].std(axis=1, ddof=1)
    for naive in (stats.t.isf(0.05, m - 1), stats.norm.isf(0.05) * math.sqrt(1 + 1 / m)):
        assert np.mean(x[:, -1] > mean + naive * sd) > 0.05 + limit(1) * math.sqrt(0.0475 / 40_000)


def test_bounds_are_the_prediction_interval_of_scipy():
    x = np.array([6.16, 6.52, 6.49, 6.15, 6.27])
    low, high = bounds(x, 0.1, "both")
    expected = stats.t.interval(0.9, 4, loc=x.mean(), scale=x.std(ddof=1) * math.sqrt(1.2))
    assert (float(low), float(high)) == pytest.approx(expected)
    assert bounds(x, 0.05, "high") == (-np.inf, pytest.approx(expected[1]))
    assert reach(3, 0.05) == pytest.approx(2.92 * math.sqrt(4 / 3), abs=1e-3), "the table of Student"
    assert bounds(np.ones(4), 0.05, "both") == (-np.inf, np.inf)


def test_the_test_for_a_trend_counts_orders():
    """Mann–Kendall of six values: the share of the 720 orders whose τ is as far from 0 as that of the one that was seen."""
    seen = [3.0, 1.0, 4.0, 5.0, 9.0, 7.0]

    def score(values) -> int:
        return sum(int(np.sign(b - a)) for i, a in enumerate(values) for b in values[i + 1 :])

    counted = np.mean([abs(score(p)) >= abs(score(seen)) for p in permutations(seen)])
    column = monitor(history(table({"a": seen, "b": [1, 2, 3, 4, 5, 6]}))).columns[0]
    assert (column.tau, column.p) == pytest.approx((score(seen) / 15, counted))
    constant = monitor(history(table({"a": [1, 1, 1, 1], "b": [1, 2, 1, 3]}))).columns[0]
    assert math.isnan(constant.p)
    assert "All healthy versions have the same value, 1" in constant.said


def test_the_example():
    """Perplexity rings first, as soon as a model has read another; by hand from the table."""
    read = history(EXAMPLE)
    found = monitor(read, EXAMPLE_HEALTHY)
    assert read.versions[0] == "healthy 1"
    assert read.values.shape == (13, 4)
    assert [c.side for c in found.columns] == ["high", "low", "low", "high"]
    perplexity = found.columns[0]
    healthy = read.values[:5, 0]
    edge = healthy.mean() + stats.t.isf(0.05, 4) * healthy.std(ddof=1) * math.sqrt(1.2)
    assert perplexity.high == pytest.approx(edge)
    assert perplexity.low == -np.inf
    assert perplexity.rings.tolist() == (read.values[:, 0] > edge).tolist()
    assert [c.first for c in found.columns] == [5, 7, 7, None]
    assert (found.looks, found.expected) == (32, pytest.approx(1.6))
    assert "1.6 of the 32 looks would be expected to ring by chance" in found.sentences[1]
    assert "Only 5 versions" in found.sentences[2]
    assert "It first rings at generation 2" in perplexity.said
    everything = " ".join([*found.sentences, *(c.said for c in found.columns)])
    for word in ("nan", "inf", "None", "  "):
        assert word not in everything.replace("information", "")


def test_many_healthy_histories_ring_as_often_as_expected():
    """600 tables of noise: rings ÷ looks is the level; the report's own expectation.  4.4 standard errors over tables."""
    rng = np.random.default_rng(3)
    rates = []
    for _ in range(600):
        values = rng.normal(size=(14, 2)).round(6)
        found = monitor(history(table({"accuracy": values[:, 0].tolist(), "x": values[:, 1].tolist()})), 6, 0.1)
        rates.append(sum(c.rings.sum() for c in found.columns) / found.looks)
        assert found.expected == pytest.approx(0.1 * found.looks)
    z = (np.mean(rates) - 0.1) / (np.std(rates) / math.sqrt(600))
    assert abs(z) < limit(1)


@pytest.mark.parametrize(
    ("title", "side"),
    [
        ("Test perplexity", "high"),
        ("val_loss", "high"),
        ("PPL", "high"),
        ("own perplexity", "low"),
        ("Self-BLEU", "high"),
        ("BLEU", "low"),
        ("distinct-2", "low"),
        ("distinct_n", "low"),
        ("number of types", "low"),
        ("Accuracy (%)", "low"),
        ("cross-entropy", "high"),
        ("entropy", "both"),
        ("FID", "high"),
        ("recall", "low"),
    ],
)
def test_titles_that_are_known(title, side):
    assert recognised(title).side == side


def test_other_titles_are_asked_on_both_sides():
    assert recognised("temperature of the room") is None
    assert recognised("lossless") is None
    found = monitor(history(table({"room": [1, 2, 1, 2, 30, -30], "loss": [1, 2, 1, 2, -30, 30]})), 4)
    assert [c.side for c in found.columns] == ["both", "high"]
    assert found.columns[0].rings.tolist() == [False] * 4 + [True, True]
    assert found.columns[1].rings.tolist() == [False] * 5 + [True]
    other = monitor(found.history, 4, sides={"loss": "low", "room": "high"})
    assert [c.rings.tolist()[-2:] for c in other.columns] == [[True, False], [True, False]]
    assert len({kind.name for kind in KNOWN}) == len(KNOWN)


def test_decimal_commas_tabs_and_gaps():
    """As a spreadsheet of another country writes it; a missing value is not a look, and too few healthy ones are not judged."""
    text = "Version\tppl\tsize\tnote\nv1\t6,1\t5\ta\nv2\t\t6\tb\nv3\t6,3\t\tc\nv4\t6,2\t\td\nv5\t\t9\te\nv6\t9,9\t50\tf"
    found = monitor(history(text), 4)
    ppl, size = found.columns
    assert found.history.versions == ("v1", "v2", "v3", "v4", "v5", "v6")
    assert ppl.healthy == 3
    assert ppl.rings.tolist() == [False] * 5 + [True]
    assert size.healthy == 2
    assert not size.rings.any()
    assert "It has only 2 values among the healthy versions, and needs 3: not judged." in size.said
    assert found.looks == 1
    assert any("'note'" in note for note in found.history.notes)
    numbered = history(table({"generation": [1, 2, 3, 4], "loss": [1, 2, 3, 4]}))
    assert (numbered.names, numbered.versions) == (("loss",), ("1", "2", "3", "4"))
    assert history("loss\n1\n2\n3\n4").versions[3] == "version 4"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("", "there is nothing here"),
        (" \n ", "there is nothing here"),
        (b"\x00\x01\x02PK", "not text"),
        ("loss\n1\n2\n3", "give at least 3 versions"),
        (table({"loss": [1] * 201, "b": [2] * 201}), f"at most {MAX_VERSIONS}"),
        (table({f"c{i}": [1, 2, 3, 4] for i in range(13)}), f"at most {MAX_COLUMNS} are watched"),
        (table({"name": ["a", "b", "c", "d"], "note": ["x", "y", "x", "y"]}), "no column of numbers"),
        ("loss,acc\n1,2\n1,2\n1,oops\n3,4", "line 4, column 'acc': 'oops' is not a number"),
        ("loss,acc\n1,2\n1,2\n1,1e300\n3,4", "line 4, column 'acc': '1e300' is not a number up to"),
        ("loss,loss\n1,2\n1,2\n1,3\n3,4", "the same title"),
    ],
    ids=range(10),
)
def test_bad_tables_are_told_what_is_wrong(raw, why):
    with pytest.raises(ValueError, match=why):
        history(raw)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"healthy": 2}, "the first 3 to 12"),
        ({"healthy": 13}, "the first 3 to 12"),
        ({"level": 0.0}, "give a false-alarm rate"),
        ({"level": math.nan}, "give a false-alarm rate"),
        ({"sides": {"perplexity": "up"}}, "choose one of the columns"),
        ({"sides": {"nothing": "low"}}, "choose one of the columns"),
    ],
    ids=str,
)
def test_impossible_questions_are_refused(arguments, why):
    with pytest.raises(ValueError, match=why):
        monitor(history(EXAMPLE), **arguments)


def test_nothing_to_judge_is_said():
    found = monitor(history(table({"a": [1, 1, 1, 2], "b": [2, 2, 2, 2]})))
    assert found.looks == 0
    assert found.sentences == (
        "Nothing could be judged: no column has healthy values that differ, and values after them.",
    )
