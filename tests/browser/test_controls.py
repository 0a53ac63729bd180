"""Sliders, keyboard, links and visitors, as hands and eyes meet them."""

import os
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, expect

from .conftest import PAGES, Visitor, Welcome
from .test_charts import check_files
from .test_wall import QUICK

FOCUS = """() => { let e = document.activeElement; while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
  const place = [...document.querySelectorAll("*")].indexOf(document.activeElement);  // many have the same name
  const name = e.getAttribute('aria-label') ?? e.innerText ?? '';
  return [place, e.tagName, e.type ?? '', e.className?.baseVal ?? e.className ?? '', name]
    .map(String).join('|').slice(0, 120); }"""


def query(someone: Visitor) -> dict[str, str]:
    return {k: v[-1] for k, v in parse_qs(urlsplit(someone.page.url).query).items()}


def slider(someone: Visitor, number: int = 0) -> Locator:
    return someone.page.locator(".mc-slider").nth(number)


def hero(someone: Visitor) -> str:
    return str(someone.page.eval_on_selector("figure[data-key]", "f => f.dataset.key"))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_in_files_and_by_keyboard_only(visitor: Welcome, page: str, tmp_path: Path) -> None:
    """Every picture as a table and as files, without the server; then, on the same page, no mouse any more."""
    someone = visitor().open(page)
    someone.sent.clear()
    check_files(someone, tmp_path)
    assert someone.sent == []
    if page == "digits":
        someone.open(page, QUICK)  # which trains anew at every press of a key
    someone.page.locator(".lab-brand").first.focus()  # from the top again
    check_keyboard(someone)


def check_keyboard(someone: Visitor) -> None:
    """Tab reaches sliders and play in some order, and leaves them again; arrows turn the slider, the space bar plays."""
    keyboard = someone.page.keyboard
    seen: list[str] = []
    turned = played = False
    for _ in range(150):
        keyboard.press("Tab")
        here = someone.page.evaluate(FOCUS)
        seen.append(here)
        if "mc-range" in here and not turned:
            range_ = slider(someone).locator(".mc-range")
            before, headline, drawn = range_.input_value(), someone.headline(), someone.charts()
            someone.change(lambda: keyboard.press("ArrowLeft"))
            for _ in range(5):
                keyboard.press("ArrowLeft")
            someone.page.wait_for_timeout(300)
            someone.settled()
            assert range_.input_value() != before
            assert someone.charts() != drawn
            assert someone.headline() != headline
            assert "mc-range" in someone.page.evaluate(FOCUS), "the focus stays on the slider"
            turned = True
        if "mc-play" in here and not played:
            chart = someone.page.locator("figure:has(.mc-play:focus)")
            handle, was = chart.element_handle(), chart.get_attribute("data-frame")
            keyboard.press("Space")
            someone.page.wait_for_function("([c, was]) => c.dataset.frame !== was", arg=[handle, was])
            keyboard.press("Space")
            chart.get_by_role("button", name="Play", exact=True).wait_for()
            played = True
        if turned and played and "Copy link" in here:
            break
    assert turned, seen
    assert played, seen
    assert "Copy link" in seen[-1], "the end of the page is reached"
    assert all(a != b for a, b in pairwise(seen)), "the focus was caught"
    keyboard.press("Shift+Tab")
    assert someone.page.evaluate(FOCUS) != seen[-1]


# What is answered is asked of every page in tests/pages.
@pytest.mark.parametrize("page", ["home", "surnames", "causes"])
def test_dragging_redraws_while_the_mouse_is_down(visitor: Welcome, page: str) -> None:
    someone = visitor().open(page)
    key = hero(someone)
    someone.page.evaluate(
        """key => { window.drawn = [];
        const c = document.querySelector(`figure[data-key="${key}"]`);
        const seen = new MutationObserver(() => window.drawn.push(c.dataset.drawn));
        seen.observe(c, {attributes: true, attributeFilter: ['data-drawn']}); }""",
        key,
    )
    range_ = slider(someone).locator(".mc-range")
    headline, before = someone.headline(), query(someone)
    range_.scroll_into_view_if_needed()
    box = range_.bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    answers: list[int] = []
    someone.page.on("response", lambda r: answers.append(r.status) if "/live/" in r.url else None)
    mouse = someone.page.mouse
    low, high = 0.3, 0.5
    mouse.move(box["x"] + high * box["width"], y)
    mouse.down()
    for step in range(120):
        mouse.move(box["x"] + (low + (high - low) * abs((step % 40) / 20 - 1)) * box["width"], y)
        someone.page.wait_for_timeout(60)
        if someone.page.evaluate("new Set(window.drawn).size") >= 4:
            break
    assert someone.page.evaluate("new Set(window.drawn).size") >= 4, "several pictures between two clicks"
    assert query(someone) == before, "the address changes when the hand lets go"
    someone.change(mouse.up)
    assert someone.headline() != headline
    last = someone.page.eval_on_selector(f'figure[data-key="{key}"]', "f => f.dataset.drawn")
    assert someone.page.evaluate("window.drawn.at(-1)") == last, "what is shown at the end is the value let go"
    assert set(answers) == (set() if "LAB_URL" in os.environ else {200}), "answered from the link, where that is served"


def test_a_typed_number(visitor: Welcome) -> None:
    someone = visitor().open()
    number = slider(someone).locator(".mc-number")

    def type_(text: str) -> None:
        number.fill(text)
        number.press("Enter")

    someone.change(lambda: type_("37"))
    assert query(someone)["n"] == "37"
    before = someone.charts()
    for wrong in ("1e9", "2.5", "-3"):
        type_(wrong)
        alert = slider(someone).locator(".mc-wrong")
        someone.page.wait_for_function("a => a.textContent.includes('37')", arg=alert.element_handle())
        assert "from 2 to 1,000,000 examples" in alert.inner_text()
        assert number.get_attribute("aria-invalid") == "true"
    someone.page.wait_for_timeout(300)
    assert someone.charts() == before
    assert query(someone)["n"] == "37"
    someone.change(lambda: type_("38"))
    assert slider(someone).locator(".mc-wrong").inner_text() == ""


@pytest.mark.parametrize("page", PAGES[:2])
def test_the_address_repeats_the_page(visitor: Welcome, page: str) -> None:
    """After a preset, a slider and the lineage shown: reload, and open the link in another browser."""
    someone = visitor().open(page)
    someone.change(lambda: someone.preset(1).click())
    someone.change(lambda: someone.page.get_by_role("radio", name="Kept more", exact=True).click())
    someone.change(lambda: slider(someone).locator(".mc-range").press("ArrowRight"))
    here, charts, headline = someone.page.url, someone.charts(), someone.headline()
    assert query(someone)["show"] == "lucky"
    field = someone.page.locator(".mc-link")
    assert urlsplit(field.input_value())[2:] == urlsplit(here)[2:]
    someone.page.reload()
    someone.settled()
    assert (someone.charts(), someone.headline(), someone.page.url) == (charts, headline, here)
    other = visitor(color_scheme="dark")
    other.page.goto(here)
    assert other.settled().charts() == charts
    assert other.headline() == headline


def test_undo_moves_the_slider_back(visitor: Welcome) -> None:
    someone = visitor().open()
    range_ = slider(someone).locator(".mc-range")
    before, charts = range_.input_value(), someone.charts()
    someone.change(lambda: range_.press("End"))
    assert range_.input_value() != before
    someone.change(lambda: someone.button("Undo").click(timeout=5000))
    someone.page.wait_for_function("([r, v]) => r.value === v", arg=[range_.element_handle(), before])
    assert someone.charts() == charts


def test_undo_that_is_empty_hands_the_keyboard_to_its_neighbour(visitor: Welcome) -> None:
    """A disabled button cannot keep it, and from the page's body a reader would begin at the top again."""
    someone = visitor().open()
    someone.change(lambda: slider(someone).locator(".mc-range").press("End"))
    undo = someone.button("Undo")
    undo.focus()
    someone.change(lambda: someone.page.keyboard.press("Enter"))
    expect(undo).to_be_disabled()
    expect(someone.button("Start again")).to_be_focused()


def test_visitors_do_not_meet(visitor: Welcome) -> None:
    one, two = visitor().open(), visitor().open()
    assert one.charts() == two.charts()
    before = two.charts()
    one.change(lambda: slider(one).locator(".mc-range").press("Home"))
    two.sent.clear()
    two.page.wait_for_timeout(300)
    assert two.charts() == before
    assert query(one)["n"] != query(two)["n"]
    two.change(lambda: slider(two, 1).locator(".mc-range").press("Home"))
    assert query(two)["n"] == query(two.open())["n"] != query(one)["n"]


def test_hidden_and_locked(visitor: Welcome) -> None:
    someone = visitor().open(PAGES[0], "hide=n,more,presets&lock=generations,show")
    assert someone.page.locator("[class*=_presets] button").count() == 0
    labels = someone.page.locator(".mc-slider .mc-label").all_inner_texts()
    assert "Training examples" not in labels
    assert someone.page.get_by_label("Generations", exact=True).first.is_disabled()
    assert someone.page.get_by_role("radio", name="Kept more", exact=True).is_disabled()


def test_a_lost_component_leaves_words(visitor: Welcome) -> None:
    """If our scripts cannot be loaded, the pictures are told and plain controls are offered."""
    someone = visitor(fresh=True)
    someone.context.route("**/component/**", lambda route: route.abort())
    someone.page.goto(f"{someone.url}/?seed=5")
    someone.page.get_by_text("Ridge plot of one chain").first.wait_for()
    link = someone.page.get_by_role("link", name="Use plain controls").first
    link.wait_for()
    someone.context.unroute("**/component/**")
    link.click()
    someone.page.locator("[data-testid=stSlider]").first.wait_for()
    someone.wrong.clear()  # the blocked requests


def test_more_controls_come_when_they_are_opened(visitor: Welcome) -> None:
    """By keyboard: a field below them changes the page, and they stay open."""
    someone = visitor().open(PAGES[0])
    page, keyboard = someone.page, someone.page.keyboard
    summary, field = page.locator("summary", has_text="More controls"), page.locator(".st-key-home_seed input")
    assert field.count() == 0
    summary.focus()
    keyboard.press("Enter")
    field.wait_for()
    assert "More controls" in page.evaluate(FOCUS), "the focus stays"
    before = someone.charts()
    field.fill("7")
    someone.change(lambda: keyboard.press("Enter"))
    page.wait_for_function("location.search.includes('seed=7')")
    assert query(someone)["seed"] == "7"
    assert someone.charts() != before
    assert field.is_visible()
    assert field.input_value() == "7"
