"""A run that comes generation by generation is the run, and each part of it is the shorter run."""

from dataclasses import replace

import numpy as np
import pytest

from collapse import Scenario, run
from collapse.growing import grow, is_whole

TRAINED = "world=digits&model=vae&model.epochs=2&model.width=8&n=200&generations=4&lineages=6&seed=3&policy="


def same(a: object, b: object) -> bool:
    return all(np.array_equal(x, y, equal_nan=True) for x, y in zip(a, b, strict=True))  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "query", [TRAINED + "mix", "n=20&generations=4&lineages=9", "n=20&generations=4&policy=accumulate"]
)
def test_every_part_is_the_shorter_run(query: str):
    s = Scenario.from_query(query)
    parts = list(grow(s))
    assert [part.scenario for part in parts] == [replace(s, generations=t) for t in range(1, 5)]
    for part in parts:
        assert is_whole(part.scenario, s)
        assert same(part.params, run(part.scenario).params)
    assert not same(parts[-1].params, run(replace(s, seed=4)).params), (
        "other seeds give other runs, or this test sees nothing"
    )


def test_a_run_without_room_keeps_its_metrics(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("collapse.growing.ROOM", 1)
    s = Scenario.from_query(TRAINED + "mix")
    *_, whole = grow(s, keep=("signal", "variance"))
    assert whole.params is None
    kept = run(s, keep=("signal", "variance"))
    assert set(whole.kept) == {"signal", "variance"}
    assert all(np.array_equal(whole.kept[m], kept.kept[m]) for m in whole.kept)


def test_a_growing_archive_may_be_split_otherwise():
    """An archive that holds more is split into smaller blocks, so that a part of it is not the shorter run; this says so."""
    s = Scenario.from_query(TRAINED + "accumulate")
    parts = [part for part in grow(s) if not is_whole(part.scenario, s)]
    assert parts
    assert all(not same(part.params, run(part.scenario).params) for part in parts)
