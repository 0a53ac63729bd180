"""A term in a real browser: it says what it means by touch, by keyboard and by pointing, and moves nothing."""

from typing import Any

from playwright.sync_api import Page, expect

from collapse.glossary import terms

from .conftest import FITS, Visitor, Welcome
from .test_looks import COLOURS, check_axe

BOXES = """() => [...document.querySelectorAll('#root h1, #root .lab-text, #root figure')].slice(0, 4)
    .map(e => { const b = e.getBoundingClientRect(); return [b.x, b.y, b.width, b.height].map(Math.round); })"""
TERM = "standard deviation"


def meaning(page: Page) -> str:
    """What is open, as a person reads it; it must be on the screen."""
    shown = page.locator(".lab-meaning:popover-open")
    expect(shown).to_have_count(1)
    box, size = shown.bounding_box(), page.viewport_size
    assert box
    assert size
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size["width"]
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= size["height"]
    assert shown.evaluate(
        "e => { const b = e.getBoundingClientRect(); return e.contains(document.elementFromPoint(b.x + b.width / 2, b.y + 8)); }"
    )
    return shown.inner_text()


def test_a_tap_on_a_phone_shows_what_a_term_means(visitor: Welcome) -> None:
    """In light, in the dark, and with colours of one's own."""
    someone = visitor(width=360, height=740, has_touch=True, color_scheme="light").open("gaussian")
    page, term = someone.page, someone.page.locator("#root .lab-term", has_text=TERM).first
    looks: tuple[dict[str, Any], ...] = ({}, {"color_scheme": "dark"}, {"forced_colors": "active"})
    for look in looks:
        page.emulate_media(**look)
        before = someone.settled().still().page.evaluate(BOXES)
        term.tap()
        assert terms()[TERM].says in meaning(page)
        assert page.evaluate(BOXES) == before, "nothing has moved"
        check_axe(someone, rules=COLOURS if look else ())
        page.locator("h1").tap()
        expect(page.locator(".lab-meaning:popover-open")).to_have_count(0)


def test_a_key_and_pointing_show_it_and_a_click_keeps_it(visitor: Welcome) -> None:
    """Escape closes what is open, and the focus is where it was."""
    page = visitor(width=1440, height=900).open("gaussian").page
    term = page.locator("#root .lab-term", has_text=TERM).first
    term.focus()
    page.keyboard.press("Enter")
    assert terms()[TERM].says in meaning(page)
    page.keyboard.press("Escape")
    expect(page.locator(".lab-meaning:popover-open")).to_have_count(0)
    assert term.evaluate("e => e === document.activeElement")
    term.hover()
    assert terms()[TERM].says in meaning(page)
    page.locator(".lab-meaning:popover-open").hover()
    page.wait_for_timeout(400)
    assert meaning(page), "it stays while it is pointed at"
    page.mouse.move(5, 850)
    expect(page.locator(".lab-meaning:popover-open")).to_have_count(0)
    term.hover()
    meaning(page)
    term.click()
    page.mouse.move(5, 850)
    page.wait_for_timeout(400)
    assert meaning(page), "a click keeps it"


def glossary(someone: Visitor) -> Page:
    someone.page.goto(f"{someone.url}/glossary")
    someone.page.wait_for_selector("#first", state="detached", timeout=5000)
    someone.page.wait_for_selector("#root .lab-references")
    return someone.page


def test_the_glossary_is_a_page_of_words_and_its_links_change_the_page(visitor: Welcome) -> None:
    someone = visitor(width=1440, height=900)
    page = glossary(someone)
    assert page.title() == "Glossary and sources · Model Collapse Lab"
    assert page.locator("dt:visible").count() == len(terms())
    check_axe(someone)
    page.set_viewport_size({"width": 320, "height": 700})
    page.wait_for_function(f"() => innerWidth === 320 && ({FITS})()")
    check_axe(someone)
    page.emulate_media(color_scheme="dark")
    check_axe(someone)
    page.set_viewport_size({"width": 1440, "height": 900})
    check_axe(someone)
    page.evaluate("window.stays = true")
    page.locator("dd").filter(has_text="square root of the variance").get_by_role("link", name="Bell curve").click()
    page.wait_for_function("() => document.querySelector('#root h1')?.innerText === 'One bell curve'")
    assert page.evaluate("window.stays"), "without a reload"
    someone.settled()
