"""Whoever starts a computation is asked whether it may go on, often enough to stop it, and no number depends on it."""

from collections import deque
from collections.abc import Callable
from functools import cache
from time import process_time

import numpy as np
import pytest

from collapse import Scenario, run
from collapse.bands import band
from collapse.findings import watched
from collapse.going_on import StoppedError, asked, may_go_on
from collapse.healthy import _drawn
from collapse.phase import drawn, fill
from collapse.stages import Rule

APART = 0.1  # s of processor time between two questions, on a machine whose pace is 1
LATE = 0.4  # s until the last of them is answered: what lies between two of them may be slow once
ADDITIONS, USUAL = 1_000_000, 0.02  # so many in a loop take so many seconds there
LONG = (  # each takes seconds, if it is let; the kinds of loops in which time passes
    "policy=random-share&n=1000000&generations=1000&lineages=39",  # F1 of the review: 27 minutes
    "world=alice&model=ngram&n=200&generations=1000&lineages=30",  # F2: half a minute
    "world=alice&model=ngram&n=2&lineages=10000&generations=2",
    "world=skewed&n=25001&generations=1000&lineages=1480",  # F4: a minute
    "n=20&generations=1000&lineages=9900",
    "world=penguins&model=mixture&model.components=8&model.iterations=2000&model.tolerance=1e-10&n=300&lineages=20",
    "world=normal&world.dimension=8&model=mixture&model.components=8&decoder.top_p=0.9&n=2000&lineages=10",
    "model=kde&policy=accumulate&n=1000&generations=100&lineages=20",
    "world=surnames&world.types=5000&model=categorical&policy=random-share&n=100000&lineages=1000&generations=100",
    "world=digits&model=vae&n=1000&model.width=256&model.epochs=1000&lineages=4",
    "curator=preference&n=10000&lineages=1000&generations=100&curator.tries=100",
    "policy=shared&policy.group=50&policy.others=0.9&world=alice&model=ngram&n=20000&lineages=50",
)


@cache
def pace() -> float:
    """How many times slower than that machine this one is now, at least 1: the bounds are multiples of it, not times."""
    taken = []
    for _ in range(7):
        start, total = process_time(), 0
        for i in range(ADDITIONS):
            total += i
        taken.append(process_time() - start)
    return max(1.0, float(np.median(taken)) / USUAL)


class Clock:
    """Asked by the engine: it notes how far apart the questions are, and says no after so many seconds of processor time."""

    def __init__(self, seconds: float) -> None:
        self.start, self.seconds = process_time(), seconds
        self.times = [self.start]

    def __call__(self) -> str:
        self.times.append(process_time())
        return "enough" if self.times[-1] - self.start > self.seconds else ""


def stopped(work: Callable[[], object], seconds: float = 0.5) -> Clock:
    """Work that is stopped after so many seconds of processor time."""
    clock = Clock(seconds)
    with pytest.raises(StoppedError, match="enough"), asked(clock):
        work()
    return clock


@pytest.mark.parametrize("query", LONG)
def test_a_run_is_stopped_soon(query):
    s = Scenario.from_query(query)
    clock = stopped(lambda: run(s, keep=watched(s.world.space)))
    assert clock.times[-1] - clock.start < 0.5 + LATE * pace()
    assert np.median(np.diff(clock.times)) < APART * pace()


@pytest.mark.parametrize(
    ("query", "metric"),
    [
        ("n=20&generations=1000&lineages=4000", "w1"),
        ("n=20&generations=1000&lineages=4000", "hallucination"),
        ("world.dimension=8&n=20&generations=500&lineages=300", "tail_mass"),
        ("world=penguins&model=mixture&n=10&generations=500&lineages=40", "minority_share"),
    ],
)
def test_so_is_measuring_afterwards(query, metric):
    found = run(Scenario.from_query(query))

    def again_and_again() -> None:
        while True:
            found._measured.clear()
            found.measure(metric)

    clock = stopped(again_and_again, 0.3)
    assert clock.times[-1] - clock.start < 0.3 + LATE * pace()


def test_so_are_quantiles_healthy_models_and_maps():
    values = np.random.default_rng(1).random((4000, 1000))
    s = Scenario.from_query("world=alice&model=ngram&n=20000&lineages=4")
    for work in (
        lambda: deque((band(values) for _ in range(100)), maxlen=0),
        lambda: _drawn(s.world, s.model, s.n, s.n, ("perplexity", "tail_mass")),
        lambda: list(fill(drawn(Scenario(n=100, generations=50), ("n", "generations"), "w1", Rule()))),
    ):
        clock = stopped(work, 0.2)
        assert clock.times[-1] - clock.start < 0.2 + LATE * pace()


@pytest.mark.parametrize(
    "query",
    [
        "n=20&generations=30&lineages=40",
        "model=kde&n=30&generations=4&lineages=5",
        "world=alice&model=ngram&n=300&lineages=3",
    ],
)
def test_no_number_depends_on_being_asked(query):
    s = Scenario.from_query(query)
    alone = run(s, keep=watched(s.world.space))
    with asked(Clock(1e9)):
        watched_run = run(s, keep=watched(s.world.space))
    for name, values in alone.kept.items():
        np.testing.assert_array_equal(values, watched_run.kept[name])


def test_measuring_lineages_part_by_part_changes_no_bit(monkeypatch):
    s = Scenario.from_query("n=20&generations=40&lineages=60")
    whole, parts = run(s), run(s)
    names = ("variance", "w1", "tail_mass", "hallucination", "log_variance")
    before = {name: whole.measure(name) for name in names}
    monkeypatch.setattr("collapse.metrics.measuring.AT_ONCE", 5_000)
    monkeypatch.setattr("collapse.bands.AT_ONCE", 100)
    for name in names:
        np.testing.assert_array_equal(before[name], parts.measure(name))
        np.testing.assert_array_equal(band(before[name]), np.sort(before[name], axis=0)[[2, 29, 56]])


def test_nobody_is_asked_outside_of_the_block():
    with asked(lambda: "no"), asked(lambda: ""):
        may_go_on()  # the innermost is asked
    with asked(lambda: "no"), pytest.raises(StoppedError, match="no"):
        may_go_on()
    may_go_on()
