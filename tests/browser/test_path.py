"""The path in a real browser, and what a page shows before its scripts have come."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route

from collapse.ui.book import stops

from .conftest import FITS, PAGES, Visitor, Welcome
from .test_charts import pixels

SCRIPTS = "**/static/js/**"
PLACES = """root => Object.fromEntries(
    [['bar', '.lab-path'], ['brand', '.lab-brand'], ['title', 'h1'], ['picture', 'figure']].map(([key, part]) => {
      const box = document.querySelector(root + ' ' + part).getBoundingClientRect();
      const size = ['bar', 'title'].includes(key) ? [box.width, box.height] : [];
      return [key, [box.left, box.top, ...size].map(Math.round)]; }))"""


def still(someone: Visitor, name: str) -> Page:
    """The page as it is while no script of Streamlit's has come."""
    someone.page.route(SCRIPTS, lambda route: None)  # they never arrive
    someone.page.goto(f"{someone.url}/{'' if name == PAGES[0] else name}", wait_until="commit")
    someone.page.wait_for_function("() => document.querySelector('main img')?.complete")
    return someone.page


def wait(page: Page, true: str) -> None:
    """Until it is; a function, because the content security policy lets nobody evaluate a string."""
    page.wait_for_function(f"() => {true}")


@pytest.mark.parametrize("name", PAGES)
def test_there_is_something_to_read_before_any_script(visitor: Welcome, name: str) -> None:
    someone = visitor(width=360, height=740)
    page = still(someone, name)
    assert page.title() == f"{page.locator('h1').inner_text()} · Model Collapse Lab"
    assert len(page.locator("main > p:not(.lab-eyebrow)").first.inner_text()) > 60
    picture = page.locator("main img")
    assert picture.evaluate("i => i.naturalWidth") > 100
    assert len(picture.get_attribute("alt") or "") > 20
    box = picture.bounding_box()
    assert box
    assert box["width"] >= 300
    assert box["y"] < 740, "within the first screen"
    assert page.evaluate(FITS)


def test_the_live_page_takes_over_where_it_stands_and_is_read_once(visitor: Welcome) -> None:
    """While the live page is being put together, only the still one is seen and read; then nothing has moved."""
    someone = visitor(width=1440, height=900)
    page = someone.page
    held: list[Route] = []
    page.route("**/BidiComponent.*.js", lambda route: held.append(route))
    page.goto(someone.url)
    page.wait_for_selector("#root h1", state="attached")
    assert page.get_by_role("heading", level=1).count() == 1, "the other is hidden"
    assert page.get_by_role("navigation", name="Pages").count() == 1
    before = page.evaluate(PLACES, "#first")
    for route in held:
        route.continue_()
    page.wait_for_selector("#first", state="detached")
    assert page.evaluate(PLACES, "#root") == before
    someone.settled()
    assert page.get_by_role("heading", level=1).count() == 1


def test_the_menu_of_a_phone_opens_and_closes_on_choice(visitor: Welcome) -> None:
    someone = visitor(width=360, height=740, has_touch=True).open("causes")
    page = someone.page
    menu = page.locator(".lab-menu")
    choice = menu.get_by_role("link", name="Penguins")
    assert page.locator(".lab-flat").is_hidden()
    assert choice.is_hidden()
    menu.get_by_text("Menu", exact=True).tap()
    assert menu.get_by_role("link").all_inner_texts()[0] == "Watch it collapse"
    assert menu.locator("[aria-current=page]").inner_text() == "Causes"
    for link in menu.get_by_role("link").all():
        box = link.bounding_box()
        assert box
        assert box["height"] >= 40
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
    assert grave(page) == []
    page.keyboard.press("Escape")
    assert choice.is_hidden()
    menu.get_by_text("Menu", exact=True).tap()
    choice.tap()
    wait(page, "document.querySelector('#root h1')?.innerText === 'Penguins'")
    assert choice.is_hidden()
    someone.settled()
    menu.get_by_text("Menu", exact=True).tap()
    assert menu.locator("[aria-current=page]").inner_text() == "Penguins"
    choice.tap()
    assert choice.is_hidden(), "chosen is chosen, although it is this page"


def test_chapters_open_where_not_all_pages_fit(visitor: Welcome) -> None:
    """The one of the present page says which that is; one is open at a time; Escape and a choice close it."""
    page = visitor(width=1280, height=720).open("causes").page
    assert page.locator(".lab-flat").is_hidden()
    chapters = page.locator(".lab-chapters summary")
    assert [" ".join(text.split()) for text in chapters.all_inner_texts()] == [
        "Start",
        "See it happen",
        "Understand it · Causes",
        "Go deeper",
    ]
    chapters.nth(1).focus()
    page.keyboard.press("Enter")
    birds = page.locator(".lab-chapters").get_by_role("link", name="Penguins")
    assert birds.is_visible()
    page.keyboard.press("Escape")
    assert birds.is_hidden()
    assert chapters.nth(1).evaluate("e => e === document.activeElement")
    chapters.nth(3).click()
    assert page.locator(".lab-chapters").get_by_role("link", name="Laboratory").is_visible()
    chapters.nth(1).click()
    assert page.locator(".lab-chapters details[open]").count() == 1
    assert grave(page) == []
    birds.click()
    wait(page, "document.querySelector('#root h1')?.innerText === 'Penguins'")
    assert "See it happen · Penguins" in " ".join(chapters.nth(1).inner_text().split())
    assert birds.is_hidden()


def test_links_lead_on_without_a_reload(visitor: Welcome) -> None:
    someone = visitor(width=1440, height=900).open(PAGES[0])
    page = someone.page
    page.evaluate("() => { window.same = true; }")
    titles = {}
    for step, name in (
        (".lab-next", PAGES[1]),
        (".lab-next", PAGES[2]),
        (".lab-back", PAGES[1]),
        (".lab-brand", PAGES[0]),
    ):
        old = page.locator("#root h1").inner_text()
        page.locator(step).click()
        page.wait_for_function(
            "old => ![old, undefined].includes(document.querySelector('#root h1')?.innerText)", arg=old
        )
        someone.settled(1)
        titles[name] = page.locator("#root h1").inner_text()
        assert page.evaluate("location.pathname") == f"/{'' if name == PAGES[0] else name}"
        assert page.locator(".lab-flat [aria-current=page]").count() == 1
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
        assert page.evaluate("document.activeElement.tagName") == "H1", "where a screen reader goes on"
    page.go_back()
    wait(page, f"document.querySelector('#root h1')?.innerText === {titles[PAGES[1]]!r}")
    assert page.evaluate("window.same"), "the page was never loaded again"
    someone.settled(1)


def test_a_page_that_does_not_exist_says_so(visitor: Welcome) -> None:
    someone = visitor(width=820, height=1000)
    answer = someone.page.goto(f"{someone.url}/gaussian/deep")
    assert answer
    assert answer.status == 404
    assert someone.page.locator("h1").inner_text() == "There is no such page"
    assert "gaussian/deep" in someone.page.locator("main p").inner_text()
    assert grave(someone.page) == []
    someone.page.locator("main").get_by_role("link", name="One bell curve").click()
    assert someone.settled().page.locator("h1").inner_text() == "One bell curve"
    (missing,) = someone.wrong
    assert "404" in missing
    someone.wrong.clear()


@pytest.mark.parametrize("now", ["light", "dark"])
def test_light_and_dark_can_be_chosen_and_stay(visitor: Welcome, now: str) -> None:
    someone = visitor(width=820, height=1000, color_scheme=now).open("surnames")
    page = someone.page
    paper = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
    light = page.evaluate(paper)
    other = "light" if now == "dark" else "dark"
    page.locator(f".lab-theme button[value={other}]").click()
    page.wait_for_function("old => document.querySelector('.lab-theme [aria-pressed=true]')?.value === old", arg=other)
    page.wait_for_function(f"old => {paper} !== old", arg=light)
    page.reload()
    someone.settled()
    assert page.evaluate(paper) != light
    assert page.locator(".mc-chart.mc-dark").count() == (other == "dark") * page.locator(".mc-chart").count()
    assert grave(page) == []


def test_forced_colours_show_the_present_page_and_the_chosen_colours(visitor: Welcome) -> None:
    someone = visitor(width=1440, height=1000, forced_colors="active").open("causes")
    page = someone.page
    lines = page.locator(".lab-flat a").evaluate_all(
        "all => all.map(a => parseInt(getComputedStyle(a).borderBottomWidth))"
    )
    assert [bool(line) for line in lines] == [stop.name == "causes" for stop in stops()]
    buttons = page.locator(".lab-theme button")
    assert buttons.nth(0).get_attribute("aria-pressed") == "true"
    pressed, *others = (sum(column) / len(column) for column in (pixels(someone, b, 0.1) for b in buttons.all()))
    assert min(abs(pressed - other) for other in others) > 40, "as seen: what is computed differs where nothing is seen"


def grave(page: Page) -> list[str]:
    """What axe finds serious or critical in the path."""
    parts = [part for part in (".lab-path", ".lab-around", ".lab-footer") if page.locator(part).count()]
    found = Axe().run(page, context={"include": [[part] for part in parts]}).response["violations"]
    return [
        f"{rule['id']}: {rule['nodes'][0]['html'][:160]}" for rule in found if rule["impact"] in ("serious", "critical")
    ]
