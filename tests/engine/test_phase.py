"""The map against single runs: every cell, its order, its error, its budget."""

import re
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collapse import Scenario, run
from collapse.bands import median
from collapse.beliefs.kernels import Kernels
from collapse.blocks import blocks
from collapse.budget import BUDGET, examples_per_fit, typical_cost, worst_case_cost
from collapse.decoding import Decoder
from collapse.healthy import charges
from collapse.metrics import measurable
from collapse.models.categorical import Categorical
from collapse.models.kde import Kde
from collapse.models.mixture import Mixture
from collapse.phase import (
    FEWEST,
    LINEAGES,
    MAP_BUDGET,
    ONSETS,
    SIDE,
    SIDES,
    Axis,
    Map,
    axis,
    drawn,
    fill,
    middle,
    order,
)
from collapse.policies import Accumulate, Mix, Replace
from collapse.recursion import last
from collapse.spec import knob
from collapse.stages import Rule, classify, typical_onset
from collapse.worlds import Groups, NormalWorld, OwnTypes, Surnames

from .harness import named

BASE = Scenario(policy=Mix(synthetic=0.95), n=50, generations=6, lineages=300, seed=1)
KEYS = ("n", "policy.synthetic")


def small(shows="variance", scenario=BASE):
    few = replace(scenario, lineages=12)
    return Map(few, Axis("n", (5, 20, 80), True), Axis("policy.synthetic", (0.0, 0.5, 0.9, 1.0), False), shows)


@pytest.mark.parametrize("shows", ["variance", "w1", *ONSETS])
def test_every_cell_is_its_own_run(shows):
    asked = small(shows)
    *_, full = fill(asked)
    assert full.done == 1.0
    for (r, share), (c, n) in product(enumerate(asked.y.values), enumerate(asked.x.values)):
        alone = run(replace(asked.scenario, n=n, policy=Mix(synthetic=share)))
        if shows in ONSETS:
            assert full.value[r, c] == typical_onset(classify(alone, Rule()), ONSETS[shows])
        else:
            assert full.value[r, c] == median(alone.measure(shows)[:, -1])
    np.testing.assert_array_equal(full.painted(), full.value)


def test_the_last_generation_over_several_blocks():
    s = Scenario(world=Surnames(types=5000), model=Categorical(), n=100, generations=3, lineages=25)
    assert len(list(blocks(s))) > 1
    np.testing.assert_array_equal(last(s, ["types"])["types"], run(s, keep=["types"]).measure("types")[:, -1])


@given(st.integers(1, 30), st.integers(1, 30))
def test_coarse_first_every_cell_once_and_never_a_hole(rows, columns):
    seen = list(order((rows, columns)))
    assert sorted((r, c) for r, c, _ in seen) == list(np.ndindex(rows, columns))
    strides = [s for *_, s in seen]
    assert strides == sorted(strides, reverse=True)
    assert strides[-1] == 1 or len(seen) == 1
    first = {(r, c) for r, c, s in seen if s == strides[0]}
    assert {(r // strides[0], c // strides[0]) for r, c in np.ndindex(rows, columns)} == {
        (r // strides[0], c // strides[0]) for r, c in first
    }, "the first pass already covers the whole map"


def test_the_default_map_shows_the_whole_early():
    assert [sum(s >= k for *_, s in order((SIDE, SIDE))) for k in (8, 4, 2, 1)] == [16, 49, 169, 625]
    asked = small()
    going = fill(asked)
    states = [next(going).painted().copy() for _ in range(4)]
    assert np.isfinite(states[3]).sum() >= 4
    assert not np.isnan(list(fill(asked))[-1].value).any()


def test_whoever_stops_asking_stops_the_work(monkeypatch):
    looked = []
    monkeypatch.setattr("collapse.phase.measured", lambda asked, s: looked.append(s) or (1.0, 0.0))
    going = fill(small())
    next(going)
    next(going)
    going.close()
    assert len(looked) == 2


def test_axes():
    x = axis(BASE, "n")
    assert (x.values[0], x.values[-1], len(x.values), x.log) == (5, 500, SIDE, True)
    assert all(isinstance(v, int) for v in x.values)
    ratios = np.diff(np.log(x.values))
    assert ratios.max() < 2 * ratios[5:].min() + 0.2
    y = axis(BASE, "policy.synthetic")
    assert (y.values[0], y.values[-1], len(y.values), y.log) == (0.0, 1.0, SIDE, False)
    assert axis(BASE, "world.dimension").values == tuple(range(1, 17)), "whole numbers are not repeated"
    assert axis(replace(BASE, model=Kde(h=0.001)), "model.h").values[0] == 0.001
    assert axis(BASE, "n", (10, 20), side=5).values == (10, 12, 14, 17, 20)
    for wrong in ((20, 10), (20, 20), (1, 50), (5, 2e6), (float("nan"), 10)):
        with pytest.raises(ValueError, match="n"):
            axis(BASE, "n", wrong)
    with pytest.raises(ValueError, match=r"choose .*policy\.synthetic"):
        axis(BASE, "seed")
    for text in (x.text(3), y.text(7)):
        assert Scenario.from_query({"n": x.text(3)}, BASE).n == x.values[3], text


def test_what_cannot_be_a_cell_stays_empty():
    few = replace(BASE, model=Kde(), lineages=5)
    asked = Map(few, Axis("world.dimension", (1, 2), False), Axis("n", (5, 10), True), "variance")
    *_, full = fill(asked)
    assert np.isfinite(full.value[:, 0]).all()
    assert np.isnan(full.value[:, 1]).all()
    assert full.done == 1.0


SMALL = Scenario(n=20, generations=3, lineages=5)
GROUPS = replace(SMALL, world=Groups(), model=Mixture(iterations=5))


@pytest.mark.parametrize(
    ("scenario", "x", "shows", "there"),
    [
        (SMALL, Axis("world.dimension", (1, 2, 3), False), "coverage", [1]),
        (SMALL, Axis("world.dimension", (1, 2, 3), False), "w1", [1]),
        (SMALL, Axis("world.dimension", (1, 2, 3), False), "w2", [1, 2, 3]),
        (replace(SMALL, model=Mixture(iterations=5)), Axis("world.dimension", (1, 2, 9), False), "variance", [1, 2]),
        (GROUPS, Axis("model.components", (2, 3, 4), False), "rarest_alive", [3]),
        (GROUPS, Axis("world.count", (2, 3, 4), False), "rarest_alive", [3]),
        (GROUPS, Axis("world.count", (2, 3, 4), False), "minority_share", [2, 3, 4]),
    ],
)
def test_a_cell_without_the_metric_stays_empty_and_says_why(scenario, x, shows, there):
    asked = Map(scenario, x, Axis("n", (5, 10), True), shows)
    *_, full = fill(asked)
    for (row, column), s in asked.cells.items():
        value, n = x.values[column], asked.y.values[row]
        if value in there:
            alone = run(Scenario.from_query({x.key: str(value), "n": str(n)}, scenario), keep=[shows])
            assert full.value[row, column] == full.painted()[row, column] == median(alone.measure(shows)[:, -1])
        else:
            assert isinstance(s, str)
            assert len(s) > 20
            assert np.isnan(full.value[row, column])
    early = next(fill(asked)).painted()
    assert np.isnan(early[:, [v not in there for v in x.values]]).all(), "no neighbour stands for what cannot be"
    assert full.done == 1.0


def test_two_axes_that_are_one_and_metrics_that_are_none():
    with pytest.raises(ValueError, match="two different"):
        drawn(BASE, ("n", "n"), "variance", Rule())
    with pytest.raises(ValueError, match="types"):
        drawn(BASE, KEYS, "types", Rule())
    with pytest.raises(ValueError, match="seed"):
        drawn(BASE, ("n", "seed"), "variance", Rule())


HEAVY = (
    BASE,
    replace(BASE, policy=Replace(), decoder=Decoder(top_p=0.9)),
    replace(BASE, model=Kde()),
    replace(BASE, model=Kde(), policy=Accumulate()),
    replace(BASE, world=NormalWorld(dimension=8)),
    replace(BASE, world=Surnames(types=2000), model=Categorical()),
    replace(BASE, world=OwnTypes(), model=Categorical()),
)


@pytest.mark.parametrize("scenario", HEAVY, ids=named)
@pytest.mark.parametrize("generations", [1, 300])
def test_no_map_exceeds_the_budget(scenario, generations):
    s = replace(scenario, generations=generations)
    for shows in [*(m for m in ("variance", "w1", "types", "heldout_nll") if m in measurable(s)), "late onset"]:
        keys = ("n", "generations")
        try:
            asked = drawn(s, keys, shows, Rule())
        except ValueError as error:
            assert "lower " in str(error)  # noqa: PT017
            continue
        assert asked.effort <= MAP_BUDGET
        known = {k: v for c in asked.runs for k, v in charges(c).items()} if shows in ONSETS else {}
        assert (
            sum(typical_cost(cell) for cell in asked.runs)
            <= asked.effort
            <= sum(worst_case_cost(c, ("w1", "w2")) for c in asked.runs) + sum(known.values())
        )
        assert all(worst_case_cost(cell) <= BUDGET for cell in asked.runs), "a cell cannot be stopped half-way"
        assert max(asked.shape) in SIDES or max(asked.shape) < SIDE
        assert FEWEST <= asked.scenario.lineages <= LINEAGES


@pytest.mark.parametrize("scenario", HEAVY[2:4], ids=named)
@pytest.mark.parametrize("shows", ["w1", "variance", "late onset"])
def test_a_map_handles_no_more_than_it_is_charged_for(monkeypatch, scenario, shows):
    seen = [0]
    whole = Kernels._over_kernels

    def counted(self, x, kernel):
        found = whole(self, x, kernel)
        seen[0] += found.size * self.centers.shape[-1]
        return found

    monkeypatch.setattr(Kernels, "_over_kernels", counted)
    few = replace(scenario, lineages=3)
    asked = Map(few, Axis("n", (5, 20), True), Axis("generations", (2, 5), True), shows)
    assert sum(1 for _ in fill(asked)) == 4
    tails = sum(
        2 * s.lineages * s.generations * examples_per_fit(s) for s in asked.runs
    )  # two numbers for each example
    charged = asked.effort if shows == "w1" else asked.effort + tails
    assert seen[0] <= charged


MIXED = [
    Scenario.from_query(
        f"world={world}&model=mixture&policy=mix&policy.synthetic=0.95&n=50&generations=25&lineages=300"
    )
    for world in ("penguins", "groups", "flipper", "own-numbers", "normal", "bimodal")
]


@pytest.mark.parametrize("scenario", MIXED, ids=lambda s: s.world.kind)
def test_the_default_map_of_a_mixture_can_be_drawn(scenario):
    asked = drawn(scenario, KEYS, "variance", Rule())
    assert min(asked.shape) >= 7
    assert asked.effort < sum(worst_case_cost(cell) for cell in asked.runs), "what it usually takes, not what it might"


@pytest.mark.parametrize(
    ("scenario", "keys"),
    [
        (replace(MIXED[0], model=Mixture(components=8, iterations=500), n=500), KEYS),
        (replace(MIXED[2], model=Mixture(iterations=2000)), ("model.tolerance", "decoder.temperature")),
        (replace(BASE, model=Kde(), n=5000, generations=100, policy=Accumulate()), ("n", "generations")),
        (replace(BASE, world=Surnames(types=5000), model=Categorical(), n=100_000, generations=1000), KEYS),
    ],
    ids=str,
)
def test_the_advice_of_a_map_that_is_too_much_leads_to_one(scenario, keys):
    """Whoever halves what is named first, again and again, soon has a map, and every step makes it less work."""
    ends, before = dict.fromkeys(keys, (None, None)), np.inf
    for _ in range(12):
        try:
            drawn(
                scenario, keys, "variance" if scenario.world.space == "real" else "types", Rule(), tuple(ends.values())
            )
            break
        except ValueError as error:
            times, lever = re.search(r"is ([\d,.]+) times .* lower (.+?)( or |$)", str(error)).group(1, 2)
        burden = float(times.replace(",", ""))
        assert 1 <= burden < before
        before = burden
        if lever.startswith("the upper end of "):
            key = lever.removeprefix("the upper end of ")
            low, *_, high = axis(scenario, key, ends[key]).values
            ends[key] = low, (low + high) / 2
        else:
            key, _, value = lever.partition("=")
            assert key not in keys
            scenario = Scenario.from_query({key: str(int(value) // 2)}, scenario)
    else:
        raise AssertionError("the advice leads nowhere")
    assert before < np.inf, "the map was too much at first"


def test_the_default_map_has_all_its_cells():
    asked = drawn(BASE, KEYS, "variance", Rule())
    assert asked.shape == (SIDE, SIDE)
    assert asked.scenario.lineages == LINEAGES


def test_the_standard_error_of_a_median():
    """Against 4000 samples: the mean stated error is within a fifth of the true spread of medians, for three laws of very
    different shape; control: for the mean's error, σ/√R, it is not, where tails are heavy."""
    rng = np.random.default_rng(1)
    for draw in (rng.standard_normal, rng.standard_exponential, lambda shape: rng.standard_t(1.5, shape)):
        pairs = np.array([middle(row) for row in draw((4000, 40))])
        assert pairs[:, 1].mean() == pytest.approx(pairs[:, 0].std(), rel=0.2)
    heavy = rng.standard_t(1.5, (4000, 40))
    assert (heavy.std(axis=1) / np.sqrt(40)).mean() > 1.4 * np.median(heavy, axis=1).std()
    assert middle(np.array([3.0])) == (3.0, 0.0)
    assert np.isnan(middle(np.array([1.0, np.inf, np.inf]))[1])


def test_a_log_axis_needs_a_rule_that_says_so():
    assert knob(1, "x", label="x", low=1, high=2, log=True).metadata["knob"].log
    assert axis(BASE, "generations").log
    assert not axis(BASE, "decoder.top_p").log


def test_a_cell_whose_spread_knows_no_bounds_stays_empty():
    hot = replace(BASE, policy=Replace(), lineages=12, generations=200)
    asked = Map(
        hot, Axis("decoder.temperature", (1.0, 1.2, 5.0), False), Axis("generations", (10, 200), False), "variance"
    )
    *_, full = fill(asked)
    assert (full.stride > 0).all()
    assert np.isfinite(full.value).tolist() == [[True, True, True], [True, True, False]]
