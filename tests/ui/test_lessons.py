"""Lessons as objects: what the book knows of every page before anybody opens it."""

import json
import subprocess
import sys
from urllib.parse import parse_qsl

import pytest

from collapse.budget import within
from collapse.compose import rule_of
from collapse.scenario import Scenario
from collapse.ui.book import PAGES, WORDS, lesson, lessons
from collapse.ui.desk import Desk
from collapse.ui.experiments import beginning, pressed, reset
from collapse.ui.lesson import Lesson
from collapse.ui.panels import PanelDesk
from collapse.ui.prose import words

every_lesson = pytest.mark.parametrize("found", lessons(), ids=lambda found: found.name)


def desk_of(found: Lesson) -> Desk:
    """The desk of somebody who has just come."""
    return found.desk(found.name, found.base, found.offers, found.base)


def openings() -> list[tuple[Lesson, str]]:
    """Every lesson, a page of panels once for each of them: with the link that opens it."""
    return [
        (found, f"panel={name}" if name else "")
        for found in lessons()
        for name in (found.desk.panels if issubclass(found.desk, PanelDesk) else [""])
    ]


every_opening = pytest.mark.parametrize(
    ("found", "link"), openings(), ids=[f"{found.name} {link}".strip() for found, link in openings()]
)


def opened(found: Lesson, link: str) -> Desk:
    """The desk of somebody who comes by a link."""
    desk = desk_of(found)
    desk.read(dict(parse_qsl(link)))
    assert desk.refused == []
    return desk


def test_the_book_lists_every_page_once() -> None:
    names = [found.name for found in lessons()]
    assert sorted([*names, *WORDS]) == sorted(path.stem for path in PAGES.glob("*.py"))
    assert len({found.title for found in lessons()}) == len(names)
    assert lesson("nowhere") is None
    assert lesson("../app") is None


@every_lesson
def test_a_lesson_is_whole(found: Lesson) -> None:
    assert lesson(found.name) is found, "read once"
    assert {"title", "lead", "limits"} <= words(found.name).keys()
    assert found.sources
    assert len(set(found.sources)) == len(found.sources)
    assert desk_of(found).allowed(found.base) == found.base


@every_opening
def test_the_dials_and_the_other_controls_are_knobs(found: Lesson, link: str) -> None:
    desk = opened(found, link)
    query, dials = desk.base.to_query(), desk.dials(found.dials)
    assert desk.allowed(desk.base) == desk.base == desk.scenario
    for dial in dials:
        rule = rule_of(desk.base, dial.key)
        assert rule.low is not None
        assert rule.high is not None
        assert rule.low <= dial.low < dial.high <= rule.high
        assert dial.low <= float(query[dial.key]) <= dial.high
    more = found.more(desk) if callable(found.more) else found.more
    assert len(set(more.values())) == len(more), "two controls of one name"
    assert set(more) <= query.keys() | {"policy.synthetic"}
    assert not {dial.key for dial in dials} & set(more)


@every_opening
def test_every_preset_is_a_scenario_that_the_page_shows(found: Lesson, link: str) -> None:
    """Alone, and after each other; within the budget, on the page's ground, and no two alike."""
    presets = opened(found, link).presets(found.presets)
    labels = [preset.label for preset in presets]
    assert len(set(labels)) == len(labels) >= 3
    seen: list[Scenario] = []
    for preset in presets:
        desk = opened(found, link)
        desk.turn(preset.values, base=beginning(desk))
        assert desk.refused == [], preset.label
        assert within(desk.scenario) is desk.scenario
        assert desk.scenario not in seen, f"{preset.label} is another preset once more"
        seen.append(desk.scenario)
        for other in presets:
            desk.turn(other.values, base=beginning(desk))
            assert desk.refused == [], (preset.label, other.label)
            assert presets[pressed(desk, presets)] is other, "it is the same experiment after any other"  # type: ignore[index]


def test_the_live_route_knows_pages_that_nobody_has_opened() -> None:
    """In a fresh process, without any page: the hero of each lesson for a link of one of its dials."""
    asked = {found.name: f"{found.dials[1].key}=6" for found in lessons()}
    asked["digits"] += "&n=50"  # what must be trained for long waits until the slider is let go
    script = (
        "import json, sys\nfrom collapse.ui import live\n"
        "live.LIVE = 60.0\n"  # whether a page is known, not how fast the machine is
        "asked = json.loads(sys.argv[1])\n"
        "print(json.dumps({page: len(live.answer(page, link) or b'') for page, link in asked.items()}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, json.dumps(asked)], capture_output=True, text=True, check=True, cwd=PAGES.parent
    )
    answered = json.loads(done.stdout)
    assert answered.keys() == asked.keys()
    assert min(answered.values()) > 1000, answered


@every_lesson
def test_a_locked_knob_holds_whatever_else_is_chosen(found: Lesson) -> None:
    """Presets, another policy and the way back bring values of their own; what the link has locked stays."""
    desk = desk_of(found)
    desk.turn({"policy": "replace"})
    fresh = desk_of(found)
    fresh.inherit(desk)
    fresh.read({"policy": "mix", "policy.synthetic": "0.3", "n": "97", "lock": "policy.synthetic,n"})
    assert fresh.refused == []
    changes = [
        *(preset.values for preset in found.presets),
        *({"policy": kind} for kind in fresh.choices("policy")),
    ]
    for change in [*changes, {"n": "55"}, {"policy.synthetic": "0.8"}]:
        fresh.turn(change, base=beginning(fresh))
        query = fresh.scenario.to_query()
        assert query["n"] == "97", change
        assert query.get("policy.synthetic", "0.3") == "0.3", change
    for _ in changes:
        fresh.undo()
        assert fresh.scenario.n == 97, "undo ends where the link began"
    reset(fresh)
    assert fresh.scenario.n == 97
