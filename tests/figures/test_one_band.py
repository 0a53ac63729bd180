"""One band, one number: what a chart draws, a file holds, a pair of twins says and a sentence prints is the same number.

Runs are made up here as well as simulated, so that infinite values and values that cannot be measured come in any mixture.
"""

import csv
import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from collapse.bands import BAND, band, lineage_at, median
from collapse.export import as_csv, summary
from collapse.figures.ensemble import apart, beside
from collapse.figures.timeline import LOOKS, over_time
from collapse.findings import Evidence, headline
from collapse.metrics import METRICS, measurable
from collapse.phase import middle
from collapse.recursion import run
from collapse.scenario import Scenario
from collapse.speech import percent
from collapse.stages import Rule
from collapse.trajectory import Trajectory
from collapse.twins import Difference
from tests.engine.harness import scenarios

ANY = st.floats(-1e9, 1e9) | st.sampled_from([np.inf, -np.inf, np.nan, 0.0])
UP = st.floats(0, 1e9) | st.sampled_from([np.inf, 0.0])  # infinite in one direction, as every metric is


def tables(cells: st.SearchStrategy[float]) -> st.SearchStrategy[np.ndarray]:
    """(R, T), up to 45 lineages and 3 generations."""
    return st.tuples(st.integers(1, 45), st.integers(1, 3)).flatmap(lambda shape: arrays(float, shape, elements=cells))


def told(values: np.ndarray) -> dict[str, np.ndarray]:
    """The columns of the CSV of (R, T+1)."""
    rows = list(csv.DictReader(io.StringIO(as_csv({"m": summary(values)}))))
    return {name: np.array([float(row[name] or "nan") for row in rows]) for name in ("q05", "median", "q95")}


def drawn(picture: Any, names: tuple[str, str, str], scale: float = 1.0) -> np.ndarray:
    """The three curves of a band by the names of their traces, in the units of the metric."""
    traces = {t["name"]: t["y"] for t in picture.figure["data"]}
    return np.stack([np.asarray(traces[name]) for name in names]) / scale


def same(drawn_: np.ndarray, expected: np.ndarray) -> None:
    """Equal where there is a number, and a gap where there is none; to the last digits, since a chart may be in percent."""
    np.testing.assert_allclose(drawn_, np.where(np.isfinite(expected), expected, np.nan), rtol=1e-14, atol=0)


# ---- the definition -------------------------------------------------------------------------------------------------------


@given(tables(ANY), st.floats(0.001, 1))
def test_a_quantile_is_the_least_value_that_so_many_do_not_exceed(values: np.ndarray, level: float) -> None:
    """By counting, one generation at a time; what cannot be measured counts as larger than anything."""
    for t, found in enumerate(band(values, (level,))[0]):
        column = np.where(np.isnan(values[:, t]), np.inf, values[:, t])
        unknown = np.isnan(values[:, t]).sum()
        if np.isnan(found):
            assert (len(column) - unknown) / len(column) < level + 1e-9, "so many cannot be measured that it is unknown"
            continue
        assert found in values[:, t], "it is the value of a chain"
        assert (column <= found).mean() >= level - 1e-9
        assert (column < found).mean() < level


@given(tables(ANY.filter(lambda x: not np.isnan(x))))
def test_it_is_numpy_s_inverse_of_the_distribution_function(values: np.ndarray) -> None:
    np.testing.assert_array_equal(band(values), np.quantile(values, BAND, axis=0, method="inverted_cdf"))


@given(tables(st.floats(-1e9, 1e9)), st.floats(1e-3, 1e3))
def test_a_change_of_units_changes_no_rank(values: np.ndarray, unit: float) -> None:
    """A median of percentages is the percentage of the median, and a median of logarithms the logarithm of the median."""
    np.testing.assert_array_equal(median(values * unit), median(values) * unit)
    np.testing.assert_array_equal(np.exp(band(values / 1e8)), band(np.exp(values / 1e8)))


@given(tables(ANY.filter(lambda x: not np.isnan(x))), st.sampled_from(BAND))
def test_the_lineage_shown_stands_on_the_curve(values: np.ndarray, level: float) -> None:
    """The typical lineage has the median, the unlucky and the lucky one lie on the edges of the band."""
    assert values[lineage_at(values[:, -1], level), -1] == band(values[:, -1], (level,))[0]


# ---- everywhere the same ---------------------------------------------------------------------------------------------------


@given(tables(UP), st.sampled_from(["variance", "mean_drift", "tail_mass"]))
def test_chart_file_twins_map_and_sentence_agree(values: np.ndarray, metric: str) -> None:
    s = Scenario(lineages=values.shape[0], generations=values.shape[1])
    t = Trajectory(s, None, dict.fromkeys(("variance", "mean_drift", "tail_mass"), values))
    measured = t.measure(metric)
    expected = band(measured)
    scale = LOOKS[metric].scale if metric in LOOKS else 1.0
    names = ("5–95% of chains, low", "median", "5–95% of chains, high")
    same(drawn(over_time(t, metric, 0), names, scale), expected)
    np.testing.assert_array_equal([*told(measured).values()], expected)
    np.testing.assert_array_equal(Difference(metric, measured, np.nan).band, expected)
    same(drawn(beside(t, t, metric), ("pinned, 5%", "pinned, median", "pinned, 95%")), expected)
    same(drawn(beside(t, t, metric), ("now, 5–95%, low", "now, median", "now, 5–95%, high")), expected)
    assert middle(values[:, -1])[0] == expected[1, -1]
    assert Evidence(t, Rule()).median(metric) == expected[1, -1]


@given(tables(st.floats(-1e9, 1e9)))
def test_the_difference_of_twins_is_drawn_as_it_is_said(pairs: np.ndarray) -> None:
    found = Difference("variance", pairs, 0.0)
    picture = apart(found, Scenario(lineages=len(pairs), generations=max(pairs.shape[1] - 1, 1)), True)
    same(drawn(picture, ("5–95% of pairs, low", "median difference", "5–95% of pairs, high")), found.band)


@settings(max_examples=60)
@given(scenarios(), st.data())
def test_a_simulated_run_says_one_number_everywhere(scenario: Scenario, data: st.DataObject) -> None:
    """Any world, model, decoder, curator and policy, and any of its metrics; small, so that it is quick."""
    text = scenario.world.space == "text"
    s = replace(
        scenario, n=min(scenario.n, 60), generations=min(scenario.generations, 4), lineages=min(scenario.lineages, 5)
    )
    metric = data.draw(st.sampled_from(measurable(s)))
    t = run(
        s,
        keep=dict.fromkeys(
            [metric, "tail_mass", "effective_types" if text or s.world.space == "types" else "variance"]
        ),
    )
    values = t.measure(metric)
    assume(not (np.isposinf(values).any(axis=0) & np.isneginf(values).any(axis=0)).any())
    look = LOOKS.get(metric)
    names = ("5–95% of chains, low", "median", "5–95% of chains, high")
    with np.errstate(over="ignore"):
        same(drawn(over_time(t, metric, 0), names, look.scale if look else 1.0), band(values))
    np.testing.assert_array_equal([*told(values).values()], band(values))
    e = Evidence(t, Rule())
    np.testing.assert_equal(e.median(metric), band(values)[1, -1])


@pytest.mark.parametrize("lineages", [1, 2, 59, 60, 300])
def test_the_headline_is_the_end_of_the_median_s_curve(lineages: int) -> None:
    """The first number that a reader meets stands at the right end of the thick line, and in the CSV."""
    t = run(Scenario(n=20, generations=30, lineages=lineages, seed=1))
    left = headline(Evidence(t, Rule())).numbers["left"]
    assert left == told(t.measure("variance"))["median"][-1] == median(t.measure("variance"))[-1]
    picture = over_time(t, "variance", lineage_at(t.measure("variance")[:, -1], 0.5))
    curves = {trace["name"]: trace["y"] for trace in picture.figure["data"]}
    assert curves["median"][-1] == curves["this chain"][-1] == left * 100
    assert percent(left) in headline(Evidence(t, Rule())).text
    assert percent(left) in picture.alt


def test_another_convention_would_be_noticed() -> None:
    """The control: the linear interpolation of most programs gives other numbers, and none at all between infinities."""
    values = np.array([[0.0], [1.0], [3.0], [7.0]])
    assert not np.array_equal(np.quantile(values, BAND, axis=0), band(values))
    assert [*band(np.array([1.0, np.inf, np.inf]))] == [1.0, np.inf, np.inf]
    assert set(METRICS) >= set(LOOKS)
