"""Every page in light and dark, from a projector to a phone: nothing breaks, nothing hides, nothing leaves the machine."""

import os
import re
from contextlib import nullcontext
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from collapse.links import MOST
from collapse.ui.book import lesson
from collapse.ui.panels import PanelDesk

from .conftest import FITS, PAGES, Visitor, Welcome, serving
from .test_wall import QUICK

WIDTHS = (1440, 768, 390, 320)
COLOURS = ("color-contrast", "link-in-text-block")  # the rules of axe that another theme can break
# What is Streamlit's own: the field for files is a section with a role and a name, which a page cannot change.
THEIRS = {"presentation-role-conflict"}
PANELS = [
    (page, panel)
    for page in PAGES
    if (found := lesson(page)) and issubclass(found.desk, PanelDesk)
    for panel in list(found.desk.panels)[1:]  # the first is what the page opens with
]
FEW = "panel=arena&generations=50&arena.detector=off&arena.verifier=off&arena.heat=off&arena.experts=off"  # to be searched
CLOSED = "[data-testid=stMain] details:not([open]) > summary:visible:not(.lab-path *)"


def check_width(visitor: Visitor, width: int) -> None:
    """The page is no wider than the window, and so is everything in it."""
    visitor.page.set_viewport_size({"width": width, "height": 900})
    visitor.settled()
    visitor.page.wait_for_function(
        "() => [...document.querySelectorAll('figure.mc-chart .main-svg')].every("
        "s => s.getBoundingClientRect().right <= innerWidth + 1)"
    )
    assert visitor.page.evaluate(FITS), f"the page overflows at {width} pixels"
    over = visitor.page.evaluate("""() => [...document.querySelectorAll('[data-testid=stMain] *')].filter(e => {
        const box = e.getBoundingClientRect();
        if (!box.width || !box.height || box.right <= innerWidth + 1) return false;
        for (let up = e; up.dataset.testid !== 'stMain'; up = up.parentElement)
          if (getComputedStyle(up).overflowX !== 'visible') return false;
        return true; }).slice(0, 5).map(e => e.outerHTML.slice(0, 200))""")
    assert over == [], f"cut off at {width} pixels"


def check_axe(visitor: Visitor, part: str | None = None, rules: tuple[str, ...] = ()) -> None:
    """No violation, however small, but those that are Streamlit's; in a part of the page, or of some rules only."""
    options = {"resultTypes": ["violations"]} | ({"runOnly": {"type": "rule", "values": rules}} if rules else {})
    found = [
        f"{rule['id']}: {rule['help']}: {[(n['html'][:160], n['failureSummary'][:160]) for n in rule['nodes'][:3]]}"
        for rule in Axe().run(visitor.page, part, options).response["violations"]
        if rule["id"] not in THEIRS
    ]
    assert found == []


def open_everything(someone: Visitor) -> None:
    """Whatever is folded, and the table of the first picture."""
    for _ in range(20):  # one that is computed when it opens brings others along
        closed = someone.page.locator(CLOSED)
        if not closed.count():
            break
        closed.evaluate_all("all => all.forEach(summary => summary.click())")
        someone.settled()
    assert someone.page.locator(CLOSED).count() == 0
    someone.page.locator(".mc-table:visible").first.click()
    someone.page.locator(".mc-data table:visible").wait_for()


def check_theme(someone: Visitor, theme: str) -> None:
    """Paper and charts are all light, or all dark, and none is empty."""
    is_light = "rgb => rgb.match(/\\d+/g).slice(0, 3).reduce((sum, n) => sum + +n, 0) > 3 * 128"
    paper = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
    someone.page.wait_for_function(f"light => ({is_light})({paper}) === light", arg=theme == "light")
    if theme == "dark":
        someone.page.wait_for_function("() => !document.querySelector('figure.mc-chart:not(.mc-dark)')")
    for key in someone.charts():
        chart = someone.chart(key)
        assert chart.locator(".main-svg").first.bounding_box(), f"{key} is empty"
        assert chart.locator(".mc-plot").get_attribute("aria-label")
        assert chart.evaluate("c => c.classList.contains('mc-dark')") == (theme == "dark")


# Those with a picture that plays, which is to be seen on a projector without scrolling.
PROJECTED = ("home", "gaussian", "penguins", "surnames", "causes", "consequences", "prevention", "laboratory")


@pytest.mark.parametrize("page", PAGES)
def test_a_page(visitor: Welcome, page: str) -> None:
    """With everything open, in light at every width; then in the dark; axe looks at a wide window and a narrow one in both, and at
    the dialog."""
    someone = visitor(color_scheme="light").open(page)
    assert someone.page.locator("h1").count() == 1
    assert someone.page.title() == f"{someone.page.locator('h1').inner_text()} · Model Collapse Lab"
    assert len(someone.headline()) > 20
    check_theme(someone, "light")
    if page in PROJECTED:
        someone.page.set_viewport_size({"width": 1280, "height": 720})
        play = someone.settled().page.locator(".st-key-lab-picture .mc-play").bounding_box()
        assert play is not None
        assert play["y"] + play["height"] <= 720, "a projector shows the picture and play without scrolling"
    open_everything(someone)
    for width in WIDTHS:
        check_width(someone, width)
    check_axe(someone)
    someone.page.set_viewport_size({"width": 1440, "height": 2400})
    check_axe(someone.settled())
    someone.page.emulate_media(color_scheme="dark")
    check_theme(someone, "dark")
    someone.page.mouse.move(0, 0)
    someone.still()  # colours of Streamlit's buttons fade from one theme to the other
    check_axe(someone, rules=COLOURS)
    check_width(someone, WIDTHS[-1])
    check_axe(someone, rules=COLOURS)
    someone.button("Share & teach").click()
    someone.page.locator("[role=dialog] .lab-qr").wait_for()
    someone.still()  # it fades in
    check_axe(someone, "[role=dialog]")


@pytest.mark.parametrize("page", sorted({page for page, _ in PANELS}))
def test_every_other_panel_of_a_page(visitor: Welcome, page: str) -> None:
    someone = visitor(width=WIDTHS[-1], color_scheme="light")
    for panel in [panel for where, panel in PANELS if where == page]:
        someone.open(page, FEW if panel == "arena" else f"panel={panel}")
        check_width(someone, WIDTHS[-1])
        check_axe(someone)


# The frame is one for all pages: where it opens, tokens, images, panels with select boxes, and where everything is offered.
PLAIN = ("home", "language", "digits", "prevention", "laboratory")


@pytest.mark.parametrize("page", PLAIN)
def test_a_page_with_plain_controls(visitor: Welcome, page: str) -> None:
    someone = visitor(width=390).open(page, "controls=plain")
    someone.page.locator("[data-testid=stSlider]").nth(1).wait_for()
    assert someone.page.locator(".mc-slider").count() == 0
    assert "controls=plain" in someone.page.url
    check_width(someone, 320)
    check_axe(someone)


HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "![](http://127.0.0.1:9/x.png)",
    "$$x^2$$",
    "**5**",
    ":red[5]",
    ":material/bolt:",
    ":smile:",
    "http://example.org/x",
    "www.example.org",
    "a@example.org",
    "-> <- --",
    "`5`",
)


@pytest.mark.parametrize("first", range(0, len(HOSTILE), MOST))
def test_a_hostile_link_is_shown_as_text(visitor: Welcome, first: int) -> None:
    """What a link says is quoted to the letter: no element, no address, no formula, no colour comes of it."""
    hostile = HOSTILE[first : first + MOST]
    someone = visitor().open(PAGES[0], urlencode({f"key{i}": value for i, value in enumerate(hostile)}))
    alerts = someone.page.locator("[data-testid=stAlert]")
    assert alerts.count() == len(hostile)
    wrong = []
    for i, value in enumerate(hostile):
        text = alerts.filter(has_text=re.compile(f"key{i}\\b"))
        inside = text.evaluate(
            "e => [...e.querySelectorAll('a, img, script, em, strong, [class*=katex], [style*=color]')].map("
            "e => e.outerHTML.slice(0, 100))"
        )
        if f"“key{i}={value}”" not in text.inner_text().replace("\u2060", "") or inside:
            wrong.append(f"{value!r} became {inside or text.inner_text()}")
    assert wrong == []


def test_the_navigation_leads_to_every_page_under_streamlit_run(visitor: Welcome) -> None:
    """The command of the README, or the server of `LAB_URL`: its first visitor comes by a deep link, finds our navigation, and clicks
    from page to page; charts of a page left behind do not stay."""
    someone = visitor()
    command = ("streamlit", "run", "app.py", "--server.port=PORT")
    given = os.environ.get("LAB_URL")
    with nullcontext(given.rstrip("/")) if given else serving(*command, STREAMLIT_SERVER_HEADLESS="true") as url:
        someone.url = url
        titles: list[str] = []
        for page in reversed(PAGES):
            if titles:
                someone.page.locator(f".lab-flat a[href$='{'./' if page == PAGES[0] else page}']").click()
                someone.page.wait_for_function(
                    "old => !old.includes(document.querySelector('h1')?.innerText)", arg=titles
                )
                someone.settled()
            else:
                someone.open(page)
            titles.append(someone.page.locator("h1").inner_text())
            assert someone.page.evaluate("location.pathname") == f"/{'' if page == PAGES[0] else page}"
            assert len(someone.headline()) > 20
            assert someone.page.locator(".lab-flat [aria-current=page]").count() == 1
            assert someone.page.locator("[data-testid=stSidebarNav]").count() == 0
            someone.sound()
        assert len(set(titles)) == len(PAGES)
        someone.page.goto("about:blank")


def test_a_page_can_be_embedded(visitor: Welcome) -> None:
    someone = visitor().open(PAGES[0], "embed=true&hide=presets,more&seed=4")
    assert someone.page.locator("[data-testid=stAlert]").count() == 0
    assert someone.page.locator(".mc-slider").count() >= 2
    assert "embed=true" in someone.page.url


ON_TOP = """e => { const { x, y, width, height } = e.getBoundingClientRect();
    return e.closest("figure").contains(document.elementFromPoint(x + width / 2, y + height / 2)); }"""


@pytest.mark.parametrize(
    ("name", "picture"), [("home", "plot"), ("prevention", "plot"), ("language", "now"), ("digits", "beats")]
)
def test_a_phone_sees_the_picture_while_a_slider_moves(visitor: Welcome, name: str, picture: str) -> None:
    """Play without scrolling; then play, picture, verdict and one slider in a window of 740 pixels, and the picture stays while
    another slider is scrolled to."""
    someone = visitor(width=360, height=740, has_touch=True).open(name, QUICK if name == "digits" else "")
    page, stage = someone.page, someone.page.locator(".st-key-lab-picture figure")
    play = stage.locator(".mc-play").bounding_box()
    assert play is not None
    assert play["y"] + play["height"] <= 740, "before anything was scrolled"
    for slider in (".mc-slider >> nth=0", ".mc-slider >> nth=2"):
        page.locator(slider).evaluate("e => e.scrollIntoView({ block: 'end' })")
        for part in (".mc-play", f":is(.mc-{picture}, .mr-{picture})", ".mc-headline", ".mc-verdict"):
            box = stage.locator(part).bounding_box()
            assert box is not None
            assert box["y"] >= 0, part
            assert box["y"] + box["height"] <= 740, part
            assert stage.locator(part).evaluate(ON_TOP), f"{part} is covered"
        knob = page.locator(f"{slider} >> input[type=range]").bounding_box()
        assert knob is not None
        box = stage.bounding_box()
        assert box is not None
        assert knob["y"] >= box["y"] + box["height"] - 1, "the stage covers no slider"
    note = stage.locator(":is(.mc-note, .mr-note)")
    assert not note.is_visible()
    stage.get_by_role("button", name="How to read this").click()
    assert note.is_visible()
    page.locator(".mc-slider >> nth=2").evaluate("e => e.scrollIntoView({ block: 'start' })")
    box = stage.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 1, "so long, it would cover the sliders: it has gone"


def test_paper_has_what_is_folded_on_screen(visitor: Welcome) -> None:
    """The findings for experts, the sources and the limits: nobody can open them on paper."""
    someone = visitor().open()
    folded = someone.page.locator(".lab-experts li, .lab-ending > div > *")
    readable = (
        "all => all.map(one => one.innerText.trim() !== '' && one.checkVisibility({ contentVisibilityAuto: true }))"
    )
    assert folded.count() > 6, "six findings, and the sources and limits"
    on_screen = folded.evaluate_all(readable)
    assert not any(on_screen), "the control"
    someone.page.emulate_media(media="print")
    printed = folded.evaluate_all(readable)
    assert all(printed)


def test_the_home_page_plays_once_by_itself_and_then_says_what_came_of_it(visitor: Welcome) -> None:
    someone = visitor(film=True)
    page = someone.page
    page.goto(someone.url + "/")
    page.wait_for_function("() => document.querySelector('.mc-untold')")
    hidden = "() => getComputedStyle(document.querySelector('.st-key-lab-picture .mc-headline')).visibility"
    assert page.evaluate(hidden) == "hidden"
    seen = page.locator(".st-key-lab-picture .mc-caption")
    expect(seen).to_contain_text("Generation 50", timeout=20_000)
    page.wait_for_function(f"() => ({hidden})() === 'visible'")
    page.reload()
    someone.settled()
    assert page.evaluate(hidden) == "visible"
    assert page.locator(".st-key-lab-picture figure").get_attribute("data-frame") == "50", "only once"
