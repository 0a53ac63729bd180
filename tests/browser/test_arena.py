"""The arena in a real browser: its dots, a dot of the front that is clicked, a price that is typed, and stop."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator

from .conftest import Visitor, Welcome
from .test_looks import FEW, check_width

PAGE = "prevention"


def opened(visitor: Welcome, query: str, **how: object) -> Visitor:
    return visitor(height=5600, **how).open(PAGE, query)


def knob(someone: Visitor, name: str) -> str:
    return parse_qs(urlsplit(someone.page.url).query)[name][0]


def dots(someone: Visitor) -> Locator:
    return someone.chart("arena").locator(".scatterlayer .point:visible")


def searched(someone: Visitor) -> Visitor:
    someone.page.get_by_text("Tried again, ").wait_for()
    return someone.settled(least=4)


def at_dot(someone: Visitor, trace: str, place: int) -> tuple[float, float]:
    """Where a dot lies on the screen; `trace`: the symbol of its kind in the legend's words."""
    box = someone.page.evaluate(
        """([name, place]) => {
          const plot = document.querySelector("figure[data-key=arena] .js-plotly-plot");
          const at = plot._fullData.findIndex((trace) => trace.name === name);
          const { x, y, xaxis, yaxis } = { ...plot._fullData[at], xaxis: plot._fullLayout.xaxis, yaxis: plot._fullLayout.yaxis };
          const all = plot.querySelector(".nsewdrag").getBoundingClientRect();
          return [all.x + xaxis.d2p(x.at(place)), all.y + yaxis.d2p(y.at(place))];
        }""",
        [trace, place],
    )
    return box[0], box[1]


def test_a_dot_of_the_front_sets_the_controls(visitor: Welcome) -> None:
    someone = searched(opened(visitor, FEW))
    combinations = 14
    assert someone.page.get_by_text(f"{combinations} combinations × 40 chains = 560 histories").count() == 1
    assert combinations + 1 <= dots(someone).count() <= combinations + 2, "each once, and the marks on top"
    here = at_dot(someone, "Pareto front", -1)
    someone.page.mouse.move(*here)
    hover = someone.chart("arena").locator(".hovertext").first
    hover.wait_for()
    assert "at least 50" in (hover.text_content() or "")
    assert "10% kept original data and three times as many examples" in (hover.text_content() or "")
    someone.change(lambda: someone.page.mouse.click(*here))
    assert {name: knob(someone, name) for name in ("policy", "n", "lineages")} == {
        "policy": "anchor",
        "n": "60",
        "lineages": "40",
    }
    assert someone.page.locator(".mc-slider .mc-number").first.input_value() == "60", "the slider shows it"
    at_controls = at_dot(someone, "these controls", 0)
    assert at_controls == at_dot(someone, "Pareto front", -1), "the mark has moved there"
    someone.page.get_by_role("textbox", name="Budget for a generation").fill("0.5")
    someone.change(lambda: someone.page.get_by_role("textbox", name="Budget for a generation").press("Enter"))
    someone.page.get_by_text("Nothing that was tried costs").wait_for()
    assert knob(someone, "price.budget") == "0.5"
    by_keyboard = someone.button("Set the controls to it")
    old = someone.page.url
    by_keyboard.focus()
    someone.change(lambda: by_keyboard.press("Enter"))
    assert someone.page.url != old


def test_a_search_can_be_stopped(visitor: Welcome) -> None:
    someone = visitor(height=5600)
    someone.page.goto(f"{someone.url}/{PAGE}?panel=arena&seed=23&generations=60")
    stop = someone.page.get_by_role("button", name="Stop", exact=True)
    stop.wait_for()
    someone.chart("arena").wait_for()
    stop.click()
    someone.page.get_by_text("Stopped at").wait_for()
    someone.settled(least=4)
    assert 1 <= dots(someone).count() < 100
    check_width(someone, 360)
