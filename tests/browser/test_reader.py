"""The texts side by side, in a real browser: played without the server, marked not by colour alone, and never taken for markup."""

import re
from pathlib import Path

from playwright.sync_api import expect

from .conftest import FITS, Visitor, Welcome
from .test_charts import picture, turned

HOSTILE = (
    '<img src=x onerror="window.hacked=1"> <script>window.hacked=1</script> **bold** [x](javascript:window.hacked=1) '
    "<b onclick=alert(1)>go</b> and plain words besides, as many as are needed here. "
) * 30


def frame(someone: Visitor) -> int:
    return int(someone.page.locator("figure.mr-reader[data-key=reader]").get_attribute("data-frame") or -1)


def measured(someone: Visitor) -> Visitor:
    """With "The measurements" open, and everything in it drawn."""
    someone.page.get_by_text("The measurements").click()
    someone.chart("hapaxes").wait_for()
    return someone.settled(least=9)


def test_it_plays_without_the_server(visitor: Welcome) -> None:
    someone = visitor().open("language")
    reader = someone.page.locator("figure.mr-reader[data-key=reader]")
    last = frame(someone)
    someone.sent.clear()
    reader.get_by_role("button", name="Play").click()
    someone.page.wait_for_function("() => +document.querySelector('.mr-reader').dataset.frame > 2")
    reader.get_by_role("button", name="Pause").click()
    held = frame(someone)
    someone.page.wait_for_timeout(1200)
    assert frame(someone) == held < last
    assert re.match(rf"Generation {held}\b", reader.locator(".mc-caption").inner_text())
    assert reader.locator(".mr-now h3").inner_text() == f"How generation {held} goes on"
    reader.get_by_role("button", name="One generation forward").click()
    assert frame(someone) == held + 1
    reader.locator(".mc-scrub").press("Home")
    assert frame(someone) == 0
    assert reader.locator(".mr-book .mr-lost").count() == 0, "generation 0 has lost nothing"
    reader.locator(".mr-row li").nth(last).get_by_role("button").click()
    assert frame(someone) == last
    lost = reader.locator(".mr-book .mr-lost")
    assert lost.count() > 5
    assert "line-through" in lost.first.evaluate("e => getComputedStyle(e).textDecorationLine"), "not by colour alone"
    new = reader.locator(".mr-row b").first
    assert "underline" in new.evaluate("e => getComputedStyle(e).textDecorationLine")
    again = reader.locator(".mr-text .mr-again")
    assert again.count() > 1, "the last text goes in circles"
    assert "wavy" in again.first.evaluate("e => getComputedStyle(e).textDecoration")
    assert len("".join(again.all_inner_texts())) > len(reader.locator(".mr-text").inner_text()) / 3
    expect(reader.locator(".mr-key")).to_have_text(re.compile("said before in the same passage"))
    assert someone.sent == []


def test_the_charts_follow_and_lead(visitor: Welcome) -> None:
    """Seven of eight are there only for those who open them."""
    someone = visitor().open("language")
    assert list(someone.charts()) == ["signs"]
    measured(someone)
    assert len(someone.charts()) == 8
    reader = someone.page.locator("figure.mr-reader[data-key=reader]")
    reader.locator(".mc-scrub").press("Home")
    at = someone.chart("perplexity").locator(".mc-cursor").get_attribute("style")
    reader.locator(".mc-scrub").press("End")
    assert someone.chart("perplexity").locator(".mc-cursor").get_attribute("style") != at
    someone.chart("zipf").locator(".mc-scrub").press("Home")
    assert frame(someone) == 0


def test_all_players_of_a_page_keep_one_time(visitor: Welcome) -> None:
    """Four players: played in one, all show the same generation, all can pause, and all run at the same speed."""
    someone = measured(visitor().open("language"))
    reader = someone.page.locator("figure.mr-reader[data-key=reader]")
    others = [someone.chart("zipf"), someone.chart("next_token")]
    last = [picture(other) for other in others]
    reader.locator(".mc-speed").select_option("0.5")  # so slow that it has not ended by itself before it is paused
    for other in others:
        expect(other.locator(".mc-speed")).to_have_value("0.5")
    others[0].get_by_role("button", name="Play", exact=True).click()
    someone.page.wait_for_function("() => +document.querySelector('.mr-reader[data-key=reader]').dataset.frame > 2")
    strip = someone.page.locator("figure.mr-reader[data-key=loop]")
    for player in (reader, strip, others[1]):
        expect(player.get_by_role("button", name="Pause")).to_be_visible()
    others[1].get_by_role("button", name="Pause").click()
    held = frame(someone)
    someone.page.wait_for_timeout(600)
    assert frame(someone) == held, "one pause is enough"
    for other, before in zip(others, last, strict=True):
        expect(other.locator(".mc-caption")).to_have_text(re.compile(rf"^Generation {held}\b"))
        assert other.locator(".mc-scrub").input_value() == str(held)
        turned(someone, other, before)
    strip.get_by_role("button", name="One station forward").click()
    now = int(strip.get_attribute("data-frame") or -1)
    expect(reader).to_have_attribute("data-frame", str(now))
    expect(others[0].locator(".mc-caption")).to_have_text(re.compile(rf"^Generation {now}\b"))


def test_all_texts_as_a_file(visitor: Welcome, tmp_path: Path) -> None:
    someone = visitor().open("language")
    with someone.page.expect_download() as waiting:
        someone.page.get_by_role("button", name="All texts as a file").click()
    waiting.value.save_as(tmp_path / "texts.txt")
    text = (tmp_path / "texts.txt").read_text(encoding="utf-8")
    assert all(f"Generation {t}\n" in text for t in range(frame(someone) + 1))
    assert "world=alice" in text


def test_a_hostile_text_stays_text(visitor: Welcome) -> None:
    someone = visitor(width=320).open("language")
    someone.page.on("dialog", lambda dialog: someone.wrong.append(dialog.message))
    someone.page.get_by_text("Your own text").first.click()
    someone.page.get_by_label("Paste a text").fill(HOSTILE)
    someone.page.get_by_label("Paste a text").press("Control+Enter")
    someone.change(lambda: someone.page.get_by_role("button", name="Use this text").click())
    assert "own-text" in someone.page.url
    book = someone.page.locator(".mr-book")
    assert '<img src=x onerror="window.hacked=1">' in book.inner_text()
    assert someone.page.locator(".mr-reader img, .mr-reader script, .mr-reader:not([data-key=loop]) a").count() == 0
    assert someone.page.evaluate("window.hacked") is None
    assert someone.page.evaluate(FITS)
    someone.page.set_viewport_size({"width": 1440, "height": 3400})
    assert someone.settled().page.evaluate(FITS)


def chosen(visitor: Welcome, name: str, content: bytes) -> Visitor:
    """Somebody on the page of texts who has chosen a file."""
    someone = visitor().open("language")
    someone.page.get_by_text("Your own text").first.click()
    someone.page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": content}
    )
    return someone


def test_a_forgotten_text_is_gone_from_the_browser(visitor: Welcome) -> None:
    """Neither the field nor the uploader can bring it back; a file and a pasted text are never taken for each other."""
    someone = chosen(visitor, "mine.txt", b"cats and dogs and birds sing a secret song. " * 40)
    page = someone.page
    page.get_by_text("mine.txt").wait_for()
    someone.change(lambda: someone.button("Use this text").click())
    assert "cats and dogs" in page.locator(".mr-book").inner_text()
    page.get_by_label("Paste a text").fill("stars and moons and suns shine in a secret sky. " * 40)
    someone.button("Use this text").click()
    page.get_by_text("there are a pasted text and a file").wait_for()
    someone.settled()
    assert "cats and dogs" in page.locator(".mr-book").inner_text()
    someone.change(lambda: someone.button("Back to Alice, and forget my text").click())
    assert "world=alice" in page.url
    assert page.get_by_label("Paste a text").input_value() == ""
    assert page.get_by_text("mine.txt").count() == 0
    someone.button("Use this text").click()
    page.get_by_text("there is no text yet").wait_for()
    someone.settled()
    assert "world=alice" in page.url
    assert "secret" not in page.content()


def test_a_file_that_is_too_large_is_not_an_empty_text(visitor: Welcome) -> None:
    someone = chosen(visitor, "large.txt", b"the cat sat on the mat " * 220_000)
    page = someone.page
    page.get_by_text("File must be 4.0MB or smaller").wait_for()
    someone.button("Use this text").click()
    page.get_by_text("there is no text yet").wait_for()
    someone.settled()


def test_a_typed_context_is_only_text(visitor: Welcome) -> None:
    someone = measured(visitor().open("language"))
    field = someone.page.get_by_role("combobox", name="The next picture shows what may follow after")
    someone.chart("next_token").scroll_into_view_if_needed()  # a chart out of sight waits until it is near
    before = someone.charts()["next_token"]
    for typed, shown in (("The white rabb", "“the white rabb”"), (r"<b>x</b> $y$ :red[z] ", "“‹b›x‹/b› $y$ :red[z] ”")):
        field.click()
        field.press("Control+a")
        field.press_sequentially(typed)
        someone.page.get_by_role("option", name="Add:").wait_for()  # the box offers it once it has read it
        field.press("Enter")
        someone.page.wait_for_function(
            "old => document.querySelector('[data-key=next_token]').dataset.drawn !== old", arg=before
        )
        someone.settled()
        before = someone.charts()["next_token"]
        assert shown in (someone.chart("next_token").locator(".xtitle").first.text_content() or "")
    assert someone.page.locator("[data-testid=stSelectbox] :is(b, .katex)").count() == 0
