"""The arena on its page: a search in steps, prices that are edited, a combination that sets the controls, a link that repeats it."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from collapse.arena import Arena, Standing, asked, best, front, search, standings
from collapse.ui import drawers
from collapse.ui.chart import figures
from collapse.ui.prevention.verdict import verdict

from .harness import desk_of, keys, link_of, opened, plain, scenario_of, sound, warnings

PAGE = "prevention"
FEW = {
    "panel": "arena",
    "generations": "20",
    **{f"arena.{name}": "off" for name in ("detector", "verifier", "experts", "heat", "examples")},
}


def click(at: AppTest, key: str) -> AppTest:
    return sound(keys(at)[key].click().run())


def typed(at: AppTest, key: str, value: str) -> AppTest:
    return sound(keys(at)[key].set_value(value).run())


def searched(at: AppTest) -> AppTest:
    """Let it tick until it is done."""
    for _ in range(100):
        if desk_of(at, PAGE).arena.drawing.going is None:  # type: ignore[attr-defined]
            return at
        at = sound(at.run())
    raise AssertionError("the search never ends")


def said(at: AppTest) -> str:
    return " ".join(
        plain(m.value) for m in at.markdown if m.value.startswith(("The best that", "Nothing that", "What comes"))
    )


def dots(at: AppTest) -> int:
    """How many combinations the picture shows, each once."""
    traces = figures(at)["arena"]["figure"]["data"]
    return len({number for trace in traces for number in trace.get("customdata", [])})


def test_the_cheapest_of_those_that_last_as_long_as_a_run_is_not_said_to_last_longest() -> None:
    """Standings typed here: two combinations survive all 50 generations in the median, with 54 and 99% of the chains alive."""

    def stands(number: int, says: str, price: float, median: int, alive: float) -> Standing:
        tried = SimpleNamespace(
            combination=SimpleNamespace(says=says, scenario=SimpleNamespace(generations=50)), variance=np.ones((40, 50))
        )
        return Standing(number, tried, price, median, median, median, alive, (0.0, 0.0, 0.0))  # type: ignore[arg-type]

    idle, cheap, sound_ = (
        stands(0, "doing nothing", 1.0, 8, 0.0),
        stands(1, "a few", 4.5, 50, 0.54),
        stands(2, "all", 8.9, 50, 0.99),
    )
    told = verdict(cheap, idle, 10.0, [cheap, sound_])
    assert (
        "1 other combination survives as long, for as much or more. Of these, all leaves the most chains alive" in told
    )
    assert "99% against 54%, and costs 8.9" in told
    assert "as long" not in verdict(cheap, idle, 10.0, [cheap]), "the control: nothing is as good"
    assert "Of these" not in verdict(sound_, idle, 10.0, [cheap, sound_])


def test_prices_are_edited_and_a_combination_sets_the_controls() -> None:
    at = searched(opened(PAGE, FEW))
    desk = desk_of(at, PAGE)
    view = desk.arena  # type: ignore[attr-defined]
    found = view.drawing.filled
    assert dots(at) == len(found.tried) == len(found.search.combinations) == 7
    first = best(standings(found, view.prices, view.rule), 10.0)
    assert first is not None
    assert f"within a budget of 10 is this: {first.tried.combination.says}." in said(at)
    assert "Tried again, 200 chains with other random numbers survive" in said(at)
    assert any("7 combinations × 40 chains = 280 histories" in plain(c.value) for c in at.caption)
    at = typed(at, "prevention_prices_budget", "0.1")
    assert "Nothing that was tried costs 0.1 or less." in said(at)
    at = typed(at, "prevention_prices_real", "0")
    assert view.drawing.filled is found, "a price costs no run"
    assert link_of(at)["price.real"] == "0.0"
    at = typed(at, "prevention_prices_real", "-1")
    assert any("“Price of a real example” cannot be -1" in s for s in warnings(at))
    number = front(standings(found, view.prices, view.rule))[-1].number
    at = sound(keys(at)["prevention_arena_pick"].set_value(number).run())
    at = click(at, "prevention_arena_take")
    assert scenario_of(at) == found.tried[number].combination.scenario, (
        "to the chain: the run on the desk is that of the search"
    )
    assert "arena" in figures(at), "the picture stays"
    marked = next(t for t in figures(at)["arena"]["figure"]["data"] if t["name"] == "these controls")
    assert marked["customdata"] == [number]
    at = click(at, "prevention_reset")
    assert link_of(at)["price.real"] == "1.0", "a new start is one of the prices, too"


def test_a_link_repeats_it() -> None:
    at = searched(opened(PAGE, FEW | {"price.budget": "4", "lost.narrow": "0.6", "arena.n": "30", "seed": "5"}))
    assert warnings(at) == []
    link = link_of(at)
    other = opened(PAGE, link)
    assert link_of(other) == link
    known = desk_of(other, PAGE).arena.known  # type: ignore[attr-defined]
    assert known is desk_of(at, PAGE).arena.known, "whoever asks the same shares what is found"  # type: ignore[attr-defined]
    other = searched(other)
    assert figures(other)["arena"]["revision"] == figures(at)["arena"]["revision"]
    assert said(other) == said(at)
    s = scenario_of(at)
    *_, found = search(asked(Arena(n=30, detector="off", verifier="off", heat="off", examples="off"), s))
    view = desk_of(other, PAGE).arena  # type: ignore[attr-defined]
    there = best(standings(found, view.prices, view.rule), 4.0)
    assert there is not None
    assert there.tried.combination.says in said(at)


def test_it_comes_in_steps_and_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawers, "STEP", 0.02)
    at = opened(PAGE, panel="arena", seed="77")
    some = dots(at)
    assert 0 < some < 100
    at = click(at, "prevention_arena_stop")
    assert dots(sound(at.run())) == dots(at) < 100, "stopped is stopped"
    assert any(re.search(r"Stopped at .* of the 100 combinations", plain(c.value)) for c in at.caption)
    pills = next(group for group in at.get("button_group") if group.key == "prevention_arena_measures")
    at = sound(pills.set_value(["fresh"]).run())
    assert "arena" not in figures(at), "what a person sees is never stale"
    assert link_of(at)["arena.heat"] == "off"
    at = searched(click(at, "prevention_arena_draw"))
    assert dots(at) == 5, "doing nothing, and four shares of fresh data"


def test_what_is_too_much_or_wrong_is_refused() -> None:
    at = opened(PAGE, panel="arena", generations="400", n="20")
    assert any("Nothing was searched" in s for s in warnings(at))
    at = opened(PAGE, {"panel": "arena", "arena.fresh": "maybe", "price.real": "x", "lost.narrow": "7"})
    assert len(warnings(at)) == 3
    locked = searched(opened(PAGE, FEW | {"lock": "arena"}))
    assert dots(locked), "a search that is locked is shown"
    assert keys(locked)["prevention_arena_take"].disabled
    assert "arena" not in figures(opened(PAGE, {"panel": "arena", "hide": "arena"}))
