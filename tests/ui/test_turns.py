"""One draws at a time, nobody waits for a stranger's run, and nothing ends in a deadlock."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event, Lock, Thread

import pytest

from collapse.notes import Notes
from collapse.ui.shelf import Shelf
from collapse.ui.turns import TURNS, Turns, remembered

ROOT = Path(__file__).parents[2]
LONG = 10  # s; only a deadlock takes so long


def crowd(enter: Callable[[], None], visitors: int = 8) -> None:
    """So many threads at once; an error in one of them, a deadlock too, is an error here."""
    with ThreadPoolExecutor(visitors) as threads:
        for visit in [threads.submit(enter) for _ in range(visitors)]:
            visit.result(LONG)


def most_at_once(enter: Callable[[Callable[[], None]], None]) -> int:
    """How many of a crowd were inside together; each stays until somebody comes, or a moment."""
    count, inside, most, company = Lock(), 0, 0, Event()

    def drawing() -> None:
        nonlocal inside, most
        with count:
            inside += 1
            most = max(most, inside)
            if inside > 1:
                company.set()
        company.wait(0.02)
        with count:
            inside -= 1

    crowd(lambda: enter(drawing))
    return most


def test_one_at_a_time():
    turns = Turns()

    def visit(drawing: Callable[[], None]) -> None:
        with turns.taken():
            drawing()

    assert most_at_once(visit) == 1
    assert most_at_once(lambda drawing: drawing()) > 1, "without turns they meet, or this test sees nothing"


def test_a_turn_is_lent_and_comes_back():
    turns, together = Turns(), Barrier(4)

    def visit() -> None:
        with turns.taken():
            with turns.lent():
                together.wait(LONG)  # all four are in here, or it breaks
            assert turns._lock.locked()

    crowd(visit, 4)
    assert not turns._lock.locked()
    with turns.lent():  # nothing to lend
        assert not turns._lock.locked()


def test_an_error_gives_the_turn_back():
    turns = Turns()
    with pytest.raises(KeyError), turns.taken(), turns.lent():
        raise KeyError
    with pytest.raises(KeyError), turns.taken():
        raise KeyError
    assert not turns._lock.locked()


def test_who_computes_for_the_shelf_lets_others_draw():
    shelf, computing, drawn = Shelf(4, 100), Event(), Event()

    def compute() -> str:
        computing.set()
        assert drawn.wait(LONG), "nobody could draw meanwhile"
        return "done"

    def slow() -> None:
        with TURNS.taken():
            assert shelf.fetch("run", compute) == "done"

    def quick() -> None:
        assert computing.wait(LONG)
        with TURNS.taken():
            drawn.set()

    with ThreadPoolExecutor(3) as threads:
        visits = [threads.submit(slow), threads.submit(slow), threads.submit(quick)]
        for visit in visits:
            visit.result(LONG)


def test_what_is_on_the_shelf_keeps_the_turn():
    shelf, asked = Shelf(4, 100), Event()
    shelf.fetch("run", lambda: 1)

    def other() -> None:
        assert asked.wait(LONG)
        with TURNS.taken():
            found.append("other")

    found: list[object] = []
    with ThreadPoolExecutor(1) as threads:
        with TURNS.taken():
            waiting = threads.submit(other)
            asked.set()
            found += [shelf.fetch("run", lambda: 2) for _ in range(1000)]
        waiting.result(LONG)
    assert found == [1] * 1000 + ["other"]


def test_who_remembers_holds_no_lock():
    """One computes for the shelf and wants its turn back; the other has the turn and asks for the same property of its own object."""
    shelf, computing, drawing = Shelf(4, 100), Event(), Event()

    def compute() -> int:
        computing.set()
        assert drawing.wait(LONG)
        time.sleep(0.1)  # let the other one ask
        return 1

    class Slow:
        @remembered
        def answer(self) -> int:
            return int(shelf.fetch("run", compute))

    def one() -> int:
        with TURNS.taken():
            return Slow().answer

    def other() -> int:
        assert computing.wait(LONG)
        with TURNS.taken():
            drawing.set()
            return Slow().answer

    found: list[int] = []
    visits = [Thread(target=lambda visit=visit: found.append(visit()), daemon=True) for visit in (one, other)]
    for visit in visits:
        visit.start()
    for visit in visits:
        visit.join(LONG)
    assert found == [1, 1], "they wait for each other"


def test_pages_remember_without_a_lock():
    """In what pages are drawn with, `functools.cached_property` could stop everybody: see `remembered`."""
    rooms = [*(ROOT / "collapse" / "ui").glob("*.py"), *(ROOT / "pages").glob("*.py")]
    assert len(rooms) > 20
    assert [
        room.name for room in rooms if "cached_property" in room.read_text().replace("`functools.cached_property`", "")
    ] == []


class Slow(str):
    """A question that is compared by code in Python, as all of ours are; `meanwhile` happens in the middle of that."""

    meanwhile: Callable[[], object] = staticmethod(lambda: None)

    def __hash__(self) -> int:
        self.meanwhile()
        return super().__hash__()

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other)


def test_whoever_notes_something_is_alone():
    """One walks through the notes to make room; in the middle of that another notes something."""
    notes, question = Notes(64, 1000), Slow("seldom")
    notes.once(question, lambda: 1)
    walking, noted = Event(), Event()

    def met() -> None:
        walking.set()
        noted.wait(0.2)

    def other() -> None:
        assert walking.wait(LONG)
        notes.once("newer", lambda: 2)
        noted.set()

    question.meanwhile = met
    with ThreadPoolExecutor(2) as threads:
        for visit in [threads.submit(other), threads.submit(notes.once, "new", lambda: 3)]:
            visit.result(LONG)
    question.meanwhile = Slow.meanwhile
    assert list(notes.found.values()) == [1, 3, 2]


def test_who_asks_for_the_same_at_once_gets_the_same():
    notes, both = Notes(64, 1000), Barrier(2)

    def make() -> object:
        both.wait(LONG)
        return object()

    with ThreadPoolExecutor(2) as threads:
        one, other = [threads.submit(notes.once, "question", make) for _ in range(2)]
        assert one.result(LONG) is other.result(LONG)


def test_a_visitor_may_go_in_the_middle_of_anything():
    """The garbage collector drops what belongs to a visitor who is gone, also in a thread that is just looking something up."""
    shelf, owner, question = Shelf(64, 1000), object(), Slow("common")
    shelf.fetch((owner, "mine"), lambda: 1)
    drops = [owner]
    question.meanwhile = lambda: drops and shelf.drop(drops.pop())
    looking = Thread(target=shelf.fetch, args=(question, lambda: 2), daemon=True)
    looking.start()
    looking.join(LONG)
    assert not looking.is_alive(), "it waits for itself"
    assert [place.content for place in shelf.content.values()] == [2]
