"""What a chart does by itself, without asking the server."""

import csv
import io
import re
import struct
from base64 import b64encode
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Visitor, Welcome


def frame(chart: Locator) -> int:
    return int(chart.get_attribute("data-frame") or -1)


def film(someone: Visitor) -> Locator:
    """The first chart with a film."""
    chart = someone.page.locator("figure.mc-chart:has(.mc-film:not([hidden]))").first
    chart.scroll_into_view_if_needed()
    return chart


PICTURE = "c => [...c.querySelectorAll('.mlayer path')].map(p => p.getAttribute('d')).join()"


def picture(chart: Locator) -> str:
    """What is drawn in the plot, as its paths."""
    return str(chart.evaluate(PICTURE))


def turned(someone: Visitor, chart: Locator, before: str, *, back: bool = False) -> None:
    """Wait until the plot shows another picture than before; or the same one again."""
    sign = "===" if back else "!=="
    someone.page.wait_for_function(f"([c, old]) => ({PICTURE})(c) {sign} old", arg=[chart.element_handle(), before])


def reach(page: Page, chart: Locator, test: str) -> None:
    """Wait until `f`, the generation shown, fulfils a condition."""
    page.wait_for_function(f"c => {{ const f = +c.dataset.frame; return {test}; }}", arg=chart.element_handle())


@pytest.mark.parametrize("page", ["home", "penguins"])  # one player for all pages
def test_a_film_needs_no_server(visitor: Welcome, page: str) -> None:
    someone = visitor().open(page)
    chart = film(someone)
    last = int(chart.locator(".mc-scrub").get_attribute("max") or 0)
    assert frame(chart) == last
    seen = picture(chart)
    someone.sent.clear()

    chart.get_by_role("button", name="Play", exact=True).click()
    reach(someone.page, chart, "f > 0 && f < 30")
    reach(someone.page, chart, "f > 4")
    chart.get_by_role("button", name="Pause").click()
    held = frame(chart)
    someone.page.wait_for_timeout(400)
    assert frame(chart) == held, "pause pauses"
    turned(someone, chart, seen)

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
    turned(someone, chart, seen, back=True)
    assert someone.sent == [], "the server was asked"


def test_reduced_motion(visitor: Welcome) -> None:
    """At most one generation a second, whatever the speed; nothing plays by itself."""
    someone = visitor(film=True, reduced_motion="reduce").open()
    chart = film(someone)
    assert someone.page.locator(".mc-untold").count() == 0
    assert chart.get_attribute("data-frame") == chart.locator(".mc-scrub").get_attribute("max"), "its end is seen"
    assert not chart.locator(".mc-speed").is_visible(), "there is but one speed"
    chart.get_by_role("button", name="Play", exact=True).click()
    someone.page.wait_for_timeout(2600)
    assert 1 <= frame(chart) <= 3


def labels(chart: Locator) -> dict[str, dict[str, float]]:
    """The words where lines end, with their boxes."""
    return dict(  # a label of two lines is one string of them
        chart.locator(".mc-ends text").evaluate_all(
            "all => all.map(e => [[...e.children].map(s => s.textContent).join(' '), e.getBoundingClientRect().toJSON()])"
        )
    )


# Each word of `.mc-ends`: its box, how far it stands from the last drawn point of its line, up or down in px, and whether a leader
# joins them.
ENDS = """chart => {
  const near = (ys, y) => ys.some(v => Math.abs(v - y) < 4);
  const middle = e => { const b = e.getBoundingClientRect(); return b.y + b.height / 2; };
  const at = (path, share) => path.getPointAtLength(share * path.getTotalLength()).matrixTransform(path.getScreenCTM()).y;
  const lines = {};
  for (const g of chart.querySelectorAll('.scatterlayer .trace')) {
    const points = [...g.querySelectorAll('.point')], path = g.querySelector('.js-line');
    lines[g.__data__[0].trace.meta?.label] = points.length ? middle(points.at(-1)) : path && at(path, 1);
  }
  const leaders = [...chart.querySelectorAll('.mc-ends path')].flatMap(p => [at(p, 0), at(p, 1)]);
  return [...chart.querySelectorAll('.mc-ends text')].map(e => {
    const b = e.getBoundingClientRect(), name = [...e.children].map(s => s.textContent).join(' ');
    return { name, box: [b.left, b.top, b.right, b.bottom], off: middle(e) - lines[name],
      led: near(leaders, lines[name]) && near(leaders, middle(e)) };
  }); }"""


def apart(boxes: list[list[float]]) -> bool:
    """No two boxes share more than what is left free above and below letters."""
    return all(
        min(a[2], b[2]) - max(a[0], b[0]) < 1 or min(a[3], b[3]) - max(a[1], b[1]) < 3
        for i, a in enumerate(boxes)
        for b in boxes[:i]
    )


def test_words_stand_where_their_lines_end(visitor: Welcome) -> None:
    """Each at the last point of its line, or at the end of a leader that begins there; none on another, on a mark or outside; and the
    words of a guide cross no other guide."""
    someone = visitor().open("prevention", "panel=human")
    for width in (1440, 320):
        someone.page.set_viewport_size({"width": width, "height": 3400})
        check_ends(someone.settled())


def check_ends(someone: Visitor) -> None:
    named = {"liking": 4, "variance_left": 4, "tipping": 2}
    for key, count in named.items():
        chart = someone.chart(key)
        chart.scroll_into_view_if_needed()
        assert chart.locator(".mc-legend button").count() == 0
        found = chart.evaluate(ENDS)
        assert len(found) == count
        figure, plot = chart.bounding_box(), chart.locator(".nsewdrag").first.bounding_box()
        assert figure
        assert plot
        for each in found:
            assert abs(each["off"]) < 5 or each["led"], f"{each['name']} is {each['off']} px from its line"
            assert each["box"][0] > plot["x"] + plot["width"], "right of all marks"
            assert each["box"][2] <= figure["x"] + figure["width"] + 1
        assert apart([each["box"] for each in found])
    words = someone.chart("tipping").locator(".textpoint text")
    assert [text.strip() for text in words.all_text_contents()] == ["tipping point 50%", "tipping point 75%"]
    boxes = words.evaluate_all(
        "all => all.map(e => { const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; })"
    )
    guides = (
        someone.chart("tipping")
        .locator(".js-line")
        .evaluate_all(
            "all => all.map(e => { const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; })"
        )
    )
    upright = [box for box in guides if box[2] - box[0] < 4]
    assert len(upright) == 2
    for box in boxes:
        assert all(guide[2] <= box[0] + 4 or guide[0] >= box[2] or guide[1] >= box[3] - 4 for guide in upright)


def test_a_word_moves_with_the_end_of_its_line(visitor: Welcome) -> None:
    """The surest answers of a classifier are less often right, generation by generation, and their name sinks with them."""
    someone = visitor().open("consequences", "panel=wrong")
    chart = someone.chart("calibration")
    chart.scroll_into_view_if_needed()
    places = []
    for key in ("Home", "End"):
        chart.locator("input[type=range]").press(key)
        someone.page.wait_for_timeout(400)
        (word,) = [each for each in chart.evaluate(ENDS) if each["name"] == "this generation"]
        assert abs(word["off"]) < 5 or word["led"]
        places.append(word["box"][1])
    assert abs(places[0] - places[1]) > 20, "the last classifier is less often right where it is sure"


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
    chart.locator(".mc-tools summary").click()
    mean = chart.locator(".mc-lines").get_by_role("button", name="average: mean", exact=True)
    assert "average" in labels(chart)
    mean.click()
    assert mean.get_attribute("aria-pressed") == "false"
    assert "average" not in labels(chart), "a hidden line has no words either"
    someone.change(lambda: someone.page.locator(".mc-slider .mc-range").first.press("ArrowRight"))
    assert span(chart) == near
    assert mean.get_attribute("aria-pressed") == "false"
    chart.get_by_role("button", name="Reset view").click()
    chart.get_by_role("button", name="Reset view").wait_for(state="hidden")
    assert span(chart) == usual


def check_files(someone: Visitor, tmp_path: Path) -> None:
    """Every chart of a page as a table and as CSV, the first one as images, too."""
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
        origin, head, *rows = csv.reader(io.StringIO(download(someone, chart, "CSV", tmp_path).decode("utf-8-sig")))
        assert len(origin) == 1
        assert origin[0].startswith("# ")
        assert f"Model Collapse Lab · {someone.url}" in origin[0], "the link to the page"
        assert len(rows) > 2
        assert {len(row) for row in rows} == {len(head)}
        assert not {"x", "y", "series 1"} & set(head), "every column says what it holds"
        if not number:  # drawing images takes long: one of each a page
            check_images(someone, chart, tmp_path)
        chart.locator(".mc-tools summary").click()


def check_images(someone: Visitor, chart: Locator, tmp_path: Path) -> None:
    """A chart as an image with lines and one with pixels."""
    svg = download(someone, chart, "SVG", tmp_path).decode()
    assert svg.startswith("<svg")
    words = written(svg)
    assert f"Model Collapse Lab · {someone.url}" in words, "it says where it comes from"
    assert re.search(r"\?start=\d{4}-\d\d-\d\d(&panel=[\w-]+)?( |$)", words), "the short link, of a page as it opens"
    assert words.startswith(someone.headline() if someone.page.locator(".mc-headline:visible").count() else words[:1])
    assert "@font-face" in svg, "it carries the font of the page"
    inside(someone, svg)
    png = download(someone, chart, "PNG", tmp_path)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", png[16:24]) >= (2560, 1440)
    assert len(png) > 20_000


def written(svg: str) -> str:
    """All words of an image, one after the other."""
    return " ".join(
        "".join(text.itertext()) for text in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}tspan")
    )


def inside(someone: Visitor, svg: str) -> None:
    """Nothing of an image is cut off: every word stands within its edges."""
    outside = someone.page.evaluate(
        """svg => { const host = document.body.appendChild(document.createElement("div"));
        host.style = "position: absolute; left: 0; top: 0"; host.innerHTML = svg;
        const edge = host.firstChild.getBoundingClientRect();
        const cut = [...host.querySelectorAll("text")].filter(t => t.textContent.trim()).filter(t => {
          const box = t.getBoundingClientRect();
          return box.left < edge.left || box.right > edge.right + 1 || box.top < edge.top || box.bottom > edge.bottom + 1; });
        const found = cut.map(t => t.textContent); host.remove(); return found; }""",
        svg,
    )
    assert outside == []


def download(someone: Visitor, chart: Locator, name: str, folder: Path) -> bytes:
    with someone.page.expect_download() as waiting:
        chart.get_by_role("button", name=name, exact=True).click()
    file = folder / waiting.value.suggested_filename
    page = urlsplit(someone.page.url).path.strip("/") or "home"
    assert file.name.startswith(f"{page}-"), "the name of a file says from which page it is"
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


def test_lines_and_areas_are_named_in_the_picture(visitor: Welcome) -> None:
    someone = visitor().open()
    for key in someone.charts():
        chart = someone.chart(key)
        assert chart.get_by_role("heading", level=3).first.inner_text()
        assert chart.locator(".mc-lines").get_attribute("aria-label").endswith(chart.locator("h3").inner_text())  # type: ignore[union-attr]
    for width in (1440, 360):
        someone.page.set_viewport_size({"width": width, "height": 3400})
        someone.settled()
        check_lines(someone.chart("variance"), width)
        check_areas(someone.chart("stages"), width)


def check_lines(chart: Locator, width: int) -> None:
    """The words stand beside the plot, in the page, in the order of the lines, and never on one another."""
    chart.scroll_into_view_if_needed()
    named = labels(chart)
    assert set(named) == {"middle 90%", "this chain", "median", "average", "formula"}
    assert chart.locator(".mc-legend button").count() == 0, "no legend besides"
    boxes = sorted(named.values(), key=lambda box: box["top"])
    assert all(above["bottom"] <= below["top"] + 3 for above, below in pairwise(boxes))
    plot = chart.locator(".nsewdrag").first.bounding_box()
    assert plot
    for box in boxes:
        assert plot["x"] + plot["width"] <= box["left"]
        assert box["right"] <= width
    lines = dict(chart.locator(".mc-plot").evaluate("p => p.data.map(t => [t.meta?.label, t.y?.at(-1)])"))
    order = sorted(("median", "average"), key=lambda name: -lines[name])
    assert named[order[0]]["top"] < named[order[1]]["top"]


def test_what_is_under_the_pointer_is_said_above_the_plot(visitor: Welcome) -> None:
    someone = visitor().open()
    chart = someone.chart("variance")
    box = chart.locator(".nsewdrag").first.bounding_box()
    assert box
    someone.page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    said = chart.locator(".mc-readout p")
    expect(said).to_have_text(
        re.compile(r"^Generation 15 · formula [\d.]+% · average [\d.]+% · median 19% · .*middle 90% [\d.]+ to [\d.]+%$")
    )
    shown = dict(chart.locator(".mc-plot").evaluate("p => p.data.map(t => [t.meta?.label, t.y[15]])"))
    assert f"median {shown['median']:.2g}%" in said.inner_text()
    assert chart.locator(".hoverlayer .hovertext").count() == 0, "no box hides the chart"
    above = said.bounding_box()
    assert above
    assert above["y"] + above["height"] <= box["y"]
    someone.page.mouse.move(5, 5)
    expect(said).to_have_text("")


def check_areas(chart: Locator, width: int) -> None:
    """The stages are named inside their areas."""
    chart.scroll_into_view_if_needed()
    assert chart.locator(".mc-keys button").count() == 0, "no legend"
    assert chart.locator("pattern").count() == 0, "tints, not hatching"
    words = chart.locator(".textpoint text")
    said = words.all_text_contents()
    assert any(text.startswith("late") for text in said)
    assert any(": half early" in text for text in said)
    boxes = [box for box in (word.bounding_box() for word in words.all()) if box]
    for i, one in enumerate(boxes):
        assert one["x"] >= 0
        assert one["x"] + one["width"] <= width
        for other in boxes[:i]:
            apart = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
            assert apart or one["y"] + one["height"] <= other["y"] + 2 or other["y"] + other["height"] <= one["y"] + 2


def test_the_examples_that_train_the_next_model_stand_below_it(visitor: Welcome) -> None:
    """Twenty ticks below the curve that is played; in generation 0 they are real and wide, at the end made and narrow."""
    someone = visitor().open()
    chart = someone.chart("narrowing")

    def ticks(name: str) -> list[float]:
        points = chart.locator(".mc-plot").evaluate(
            "(p, name) => Array.from(p.data.find(t => t.name === name).x).filter(Number.isFinite)", name
        )
        return list(points)

    seen = "c => [...c.querySelectorAll('.scatterlayer .trace')].map(t => t.querySelectorAll('.points path').length)"
    assert sorted(chart.evaluate(seen))[-1] == 20, "they are drawn"
    last = ticks("examples, made")
    chart.locator(".mc-scrub").press("Home")
    first = ticks("examples, real")
    assert len(first) == len(last) == 20
    assert max(first) - min(first) > 5 * (max(last) - min(last))
    assert ticks("examples, made") == []


def test_playing_is_silent_until_it_stops(visitor: Welcome) -> None:
    """A screen reader hears where a film has stopped, once; what a slider has changed, once."""
    someone = visitor().open()
    chart = film(someone)
    spoken = """c => { window.heard = []; new MutationObserver(all => all.forEach(m => {
        const at = m.target.closest ? m.target : m.target.parentElement, live = at?.closest('[role=status], [aria-live]');
        if (live && live.getAttribute('aria-live') !== 'off' && live.textContent) window.heard.push(live.textContent); }))
        .observe(document.body, { subtree: true, childList: true, characterData: true }); }"""
    chart.evaluate(spoken)
    chart.get_by_role("button", name="Play", exact=True).click()
    reach(someone.page, chart, "f > 5 && f < 30")
    assert someone.page.evaluate("window.heard") == []
    chart.get_by_role("button", name="Pause").click()
    someone.page.wait_for_function("() => window.heard.length")
    assert someone.page.evaluate("window.heard") == [chart.locator(".mc-caption").inner_text()]
    before = someone.headline()
    someone.change(lambda: someone.page.locator(".mc-slider .mc-range").first.press("PageUp"))
    assert someone.headline() != before
    someone.page.wait_for_function("words => window.heard.includes(words)", arg=someone.headline())
    assert someone.page.evaluate("window.heard").count(someone.headline()) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_with_colours_of_ones_own(visitor: Welcome, scheme: str) -> None:
    """Forced colours: tracks, what is chosen, words and lines are seen against the background; the areas of stages are hatched."""
    someone = visitor(color_scheme=scheme, forced_colors="active").open()
    paper = someone.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (brightness(paper) < 60) == (scheme == "dark")
    chart = someone.chart("variance")
    drawn = """(c, [parts, style]) => [...c.querySelectorAll(parts)].map(e => getComputedStyle(e))
        .filter(s => style === 'fill' || parseFloat(s.strokeWidth)).map(s => s[style])"""
    words = chart.evaluate(drawn, [".mc-plot text, .mc-ends text", "fill"])
    lines = chart.evaluate(drawn, [".scatterlayer path.js-line", "stroke"])
    assert min(contrast(word, paper) for word in words) > 4.5
    assert min(contrast(line, paper) for line in lines) > 3
    column = pixels(someone, chart.locator(".mc-plot"), 0.5)
    assert abs(Counter(map(round, column)).most_common(1)[0][0] - brightness(paper)) < 3, (
        "what is drawn lies on that background"
    )
    assert someone.chart("stages").locator("pattern").count() >= 2
    back = [
        someone.page.get_by_role("radio", name=name, exact=True).evaluate("e => getComputedStyle(e).backgroundColor")
        for name in ("Middle", "Kept more")
    ]
    assert back[0] != back[1], "what is chosen differs from the others"
    for end in (0.03, 0.97):  # of the track of the first slider: left and right of its knob
        column = pixels(someone, someone.page.locator(".mc-range").first, end)
        assert max(column) - min(column) > 100, "the track is seen"


def pixels(someone: Visitor, there: Locator, part: float) -> list[float]:
    """The brightness of one column of what is on the screen."""
    read = """async ([png, part]) => { const image = Object.assign(new Image(), { src: "data:image/png;base64," + png });
        await image.decode();
        const pen = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height }).getContext("2d");
        pen.drawImage(image, 0, 0);
        const { data } = pen.getImageData(Math.floor(part * image.width), 0, 1, image.height);
        return Array.from({ length: image.height }, (_, i) => (data[4 * i] + data[4 * i + 1] + data[4 * i + 2]) / 3); }"""
    return list(someone.page.evaluate(read, [b64encode(there.screenshot()).decode(), part]))


def brightness(colour: str) -> float:
    red, green, blue = (int(part) for part in re.findall(r"\d+", colour)[:3])
    return 0.3 * red + 0.59 * green + 0.11 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_names_of_rows_on_a_low_window_stand_apart(visitor: Welcome) -> None:
    someone = visitor(width=1280, height=720).open()
    names = someone.chart("narrowing").locator(".yaxislayer-above .ytick text, .ytick text")
    said, boxes = names.all_text_contents(), [each.bounding_box() for each in names.all()]
    assert {"real", "gen 50", "now"} <= set(said), "the first and the last are named"
    assert len(said) == len(set(said))
    assert len(said) >= 4, "and some between"
    places = sorted((box["y"], box["height"]) for box in boxes if box)
    assert all(y + height <= below + 2 for (y, height), (below, _) in pairwise(places)), places


@pytest.mark.parametrize(("page", "picture"), [("home", ".mc-plot"), ("what", ".mr-loop")])
def test_nothing_moves_when_a_headline_gets_longer(visitor: Welcome, page: str, picture: str) -> None:
    """At the start two lines, with 900 examples a sentence of three."""
    someone = visitor(width=1280, height=720).open(page)
    stage = someone.page.locator(".st-key-lab-picture figure")
    headline, plot = stage.locator(".mc-headline"), stage.locator(picture)
    said, before = headline.inner_text(), plot.bounding_box()
    number = someone.page.get_by_label("Training examples, typed")
    someone.change(lambda: (number.fill("900"), number.press("Enter")))
    assert len(headline.inner_text()) > 1.4 * len(said)
    assert plot.bounding_box() == before
