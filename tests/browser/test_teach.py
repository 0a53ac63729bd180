"""Share & teach, and the mode for projectors, as people meet them."""

import re
from io import BytesIO

import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from .conftest import Welcome
from .test_looks import check_axe


def test_a_phone_reads_the_code_and_the_link_opens_the_same(visitor: Welcome) -> None:
    """The code is read from the screen by a reader of its own."""
    someone = visitor().open("home", "n=64")
    was = someone.headline()
    someone.button("Share & teach").click()
    code = someone.page.get_by_alt_text("QR code of the short link")
    expect(code).to_be_visible()
    someone.still()  # the dialog slides in
    check_axe(someone)
    (read,) = zxingcpp.read_barcodes(Image.open(BytesIO(code.screenshot())))
    assert read.text == someone.page.get_by_role("dialog").locator("code").first.inner_text()
    assert "start=" in read.text
    assert "lineages=" not in read.text
    embed = someone.page.get_by_role("dialog").locator("code").last.inner_text()
    (still,) = re.findall(r'<img src="([^"]+)"', embed)
    assert someone.context.request.get(still).headers["content-type"] == "image/jpeg"
    other = visitor()
    other.page.goto(read.text)
    assert other.settled().headline() == was
    assert "lineages=" in other.page.url, "the address bar says everything"


def test_a_teacher_takes_a_slider_away(visitor: Welcome) -> None:
    someone = visitor().open("home")
    assert someone.page.get_by_label("Training examples", exact=True).count(), "that is its name"
    someone.button("Share & teach").click()
    dialog = someone.page.get_by_role("dialog")
    expect(dialog.get_by_text("A lesson of ten minutes with this page")).to_be_visible()
    link = dialog.locator("code").first
    dialog.get_by_role("button", name="Training examples").or_(
        dialog.get_by_role("checkbox", name="Training examples")
    ).first.click()
    expect(link).to_contain_text("hide=n")
    other = visitor()
    other.page.goto(link.inner_text())
    other.settled()
    assert other.page.get_by_label("Generations", exact=True).count()
    assert not other.page.get_by_label("Training examples", exact=True).count()


def test_a_projector_shows_large_type_and_obeys_the_keys(visitor: Welcome) -> None:
    someone = visitor(width=1280, height=720).open("home", "present=1")
    page = someone.page
    size = "e => parseFloat(getComputedStyle(e).fontSize)"
    verdict = page.locator(".mc-headline:visible")
    assert verdict.evaluate(size) >= 44
    ticks = page.locator("figure.mc-chart:visible .xtick text").first
    assert ticks.evaluate(size) >= 22
    play = page.locator(".mc-play:visible")
    assert play.bounding_box()["y"] < 720  # type: ignore[index]
    for gone in ("More controls", "Copy link"):
        expect(page.get_by_text(gone, exact=True).first).not_to_be_in_viewport()
    was = someone.headline()
    someone.change(lambda: page.keyboard.press("3"))
    assert someone.headline() != was, "the third experiment"
    expect(page.locator(".mc-verdict:visible")).to_have_text("◔Early stage: fewer rare cases")
    asked = page.get_by_role("radio", name="What if nothing is thrown away?").bounding_box()
    assert asked is not None
    assert 0 <= asked["y"] < asked["y"] + asked["height"] <= page.locator(".mc-verdict:visible").bounding_box()["y"]  # type: ignore[index]
    expect(page.get_by_role("radio", name="What do small samples do?", include_hidden=True)).not_to_be_visible()
    box = play.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 720, "below the longest headline, too"
    caption = page.locator(".mc-caption:visible").inner_text()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".mc-caption:visible")).not_to_have_text(caption)
    page.keyboard.press("p")
    back = page.get_by_text("More controls", exact=True).first
    back.scroll_into_view_if_needed()
    expect(back).to_be_in_viewport()
    assert "present" not in page.url
