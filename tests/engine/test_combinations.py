"""Worlds with models that can learn them and policies: every two of them in a few runs, which are asked everything that must hold."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from collapse.metrics import METRICS, measurable
from collapse.models.histogram import Histogram
from collapse.models.kde import Kde
from collapse.models.ngram import Ngram
from collapse.policies import POLICIES, Accumulate
from collapse.recursion import last, run
from collapse.scenario import Scenario
from collapse.trajectory import Trajectory
from collapse.twins import difference, shared

from .harness import combinations, named

ALL = list(combinations(n=7, generations=3, lineages=4))


def meetings(scenario: Scenario) -> set[tuple[str, str]]:
    """Who meets whom: the world and the model, the world and the policy, the model and the policy."""
    world, model, policy = (f"{part}={getattr(scenario, part).kind}" for part in ("world", "model", "policy"))
    return {(world, model), (world, policy), (model, policy)}


def few() -> Iterator[Scenario]:
    """So many of all combinations that any two parts that can meet do so, those first that bring the most."""
    missing = set[tuple[str, str]]().union(*map(meetings, ALL))
    while missing:
        best = max(ALL, key=lambda scenario: len(meetings(scenario) & missing))
        missing -= meetings(best)
        yield best


EVERY = list(few())


@pytest.mark.parametrize("scenario", EVERY, ids=named)
def test_every_combination_keeps_every_promise(scenario, tmp_path):
    """Three runs: whole, measured on the way by its link, and of the last generation alone.  The last two are the same to the bit."""
    whole = lived(scenario)
    has_its_shape(whole)
    again = run(Scenario.from_query(scenario.to_query()), keep=measurable(scenario))
    differs_from_itself_by_nothing(again)
    found = last(scenario, measurable(scenario))
    for name in measurable(scenario):
        np.testing.assert_array_equal(found[name], again.measure(name)[:, -1])
        np.testing.assert_allclose(whole.measure(name), again.measure(name), rtol=1e-9, atol=1e-12)
    if whole.params is not None:
        comes_back_from_its_file(whole, tmp_path / "run.npz")


def lived(scenario: Scenario) -> Trajectory:
    """The run with its params (R, T, …), or, where these grow from generation to generation, with what was measured on the way."""
    if isinstance(scenario.model, Kde | Histogram | Ngram) and type(scenario.policy) is Accumulate:
        with pytest.raises(ValueError, match="keep="):
            run(scenario)
        return run(scenario, keep=measurable(scenario))
    trajectory = run(scenario)
    assert isinstance(trajectory.params, scenario.model.Params)
    assert all(a.shape[:2] == (4, 3) for a in trajectory.params)
    assert all(np.isfinite(a).all() for a in trajectory.params)
    return trajectory


def has_its_shape(trajectory: Trajectory) -> None:
    """Metrics (R, T+1), nothing NaN but what is said to be; no warning."""
    scenario = trajectory.scenario
    names = measurable(scenario)
    assert set(names) <= set(METRICS)
    for name in names:
        values = trajectory.measure(name)
        assert values.shape == (4, 4)
        assert values.dtype == float
        assert (
            np.isfinite(values[:, 1:]).all()
            or name.startswith("kl_")
            or scenario.world.finite
            or scenario.n <= scenario.world.d
            or (name == "heldout_nll" and isinstance(scenario.model, Histogram))  # an empty bin is impossible
        )
        missing = {
            "self_bleu",
            "copied",
        }  # a single short passage has no other to be like, and holds no run that could be copied
        assert np.isnan(values[:, 1:]).any() == (name in missing), name
        assert len(set(map(str, values[:, 0]))) == 1, "generation 0 is the world, in every lineage"


def differs_from_itself_by_nothing(trajectory: Trajectory) -> None:
    """Also where both are infinite; of a single group of lineages no standard error is known."""
    scenario = trajectory.scenario
    assert {metric for metric in METRICS if shared(scenario, scenario, metric)} == set(measurable(scenario))
    for metric in measurable(scenario):
        d = difference(trajectory, trajectory, metric)
        assert not d.pairs.any(), metric
        assert not d.band.any()
        np.testing.assert_array_equal(d.mean, (0.0, 0.0 if scenario.policy.group == 1 else np.nan))
        assert d.better == 0.5


def comes_back_from_its_file(before: Trajectory, path) -> None:
    """To the bit; what is measured of it is then the same, too."""
    before.save(path)
    after = Trajectory.load(path)
    assert after.scenario == before.scenario
    assert type(after.params) is type(before.params)
    assert all(np.array_equal(a, b) and a.dtype == b.dtype for a, b in zip(after.params, before.params, strict=True))
    for name in measurable(before.scenario)[:2]:
        np.testing.assert_array_equal(after.measure(name), before.measure(name))


def test_any_two_parts_meet():
    """All that can, in less than half of the combinations."""
    assert {scenario.policy.kind for scenario in EVERY} == set(POLICIES)
    met, all_of_them = (set().union(*map(meetings, some)) for some in (EVERY, ALL))
    assert met == all_of_them
    assert len(EVERY) < len(ALL) / 2


def test_two_runs_that_differ_are_told_apart():
    """The control: another seed is another run."""
    one, other = (run(replace(EVERY[0], seed=seed), keep=["variance"]) for seed in (0, 1))
    with pytest.raises(AssertionError):
        np.testing.assert_array_equal(one.measure("variance"), other.measure("variance"))
    assert difference(one, other, "variance").pairs.any()
