"""One lineage followed around the loop: what is shown is what the run has drawn, and whoever fits it gets the next model."""

import json
from functools import partial
from typing import Any

import numpy as np
import pytest
from scipy.stats import kstest

from collapse import Scenario, run
from collapse.data import Moments, Rows
from collapse.figures.loop import STATIONS, loop_picture, told
from collapse.following import LOOKED_AT, follow, rows_with
from collapse.passed_on import passed_on

BELL = "n=20&generations=6&lineages=40&seed=3"
ALL = {
    "bell": BELL,
    "mixed": f"{BELL}&policy=mix&policy.synthetic=0.5",
    "cut": f"{BELL}&decoder.top_p=0.9",
    "two humps": f"{BELL}&world=bimodal",
    "steps": f"{BELL}&model.steps=20&model.start=warm",
    "weighted": f"{BELL}&model.loss=density-power",
    "boxes": f"{BELL}&model=histogram",
    "five dimensions": f"{BELL}&world.dimension=5&decoder.temperature=0.9",
    "fewer than directions": "n=4&world.dimension=6&generations=4&lineages=3",
    "kernels": f"{BELL}&model=kde&world=skewed",
    "picked": f"{BELL}&policy=accumulate-subsample",
    "grown": f"{BELL}&policy=accumulate",
    "anchored": "world=penguins&model=mixture&n=100&generations=4&lineages=6&policy=anchor&policy.synthetic=0.9",
    "names": "world=surnames&model=categorical&n=300&generations=4&lineages=6&policy=random-share",
    "text": "world=alice&model=ngram&n=2000&generations=4&lineages=3&policy=mix",
    "words": "world=alice&model=ngram&model.unit=words&model.order=1&n=2000&generations=4&lineages=2&policy=accumulate",
    "linear": "world=digits&model=linear-vae&n=200&generations=4&lineages=2",
    "nothing made": "world=digits&model=linear-vae&n=200&generations=4&lineages=2&policy=mix&policy.synthetic=0",
    "network": "world=digits&model=vae&model.epochs=2&n=100&generations=3&lineages=2",
}


@pytest.mark.parametrize("query", [ALL["bell"], ALL["cut"], ALL["two humps"]])
def test_whoever_fits_what_is_shown_gets_the_next_model(query: str) -> None:
    scenario = Scenario.from_query(query)
    params = run(scenario).params
    turns = follow(scenario, 7, {1, 2, 5}, params)
    assert np.allclose(turns[0].fed.x.mean(), params.mean[7, 0]), "the first model"  # type: ignore[attr-defined]
    for turn in turns:
        said, after = turn.said.x[0, :, 0], turn.generation  # type: ignore[attr-defined]
        assert np.allclose([said.mean(), said.var()], [params.mean[7, after, 0], params.cov[7, after, 0, 0]])


def test_a_mixed_diet_is_shown_whole() -> None:
    scenario = Scenario.from_query(ALL["mixed"])
    params = run(scenario).params
    (turn,) = follow(scenario, 39, {3}, params)
    fed = np.concatenate([turn.real.x, turn.said.x], axis=1)[0, :, 0]  # type: ignore[attr-defined]
    assert np.allclose([fed.mean(), fed.var()], [params.mean[39, 3, 0], params.cov[39, 3, 0, 0]])
    assert (turn.next_real, turn.next_made) == (10, 10)


ANCHORED = f"{BELL}&policy=anchor&policy.synthetic=0.5"


@pytest.mark.parametrize("query", [ALL["bell"], ALL["mixed"], ALL["cut"], ALL["two humps"], ALL["boxes"], ANCHORED])
def test_what_is_passed_on_from_each_generation_makes_the_next_model(query: str) -> None:
    """Made and real together have the mean and the variance of the model that learns from them, in every generation."""
    scenario = Scenario.from_query(query)
    trajectory = run(scenario)
    found = passed_on(scenario, 7, trajectory.params)
    assert found is not None
    assert [len(part) for part in found] == [7, 7]
    assert np.isnan(found[0][0]).all(), "generation 0 is real"
    both = np.concatenate(found, axis=1)[:-1]
    assert (np.isfinite(both).sum(axis=1) == scenario.n).all()
    mean, variance = np.nanmean(both, axis=1), np.nanvar(both, axis=1)
    if scenario.model.kind == "gaussian":
        after = trajectory.params
        assert np.allclose(mean, after.mean[7, :, 0])
        assert np.allclose(variance, after.cov[7, :, 0, 0])
        assert not np.allclose(variance[:-1], after.cov[7, 1:, 0, 0]), "control: the model after that one is another"
    one = follow(scenario, 7, {3}, trajectory.params)[0]
    assert np.isclose(np.nanmean(found[0][3]), one.said.x.mean()), "as the strip shows it"  # type: ignore[attr-defined]


def test_of_many_examples_the_same_part_is_shown() -> None:
    found = passed_on(Scenario.from_query("n=200&generations=6&lineages=40&policy=mix&policy.synthetic=0.75"), 0)
    assert found is not None
    assert [int(np.isfinite(part[3]).sum()) for part in found] == [45, 15]


def test_params_that_are_known_need_no_second_fit() -> None:
    scenario = Scenario.from_query(ALL["anchored"])
    known, anew = (follow(scenario, 2, {1, 3}, params) for params in (run(scenario).params, None))
    for one, other in zip(known, anew, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one.params, other.params, strict=True))
        assert np.array_equal(one.said.x, other.said.x)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "query", [ALL["bell"], ALL["mixed"], ALL["anchored"], ALL["names"], f"{BELL}&policy=accumulate"]
)
def test_what_a_run_has_written_down_is_what_would_be_drawn_again(query: str) -> None:
    scenario, diaries = Scenario.from_query(query), {}
    params, last = run(scenario, diaries=diaries).params, scenario.generations
    assert all(np.array_equal(a, b) for a, b in zip(params, run(scenario).params, strict=True)), "the run is the same"
    written, again = (follow(scenario, 3, range(1, last + 1), params, known) for known in (diaries, None))
    assert [turn.generation for turn in written] == list(range(1, last + 1))
    for one, other in zip(written, again, strict=True):
        assert (one.sizes, one.next_real, one.next_made) == (other.sizes, other.next_real, other.next_made)
        for part in ("params", "fed", "said", "real"):
            assert all(map(np.array_equal, arrays(getattr(one, part)), arrays(getattr(other, part)))), part
    if scenario.world.d == 1 and scenario.world.space == "real":
        written, again = (passed_on(scenario, 3, params, diaries=known) for known in (diaries, None))
        assert all(map(partial(np.array_equal, equal_nan=True), written, again))


@pytest.mark.parametrize("query", ALL.values(), ids=ALL)
def test_turns_that_nobody_looks_at_may_be_leapt_over(query: str) -> None:
    """The last turn is the same, to the bit, whether every turn before it is drawn or none but those that feed it."""
    scenario = Scenario.from_query(query)
    last = scenario.generations
    params = None if scenario.world.space == "text" else run(scenario).params
    (leapt,), all_of_them = follow(scenario, 1, {last}, params), follow(scenario, 1, range(1, last + 1), params)
    assert [turn.generation for turn in all_of_them] == list(range(1, last + 1))
    for part in ("params", "said", "real"):
        one, other = (np.concatenate([np.ravel(a) for a in arrays(getattr(t, part))]) for t in (leapt, all_of_them[-1]))
        assert np.array_equal(one, other), part
    assert (leapt.sizes, leapt.next_real, leapt.next_made) == (
        all_of_them[-1].sizes,
        all_of_them[-1].next_real,
        all_of_them[-1].next_made,
    )


def arrays(found: Any) -> list[Any]:
    """The arrays of params, or of a data set."""
    values = found if isinstance(found, tuple) else vars(found).values()
    return [np.zeros(0), *(value for value in values if isinstance(value, np.ndarray))]


@pytest.mark.parametrize(("n", "d"), [(5, 1), (61, 1), (200, 3)])
def test_rows_given_their_moments_are_rows_of_a_bell_curve(n: int, d: int) -> None:
    """Moments of a bell curve, and rows given these, are as rows of it.  Kolmogorov and Smirnov at 1e−4 in each coordinate: a false
    alarm in 1 of 2,000 runs of these three cases; rows of another width fail."""
    rng = np.random.default_rng(11)
    real = Moments.of(rng.standard_normal((4000, n, d)))
    rows = rows_with(real, rng)
    if n <= LOOKED_AT:
        assert np.allclose(Moments.of(rows).scatter, real.scatter)
    assert rows.shape == (4000, min(n, LOOKED_AT), d)
    for j in range(d):
        assert kstest(rows[:, 0, j], "norm").pvalue > 1e-4
    assert kstest(3 * rows[:, 0, 0], "norm").pvalue < 1e-4, "the test would see a wrong width"


@pytest.mark.parametrize("query", ALL.values(), ids=ALL)
def test_every_family_and_diet_has_its_strip(query: str) -> None:
    scenario = Scenario.from_query(query)
    kept = None if scenario.world.space == "text" else run(scenario).params
    turns = follow(scenario, 1, {1, 2, scenario.generations}, kept)
    picture = loop_picture(scenario, turns)
    told(picture, [("1. A chapter", "Its text.", 2, 4)])
    travelled = json.loads(picture.pack(key="loop"))
    drawn = travelled["cells"]
    assert [turn["generation"] for turn in travelled["turns"]] == [1, 2, scenario.generations]
    assert len(travelled["steps"]) == 5 + 4 + 4
    for turn, found in zip(travelled["turns"], turns, strict=True):
        assert len(turn["stations"]) == len(STATIONS)
        assert (f"{found.sizes['said']:,}" if found.sizes["said"] else "not asked to make anything") in turn[
            "stations"
        ][2]["label"]
        assert all(
            station["label"].endswith((".", ")")) and drawn[station["cell"]]["kind"] for station in turn["stations"]
        )
        if isinstance(found.said, Rows) and scenario.world.space == "real":
            said = drawn[turn["stations"][2]["cell"]]
            assert len(said["axes"][0]) - said["real"] == min(LOOKED_AT, found.sizes["said"])
    assert len(drawn) == len({json.dumps(cell) for cell in drawn}), "each travels once"


def test_a_lineage_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="this run has 40"):
        follow(Scenario.from_query(BELL), 40, {1})
