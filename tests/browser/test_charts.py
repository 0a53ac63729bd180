"""What a chart does by itself, without asking the server."""

import csv
import io
import re
import struct
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from .conftest import PAGES, Visitor, Welcome


def frame(chart: Locator) -> int:
    return int(chart.get_attribute("data-frame") or -1)


def film(someone: Visitor) -> Locator:
    """The first chart with a film."""
    chart = someone.page.locator("figure.mc-chart:has(.mc-film:not([hidden]))").first
    chart.scroll_into_view_if_needed()
    return chart


def reach(page: Page, chart: Locator, test: str) -> None:
    """Wait until `f`, the generation shown, fulfils a condition."""
    page.wait_for_function(f"c => {{ const f = +c.dataset.frame; return {test}; }}", arg=chart.element_handle())


@pytest.mark.parametrize("page", ["home", "penguins", "laboratory"])  # one player for all pages
def test_a_film_needs_no_server(visitor: Welcome, page: str) -> None:
    someone = visitor().open(page)
    chart = film(someone)
    last = int(chart.locator(".mc-scrub").get_attribute("max") or 0)
    assert frame(chart) == last
    someone.sent.clear()

    chart.get_by_role("button", name="Play", exact=True).click()
    reach(someone.page, chart, "f > 0 && f < 30")
    reach(someone.page, chart, "f > 4")
    chart.get_by_role("button", name="Pause").click()
    held = frame(chart)
    someone.page.wait_for_timeout(400)
    assert frame(chart) == held, "pause pauses"

    chart.get_by_role("button", name="One generation forward").click()
    assert frame(chart) == held + 1
    chart.get_by_role("button", name="One generation back").click()
    chart.get_by_role("button", name="One generation back").click()
    assert frame(chart) == held - 1
    scrub = chart.locator(".mc-scrub")
    scrub.focus()
    scrub.press("ArrowRight")
    assert frame(chart) == held
    scrub.press("Home")
    assert frame(chart) == 0
    box = scrub.bounding_box()
    assert box
    someone.page.mouse.move(box["x"] + 3, box["y"] + box["height"] / 2)
    someone.page.mouse.down()
    someone.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    someone.page.mouse.up()
    assert 0.3 * last < frame(chart) < 0.7 * last
    caption = chart.locator(".mc-caption").inner_text()
    assert re.match(rf"Generation {frame(chart)}\b", caption)
    assert scrub.get_attribute("aria-valuetext") == caption
    for cursor in someone.page.locator(".mc-cursor:not([hidden])").all():
        assert "translateX" in (cursor.get_attribute("style") or "")
    chart.locator(".mc-speed").select_option("4")
    chart.get_by_role("button", name="Play", exact=True).click()
    reach(someone.page, chart, f"f === {last}")
    chart.get_by_role("button", name="Play", exact=True).wait_for()
    assert someone.sent == [], "the server was asked"


def test_reduced_motion(visitor: Welcome) -> None:
    """At most one generation a second, whatever the speed; nothing plays by itself."""
    someone = visitor(reduced_motion="reduce").open()
    chart = film(someone)
    at = frame(chart)
    someone.page.wait_for_timeout(500)
    assert frame(chart) == at
    chart.locator(".mc-speed").select_option("4")
    chart.get_by_role("button", name="Play", exact=True).click()
    someone.page.wait_for_timeout(2600)
    assert 1 <= frame(chart) <= 3


def span(chart: Locator, axis: str = "xaxis") -> list[float]:
    return chart.locator(".mc-plot").evaluate("(plot, axis) => plot._fullLayout[axis].range.map(Number)", axis)  # type: ignore[no-any-return]


def zoom(someone: Visitor, chart: Locator) -> list[float]:
    """Drag a rectangle in the plot, as a reader does."""
    chart.scroll_into_view_if_needed()
    box = chart.locator(".nsewdrag").first.bounding_box()
    assert box
    before = span(chart)
    mouse = someone.page.mouse
    mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.3 * box["height"])
    mouse.down()
    mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.8 * box["height"], steps=5)
    mouse.up()
    chart.get_by_role("button", name="Reset view").wait_for()
    assert span(chart) != before
    return span(chart)


def test_zoom_and_hidden_lines_survive_a_change(visitor: Welcome) -> None:
    someone = visitor().open()
    chart = someone.chart("variance")
    usual = span(chart)
    near = zoom(someone, chart)
    mean = chart.locator(".mc-legend").get_by_role("button", name="mean", exact=True)
    mean.click()
    assert mean.get_attribute("aria-pressed") == "false"
    someone.change(lambda: someone.page.locator(".mc-slider .mc-range").first.press("ArrowRight"))
    assert span(chart) == near
    assert mean.get_attribute("aria-pressed") == "false"
    chart.get_by_role("button", name="Reset view").click()
    chart.get_by_role("button", name="Reset view").wait_for(state="hidden")
    assert span(chart) == usual


@pytest.mark.parametrize("page", PAGES)
def test_every_chart_as_a_table_and_as_files(visitor: Welcome, page: str, tmp_path: Path) -> None:
    someone = visitor(accept_downloads=True).open(page)
    someone.sent.clear()
    for number, key in enumerate(someone.charts()):
        chart = someone.chart(key)
        chart.locator(".mc-tools summary").click()
        button = chart.get_by_role("button", name="Table")
        button.click()
        table = chart.locator(".mc-data table")
        table.wait_for()
        assert button.get_attribute("aria-expanded") == "true"
        assert table.locator("caption").inner_text()
        assert table.locator("tbody tr").count() >= 3
        assert table.locator("th[scope=col]").count() >= 2
        button.click()
        table.wait_for(state="hidden")
        rows = list(csv.reader(io.StringIO(download(someone, chart, "CSV", tmp_path).decode("utf-8-sig"))))
        assert len(rows) > 3
        assert len({len(row) for row in rows}) == 1
        if number:
            continue  # drawing images takes long: one of each a page
        svg = download(someone, chart, "SVG", tmp_path).decode()
        assert svg.startswith("<svg")
        assert "Model Collapse Lab" in svg, "parameters are printed on it"
        png = download(someone, chart, "PNG", tmp_path)
        assert png[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", png[16:24]) == (2400, 1440)
        assert len(png) > 20_000
    assert someone.sent == []


def download(someone: Visitor, chart: Locator, name: str, folder: Path) -> bytes:
    with someone.page.expect_download() as waiting:
        chart.get_by_role("button", name=name, exact=True).click()
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    assert file.suffix == f".{name.lower()}"
    return file.read_bytes()


def test_the_theme_can_change_under_a_chart(visitor: Welcome) -> None:
    someone = visitor(color_scheme="light").open()
    chart = someone.chart("variance")
    line: Any = "c => c.querySelector('.scatterlayer .trace:nth-child(4) path.js-line')?.style.stroke"
    light = chart.evaluate(line)
    assert light
    someone.page.emulate_media(color_scheme="dark")
    someone.page.wait_for_function("() => !document.querySelector('figure.mc-chart:not(.mc-dark)')")
    someone.page.wait_for_function(f"([c, old]) => ({line})(c) !== old", arg=[chart.element_handle(), light])
