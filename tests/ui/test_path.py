"""The path: every page by name and in its place, the present one marked, its neighbours, and a way back from nowhere."""

import re
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin

import pytest

from collapse.scenario import Scenario
from collapse.ui import front, path, stills
from collapse.ui.book import CHAPTERS, PAGES, THERE, WORDS, icon, lessons, stops
from collapse.ui.prose import words
from tests.pages.harness import opened

NAMES = [name for names in THERE.values() for name in names]
TITLES = [stop.title for stop in stops()]


class Page(HTMLParser):
    """What is in some HTML: links as (address, words, marked), images without a text, and headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str, bool]] = []
        self.meta: dict[str, str] = {}
        self.inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "a":
            self.inside = True
            self.links.append((told["href"] or "", "", told.get("aria-current") == "page"))
        if tag == "meta":
            self.meta[told.get("property") or told.get("name") or ""] = told.get("content") or ""

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "a"

    def handle_data(self, data: str) -> None:
        if self.inside:
            address, words, marked = self.links[-1]
            self.links[-1] = address, words + data, marked


def test_a_place_is_kept_for_pages_to_come_and_nothing_leads_there() -> None:
    planned = [name for names in CHAPTERS.values() for name in names]
    assert len(planned) == 15
    assert {"classroom", "papers"} <= set(planned)
    assert [name for name in planned if (PAGES / f"{name}.py").is_file()] == NAMES
    assert "classroom" not in path.bar(stops(), "home", icon()) or "classroom" in NAMES


@pytest.mark.parametrize("here", NAMES[:1] + NAMES[4:5])
def test_a_page_has_the_bar_above_and_its_neighbours_below(here: str) -> None:
    """As Streamlit is told, in the order of the page: the brand, all pages three times (in a row, by chapters, in the menu), and
    the two at the foot."""
    drawn = [e.proto.body for e in opened(here).get("html")]
    first, last = (Page(next(html for html in drawn if part in html)) for part in ('"lab-path"', '"lab-around"'))
    brand, *links = first.links
    assert brand == ("./", "Model Collapse Lab", False)
    addresses = ["./" + ("" if name == NAMES[0] else name) for name in NAMES]
    assert [address for address, _, _ in links] == addresses * 3
    assert [words for _, words, _ in links[len(NAMES) :]] == TITLES * 2
    assert [addresses.index(address) for address, _, marked in links if marked] == [NAMES.index(here)] * 3
    around = [(address, words) for address, words, _ in last.links if address.startswith("./")]
    place = NAMES.index(here)
    expected = [(addresses[place - 1], f"Back {TITLES[place - 1]}")] if place else []
    assert around == [*expected, (addresses[place + 1], f"Next {TITLES[place + 1]}")]


def test_an_embedded_page_has_no_path() -> None:
    at = opened("home")
    assert any('"lab-path"' in e.proto.body for e in at.get("html"))
    at.context["is_embedded"] = True
    assert not any('"lab-path"' in e.proto.body for e in at.run().get("html"))


def test_the_citation_says_what_the_file_says() -> None:
    entry = path.bibtex()
    assert re.fullmatch(r"@software\{\w+,\n(  \w+ = \{.+\},\n)+\}", entry)
    for part in ("Model Collapse Lab", "The Model Collapse Lab contributors", "version = {0.1.0}", "year = {2026}"):
        assert part in entry


@pytest.mark.parametrize("found", lessons(), ids=lambda found: found.name)
def test_a_still_picture_is_of_what_the_page_starts_with(found) -> None:  # type: ignore[no-untyped-def]
    """Else draw it again: python -m tools.stills PAGE."""
    assert Scenario.from_query(dict(parse_qsl(stills.started(found.name)))) == found.base
    assert len(stills.told(found.name)) > 20
    assert not re.search(r"\blineage| %", stills.told(found.name)), "its title is in the words of the pages"
    assert (stills.FOLDER / f"{found.name}.jpg").read_bytes()[:2] == b"\xff\xd8"
    assert len(stills.drawing(found.name)) < 25_000


@pytest.mark.parametrize("name", NAMES)
def test_a_shared_link_previews_as_itself(name: str) -> None:
    meta = Page(front.page(name, "https://lab.example/sub/")).meta
    title = words(name)["title"]
    assert f"<title>{title} · Model Collapse Lab</title>" in front.page(name).replace("&#x27;", "'")
    assert meta["og:title"]
    assert meta["og:image"] == f"https://lab.example/sub/preview/{'home' if name in WORDS else name}.jpg"
    assert 40 < len(meta["description"]) < 400
    assert "*" not in meta["description"]
    assert "Streamlit</title>" not in front.page(name)


@pytest.mark.parametrize("asked", ["nothing", "gaussian/deep", "a/b/c/d", "<img src=x onerror=alert(1)>", "x" * 200])
def test_nowhere_says_what_was_asked_and_leads_to_every_page_under_any_prefix(asked: str) -> None:
    found = Page(front.nowhere(asked))
    at = f"https://lab.example/some/prefix/{'x' * 3 if '<' in asked else asked}"
    reached = {urljoin(at, address) for address, _, _ in found.links}
    assert reached == {f"https://lab.example/some/prefix/{'' if name == NAMES[0] else name}" for name in NAMES}
    assert not any(marked for _, _, marked in found.links)
    assert "<img src=x" not in front.nowhere(asked)
    assert asked[:50] in front.nowhere(asked).replace("&lt;", "<").replace("&gt;", ">")
