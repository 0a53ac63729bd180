"""The Laboratory: what can be composed, data of one's own, maps, twins, history, and what is taken home."""

import csv
import io
import json
import re
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from collapse.budget import BUDGET, worst_case_cost
from collapse.compose import offered
from collapse.metrics import METRICS, measurable
from collapse.models import MODELS
from collapse.phase import SIDE, drawn
from collapse.policies import POLICIES
from collapse.recursion import run
from collapse.scenario import Scenario
from collapse.sheets import MAX_BYTES, read
from collapse.speech import capital
from collapse.stages import Rule
from collapse.ui import drawers, lab, maps, runs, takeaway
from collapse.ui.chart import figures
from collapse.worlds import WORLDS
from collapse.worlds.own import from_sheet

from .harness import code_of, desk_of, keys, link_of, opened, plain, revisions, scenario_of, sound, warnings
from .harness import drawn as shown

PAGE = "laboratory"
MASSES = (
    "mass;bird\n"
    + "\n".join(f"{40 + i * 37 % 11},{i % 10};{('kea', 'tui', '=1+1')[i % 3]}" for i in range(60))
    + "\nNA;kea\n"
)
WORLD, _ = from_sheet(read(MASSES), [0], numeric=True)


def click(at: AppTest, key: str) -> AppTest:
    return sound(keys(at)[key].click().run())


def choose(at: AppTest, key: str, value: Any) -> AppTest:
    return sound(keys(at)[key].set_value(value).run())


def desk(at: AppTest) -> lab.Lab:
    found = desk_of(at, PAGE)
    assert isinstance(found, lab.Lab)
    return found


def pasted(at: AppTest, text: str) -> AppTest:
    area = next(a for a in at.text_area if a.key.startswith("laboratory_data_text"))
    return sound(area.set_value(text).run())


def brought(at: AppTest, text: str = MASSES) -> AppTest:
    return click(pasted(at, text), "laboratory_data_take")


# ---- compose


@pytest.mark.parametrize("world", [k for k in WORLDS if k not in lab.OWN])
def test_a_world_can_be_chosen_with_one_click(world: str) -> None:
    """Whatever is on the desk: a model that can learn it comes along, and only models that can are offered."""
    at = choose(opened(PAGE, n="20", lineages="20"), "laboratory_world", world)
    assert warnings(at) == []
    s = scenario_of(at)
    assert s.world.kind == world
    assert s.n == 20
    assert shown(at).keys() == {
        "wall" if scenario_of(at).world.kind == "digits" else "hero",
        "metric",
        "stages",
        "loop",
    }
    if "laboratory_model" in keys(at):
        assert keys(at)["laboratory_model"].options == [capital(MODELS[kind].says) for kind in offered(s, "model")]
    else:
        assert len(offered(s, "model")) == 1, "where there is no choice there is no control"


def test_mixtures_in_the_plane_and_on_own_data() -> None:
    at = opened(PAGE, world="penguins", model="mixture", n="60", generations="4", lineages="6")
    assert warnings(at) == []
    assert "Ellipses" in figures(at)["hero"]["alt"]
    rows = "a,b\n" + "\n".join(f"{i * 7 % 13},{i * 5 % 17}" for i in range(50))
    at = pasted(at, rows)
    at = choose(at, next(k for k in keys(at) if k.startswith("laboratory_data_second")), 1)
    at = click(at, "laboratory_data_take")
    assert scenario_with(at).model.kind == "mixture", "it can learn them, so it stays"
    assert "Swarm" in figures(at)["hero"]["alt"]
    for metric in measurable(scenario_with(at)):
        at = choose(at, "laboratory_metric", metric)
        assert warnings(at) == []


def test_worlds_of_own_data_are_offered_when_there_are_some() -> None:
    at = opened(PAGE)
    own = [capital(kind.says) for kind in WORLDS.values() if kind.kind.startswith("own-")]
    assert not set(own) & set(keys(at)["laboratory_world"].options)
    at = brought(at)
    assert [o for o in keys(at)["laboratory_world"].options if o in own] == [capital(WORLDS["own-numbers"].says)]


@pytest.mark.parametrize(
    ("model", "policy"), [(m, p) for i, m in enumerate(MODELS) for j, p in enumerate(POLICIES) if (i + j) % 2 == 0]
)
def test_every_model_and_every_diet(model: str, policy: str) -> None:
    """Each of them with every other one of the others; that all of them run is asked of the engine."""
    at = opened(PAGE, model=model, policy=policy, n="12", generations="4", lineages="8")
    assert warnings(at) == []
    assert scenario_of(at).model.kind == model
    assert shown(at).keys() == {
        "wall" if scenario_of(at).world.kind == "digits" else "hero",
        "metric",
        "stages",
        "loop",
    }


def test_an_impossible_link_gets_a_sentence() -> None:
    at = opened(PAGE, world="surnames", model="kde")
    (sentence,) = warnings(at)
    assert "cannot learn" in sentence
    assert "“how often each type was seen”" in sentence
    assert warnings(opened(PAGE, {"world.dimension": "3", "model": "kde"}))


def test_a_locked_part_is_not_changed_along() -> None:
    at = opened(PAGE, lock="model")
    at = choose(at, "laboratory_world", "surnames")
    (sentence,) = warnings(at)
    assert "model" in sentence
    assert "locked" in sentence
    assert scenario_of(at).world.kind == "normal"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "world=surnames&world.types=30&lineages=9",
        "model=kde&lineages=9&n=10&generations=5",
        "world.dimension=3&lineages=9",
    ],
)
def test_every_metric_can_be_watched_and_is_in_the_link(query: str) -> None:
    at = opened(PAGE, query)
    for metric in measurable(scenario_of(at)):
        at = choose(at, "laboratory_metric", metric)
        assert warnings(at) == []
        assert desk(at).metric == metric
        assert figures(at)["metric"]["name"] == metric
    assert link_of(at)["metric"] == metric
    again = opened(PAGE, link_of(at))
    assert revisions(again) == revisions(at)


def test_what_a_link_cannot_look_at_is_said() -> None:
    at = opened(PAGE, metric="types", shows="perplexity", across="world.types", up="n", seed="4")
    said = desk(at).refused
    assert len(warnings(at)) == 4
    for name, value, used in (
        ("metric", "types", "variance"),
        ("shows", "perplexity", "variance"),
        ("across", "world.types", "n"),
        ("up", "n", "generations"),
    ):
        assert any(s.startswith(f"{name}={value}") and f"Used instead: {name}={used}" in s for s in said), (name, said)
    assert scenario_of(at).seed == 4
    again = opened(PAGE, link_of(at))
    assert warnings(again) == []
    without = opened(PAGE, policy="replace", **{"world.dimension": "2"})
    assert warnings(without) == [], "what was not asked for is not refused"
    assert warnings(opened(PAGE, link_of(without))) == []


def test_the_ends_of_the_axes_are_in_the_link() -> None:
    at = opened(PAGE, across="generations")
    assert not [k for k in link_of(at) if k.endswith(".ends")], "only where somebody has chosen them"
    at = sound(keys(at)["laboratory_map_end_generations_1"].set_value("70").run())
    at = sound(keys(at)["laboratory_map_end_policy_synthetic_0"].set_value("0.25").run())
    link = link_of(at)
    assert (link["across.ends"], link["up.ends"]) == ("2,70", "0.25,1")
    assert scenario_of(at) == scenario_with(at)
    again = opened(PAGE, link)
    assert warnings(again) == []
    assert link_of(again) == link
    for key, text in (
        ("generations_0", "2"),
        ("generations_1", "70"),
        ("policy_synthetic_0", "0.25"),
        ("policy_synthetic_1", "1"),
    ):
        assert keys(again)[f"laboratory_map_end_{key}"].value == text


@pytest.mark.parametrize(("ends", "kept"), [("4,12", None), ("1,2", "1,2")])
def test_ends_without_room_in_another_world_are_left_out(ends: str, kept: str | None) -> None:
    link = {"across": "world.dimension", "across.ends": ends}
    at = opened(PAGE, link, n="20", generations="4", lineages="20")
    assert link_of(at)["across.ends"] == ends
    at = choose(at, "laboratory_world", "groups")
    assert warnings(at) == []
    assert link_of(at)["across"] == "world.dimension"
    assert link_of(at).get("across.ends") == kept
    shown = [keys(at)[f"laboratory_map_end_world_dimension_{i}"].value for i in (0, 1)]
    assert shown == ["1", "2"], "the whole range of this world"
    assert warnings(opened(PAGE, link_of(at))) == []
    at = click(at, "laboratory_undo")
    assert link_of(at)["across.ends"] == ends, "back in the old world they are back"


@pytest.mark.parametrize(
    "ends", ["", "5", "5,", "a,b", "70,3", "3,3", "nan,70", "3,inf", "3,1e9", "-5,20", "1,2,3", "<b>,2", "9" * 3000]
)
def test_ends_that_cannot_be_are_said(ends: str) -> None:
    at = opened(PAGE, {"across.ends": ends, "across": "generations", "seed": "4"})
    (sentence,) = warnings(at)
    assert "generations" in sentence.lower()
    assert "Used instead" in sentence
    assert desk(at).map.chosen == {}
    assert scenario_of(at).seed == 4


def test_a_metric_that_is_too_dear_is_refused() -> None:
    at = opened(PAGE, model="kde", n="1000", generations="100", lineages="100")
    here = revisions(at)
    assert warnings(at) == [], "the cheap metric is affordable"
    at = choose(at, "laboratory_metric", "w1")
    (sentence,) = warnings(at)
    assert f"{BUDGET - lab.film(scenario_of(at)):,}" in sentence
    assert "Everything stays" in sentence
    assert revisions(at) == here


# ---- own data


def test_data_are_looked_at_before_they_are_used() -> None:
    at = pasted(opened(PAGE), MASSES)
    assert "preview" in figures(at)
    assert scenario_of(at).world.kind == "normal", "a look changes nothing"
    said = " ".join(plain(c.value) for c in at.caption)
    assert "60 rows; 1 left out" in said
    assert "12) is held out" in said
    assert "mass" in at.text[0].value
    at = click(at, "laboratory_data_take")
    s = scenario_with(at)
    assert s.world == WORLD
    expected = run(s, keep=["variance"]).measure("variance").mean(axis=0)
    mean = next(t for t in figures(at)["metric"]["figure"]["data"] if t["name"] == "mean")
    assert np.allclose(_numbers(mean["y"]), 100 * expected, rtol=1e-6), "the page runs on exactly these rows"


def scenario_with(at: AppTest) -> Scenario:
    return desk(at).scenario


def _numbers(value: dict[str, str]) -> np.ndarray:
    from base64 import b64decode

    return np.frombuffer(b64decode(value["bdata"]), dtype="<f4").astype(float)


def test_two_columns_and_categories() -> None:
    rows = "a,b,kind\n" + "\n".join(f"{i * 7 % 13},{i * 5 % 17},{'xy'[i % 2]}" for i in range(50))
    at = pasted(opened(PAGE), rows)
    second = next(k for k in keys(at) if k.startswith("laboratory_data_second"))
    at = choose(at, second, 1)
    at = click(at, "laboratory_data_take")
    assert scenario_with(at).world.d == 2
    assert figures(at).keys() >= {"hero", "metric", "stages"}
    at = choose(at, "laboratory_data_use_numbers", "categories")
    at = click(at, "laboratory_data_take")
    assert scenario_with(at).world.kind == "own-types"
    assert scenario_with(at).model.kind == "categorical"
    at = choose(at, "laboratory_world", "own-numbers")
    assert scenario_with(at).world.d == 2, "both are at hand"


def test_the_decimal_mark_can_be_overruled_and_the_rows_are_shown_as_read() -> None:
    at = pasted(opened(PAGE), "pop\n" + "\n".join(f"{i % 7 + 1},{100 + i * i}" for i in range(20)) + "\n980")
    assert "choose comma as the decimal mark" in " ".join(plain(c.value) for c in at.caption)
    assert at.text[0].value.split() == ["pop", "1100", "2101", "3104", "4109", "5116", "6125"]
    at = choose(at, "laboratory_data_decimal", "comma")
    assert "decimal mark" not in " ".join(plain(c.value) for c in at.caption)
    assert at.text[0].value.split() == ["pop", "1.1", "2.101", "3.104", "4.109", "5.116", "6.125"]
    at = choose(at, "laboratory_data_use_numbers", "categories")
    assert at.text[0].value.split()[:2] == ["pop", "1,100"]


def test_a_text_of_one_s_own() -> None:
    story = " ".join(
        f"the {w} sat on the {v} and sang." for w in ("kea", "tui", "moa") for v in ("roof", "hill", "tree") * 9
    )
    at = choose(opened(PAGE, n="500", generations="3", lineages="3"), "laboratory_data_form", "a text")
    at = pasted(at, "too short")
    assert any("at least" in s for s in warnings(at))
    at = click(pasted(at, story), "laboratory_data_take")
    assert warnings(at) == []
    s = scenario_with(at)
    assert (s.world.kind, s.model.kind) == ("own-text", "ngram")
    assert s.world.text.startswith("the kea sat")  # type: ignore[attr-defined]
    assert "kea" not in json.dumps(link_of(at))
    for metric in measurable(s)[:3]:
        at = choose(at, "laboratory_metric", metric)
        assert warnings(at) == []
    at = click(at, "laboratory_data_forget")
    assert scenario_with(at).world.kind == "normal"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mass\n1\n2\nthree\n" + "\n".join(map(str, range(20))), ("line 4", "column 'mass'", "'three'")),
        ("1\n2\n3", ("at least 10",)),
        ("5\n" * 20, ("hardly varies",)),
        ("<b>x</b>\n" * 30, ("1 different",)),
        ("a,b\n1,2,3\n", ("line 2", "3 cells")),
        ("1\n" * MAX_BYTES, ("bytes", f"{MAX_BYTES:,}")),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_lost(text: str, words: tuple[str, ...]) -> None:
    at = opened(PAGE, seed="9")
    here = revisions(at)
    at = pasted(at, text)
    (sentence,) = warnings(at)
    assert all(word in sentence for word in words), sentence
    assert "laboratory_data_take" not in keys(at)
    assert revisions(at) == here
    assert next(a for a in at.text_area).value == text, "what was pasted is still there to be mended"


def test_the_link_holds_no_data_and_says_what_it_misses() -> None:
    at = brought(opened(PAGE, seed="5"))
    link = link_of(at)
    assert link["world.data"] == str(WORLD.data)
    assert not re.search(r"4[0-9]\.[0-9]", json.dumps(link).replace(link["world.data"], "")), "no value is in the link"
    stranger = opened(PAGE, link)
    (sentence,) = warnings(stranger)
    assert "bring the same data" in sentence
    assert "60 rows, fingerprint" in plain(stranger.info[0].value)
    assert scenario_of(stranger).seed == 5, "all else is as in the link"
    other = brought(stranger, MASSES.replace("40,0", "40,5"))
    assert scenario_with(other).world != WORLD
    met = brought(opened(PAGE, link))
    assert link_of(met) == link
    assert revisions(met) | {"preview": ""} == revisions(at) | {"preview": ""}


def test_a_visitor_s_own_link_works_for_the_visitor() -> None:
    at = brought(opened(PAGE))
    link = link_of(at)
    at.switch_page("pages/home.py").run()
    at.query_params.clear()
    for key, value in link.items():
        at.query_params[key] = value
    at = sound(at.switch_page("pages/laboratory.py").run())
    assert warnings(at) == []
    assert scenario_with(at).world == WORLD


def pinned_link(pin: dict[str, str], now: dict[str, str]) -> tuple[dict[str, str], Scenario]:
    """The link of a visitor who has brought data, pinned a run and changed something; and what is pinned."""
    at = brought(opened(PAGE, lineages="20"))
    desk(at).turn(pin)
    at = click(sound(at.run()), "laboratory_twins_pin")
    desk(at).turn(now)
    at = sound(at.run())
    pinned = desk(at).pin.scenario
    assert pinned is not None
    return link_of(at), pinned


@pytest.mark.parametrize(
    ("pin", "now"),
    [
        ({}, {"n": "20"}),
        ({"n": "20"}, {"world": "normal"}),
        ({"world": "bimodal"}, {"world": "own-numbers"}),
        ({"policy": "anchor"}, {"policy": "mix", "model": "kde", "world": "normal"}),
    ],
)
def test_a_pinned_run_on_own_data_waits_for_them(pin: dict[str, str], now: dict[str, str]) -> None:
    link, pinned = pinned_link(pin, now)
    stranger = opened(PAGE, link)
    here = pinned.world.kind == "own-numbers"
    assert desk(stranger).pin.scenario == (None if here else pinned)
    assert any("nothing is pinned" in s for s in warnings(stranger)) == here
    assert any("pinned run of this link" in i.value for i in stranger.info) == here
    met = brought(stranger)
    assert warnings(met) == []
    assert desk(met).pin.scenario == pinned
    assert link_of(met) == link
    if now.get("world") == "normal":
        assert scenario_with(met).world.kind == "normal", "only the pinned run has waited for them"
    holder = brought(opened(PAGE))
    holder.switch_page("pages/home.py").run()
    holder.query_params.clear()
    for key, value in link.items():
        holder.query_params[key] = value
    holder = sound(holder.switch_page("pages/laboratory.py").run())
    assert warnings(holder) == []
    assert desk(holder).pin.scenario == pinned


def test_other_data_do_not_take_the_place_of_those_that_a_pinned_run_waits_for() -> None:
    link, _ = pinned_link({}, {"world": "normal"})
    at = brought(opened(PAGE, link), MASSES.replace("40,0", "40,5"))
    assert desk(at).pin.scenario is None
    assert scenario_with(at).world.kind == "own-numbers"
    assert not any("pinned run of this link" in i.value for i in at.info)
    at = click(opened(PAGE, link), "laboratory_twins_pin")
    assert desk(brought(at)).pin.scenario is not None, "what was pinned by hand stays"
    assert desk(at).pin.scenario.world.kind == "normal"


def test_nothing_of_own_data_stays_with_the_process() -> None:
    """Runs on own data stand on a shelf of the session, and forgetting takes everything."""
    at = brought(opened(PAGE))
    at = click(at, "laboratory_twins_pin")
    at = choose(at, "laboratory_model", "kde")
    public = scenario_of(opened(PAGE))
    assert runs.shelf(public, runs.RUNS) is runs.RUNS
    assert not any("own-" in str(key) for shelf in (runs.RUNS, runs.NOTES) for key in shelf.content)
    assert "shelf" in at.session_state
    at = click(at, "laboratory_data_forget")
    assert "shelf" not in at.session_state
    d = desk(at)
    assert d.data.worlds == {}
    assert not any(e.scenario.world.private for e in d.history.entries)
    assert not any(before.scenario.world.private for before in d.past)
    assert d.pin.scenario is None
    assert not d.scenario.world.private
    assert next(a for a in at.text_area).value in ("", None)


def test_one_visitor_cannot_see_the_data_of_another() -> None:
    one, two = brought(opened(PAGE)), opened(PAGE)
    two = sound(two.run())
    assert desk(two).data.worlds == {}
    assert revisions(opened(PAGE)) == revisions(two)
    assert desk(one).data.worlds


# ---- map


def mapped(at: AppTest) -> AppTest:
    """Press the button and let it tick until it is done."""
    at = click(at, "laboratory_map_draw")
    for _ in range(100):
        if desk(at).map.drawing is None or desk(at).map.drawing.going is None:
            return at
        at = sound(at.run())
    raise AssertionError("the map never ends")


def test_the_default_map() -> None:
    at = mapped(opened(PAGE))
    filled = desk(at).map.drawing.filled
    assert filled.done == 1.0
    assert filled.map.shape == (SIDE, SIDE)
    assert "phase-map" in figures(at)
    assert not any(b.key == "laboratory_map_stop" for b in at.button)


def test_it_comes_in_steps_and_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawers, "STEP", 0.02)
    at = click(opened(PAGE), "laboratory_map_draw")
    share = desk(at).map.drawing.filled.done
    assert 0 < share < 1
    assert "laboratory_map_stop" in keys(at)
    at = sound(at.run())
    assert desk(at).map.drawing.filled.done > share
    at = click(at, "laboratory_map_stop")
    share = desk(at).map.drawing.filled.done
    at = sound(at.run())
    assert desk(at).map.drawing.filled.done == share, "stopped is stopped"
    assert any("Stopped at" in c.value for c in at.caption)
    assert "phase-map" in figures(at), "what was computed is still there"


def test_a_cell_sets_the_controls() -> None:
    at = mapped(opened(PAGE, n="50", generations="10"))
    asked = desk(at).map.drawing.filled.map
    at = choose(at, "laboratory_map_column", 3)
    at = choose(at, "laboratory_map_row", 5)
    at = click(at, "laboratory_map_take")
    s = scenario_of(at)
    assert (s.n, s.policy.synthetic) == (asked.x.values[3], asked.y.values[5])  # type: ignore[attr-defined]
    assert "phase-map" in figures(at), "the map stays, the mark moves"
    for nonsense in (-1, 10_000, 625):
        maps.take(desk(at), nonsense)
    assert scenario_of(at) == s
    at = click(at, "laboratory_undo")
    assert scenario_of(at).n == 50


def test_a_map_of_another_question_is_not_shown() -> None:
    at = mapped(opened(PAGE, generations="5"))
    at = sound(keys(at)["laboratory_seed"].set_value("77").run())
    assert "phase-map" not in figures(at), "what a person sees is never stale"
    at = mapped(at)
    at = choose(at, "laboratory_map_shows", "late onset")
    assert "phase-map" not in figures(at)
    at = mapped(at)
    assert "phase-map" in figures(at)
    link = link_of(at)
    assert link["shows"] == "late onset"
    assert link_of(opened(PAGE, link)) == link


def test_the_axes_are_the_knobs_of_the_scenario() -> None:
    at = opened(PAGE, world="surnames", **{"world.types": "100", "lineages": "20", "generations": "3"})
    box = keys(at)["laboratory_map_across"]
    assert any("types" in o for o in box.options)
    assert not any("dimension" in o for o in box.options)
    at = choose(at, "laboratory_map_across", "world.types")
    assert link_of(at)["across"] == "world.types"
    at = mapped(at)
    assert desk(at).map.drawing.filled.map.x.key == "world.types"
    at = sound(keys(at)["laboratory_map_end_world_types_0"].set_value("50").run())
    at = sound(keys(at)["laboratory_map_end_world_types_1"].set_value("20").run())
    assert any("lower and a higher end" in s for s in warnings(at))


@pytest.mark.parametrize(
    "link",
    [
        {"across": "world.dimension", "shows": "coverage"},
        {"across": "world.dimension", "shows": "w1"},
        {
            "world": "groups",
            "model": "mixture",
            "across": "model.components",
            "up": "world.count",
            "shows": "rarest_alive",
        },
    ],
)
def test_a_map_across_cells_that_cannot_be_measured(link: dict[str, str]) -> None:
    at = mapped(opened(PAGE, link, n="20", generations="4"))
    assert warnings(at) == []
    filled = desk(at).map.drawing.filled
    assert filled.done == 1.0
    measured = np.isfinite(filled.value)
    assert 0 < measured.sum() < filled.value.size
    wrong = np.argwhere(~measured)[0]
    at = choose(choose(at, "laboratory_map_row", int(wrong[0])), "laboratory_map_column", int(wrong[1]))
    assert "hero" in figures(click(at, "laboratory_map_take")), (
        "the controls can go where the colour cannot be measured"
    )


def test_the_default_map_of_a_mixture() -> None:
    """On the page; that of every world is asked of the engine."""
    at = click(opened(PAGE, world="penguins", model="mixture"), "laboratory_map_draw")
    assert warnings(at) == []
    assert 0 < desk(at).map.drawing.filled.done < 1
    assert "laboratory_map_stop" in keys(at)


def test_a_map_that_takes_too_long_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is of work, not of the clock: without any time at all the first step is the last."""
    monkeypatch.setattr(drawers, "MOST", 0.0)
    monkeypatch.setattr(drawers, "STEP", 0.0)
    at = opened(PAGE, world="flipper", model="mixture")
    at = click(at, "laboratory_map_draw")
    share = desk(at).map.drawing.filled.done
    at = sound(at.run())
    assert desk(at).map.drawing.going is None
    assert desk(at).map.drawing.filled.done == share < 1
    assert any("took longer than one visitor may ask for" in c.value for c in at.caption)
    assert "phase-map" in figures(at)


def test_a_map_that_is_too_much_is_refused() -> None:
    at = opened(PAGE, model="kde", n="2000", generations="200", lineages="2")
    at = click(at, "laboratory_map_draw")
    assert any("No map was drawn" in s for s in warnings(at))
    assert "phase-map" not in figures(at)


def test_everything_the_page_can_do_is_in_the_budget() -> None:
    """The run with its metric, its film, the twin, and the map: each is at most the budget."""
    at = opened(PAGE)
    d = desk(at)
    for values in (
        {"n": "1000000"},
        {"lineages": "10000", "generations": "1000"},
        {"model": "kde", "n": "100000"},
        {"model": "kde", "n": "5000", "policy": "accumulate", "lineages": "1"},
    ):
        try:
            s = d.allowed(d.composed(values, d.base))
        except ValueError:
            continue
        assert worst_case_cost(s) + lab.film(s) <= BUDGET
    for s in (d.base, Scenario.from_query("model=kde&n=20&generations=5")):
        assert drawn(s, ("n", "policy.synthetic" if s == d.base else "generations"), "w1", Rule()).burden <= 1


# ---- twins and history


def test_a_run_and_itself_are_twins() -> None:
    at = click(opened(PAGE), "laboratory_twins_pin")
    assert {"beside", "apart"} <= figures(at).keys()
    assert any("exactly zero" in m.value for m in at.markdown)
    for trace in figures(at)["apart"]["figure"]["data"]:
        assert not _numbers(trace["y"]).any()
    at = sound(keys(at)["laboratory_model_estimator"].set_value("unbiased").run())
    assert any("of the pairs" in m.value for m in at.markdown)
    assert link_of(at)["twin.model.estimator"] == "ml"
    assert scenario_of(at) == scenario_with(at)
    again = opened(PAGE, link_of(at))
    assert revisions(again) == revisions(at)
    at = click(at, "laboratory_twins_unpin")
    assert "apart" not in figures(at)


def test_twins_of_two_kinds_of_world() -> None:
    at = click(opened(PAGE, lineages="20"), "laboratory_twins_pin")
    at = choose(at, "laboratory_world", "surnames")
    assert "apart" not in figures(at)
    assert any("cannot be measured in both" in i.value for i in at.info)
    at = choose(at, "laboratory_metric", "tail_mass")
    assert "apart" in figures(at)


def test_the_pinned_run_follows_in_length_and_number() -> None:
    at = click(opened(PAGE, lineages="20"), "laboratory_twins_pin")
    at = sound(keys(at)["laboratory_lineages"].set_value("33").run())
    assert "apart" in figures(at)
    twin = desk(at).pin.beside(desk(at).scenario)
    assert twin is not None
    assert twin.lineages == 33
    said = [plain(c.value) for c in at.caption if "computed anew" in c.value]
    assert said == ["So that both meet the same noise, the pinned run was computed anew with chains 33 instead of 20."]
    at = sound(keys(at)["laboratory_seed"].set_value("99").run())
    assert any("exactly zero" in m.value for m in at.markdown)
    assert any("seed 99 instead of 1" in plain(c.value) for c in at.caption), "why they are the same is said"
    at = click(at, "laboratory_twins_pin")
    assert not [c for c in at.caption if "computed anew" in c.value]


def test_history_restores_pins_and_clears() -> None:
    at = opened(PAGE, seed="1")
    first = link_of(at), revisions(at)
    at = sound(keys(at)["laboratory_seed"].set_value("2").run())
    at = sound(keys(at)["laboratory_seed"].set_value("3").run())
    assert [e.scenario.seed for e in desk(at).history.entries] == [3, 2, 1]
    numbers = [e.number for e in desk(at).history.entries]
    assert keys(at)[f"laboratory_history_restore_{numbers[0]}"].disabled, "it is shown now"
    at = click(at, f"laboratory_history_restore_{numbers[2]}")
    assert (link_of(at), revisions(at)) == first
    assert [e.scenario.seed for e in desk(at).history.entries] == [1, 3, 2], "the same run is there once"
    at = click(at, "laboratory_undo")
    assert scenario_of(at).seed == 3
    entry = next(e for e in desk(at).history.entries if e.scenario.seed == 2)
    at = click(at, f"laboratory_history_pin_{entry.number}")
    assert desk(at).pin.scenario == entry.scenario
    at = click(at, "laboratory_history_clear")
    assert [e.scenario.seed for e in desk(at).history.entries] == [3], "what is shown is what is left"
    for seed in range(10, 40):
        desk(at).scenario = Scenario.from_query({"seed": str(seed)}, desk(at).scenario)
        desk(at).history.record(desk(at).scenario, desk(at).rule, "x")
    at = sound(at.run())
    assert any(e.label == "Earlier runs (31)" for e in at.expander)
    oldest = desk(at).history.entries[-1]
    assert f"laboratory_history_restore_{oldest.number}" not in keys(at), (
        "the newest are in sight, the others in a list"
    )
    at = choose(at, "laboratory_history_older", oldest.number)
    at = click(at, f"laboratory_history_restore_{oldest.number}")
    assert scenario_of(at) == oldest.scenario
    for seed in range(40, 40 + 2 * drawers.EARLIER):
        desk(at).scenario = Scenario.from_query({"seed": str(seed)}, desk(at).scenario)
        desk(at).history.record(desk(at).scenario, desk(at).rule, "x")
    assert len(desk(at).history.entries) == drawers.EARLIER
    at = sound(at.run())
    assert any(e.label == f"Earlier runs (the last {drawers.EARLIER})" for e in at.expander)
    desk(at).restore(-5)


# ---- take it home


@pytest.mark.parametrize(
    "query", ["", "world=surnames&world.types=30&lineages=9", "model=kde&lineages=5&n=10&generations=3"]
)
def test_files_are_offered_and_made(query: str) -> None:
    at = opened(PAGE, query)
    labels = {b.label for b in at.get("download_button")}
    assert labels == {"CSV, summary", "CSV, every chain", "JSON", "Python script", "Notebook"}
    s, d = scenario_of(at), desk(at)
    result = runs.Outcome(run(s, keep=[d.metric]), Rule(), "typical")
    made = {f.name: f.make() for f in takeaway.files(result, d.metric)}
    origin, head, *_ = csv.reader(io.StringIO(made[f"laboratory-{d.metric}.csv"]))
    assert head == ["generation", "mean", "median", "q05", "q95"]
    (said,) = origin
    assert METRICS[d.metric].label in said, "what the numbers are"
    assert Scenario.from_query(said.partition("?")[2]) == s, "and from which run"
    assert json.loads(made[f"laboratory-{d.metric}.json"])["made with"]["numpy"] == np.__version__
    assert len(made["collapse_run.py"].splitlines()) <= 15
    assert "my-data.csv" not in made


def test_own_data_can_be_taken_home_and_the_code_knows_them() -> None:
    at = brought(opened(PAGE))
    assert "Your data" in {b.label for b in at.get("download_button")}
    assert "with_data('my-data.csv', 'own-numbers')" in code_of(at)
    assert not re.search(r"4\d\.\d", code_of(at))


def test_a_part_that_makes_a_run_too_much_takes_fewer_lineages_and_says_so():
    """Surnames that read one another, at what the page starts with; a number that is too large stays refused."""
    desk = desk_of(opened("laboratory", "world=surnames"), "laboratory")
    before = desk.scenario.lineages
    desk.turn({"policy": "shared"})
    assert desk.scenario.policy.kind == "shared"
    assert desk.scenario.lineages % desk.scenario.policy.group == 0
    assert 100 < desk.scenario.lineages < before
    (said,) = desk.refused
    assert f"(at most {desk.scenario.lineages} chains fit here). So {desk.scenario.lineages} chains are run." in said
    desk.turn({"lineages": str(before)})
    assert desk.refused[0].endswith("Everything stays as it was.")
    locked = desk_of(opened("laboratory", "world=surnames&lock=lineages"), "laboratory")
    locked.turn({"policy": "shared"})
    assert locked.scenario.lineages == before
