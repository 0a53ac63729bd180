"""What takes too long, and what nobody waits for, is stopped; nothing half made stays behind, and the visitor reads what to lower."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic, process_time, thread_time

import anyio
import pytest
from streamlit.testing.v1 import AppTest

from collapse import Scenario, bands, phase
from collapse.going_on import StoppedError, asked, may_go_on
from collapse.phase import Filled, drawn, fill
from collapse.stages import Rule
from collapse.ui import drawers, lesson, live
from collapse.ui.connected import while_connected
from collapse.ui.deadline import PAGE, Watch, too_long
from collapse.ui.drawers import Drawing
from collapse.ui.shelf import Shelf
from collapse.ui.turns import PASSING, TURNS, Turns
from tests.pages.harness import ROOT, opened, pushed, sound, warnings
from tests.pages.harness import drawn as drawn_on

LONG = 5  # s; only a deadlock takes so long


def work_for_ever() -> None:
    while True:
        may_go_on()


def test_seconds_are_processor_time_of_the_thread():
    watch = Watch(0.2, lambda: "over", lambda: False)
    end = monotonic() + 0.4
    Event().wait(0.4)  # somebody else computes meanwhile
    assert monotonic() >= end
    assert watch() == "", "waiting costs nothing"
    start = thread_time()
    with asked(watch), pytest.raises(StoppedError, match="over"):
        work_for_ever()
    assert thread_time() - start < 0.3


def test_what_nobody_waits_for_is_stopped_at_once():
    with asked(Watch(60, lambda: "over", lambda: True)), pytest.raises(StoppedError, match="Nobody"):
        work_for_ever()


def test_the_sentence_says_what_to_lower_by_the_names_on_the_page():
    s = Scenario.from_query("world=penguins&model=mixture&n=2&generations=30&lineages=1000")
    said = too_long(s, {"generations": "Rounds"}, 10)
    assert "10 seconds" in said
    assert "“Chains” (1,000), “Rounds” (30), " in said
    assert "examples" not in said, "it is as low as it can be"


def test_what_was_stopped_does_not_stay_on_the_shelf_and_others_compute_it_anew():
    shelf, begun, go = Shelf(4, 100), Event(), Event()

    def stopped() -> object:
        begun.set()
        assert go.wait(LONG)
        raise StoppedError("over")

    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(shelf.fetch, "run", stopped)
        assert begun.wait(LONG)
        others = [threads.submit(shelf.fetch, "run", lambda: "whole") for _ in range(2)]
        go.set()
        with pytest.raises(StoppedError):
            first.result(LONG)
        assert [other.result(LONG) for other in others] == ["whole", "whole"]
    assert shelf.fetch("run", lambda: "anew") == "whole"
    for number in range(1000):
        with pytest.raises(StoppedError):
            shelf.fetch(number, stopped)
    assert list(shelf.content) == ["run"], "a thousand links that were stopped leave nothing"


def test_who_waits_for_a_place_and_must_not_go_on_does_not_wait():
    shelf, begun, go = Shelf(4, 100), Event(), Event()

    def slow() -> str:
        begun.set()
        assert go.wait(LONG)
        return "done"

    def waiting() -> None:
        with asked(lambda: "left"):
            shelf.fetch("run", lambda: "mine")

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(shelf.fetch, "run", slow)
        assert begun.wait(LONG)
        with pytest.raises(StoppedError, match="left"):
            threads.submit(waiting).result(LONG)
        go.set()
        assert first.result(LONG) == "done"


def test_a_live_answer_has_a_second(monkeypatch):
    monkeypatch.setattr(live, "LIVE", 0.05)
    monkeypatch.setattr(live, "outcome_on", lambda desk, passing: work_for_ever())
    start = process_time()
    assert live.answer("home", "n=30") is None
    assert process_time() - start < 0.5


def test_a_live_answer_ends_when_its_client_hangs_up(monkeypatch):
    """F1 of the review: two clients that had hung up kept everybody in the process from dragging for five minutes."""
    monkeypatch.setattr(live, "LIVE", 60.0)
    monkeypatch.setattr(live, "outcome_on", lambda desk, passing: work_for_ever())
    ended = []

    async def served() -> None:
        hung_up, limiter = anyio.Event(), anyio.CapacityLimiter(1)

        async def receive() -> dict[str, object]:
            await hung_up.wait()
            return {"type": "http.disconnect"}

        def ask(left):
            try:
                return live.answer("home", "n=30", left)
            finally:
                ended.append(monotonic())

        async with anyio.create_task_group() as group:
            for _ in range(3):  # one computes, two wait for the only thread
                group.start_soon(while_connected, receive, ask, limiter)
            await anyio.sleep(0.3)
            hung_up.set()
            begun = monotonic()
        assert len(ended) == 1, "who has hung up before it was his turn is not answered"
        assert ended[0] - begun < 1

    asyncio.run(served())


def test_one_cell_of_a_map_has_two_seconds(monkeypatch):
    monkeypatch.setattr(drawers, "CELL", 0.05)
    asked_for = drawn(Scenario(n=1000, generations=50), ("n", "generations"), "w1", Rule())
    big = asked_for.cells[0, 0]
    assert isinstance(big, Scenario)

    def slow():
        yield from fill(asked_for)

    drawing = Drawing("question", Filled.empty(asked_for), slow())
    monkeypatch.setattr("collapse.phase.measured", lambda asked, s: work_for_ever())
    drawing.step()
    assert (drawing.going, drawing.slow, drawing.exhausted) == (None, True, False)
    assert drawing.filled.done == 0


def test_a_page_that_is_stopped_says_so_once_and_is_whole_the_next_time(monkeypatch):
    link = {"n": "20", "generations": "1000", "lineages": "1200", "seed": "4711"}
    monkeypatch.setattr(lesson, "PAGE", 0.02)
    visit = AppTest.from_file(ROOT / "app.py", default_timeout=60)
    for key, value in link.items():
        visit.query_params[key] = value
    stopped = visit.run()
    assert not stopped.exception
    (said,) = warnings(stopped)
    assert "lower “Chains” (1,200), “Generations” (1,000) or “Training examples” (20)" in said
    assert not drawn_on(stopped), "what was stopped is not shown in part"
    monkeypatch.setattr(lesson, "PAGE", PAGE)
    assert warnings(sound(visit.run())) == []


def test_no_cell_of_a_map_and_no_large_run_is_computed_in_turn(monkeypatch):
    """F1 of the review: another visitor waited 53 seconds for his page while the first cell of a map was computed."""
    in_turn: list[tuple[str, bool]] = []

    def noted_down(name, compute):
        def noting(*args):
            in_turn.append((name, TURNS._lock.locked()))
            return compute(*args)

        return noting

    monkeypatch.setattr(phase, "measured", noted_down("cell", phase.measured))
    monkeypatch.setattr(bands, "band", noted_down("quantiles", bands.band))
    visit = opened("laboratory", "n=20&generations=20&lineages=20&seed=5")
    pushed(visit, "laboratory_map_draw").run()
    assert {held for name, held in in_turn if name == "cell"} == {False}
    in_turn.clear()
    opened("laboratory", "n=20&generations=500&lineages=300&seed=5")
    assert {held for name, held in in_turn} == {False}, "a large run is summed up out of turn"
    in_turn.clear()
    opened("laboratory", "n=20&generations=20&lineages=20&seed=6")
    assert {held for name, held in in_turn} == {True}, "control: a small one in turn"


def test_who_computes_lets_those_pass_who_draw():
    """At most for a moment at a time, so that somebody always goes on; who draws himself does not wait."""
    turns = Turns()
    with ThreadPoolExecutor(1) as other:
        start = monotonic()
        turns.let_pass()
        assert monotonic() - start < PASSING / 2, "nobody draws"
        with turns.taken():
            turns.let_pass()
            assert monotonic() - start < PASSING / 2, "it is his own turn"
            start = monotonic()
            other.submit(turns.let_pass).result(LONG)
            assert PASSING <= monotonic() - start < 10 * PASSING
