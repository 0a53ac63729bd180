"""A saved run does not depend on what was looked at, is never half a file, and no hostile file raises anything but a ValueError."""

import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib import format as npy

from collapse import Scenario, run, trajectory
from collapse.metrics import measurable
from collapse.models.categorical import Categorical
from collapse.recursion import sweep
from collapse.trajectory import Trajectory
from collapse.worlds import NormalWorld, Surnames

S = Scenario(n=5, lineages=3, generations=2)


def test_one_metric_is_kept_by_its_name_alone():
    alone = run(S, keep="variance")
    assert set(alone.kept) == {"variance"}
    np.testing.assert_array_equal(alone.kept["variance"], run(S, keep=["variance"]).kept["variance"])
    assert [set(t.kept) for t in sweep([S, S], keep="variance")] == [{"variance"}] * 2
    with pytest.raises(ValueError, match=r"metric='beauty' is not known: choose .*variance"):
        run(S, keep="beauty")


def test_looking_at_a_run_does_not_change_what_is_saved(tmp_path):
    fresh, seen = run(S), run(S)
    for name in measurable(S):
        seen.measure(name)
    assert seen.kept == {}
    fresh.save(tmp_path / "fresh.npz")
    seen.save(tmp_path / "seen.npz")
    arrays = [dict(np.load(tmp_path / name)) for name in ("fresh.npz", "seen.npz")]
    assert arrays[0].keys() == arrays[1].keys() == {"provenance", "params.mean", "params.lower", "params.log_diagonal"}
    assert all(np.array_equal(arrays[0][k], arrays[1][k]) for k in arrays[0])


def test_a_metric_is_measured_once(monkeypatch):
    import collapse.trajectory as module

    asked = []
    evaluate = module.evaluate
    monkeypatch.setattr(module, "evaluate", lambda s, p, names: asked.append(names) or evaluate(s, p, names))
    t = run(S)
    assert np.array_equal(t.measure("variance"), t.measure("variance"))
    assert asked == [("variance",)]


def test_a_disk_that_is_full_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "run.npz"
    run(S).save(path)
    before = path.read_bytes()

    def full(file, **arrays):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(OSError, match="No space"):
        run(replace(S, seed=1)).save(path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["run.npz"], "no half a file is left over"


def test_what_is_no_ordinary_file_is_not_replaced(tmp_path):
    with pytest.raises(OSError, match="not an ordinary file"):
        run(S).save(tmp_path)
    (tmp_path / "there.npz").write_bytes(b"")
    (tmp_path / "link").symlink_to(tmp_path / "there.npz")
    run(S).save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink(), "a link stays one, and what it leads to is written"
    assert Trajectory.load(tmp_path / "there.npz").scenario == S


def changed(path, scenario=S, **changes):
    """A file of the right make, but for some arrays."""
    run(scenario).save(path)
    with np.load(path) as file:
        arrays = dict(file) | changes
    np.savez(path, **arrays)


def claims(shape, descr="<f8"):
    """An array of which there is only the header."""
    import io

    out = io.BytesIO()
    npy.write_array_header_1_0(out, {"shape": shape, "fortran_order": False, "descr": descr})
    return out.getvalue()


def with_member(path, name, content):
    run(S).save(path)
    with np.load(path) as file:
        arrays = {k: a for k, a in file.items() if f"{k}.npy" != name}
    np.savez(path, **arrays)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, content)


def patched(path, offset, value):
    """Bytes of the central directory's first entry changed: its flags are at 8, its method at 10."""
    run(S).save(path)
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x01\x02") + offset
    raw[at] = value
    path.write_bytes(raw)


DEEP = np.array("[" * 90_000 + "]" * 90_000)
HOSTILE = {
    "eight terabytes": lambda p: with_member(p, "params.mean.npy", claims((3, 2, 10**12))),
    "a shape that overflows": lambda p: with_member(p, "params.mean.npy", claims((3, 2, 2**62, 2**62))),
    "a bomb": lambda p: changed(p, **{"params.mean": np.zeros((3, 2, 10**6))}),
    "deep json": lambda p: changed(p, provenance=DEEP),
    "a long note": lambda p: changed(p, provenance=np.array("x" * 10**6)),
    "an encrypted member": lambda p: patched(p, 8, 1),
    "an unknown compression": lambda p: patched(p, 10, 99),
    "a metric in text": lambda p: changed(p, **{"kept.variance": np.full((3, 2), "one")}),
    "a complex metric": lambda p: changed(p, **{"kept.variance": np.full((3, 2), 1j)}),
    "a metric of switches": lambda p: changed(p, **{"kept.variance": np.ones((3, 2), bool)}),
    "params of switches": lambda p: changed(p, **{"params.mean": np.ones((3, 2, 1), bool)}),
    "whole params": lambda p: changed(p, **{"params.mean": np.ones((3, 2, 1), int)}),
    "a factor that is not square": lambda p: changed(p, **{"params.lower": np.ones((3, 2, 1, 2))}),
    "a diagonal of nothing": lambda p: changed(p, **{"params.log_diagonal": np.ones((3, 2, 0))}),
    "a metric of dates": lambda p: changed(p, **{"kept.variance": np.zeros((3, 2), "M8[s]")}),
    "an unknown metric": lambda p: changed(p, **{"kept.beauty": np.zeros((3, 2))}),
    "a metric of another world": lambda p: changed(p, **{"kept.types": np.zeros((3, 2))}),
    "a stray array": lambda p: changed(p, stray=np.zeros((3, 2))),
    "sixteen dimensions for one": lambda p: changed(
        p,
        **{
            "params.mean": np.zeros((3, 2, 16)),
            "params.lower": np.zeros((3, 2, 16, 16)),
            "params.log_diagonal": np.zeros((3, 2, 16)),
        },
    ),
    "two types too many": lambda p: changed(
        p, replace(S, world=Surnames(types=12), model=Categorical()), **{"params.p": np.zeros((3, 2, 14))}
    ),
    "a query of numbers": lambda p: changed(p, provenance=np.array(json.dumps({"query": {"n": 5}}))),
    "a query that is a list": lambda p: changed(p, provenance=np.array(json.dumps({"query": ["n"]}))),
    "a member that is no array": lambda p: with_member(p, "notes.txt", b"hello"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_in_a_sentence(what, tmp_path):
    path = tmp_path / "hostile.npz"
    HOSTILE[what](path)
    with pytest.raises(ValueError, match=r"hostile\.npz (is not a saved|lacks arrays|does not fit)"):
        Trajectory.load(path)


def test_what_is_no_file_is_not_read_and_what_is_not_there_is_said(tmp_path):
    """A device, such as /dev/zero, may have no end."""
    for place in (tmp_path, "/dev/null"):
        with pytest.raises(ValueError, match="is not a saved trajectory"):
            Trajectory.load(place)
    with pytest.raises(FileNotFoundError):
        Trajectory.load(tmp_path / "nothing.npz")


def test_a_file_that_would_fill_the_memory_is_refused(tmp_path, monkeypatch):
    run(S).save(tmp_path / "run.npz")
    size = sum(a.nbytes for a in run(S).params)
    monkeypatch.setattr(trajectory, "LARGEST", size)
    Trajectory.load(tmp_path / "run.npz")
    monkeypatch.setattr(trajectory, "LARGEST", size - 1)
    with pytest.raises(ValueError, match="does not fit into memory"):
        Trajectory.load(tmp_path / "run.npz")


@given(st.integers(0, 10**6), st.integers(0, 255))
def test_a_byte_that_was_changed_raises_a_value_error_or_nothing(at, value):
    """What is accepted all the same, such as another date, is the run that was saved."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.npz"
        run(S, keep="variance").save(path)
        raw = bytearray(path.read_bytes())
        raw[at % len(raw)] = value
        path.write_bytes(raw)
        try:
            found = Trajectory.load(path)
        except ValueError as error:
            assert str(error).strip()  # noqa: PT017
        else:
            assert found.scenario == S
            assert np.array_equal(found.kept["variance"], run(S, keep="variance").kept["variance"])


def test_a_right_file_of_every_space_is_read(tmp_path):
    """The control: what is refused above is refused for its fault."""
    worlds = {
        "plane": replace(S, world=NormalWorld(dimension=4)),
        "types": replace(S, world=Surnames(types=12), model=Categorical()),
        "text": Scenario.from_query("world=alice&model=ngram&n=50&generations=2&lineages=3"),
        "mixture": Scenario.from_query("world=penguins&model=mixture&n=30&generations=2&lineages=3"),
        "kernels": Scenario.from_query("model=kde&n=5&generations=2&lineages=3"),
    }
    for name, s in worlds.items():
        run(s).save(tmp_path / name)
        assert Trajectory.load(tmp_path / name).scenario == s
