"""A trajectory can be put away, comes back to the bit, and knows where it is from."""

import json
import platform

import numpy as np
import pytest
import scipy

import collapse
from collapse.metrics import at_world
from collapse.models.categorical import Categorical
from collapse.models.kde import Kde
from collapse.policies import Accumulate
from collapse.recursion import run
from collapse.scenario import Scenario
from collapse.trajectory import Trajectory, joined, stacked
from collapse.worlds import Surnames

from .harness import bells


def test_kept_metrics_come_back_without_params(tmp_path):
    scenario = Scenario(model=Kde(), policy=Accumulate(), n=5, lineages=3, generations=4)
    before = run(scenario, keep=("variance", "w1"))
    before.save(tmp_path / "run.npz")
    after = Trajectory.load(str(tmp_path / "run.npz"))
    assert after.params is None
    assert set(after.kept) == {"variance", "w1"}
    np.testing.assert_array_equal(after.measure("w1"), before.measure("w1"))
    with pytest.raises(ValueError, match=r"tail_mass was not kept .* variance, w1"):
        after.measure("tail_mass")


def test_where_it_is_from(tmp_path):
    scenario = Scenario(n=5, lineages=3, generations=2, seed=9)
    run(scenario).save(tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz") as file:
        origin = json.loads(str(file["provenance"]))
    assert origin == {
        "query": scenario.to_query(),
        "collapse": collapse.__version__,
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "python": platform.python_version(),
    }
    assert Scenario.from_query(origin["query"]) == scenario


def pretended(path, **changes):
    """A file of the right make, but for some arrays; None leaves one out."""
    run(Scenario(n=5, lineages=3, generations=2)).save(path)
    with np.load(path) as file:
        arrays = dict(file) | changes
    np.savez(path, **{name: a for name, a in arrays.items() if a is not None})


def foreign(path, what: str):
    match what:
        case "no question":
            pretended(path, provenance=np.array("{}"))
        case "a list":
            pretended(path, provenance=np.array("[]"))
        case "a question of numbers":
            pretended(path, provenance=np.array(json.dumps({"query": {"n": 5}})))
        case "an array lost":
            pretended(path, **{"params.lower": None})
        case "an array too many":
            pretended(path, **{"params.p": np.zeros((3, 2, 4))})
        case "nothing in it":
            pretended(path, **{"params.lower": None, "params.mean": None, "params.log_diagonal": None})
        case "another shape":
            pretended(path, **{"params.lower": np.zeros((3, 5, 1, 1))})
        case "a metric of another run":
            pretended(path, **{"kept.variance": np.zeros((4, 2))})
        case "a broken stream":
            run(Scenario(n=5, lineages=30, generations=20)).save(path)
            raw = bytearray(path.read_bytes())
            raw[400:900] = bytes(500)
            path.write_bytes(raw)
        case "arrays":
            np.savez(path, x=np.zeros(3))
        case "one array":
            with path.open("wb") as file:
                np.save(file, np.zeros(3))
        case "pickle":
            with path.open("wb") as file:
                np.save(file, np.array([{}], dtype=object), allow_pickle=True)
        case "text":
            path.write_text("generation,mean\n")
        case "empty":
            path.write_bytes(b"")
        case "half a zip":
            run(Scenario(n=5, lineages=3, generations=2)).save(path)
            path.write_bytes(path.read_bytes()[:100])
        case "not json":
            np.savez(path, provenance=np.array("hello"))
        case "another question":
            np.savez(path, provenance=np.array(json.dumps({"query": {"v": "99"}})))


@pytest.mark.parametrize(
    "what",
    [
        "arrays",
        "one array",
        "pickle",
        "text",
        "empty",
        "half a zip",
        "not json",
        "another question",
        "no question",
        "a list",
        "a question of numbers",
        "an array lost",
        "an array too many",
        "nothing in it",
        "another shape",
        "a metric of another run",
        "a broken stream",
    ],
)
def test_a_foreign_file_is_refused(what, tmp_path):
    path = tmp_path / "foreign.npz"
    foreign(path, what)
    words = "version 1" if what == "another question" else r"foreign\.npz (is not|lacks|does not fit)"
    with pytest.raises(ValueError, match=words):
        Trajectory.load(path)


def test_a_file_has_the_name_that_it_was_given(tmp_path):
    before = run(Scenario(n=5, lineages=3, generations=2))
    before.save(tmp_path / "b")
    assert [p.name for p in tmp_path.iterdir()] == ["b"]
    assert np.array_equal(Trajectory.load(tmp_path / "b").measure("variance"), before.measure("variance"))


def test_a_file_that_is_not_there_is_not_a_value_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        Trajectory.load(tmp_path / "nowhere.npz")


def test_the_first_column_is_the_world_and_the_rest_the_models():
    params = bells(np.array([[[0.0], [3.0]]]), np.array([[[[4.0]], [[0.25]]]]))
    trajectory = Trajectory(Scenario(lineages=1, generations=2), params)
    np.testing.assert_allclose(trajectory.measure("variance"), [[1.0, 4.0, 0.25]])
    np.testing.assert_allclose(trajectory.measure("mean_drift"), [[0.0, 0.0, 9.0]])
    np.testing.assert_allclose(trajectory.measure("w2"), [[0.0, 1.0, np.hypot(3, 0.5)]])


def test_a_measurement_may_be_changed_without_changing_the_trajectory():
    trajectory = run(Scenario(n=5, lineages=3, generations=2))
    trajectory.measure("variance")[:] = -1
    assert (trajectory.measure("variance") > 0).all()


def test_only_what_makes_sense_is_measured():
    trajectory = run(Scenario(n=5, lineages=3, generations=2))
    with pytest.raises(ValueError, match=r"metric='beauty' is not known: choose .*variance"):
        trajectory.measure("beauty")
    with pytest.raises(ValueError, match="metric=types cannot be measured here"):
        trajectory.measure("types")


def test_types_begin_with_all_of_them():
    trajectory = run(Scenario(world=Surnames(types=12), model=Categorical(), n=5, lineages=3, generations=2))
    assert (trajectory.measure("types")[:, 0] == 12).all()
    assert (trajectory.measure("types")[:, 1] <= 5).all()
    assert at_world(Surnames(types=12), "types") == 12


def test_axes_are_lineages_then_generations():
    life = [bells(np.full((2, 1), t), np.full((2, 1, 1), t)) for t in range(3)]
    stack = stacked(life)
    assert stack.mean.shape == (2, 3, 1)
    assert stack.cov[0, :, 0, 0] == pytest.approx([0, 1, 2])
    assert joined([stack, stack]).cov.shape == (4, 3, 1, 1)
