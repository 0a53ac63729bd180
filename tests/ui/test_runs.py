"""The shelf of runs: computed once, and never more of them than memory can hold."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event, Lock
from time import sleep

import numpy as np
import pytest

from collapse import Scenario, run
from collapse.going_on import StoppedError, asked
from collapse.healthy import KEPT as HEALTHY
from collapse.metrics import METRICS
from collapse.notes import KEPT, weight
from collapse.stages import Rule
from collapse.ui import runs
from collapse.ui.desk import Desk
from collapse.ui.room import LIGHT, FullError, Room
from collapse.ui.runs import Outcome, trajectory_of
from collapse.ui.shelf import HANDY, JUDGED, LIVES, NOTES, OWN, RUNS, Mine, Shelf, question
from collapse.visits import Visit

BASE = Scenario(n=20, generations=5, lineages=30)


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
    """The weight is what a run and its metrics hold, and the shelf never holds more than its bytes, but for one run."""
    s = Scenario(n=10, generations=50, lineages=100)
    one = run(s)
    assert weight(one) == sum(a.nbytes for a in one.params) == 3 * 5000 * 8
    for metric in ("variance", "tail_mass"):
        one.measure(metric)
    assert weight(one) == 5 * 5000 * 8, "what was measured is remembered, so it weighs"
    shelf = Shelf(64, 3 * 3 * 5000 * 8)
    for seed in range(10):
        shelf.fetch(seed, lambda k=seed: run(replace(s, seed=k)))
        assert sum(p.weight for p in shelf.content.values()) <= shelf.bytes
    assert list(shelf.content) == [7, 8, 9]
    shelf.fetch(9, lambda: None).measure("variance")
    shelf.fetch("another", lambda: run(s))
    assert list(shelf.content) == [9, "another"], "what has grown since is weighed anew"
    alone = Shelf(64, 1)
    assert alone.fetch("large", lambda: one) is one
    assert alone.fetch("large", lambda: None) is one, "one run stays, however large"


def test_what_was_measured_of_a_run_goes_when_eight_others_were_asked_for():
    """All but integrals, which take long; the numbers are the same when somebody asks again."""
    s, shelf, seen = Scenario(n=10, generations=4, lineages=30), Shelf(64, 10**9), {}
    for seed in range(HANDY + 3):
        found = shelf.fetch(seed, lambda k=seed: run(replace(s, seed=k)))
        seen[seed] = {name: found.measure(name) for name in ("variance", "smaller_tail", "coverage")}
    measured = [weight(place.content) // (30 * 4 * 8) - 3 for place in shelf.content.values()]
    assert METRICS["coverage"].integral
    assert measured == [1] * 3 + [3] * HANDY, "in arrays of 30 lineages and 4 generations, besides three of params"
    for seed in (0, HANDY + 2):
        for name, values in seen[seed].items():
            np.testing.assert_array_equal(shelf.fetch(seed, lambda: None).measure(name), values)


def test_the_rest_of_a_page_is_drawn_from_what_the_hero_was_drawn_from():
    """Once, and only if it is what lies on the desk."""
    desk = Desk("home", BASE, {}, BASE)
    desk.handed = hero = runs.outcome_on(desk)
    assert runs.handed_over(desk) is hero
    assert desk.handed is None
    for change in ({"rule": Rule(alarm="1")}, {"scenario": replace(BASE, n=21)}, {"visit": Visit(show="lucky")}):
        desk.handed = hero
        for name, value in change.items():
            setattr(desk, name, value)
        other = runs.handed_over(desk)
        assert other is not hero
        assert (other.scenario, other.rule, other.show) == (desk.scenario, desk.rule, desk.visit.show)
        desk.scenario, desk.rule, desk.visit = BASE, Rule(), Visit()


def test_a_view_weighs_as_much_as_what_it_keeps_alive():
    large = np.zeros(1000)
    assert weight({"a": [large[:3], large[5:]], "b": (large, 7, "text")}) == 8004


def test_all_shelves_together_hold_at_most_300_megabytes():
    assert sum(kept.bytes for kept in (RUNS, LIVES, NOTES, OWN, JUDGED, HEALTHY)) + 2 * KEPT <= 302e6


@pytest.mark.parametrize(
    ("link", "look"),
    [
        ("world=surnames&model=categorical&world.types=5000&n=1000&generations=100&lineages=1", "params"),
        ("world=alice&model=ngram&model.order=4&n=20000&generations=3&lineages=1", "beliefs"),
    ],
)
def test_what_many_visitors_replay_stays_bounded(monkeypatch, link, look):
    """Replayed lineages of types and of texts, whose counts are made later, when they are looked at: each is a few megabytes."""
    monkeypatch.setattr(runs, "NOTES", Shelf(512, 12_000_000))
    monkeypatch.setattr(runs, "LIVES", Shelf(32, 12_000_000))
    for seed in range(6):
        s = replace(Scenario.from_query(link), seed=seed)
        for seen in getattr(Outcome(trajectory_of(s), Rule(), "typical"), look):
            seen.entropy() if look == "beliefs" else None
    for shelf in (runs.NOTES, runs.LIVES):
        held = [weight(place.content) for place in shelf.content.values()]
        assert sum(held[:-1]) <= shelf.bytes, "all but the last, which has grown since it was weighed"
    assert 0 < max(len(runs.NOTES.content), len(runs.LIVES.content)) < 6


def test_a_run_is_found_by_its_query_and_its_metrics():
    s = Scenario.from_query("model=kde&n=8&generations=3&lineages=4")
    first = trajectory_of(s, ("w1",))
    assert trajectory_of(Scenario.from_query(s.to_query()), ("w1",)) is first
    other = trajectory_of(s, ("coverage",))
    assert other is not first
    np.testing.assert_array_equal(other.measure("variance"), first.measure("variance"))
    assert {"variance", "w1"} <= set(first.kept)
    assert any(key[:2] == ("run", question(s)) and "w1" in key[2] for key in RUNS.content)


def test_large_runs_wait_for_one_another_and_small_ones_do_not():
    """Of four visitors at once two compute: the others wait, and go on one after the other; one that waits in vain is told."""
    room, count, inside, most, go = Room(100_000_000), Lock(), 0, 0, Event()
    waited: list[int] = []

    def heavy() -> None:
        nonlocal inside, most
        with room.taken(50_000_000, 10, lambda: waited.append(1)):
            with count:
                inside += 1
                most = max(most, inside)
            assert go.wait(10)
            with count:
                inside -= 1

    with ThreadPoolExecutor(4) as threads:
        visits = [threads.submit(heavy) for _ in range(4)]
        while len(waited) < 2:
            sleep(0.01)
        with room.taken(LIGHT, 0.0):
            pass  # nobody waits with a small one
        with pytest.raises(FullError, match="fewer chains"), room.taken(50_000_000, 0.0):
            pass
        with asked(lambda: "left"), pytest.raises(StoppedError, match="left"), room.taken(50_000_000, 10):
            pass
        go.set()
        for visit in visits:
            visit.result(10)
    assert most == 2
    assert room.left == room.size
    with room.taken(10**12, 0.0):
        pass  # what is larger than the whole room has it alone


def test_data_of_a_visitors_own_go_with_the_session():
    mine, yours = Mine(), Mine()
    for each, run_of in ((mine, "mine"), (yours, "yours")):
        assert each.fetch("run", lambda found=run_of: found) == run_of
    assert (mine.has("run"), yours.has("run")) == (True, True)
    held = len(OWN.content)
    del mine
    assert len(OWN.content) == held - 1
    assert yours.fetch("run", lambda: "other") == "yours"
