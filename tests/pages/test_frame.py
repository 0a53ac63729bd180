"""The frame of every page: presets are whole experiments, a refusal stands where it was asked for, and nothing is offered in vain."""

import re
from typing import Any

from streamlit.testing.v1 import AppTest

from collapse.ui.book import lessons
from collapse.ui.prose import words

from .harness import desk_of, keys, link_of, opened, plain, prose, pushed, sliders, sound, warnings

HEAVY = {"world.dimension": "8", "generations": "100", "policy": "replace", "lineages": "600"}


def typed(at: AppTest, key: str, text: str) -> AppTest:
    return sound(keys(at)[key].set_value(text).run())


def order(at: AppTest) -> list[tuple[str, Any]]:
    """Everything on the page from top to bottom: its kind, and its key or its text."""
    return [(e.type, getattr(e, "key", None) or getattr(e, "value", None)) for e in at.main if hasattr(e, "type")]


def test_a_limit_is_said_for_the_present_settings_and_is_one() -> None:
    """What is said to be possible is, and one more is not: of a slider below it, and of a number of lineages in its field."""
    at = opened("gaussian", HEAVY)
    desk = desk_of(at, "gaussian")
    desk.turn({"generations": "1000"}, at="generations")
    at = sound(at.run())
    said = sliders(at)["Generations"]["wrong"]
    most = int(re.search(r"With the other settings as they are, at most ([\d,]+) fit here\.", said)[1].replace(",", ""))  # type: ignore[index]
    assert desk.scenario.generations == 100 < most < 1000, "everything stays as it was"
    assert warnings(at) == [], "it is said once"
    at = typed(at, "gaussian_lineages", "10000")
    (sentence,) = warnings(at)
    fewer = int(re.search(r"\(at most ([\d,]+) chains fit here\)", sentence)[1].replace(",", ""))  # type: ignore[index]
    for key, fits in (("generations", most), ("lineages", fewer)):
        desk = desk_of(opened("gaussian", HEAVY), "gaussian")
        desk.turn({key: str(fits)})
        assert desk.refused == []
        desk.turn({key: str(fits + 1)})
        assert desk.refused != []


def test_a_refusal_stands_below_its_field() -> None:
    at = typed(opened("home"), "home_decoder_temperature", "9")
    there = order(at)
    (place,) = (i for i, (kind, _) in enumerate(there) if kind == "warning")
    assert there[place - 1] == ("text_input", "home_decoder_temperature")
    assert "9" in plain(there[place][1])
    at = typed(at, "home_decoder_temperature", "1.1")
    assert warnings(at) == [], "and goes with the next change"


def test_a_refusal_of_a_link_stands_at_the_top() -> None:
    kinds = [kind for kind, _ in order(opened("home", n="a lot"))]
    above = kinds[: kinds.index("warning")]
    assert {*above} <= {"main", "html", "title"}, "below the title and its sentence"
    assert above.count("title") == 1
    assert above[above.index("title") :] == ["title", "html"]


def test_a_preset_is_the_same_experiment_whatever_was_there_before() -> None:
    """Cool it, then keep everything: the temperature of the first must not stay; the seed is the visitor's."""
    at = opened("surnames", {"seed": "9", "decoder.temperature": "0.7", "lineages": "30"})
    assert keys(at)["surnames_preset"].value is None, "no preset is on the desk"
    one = link_of(sound(pushed(at, "surnames_preset_2").run()))
    other = sound(pushed(opened("surnames", seed="9"), "surnames_preset_2").run())
    assert link_of(other) == one
    assert one["decoder.temperature"] == "1.0"
    assert one["seed"] == "9"
    assert keys(other)["surnames_preset"].value == 2
    assert keys(typed(other, "surnames_decoder_temperature", "0.9"))["surnames_preset"].value is None


def test_undo_is_grey_where_there_is_nothing_to_undo_and_knows_the_lineage_shown() -> None:
    at = opened("home")
    assert keys(at)["home_undo"].disabled
    at = sound(keys(at)["home_show"].set_value("lucky").run())
    assert link_of(at)["show"] == "lucky"
    at = sound(keys(at)["home_undo"].click().run())
    assert link_of(at)["show"] == "typical"
    assert keys(at)["home_undo"].disabled


def test_a_setting_that_is_not_there_is_said_and_not_drawn() -> None:
    at = opened("home", policy="accumulate")
    assert "AI-made data (synthetic)" not in sliders(at)
    assert any(
        "AI-made data (synthetic)" in e.body and "all earlier data are kept, so the share follows" in e.body
        for e in (e.proto for e in at.get("html"))
    )


def test_the_first_screen_says_what_it_is_about() -> None:
    """In words of the page itself: AI, model collapse, both stages and why it matters, before anything is opened."""
    at = opened("home")
    said = " ".join([at.title[0].value, *prose(at)])
    for needed in (
        "AI",
        "model collapse",
        "Nature, 2024",
        "Early model collapse",
        "Late model collapse",
        "Why it matters",
    ):
        assert needed in said, needed
    assert said.count("The chain on screen is in this stage for the first time") == 2
    never = opened("home", {"policy": "accumulate", "generations": "5"})
    assert any(words("home")["late.never"].split("{")[0] in e.proto.body for e in never.get("html"))


def test_the_plan_of_a_lesson_names_experiments_by_the_keys_that_choose_them() -> None:
    """Key 2 is the second experiment, and so on, wherever a page has a plan for teachers."""
    planned = {found.name: words(found.name)["lesson"] for found in lessons() if "lesson" in words(found.name)}
    assert planned, "the first page has one"
    for found in lessons():
        named = re.findall(r"([^.?()]+\?) \(Key (\d)\.", planned.get(found.name, "").replace("\n", " "))
        assert bool(named) == (found.name in planned)
        for question, key in named:
            assert question.strip(" *") == found.presets[int(key) - 1].label
