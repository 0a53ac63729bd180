"""The page of the language model: texts side by side, and a text of the visitor's own, which is only ever shown as text."""

import json
import math
import re
from base64 import b64decode
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from collapse.export import data_file
from collapse.scenario import Scenario
from collapse.ui.chart import figures
from collapse.ui.prose import words
from collapse.ui.reader import readings
from collapse.worlds import Alice
from tests.fresh import ran

from .harness import (
    ROOT,
    asides,
    code_of,
    desk_of,
    headline,
    keys,
    link_of,
    opened,
    plain,
    prose,
    pushed,
    revisions,
    scenario_of,
    sound,
    unfolded,
    warnings,
)

PAGE = "language"
FOX = "the quick brown fox jumps over the lazy dog and runs away from the hounds, said the duck. " * 60
HOSTILE = (
    "<script>alert(1)</script> <b>bold</b> **strong** [link](javascript:alert(1)) $$x^2$$ :red[y] :smile: "
    "http://evil.example <img src=x onerror=alert(1)> &amp; {{braces}} `code` # head | table | and some plain words "
    "besides. "
) * 40


MEASUREMENTS = {"perplexity", "zipf", "variety", "hapaxes", "second_view", "next_token", "stages"}
PRIMER = "I am Sam. Sam I am. Do you like green eggs?"


def field(at: AppTest) -> Any:
    """Where a text is pasted: a new one after every forgetting."""
    return next(e for e in at.text_area if (e.key or "").startswith("language_own_text_"))


def brought(text: str, at: AppTest | None = None) -> AppTest:
    """A visitor who pastes a text and uses it."""
    at = at or opened(PAGE)
    field(at).set_value(text)
    return sound(keys(at)["language_own_take"].click().run())


def test_the_words_of_the_hero_are_the_run_s() -> None:
    at = opened(PAGE)
    reading = readings(at)["reader"]
    assert reading["columns"][0][0] == 0
    assert reading["columns"][-1][0] == scenario_of(at).generations
    assert headline(at).startswith(("Rare words are disappearing", "The text repeats itself"))
    assert readings(opened(PAGE, seed="9"))["reader"]["columns"] != reading["columns"]
    assert readings(opened(PAGE, show="lucky"))["reader"]["columns"] != reading["columns"]


def test_it_opens_in_loops_and_a_preset_ends_them() -> None:
    """The lead says so of the page's start; the preset is the control."""
    at = opened(PAGE)
    assert any("temperature of 0.8" in text for text in prose(at))
    assert link_of(at)["decoder.temperature"] == "0.8"
    assert headline(at).startswith("The text repeats itself")
    tinted = [[len(text) for text, _, again in pieces if again] for _, _, pieces in readings(at)["reader"]["columns"]]
    assert sum(tinted[0]) < 30 < 120 < sum(tinted[-1]), "of 260 letters"
    at = sound(pushed(at, "language_preset_1").run())
    assert link_of(at)["decoder.temperature"] == "1.0"
    assert headline(at).startswith("Rare words are disappearing")
    assert sum(len(text) for text, _, again in readings(at)["reader"]["columns"][-1][2] if again) < 90


def test_measurements_that_nobody_opens_cost_nothing() -> None:
    at = opened(PAGE)
    assert set(figures(at)) == {"signs"}
    assert set(figures(unfolded(at))) == {"signs", *MEASUREMENTS}


def test_the_context_of_the_bars() -> None:
    at = unfolded(opened(PAGE))
    start, before = revisions(at), figures(at)["next_token"]
    box = keys(at)["language_context_chars_alice"]
    at = sound(box.select(box.options[1]).run())
    after = figures(at)["next_token"]
    assert after["figure"]["layout"]["xaxis"]["title"] != before["figure"]["layout"]["xaxis"]["title"]
    assert {k: v for k, v in revisions(at).items() if k != "next_token"} == {
        k: v for k, v in start.items() if k != "next_token"
    }


def context(typed: str) -> dict[str, Any]:
    """The bars, for a visitor who has typed a context."""
    at = AppTest.from_file(ROOT / "app.py", default_timeout=120)
    at.switch_page(f"pages/{PAGE}.py")
    at.session_state["language_context_chars_alice"] = typed
    at.session_state["language_measurements"] = True
    drawing: dict[str, Any] = figures(sound(at.run()))["next_token"]
    return drawing


def test_a_context_of_the_visitor_s_own() -> None:
    """In the real text "the white rabb" goes on with an "i" and nothing else; no "q" stands there after a "q"."""
    drawing = context("The  WHITE rabb")
    assert drawing["figure"]["layout"]["xaxis"]["title"]["text"] == "the next token after “the white rabb”"
    assert drawing["film"]["captions"][0] == "Generation 0: 1 token may follow."
    assert drawing["figure"]["layout"]["xaxis"]["ticktext"][0] == "i"
    assert "“rabbit ”" in context("rabbit ")["figure"]["layout"]["xaxis"]["title"]["text"]
    drawing = context("<b>qqqq</b> 日")
    assert "“‹b›qqqq‹/b› 日”" in drawing["figure"]["layout"]["xaxis"]["title"]["text"]
    assert drawing["film"]["captions"][0].endswith("; it knows nothing of this.")
    drawing = context("qqqe ")
    assert "may follow “e ”, which is all it knows of this." in drawing["film"]["captions"][0]


def test_what_was_typed_goes_with_its_text() -> None:
    at = unfolded(brought(FOX))
    assert keys(at)[next(k for k in keys(at) if k.startswith("language_context"))].value == "the "
    at = unfolded(brought("בראשית ברא אלהים את השמים ואת הארץ " * 40))
    assert keys(at)[next(k for k in keys(at) if k.startswith("language_context"))].value != "the "


def curve(trace: dict[str, Any]) -> np.ndarray:
    return np.frombuffer(b64decode(trace["y"]["bdata"]), dtype="<" + trace["y"]["dtype"])


def test_words_used_once_against_their_law() -> None:
    """By its first values, worked out by hand; the mean over 2500 words of 10 lineages has a standard error of 0.2% at most, so
    that 1% is five of them: false alarm 1e-5 for all generations."""
    at = unfolded(opened(PAGE))
    names = [t["name"] for t in figures(at)["hapaxes"]["figure"]["data"]]
    assert not any("law" in n for n in names)
    at = sound(pushed(at, "language_preset_5").run())
    drawing = figures(at)["hapaxes"]["figure"]["data"]
    (law,) = (curve(t) for t in drawing if t["name"].startswith("law"))
    (mean,) = (curve(t) for t in drawing if t["name"] == "mean")
    n, whole = scenario_of(at).n, len(scenario_of(at).world.corpus("words").train)
    assert law[:3] == pytest.approx([100, 100 * n / whole, 100 * n / whole * (1 - math.exp(-1))], rel=1e-5)
    assert mean[1:] == pytest.approx(law[1:], abs=1.0)


def test_after_four_words_there_is_one_way_to_go_on() -> None:
    """The limits say: in nine of ten places; counted in a dictionary."""
    assert "in nine of ten places" in " ".join(words(PAGE)["limits"].split())
    read, after = Alice().corpus("words").train.tolist(), defaultdict(list)
    for *before, token in zip(*(read[i:] for i in range(5)), strict=False):
        after[tuple(before)].append(token)
    alone = sum(len(tokens) for tokens in after.values() if len(set(tokens)) == 1)
    assert round(10 * alone / len(read)) == 9


def test_without_words_used_once_there_is_nothing_to_watch() -> None:
    assert "hapaxes" not in figures(unfolded(brought(FOX)))


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
    at = unfolded(brought(HOSTILE, opened(PAGE, {"model.unit": unit})))
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


BAD = {
    "tiny": ("hello", "1 word "),
    "one character": ("a" * 3000, "1 word "),
    "its words at the end": ("!" * 10_000 + " " + FOX[:700], "needs at least 2"),
    "one word, the others at the end": ("a " * 5000 + FOX[:700], "one word again and again"),
    "emoji": ("🙂" * 3000, "0 words"),
    "ten megabytes": ("many words " * 1_000_000, "11,000,000 characters"),
    "markup": ("<b>**hi**</b>", "3 words"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_text_that_cannot_be_used_is_said_and_nothing_is_lost(name: str) -> None:
    text, says = BAD[name]
    at = opened(PAGE)
    before = link_of(at), revisions(at)
    at = brought(text, at)
    (sentence,) = warnings(at)
    assert sentence.startswith("This text")
    assert says in sentence
    assert "Everything stays as it was" in sentence
    assert (link_of(at), revisions(at)) == before
    assert warnings(sound(at.run())) == [], "said once"


@pytest.mark.parametrize("text", ["", " \n "])
def test_nothing_is_no_text_of_0_words(text: str) -> None:
    (sentence,) = warnings(brought(text))
    assert sentence.startswith(
        "This text is not used: there is no text yet: paste one, or choose a file of at most 4 MB."
    )


def chosen(raw: bytes, at: AppTest) -> AppTest:
    """A visitor who chooses a file and uses it."""
    at.file_uploader[0].upload("mine.txt", raw, "text/plain")
    return sound(keys(at)["language_own_take"].click().run())


def test_a_file_and_a_pasted_text_are_not_taken_for_each_other() -> None:
    at = chosen(FOX.encode(), opened(PAGE))
    link = link_of(at)
    assert link["world"] == "own-text"
    at = brought("pasted words about stars and moons and suns. " * 40, at)
    (sentence,) = warnings(at)
    assert sentence.startswith("This text is not used: there are a pasted text and a file: take one of them away.")
    assert link_of(at) == link
    at.file_uploader[0].clear()
    at = sound(keys(at)["language_own_take"].click().run())
    assert warnings(at) == []
    assert scenario_of_desk(at).world.text.startswith("pasted words about stars")


def test_one_limit_is_said() -> None:
    at = opened(PAGE)
    (said,) = (m.value for m in at.markdown if "words or more" in m.value)
    assert "Bring a text of 5 words or more" in said
    assert "up to 1,000,000 characters" in said
    assert "4 MB" in said
    assert at.file_uploader[0].proto.max_upload_size_mb == 4


@pytest.mark.parametrize("unit", ["chars", "words"])
def test_a_text_as_small_as_a_dice_lesson(unit: str) -> None:
    """Ten words run, in letters and in words, with everything open; what cannot be measured on them is said, and only of these."""
    at = unfolded(brought(PRIMER, opened(PAGE, {"model.unit": unit, "model.order": "1", "decoder.temperature": "1.0"})))
    assert warnings(at) == []
    scenario = scenario_of_desk(at)
    assert scenario.n == len(scenario.world.corpus(unit).train)
    (note,) = (plain(i.value) for i in at.info)
    learnt, held = {
        "chars": ("34 characters", "9 characters"),
        "words": ("11 words and marks", "3 words and marks"),
    }[unit]
    assert f"its first {learnt}" in note
    assert f"its last fifth, which is {held} long" in note
    assert "none is rare" in note
    shown = readings(at)["reader"]
    assert (shown["prompt"] + "".join(word for word, _ in shown["book"])).startswith("I am Sam. Sam I am.")
    drawings = figures(at)
    assert "no curve of rare words: no word of the real text is rare" in drawings["signs"]["note"]
    assert "rare words left" not in [t["name"] for t in drawings["signs"]["figure"]["data"]]
    assert "rare words" not in headline(at)
    at = forgotten(at)
    assert [i.value for i in at.info] == []
    assert scenario_of_desk(at).n == 5000
    assert [i.value for i in brought(FOX).info] == []


def test_how_a_file_was_read_is_said_as_long_as_it_is_in_use() -> None:
    at = chosen((f"naïve <b>{HOSTILE[:60]} " * 30).encode("cp1252"), opened(PAGE))
    for _ in range(2):
        (note,) = (plain(i.value) for i in at.info)
        assert note.startswith("Read as Western European text")
        assert "naïve <b><script>" in note
        assert "save it as UTF-8" in note
        at = sound(at.run())
    assert [i.value for i in brought(FOX, forgotten(at)).info] == []


def test_the_words_of_the_page_are_true_for_any_text() -> None:
    """What is said around the pictures holds for the book and for a text that somebody brought; tokens are called tokens."""
    at = unfolded(brought(FOX))
    told = [*prose(at), *(text for d in figures(at).values() for text in (d["say"], d["note"]))]
    assert not [t for t in told if "the book" in t]
    assert "The first one reads a real text" in " ".join(told)
    assert any(re.match("8 chains learn .* from 5,000 tokens of a text of your own", a) for a in asides(at))


@pytest.mark.parametrize(
    "text",
    [
        "בראשית ברא אלהים את השמים ואת הארץ " * 40,
        "天地玄黄宇宙洪荒日月盈昃辰宿列张" * 20,
        "a line\r\nand \ud83d another\r\n\r\n" * 60,
        "so 👩‍👩‍👧 it 🙂 goes " * 60,
    ],
    ids=["right to left", "chinese", "windows and half an emoji", "emoji"],
)
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


def forgotten(at: AppTest) -> AppTest:
    return sound(keys(at)["language_own_forget"].click().run())


@pytest.mark.parametrize("how", ["pasted", "chosen"])
def test_forgetting(how: str) -> None:
    at = forgotten(brought(FOX) if how == "pasted" else chosen(FOX.encode(), opened(PAGE)))
    assert link_of(at)["world"] == "alice"
    assert field(at).value == ""
    assert "shelf" not in at.session_state
    assert not any(before.scenario.world.private for before in desk_of(at, PAGE).past)
    assert at.file_uploader[0].value is None
    (sentence,) = warnings(sound(keys(at)["language_own_take"].click().run()))
    assert sentence.startswith("This text is not used: there is no text yet"), "nothing is left to be used"


def test_the_code_reads_the_text_from_a_file(tmp_path: Path) -> None:
    at = brought(FOX, opened(PAGE, generations="3", lineages="4"))
    (tmp_path / data_file(desk_of(at, PAGE).scenario.world)).write_text(FOX, encoding="utf-8")
    done = ran(code_of(at), tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 4


def test_the_place_for_a_text_can_be_hidden() -> None:
    assert "language_own" not in keys(opened(PAGE, hide="world"))
    at = brought(FOX, opened(PAGE, lock="world"))
    assert "locked" in plain(at.warning[0].value)
    assert link_of(at)["world"] == "alice"
