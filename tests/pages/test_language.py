"""The page of the language model: texts side by side, and a text of the visitor's own, which is only ever shown as text."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from collapse.export import data_file
from collapse.scenario import Scenario
from collapse.ui.chart import figures
from collapse.ui.reader import readings

from .harness import ROOT, code_of, desk_of, headline, keys, link_of, opened, plain, revisions, scenario_of, sound, warnings

PAGE = "language"
FOX = "the quick brown fox jumps over the lazy dog and runs away from the hounds, said the duck. " * 60
HOSTILE = ("<script>alert(1)</script> <b>bold</b> **strong** [link](javascript:alert(1)) $$x^2$$ :red[y] :smile: "
           "http://evil.example <img src=x onerror=alert(1)> &amp; {{braces}} `code` # head | table | and some plain words "
           "besides. ") * 40


def brought(text: str, at: AppTest | None = None) -> AppTest:
    """A visitor who pastes a text and uses it."""
    at = at or opened(PAGE)
    at.text_area(key="language_own_text").set_value(text)
    return sound(keys(at)["language_own_take"].click().run())


def test_the_words_of_the_hero_are_the_run_s() -> None:
    at = opened(PAGE)
    reading = readings(at)["reader"]
    assert reading["columns"][0][0] == 0
    assert reading["columns"][-1][0] == scenario_of(at).generations
    assert headline(at).startswith(("Rare words gone", "Repeating itself"))
    assert readings(opened(PAGE, seed="9"))["reader"]["columns"] != reading["columns"]
    assert readings(opened(PAGE, show="lucky"))["reader"]["columns"] != reading["columns"]


def test_a_preset_ends_in_loops() -> None:
    at = opened(PAGE)
    at = sound(keys(at)["language_preset_1"].click().run())
    assert link_of(at)["decoder.temperature"] == "0.8"
    assert headline(at).startswith("Repeating itself")


def test_the_context_of_the_bars() -> None:
    at = opened(PAGE)
    before = figures(at)["next_token"]
    box = keys(at)["language_context"]
    at = sound(box.select(box.options[1]).run())
    after = figures(at)["next_token"]
    assert after["figure"]["layout"]["xaxis"]["title"] != before["figure"]["layout"]["xaxis"]["title"]
    assert {k: v for k, v in revisions(at).items() if k != "next_token"} == {
        k: v for k, v in revisions(opened(PAGE)).items() if k != "next_token"}


# ---- a text of the visitor's own


def test_a_text_of_the_visitor_s_own() -> None:
    at = brought(FOX)
    assert warnings(at) == []
    link = link_of(at)
    assert link["world"] == "own-text"
    assert link["world.data"].split("-")[0] == str(len(FOX.strip()))
    assert "fox" not in json.dumps(link)
    assert readings(at)["reader"]["prompt"].startswith("the quick brown fox")
    assert scenario_of_desk(at).world.text == FOX.strip()
    at = sound(keys(at)["language_undo"].click().run())
    assert link_of(at)["world"] == "alice"


def scenario_of_desk(at: AppTest) -> Scenario:
    return desk_of(at, PAGE).scenario


@pytest.mark.parametrize("unit", ["chars", "words"])
def test_hostile_text_is_only_text(unit: str) -> None:
    """It reaches the page through the reader and the pictures, both of which draw text; no Markdown or HTML element has it."""
    at = brought(HOSTILE, opened(PAGE, {"model.unit": unit}))
    for element in [*at.markdown, *at.caption, *at.title, *at.get("html")]:
        body = str(getattr(element, "value", "") or getattr(element.proto, "body", ""))
        assert "alert(1)" not in body
        assert "evil" not in body
    shown = json.dumps([figures(at)[k]["figure"]["layout"] for k in figures(at)])
    assert "<script" not in shown
    assert "<img" not in shown
    reading = readings(at)["reader"]
    whole = reading["prompt"] + "".join(word for word, _ in reading["book"])
    assert "<script>alert(1)</script>" in whole.replace(" ", "")


BAD = {"empty": ("", "0 words"), "tiny": ("hello", "1 words"), "one character": ("a" * 3000, "1 words"),
       "emoji": ("🙂" * 3000, "0 words"), "ten megabytes": ("many words " * 1_000_000, "11,000,000 characters"),
       "markup": ("<b>**hi**</b>", "3 words")}


@pytest.mark.parametrize("name", BAD)
def test_a_text_that_cannot_be_used_is_said_and_nothing_is_lost(name: str) -> None:
    text, says = BAD[name]
    at = opened(PAGE)
    before = link_of(at), revisions(at)
    at = brought(text, at)
    sentence, = warnings(at)
    assert sentence.startswith("This text")
    assert says in sentence
    assert "Everything stays as it was" in sentence
    assert (link_of(at), revisions(at)) == before
    assert warnings(sound(at.run())) == [], "said once"


@pytest.mark.parametrize("text", ["בראשית ברא אלהים את השמים ואת הארץ " * 40, "天地玄黄宇宙洪荒日月盈昃辰宿列张" * 20,
                                  "a line\r\nand \ud83d another\r\n\r\n" * 60, "so 👩‍👩‍👧 it 🙂 goes " * 60],
                         ids=["right to left", "chinese", "windows and half an emoji", "emoji"])
def test_texts_of_many_kinds(text: str) -> None:
    at = brought(text.encode("utf-8", "ignore").decode())
    assert warnings(at) == []
    assert link_of(at)["world"] == "own-text"


def test_a_link_to_somebody_else_s_text_says_what_it_misses() -> None:
    link = link_of(brought(FOX))
    at = opened(PAGE, link)
    said = warnings(at)
    assert any("world.data" in s and "bring the same text" in s for s in said), said
    at = brought(FOX, at)
    assert link_of(at)["world.data"] == link["world.data"]


def test_two_visitors_do_not_share_a_text() -> None:
    brought(FOX)
    other = opened(PAGE, world="own-text")
    assert "fox" not in json.dumps(readings(other))


def test_forgetting() -> None:
    at = brought(FOX)
    at = sound(keys(at)["language_own_forget"].click().run())
    assert link_of(at)["world"] == "alice"
    assert at.text_area(key="language_own_text").value == ""
    assert "shelf" not in at.session_state
    assert not any(s.world.private for s, _ in desk_of(at, PAGE).past)


def test_the_code_reads_the_text_from_a_file(tmp_path: Path) -> None:
    at = brought(FOX, opened(PAGE, generations="3", lineages="4"))
    (tmp_path / data_file(desk_of(at, PAGE).scenario.world)).write_text(FOX, encoding="utf-8")
    done = subprocess.run([sys.executable, "-W", "error", "-c", code_of(at)], cwd=tmp_path, capture_output=True, text=True,
                          check=False, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 4


def test_the_place_for_a_text_can_be_hidden() -> None:
    assert "language_own" not in keys(opened(PAGE, hide="world"))
    at = brought(FOX, opened(PAGE, lock="world"))
    assert "locked" in plain(at.warning[0].value)
    assert link_of(at)["world"] == "alice"
