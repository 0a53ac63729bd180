"""The wall of digits in a real browser: the pixels are those of the run, it plays without the server, training stops, a pad draws."""

import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
from playwright.sync_api import expect

from collapse import Scenario, run
from collapse.links import of_page
from collapse.wall import wall
from collapse.worlds.digits import Digits

from .conftest import Visitor, Welcome

QUICK = "n=100&generations=6&lineages=3&model.epochs=5&model.width=16"
INK = """canvas => { const {width, height} = canvas, pixels = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  return [width, height, Array.from({length: width * height}, (_, i) => pixels[4 * i + 3])]; }"""


def query(someone: Visitor) -> dict[str, str]:
    return {k: v[-1] for k, v in parse_qs(urlsplit(someone.page.url).query).items()}


def ink(someone: Visitor, canvas: str) -> np.ndarray:
    """What a canvas of the hero shows, (rows, columns, 64), 0 to 255."""
    width, height, alpha = someone.page.locator(f"figure[data-key=wall] canvas.mr-{canvas}").evaluate(INK)
    cells = np.array(alpha).reshape(height // 10, 10, width // 10, 10).swapaxes(1, 2)
    return cells[:, :, 1:9, 1:9].reshape(height // 10, width // 10, 64)


def frame(someone: Visitor) -> int:
    return int(someone.page.locator("figure[data-key=wall]").get_attribute("data-frame") or -1)


def test_the_wall_shows_one_lineage_of_the_run(visitor: Welcome) -> None:
    """To the pixel: the small wall is that of exactly one lineage, the large rows are three rows of it."""
    someone = visitor().open("digits", QUICK)
    asked = Scenario.from_query(of_page(someone.page.url))
    assert isinstance(asked.world, Digits)
    result = run(asked)
    shown = ink(someone, "small")
    walls = [wall(result, lineage).images * (255 / 16) for lineage in range(asked.lineages)]
    same = [bool(np.abs(shown - images).max() <= 1) for images in walls]
    assert sum(same) == 1, "one chain, and no other"
    for canvas, t in (("real", 0), ("first", 1), ("shown", 6)):
        np.testing.assert_array_equal(ink(someone, canvas)[0], shown[t])
    found = wall(result, same.index(True))
    for t in (6, 0):
        someone.page.locator("figure[data-key=wall] .mc-scrub").press("End" if t else "Home")
        read = someone.page.locator("figure[data-key=wall] .mr-readings li").all_inner_texts()
        for column, text in enumerate(read):
            digit, sure, *verdict = text.split("\n")
            assert int(digit) == found.digits[t, column]
            assert int(sure.removesuffix("%")) == int(100 * found.confidence[t, column])
            assert [v for v in verdict if v] == (
                []
                if found.digits[t, column] == column
                else ["surely wrong" if found.surely_wrong[t, column] else "wrong"]
            )


def test_it_plays_without_the_server(visitor: Welcome) -> None:
    someone = visitor().open("digits", QUICK)
    hero = someone.page.locator("figure[data-key=wall]")
    someone.sent.clear()
    hero.get_by_role("button", name="Play", exact=True).click()
    someone.page.wait_for_function("() => [1, 2, 3, 4].includes(+document.querySelector('.mr-reader').dataset.frame)")
    hero.get_by_role("button", name="Pause").click()
    held = frame(someone)
    someone.page.wait_for_timeout(700)  # two generations
    assert frame(someone) == held < 6
    expect(hero.locator(".mr-label-now")).to_have_text(f"Generation {held}")
    expect(hero.locator(".mc-caption")).to_have_text(re.compile(rf"^Generation {held}\b"))
    np.testing.assert_array_equal(ink(someone, "shown")[0], ink(someone, "small")[held])
    assert (ink(someone, "small").max(axis=(1, 2)) > 0).all(), "no row is empty"
    hero.locator(".mr-all").click(position={"x": 20, "y": 4})
    assert frame(someone) == 0, "a click on the first row shows it"
    mark, small = hero.locator(".mr-mark").bounding_box(), hero.locator(".mr-small").bounding_box()
    assert mark
    assert small
    assert abs(mark["y"] - small["y"]) < 4
    assert someone.chart("live_classes").locator(".mc-cursor").is_visible()
    expect(someone.chart("latent_plane").locator(".mc-caption")).to_have_text(
        re.compile(r"^Generation 0\b")
    )  # one clock
    assert someone.sent == []


def test_training_is_watched_and_stopped(visitor: Welcome) -> None:
    """The wall grows while models are trained; Stop keeps what is complete, and the link asks for just that."""
    someone = visitor()
    someone.page.goto(f"{someone.url}/digits?seed=4711&generations=30&lineages=5&n=500")
    someone.page.locator("figure.mr-reader[data-drawn]").first.wait_for()
    expect(someone.page.get_by_text(re.compile(r"^Training: generation \d+ of 30 is done"))).to_be_visible()
    someone.page.wait_for_function(
        "() => [...document.querySelectorAll('canvas.mr-small')].some(c => c.height >= 40)"  # real digits and three generations
    )
    someone.change(someone.button("Stop here").click)
    kept = int(query(someone)["generations"])
    assert 3 <= kept < 30
    assert ink(someone, "small").shape == (kept + 1, 10, 64)
    assert (ink(someone, "small").max(axis=(1, 2)) > 0).all(), "no row is empty"
    assert f"{kept} generations" in someone.headline()
    assert someone.page.get_by_role("button", name="Stop here").count() == 0
    assert query(someone)["seed"] == "4711"


def test_a_slider_trains_anew_when_it_is_let_go(visitor: Welcome) -> None:
    someone = visitor().open("digits", "generations=4&lineages=2")
    before = ink(someone, "small")
    range_ = someone.page.locator(".mc-range").first
    range_.focus()
    someone.change(lambda: range_.press("ArrowLeft"))
    someone.page.wait_for_function("() => !document.querySelector('[class*=_stop] button')")
    someone.settled()
    assert int(query(someone)["n"]) < 500
    assert (ink(someone, "small") != before).any()


def test_a_digit_is_drawn_by_hand_and_by_keyboard(visitor: Welcome) -> None:
    someone = visitor(height=5200).open("digits", QUICK)
    pad = someone.page.locator(".mp-grid")
    box = pad.bounding_box()
    assert box
    at = [
        (box["x"] + (x + 0.5) * box["width"] / 8, box["y"] + (y + 0.5) * box["height"] / 8)
        for x, y in ((2, 1), (5, 1), (3, 6))
    ]
    mouse = someone.page.mouse
    mouse.move(*at[0])
    mouse.down()
    for x, y in at[1:]:
        mouse.move(x, y, steps=8)
    mouse.up()
    own = someone.page.locator("figure[data-key=own_digit]")
    expect(own.locator(".mc-caption")).to_have_text(
        re.compile(r"^The reader reads what generation 6 makes of it as \d, and is ")
    )
    expect(own.locator(".mr-label-real")).to_have_text("Your drawing")
    drawn = own.locator("canvas.mr-real").evaluate(INK)[2]
    assert max(drawn) == 255
    first = own.get_attribute("data-drawn")
    cells = pad.get_by_role("button")
    assert cells.count() == 64
    assert cells.nth(8 * 1 + 2).get_attribute("aria-pressed") == "true"
    cells.nth(0).focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "Space"):
        someone.page.keyboard.press(key)
    assert someone.page.evaluate("document.activeElement.getAttribute('aria-label')") == "Row 3, column 2"
    someone.page.wait_for_function(
        "old => document.querySelector('figure[data-key=own_digit]').dataset.drawn !== old", arg=first
    )
    someone.button("Clear").click()
    expect(own).to_have_count(0)
    expect(someone.page.get_by_text("Here you will see your digit")).to_be_visible()
