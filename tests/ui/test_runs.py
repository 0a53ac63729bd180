"""The shelf of runs: computed once, and never more of them than memory can hold."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import numpy as np

from collapse import Scenario, run
from collapse.scenario import BUDGET
from collapse.ui.runs import MEASURED, NOTES, RUNS, Shelf, question, trajectory_of, weight


def test_a_class_that_asks_the_same_computes_once():
    shelf, made, go = Shelf(4, 100), [], Event()

    def make():
        go.wait(5)
        made.append(1)
        return len(made)

    with ThreadPoolExecutor(8) as threads:
        answers = [threads.submit(shelf.fetch, "question", make) for _ in range(8)]
        go.set()
        assert {a.result() for a in answers} == {1}
    assert made == [1]


def test_what_was_asked_for_longest_ago_goes_first():
    shelf = Shelf(3, 100)
    for key in "abc":
        shelf.fetch(key, lambda k=key: k.upper())
    assert shelf.fetch("a", lambda: "anew") == "A"
    shelf.fetch("d", lambda: "D")
    assert list(shelf.content) == ["c", "a", "d"]


def test_large_runs_make_room_for_themselves():
    """The weight is about what a run and its metrics hold, and the shelf never holds more than its numbers, but for one run."""
    s = Scenario(n=10, generations=50, lineages=100)
    one = run(s)
    held = sum(a.size for a in one.params)
    for metric in ("variance", "tail_mass", "mean_drift", "log_variance"):
        one.measure(metric)
    held += sum(a.size for a in one.kept.values())
    assert held <= weight(one) == 2 * 5000 + MEASURED * 5000
    shelf = Shelf(64, 3 * weight(one))
    for seed in range(10):
        shelf.fetch(seed, lambda k=seed: run(replace(s, seed=k)))
        assert sum(p.weight for p in shelf.content.values()) <= shelf.numbers
    assert list(shelf.content) == [7, 8, 9]
    alone = Shelf(64, 1)
    assert alone.fetch("large", lambda: one) is one
    assert alone.fetch("large", lambda: None) is one, "one run stays, however large"


def test_the_common_shelf_is_bounded_by_numbers_not_by_runs():
    """The largest run that the budget allows weighs more than a sixtieth of the shelf: 64 of them would not fit into a server."""
    largest = Scenario(lineages=10_000, generations=1000)
    assert largest.work <= BUDGET
    assert 64 * MEASURED * largest.lineages * largest.generations * 8 > 20e9
    assert RUNS.numbers * 8 <= 0.5e9
    assert NOTES.places == 512


def test_a_run_is_found_by_its_query_and_its_metrics():
    s = Scenario.from_query("model=kde&n=8&generations=3&lineages=4")
    first = trajectory_of(s, ("w1",))
    assert trajectory_of(Scenario.from_query(s.to_query()), ("w1",)) is first
    other = trajectory_of(s, ("coverage",))
    assert other is not first
    np.testing.assert_array_equal(other.measure("variance"), first.measure("variance"))
    assert {"variance", "w1"} <= set(first.kept)
    assert ("run", question(s), ("variance", "tail_mass", "mean_drift", "w1")) in RUNS.content
