"""A page under `AppTest`, and what is asked of every page."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from collapse.links import of_page
from collapse.scenario import Scenario
from collapse.ui.arrival import open_link
from collapse.ui.book import BOOK, lesson
from collapse.ui.chart import figures
from collapse.ui.desk import Desk
from collapse.ui.lab import Lab
from collapse.ui.reader import readings

ROOT = Path(__file__).parents[2]
PAGES = [name for names in BOOK.values() for name in names]
KEYED = ("text_input", "number_input", "slider", "select_slider", "selectbox", "button", "button_group", "expander")
MARKUP = set("`*_{}[]()#<>|$&:!~")
SMALL = {  # a link to a page that computes for a second or more as it opens: the same page of little data, for what holds of any run
    "digits": {"n": "50", "generations": "3", "lineages": "2", "model.width": "8", "model.epochs": "1"},
    "language": {"n": "4000", "generations": "3", "lineages": "2"},
    "penguins": {"n": "40", "generations": "10", "lineages": "20"},
}

# A server looks once whether an installed package brings components; `AppTest` would at every run, four fifths of its time.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def opened(page: str, link: Mapping[str, str | Sequence[str]] | str = "", **more: str) -> AppTest:
    """A fresh visitor who opens a link of a page."""
    at = AppTest.from_file(ROOT / "app.py", default_timeout=120)
    given = dict(parse_qsl(link, keep_blank_values=True)) if isinstance(link, str) else dict(link)
    for key, value in (given | more).items():
        at.query_params[key] = value if isinstance(value, str) else list(value)
    if page != PAGES[0]:
        at.switch_page(f"pages/{page}.py")
    at.session_state[f"{page}_more"] = True  # what is drawn only while it is open
    return sound(at.run())


def opened_small(page: str, link: Mapping[str, str] | None = None, **more: str) -> AppTest:
    """A fresh visitor who opens a link of a page; what the link leaves open is `SMALL`."""
    given = {**(link or {}), **more}
    family = {
        key: value for key, value in SMALL.get(page, {}).items() if not (key.startswith("model.") and "model" in given)
    }
    return opened(page, family | given)


@cache
def default(page: str) -> AppTest:
    """The page as it opens; only looked at, never touched."""
    return opened(page)


@cache
def default_small(page: str) -> AppTest:
    """The page as it opens with little data; only looked at, never touched."""
    return opened_small(page)


def sound(at: AppTest) -> AppTest:
    """The page itself, after a look at what no page may ever show or lack."""
    assert not at.exception, [e.value for e in at.exception]
    assert not at.error
    assert len(at.title) == 1
    assert len(headline(at)) > 20
    drawings = figures(at)
    assert drawings, "a page without a picture"
    for key, drawing in drawings.items():
        assert drawing["figure"]["data"], key
        assert drawing["alt"], key
        words = " ".join([drawing["alt"], drawing["note"], *(drawing["film"] or {"captions": []})["captions"]])
        assert not re.search(r"\b(nan|inf|None)\b", words), f"{key}: {words[:300]}"
    assert link_of(at)["v"] == "2"
    return at


def unfolded(at: AppTest) -> AppTest:
    """With what the page of texts draws only for those who open it; any other page as it is."""
    if "language_measurements" not in keys(at):
        return at
    at.session_state["language_measurements"] = True
    return sound(at.run())


def headline(at: AppTest) -> str:
    """What the page says in large type: one chart has it."""
    (text,) = (drawing["headline"] for drawing in drawn(at).values() if drawing.get("headline"))
    return str(text)


def asides(at: AppTest) -> list[str]:
    """What the page says in small type: the lineage shown, and the question in words."""
    return [*(drawing["aside"] for drawing in drawn(at).values() if drawing.get("aside")), _shared(at)[0]]


def drawn(at: AppTest) -> dict[str, dict[str, Any]]:
    """Charts and texts by key."""
    return figures(at) | readings(at)


def code_of(at: AppTest) -> str:
    """The script that the page shows."""
    return _shared(at)[2]


def _shared(at: AppTest) -> list[str]:
    shares = [e.proto for e in at.get("bidi_component") if e.proto.component_name == "collapse_share"]
    assert len(shares) == 1, "one link"
    data: list[str] = json.loads(shares[0].json)
    assert len(data) == 6
    assert all(data[:4]), "the next one names data of one's own, which few have"
    beyond = {*parse_qsl(data[5], keep_blank_values=True)} - {*parse_qsl(data[1], keep_blank_values=True)}
    assert [key for key, _ in beyond] == ["start"], "the short link names a day, and else only what the full one does"
    return data


def link_of(at: AppTest) -> dict[str, str]:
    """The link that the page shows, as pairs."""
    query = _shared(at)[1]
    found = parse_qsl(query, keep_blank_values=True, strict_parsing=True)
    assert urlencode(found) == query
    assert len(dict(found)) == len(found)
    return dict(found)


def sliders(at: AppTest) -> dict[str, dict[str, Any]]:
    """The live sliders by label."""
    protos = [e.proto for e in at.get("bidi_component") if e.proto.component_name == "collapse_slider"]
    return {data["label"]: data for data in (json.loads(p.json) for p in protos)}


def revisions(at: AppTest) -> dict[str, str]:
    """The pictures by key; equal revisions are equal pictures, to the byte."""
    return {key: drawing["revision"] for key, drawing in figures(at).items()}


def keys(at: AppTest) -> dict[str, Any]:
    """All ordinary widgets by key."""
    return {e.key: e for kind in KEYED for e in at.get(kind) if getattr(e, "key", None)}


def pushed(at: AppTest, key: str) -> Any:
    """A button, or a preset by its number, once somebody has pushed it: to be run."""
    row, found, number = key.partition("_preset_")
    return keys(at)[f"{row}_preset"].set_value(int(number)) if found else keys(at)[key].click()


def plain(markdown: str) -> str:
    """What a reader sees of an escaped text; the text must hold no live markup."""
    markdown = markdown.replace("\u2060", "")  # an invisible joiner that keeps addresses from becoming links
    left = re.sub(r"\\.", "", markdown)
    assert not MARKUP & set(left), f"live markup in {markdown!r}"
    return re.sub(r"\\(.)", r"\1", markdown)


def prose(at: AppTest) -> list[str]:
    """The texts of a page outside of its pictures, as a reader sees them; what terms mean is folded, and left out."""
    marked = [re.sub(r"\\(.)", r"\1", m.value.replace("\u2060", "")) for m in at.markdown]
    bodies = (re.sub(r'<span class="lab-meaning".*?</span>', "", e.proto.body) for e in at.get("html"))
    return [
        *marked,
        *(unescape(re.sub(r"<(style|svg).*?</\1>|</?[a-z][^>]*>", "", body, flags=re.DOTALL)) for body in bodies),
    ]


def warnings(at: AppTest) -> list[str]:
    """What the page refused, as a reader sees it."""
    return [plain(w.value) for w in at.warning]


def desk_of(at: AppTest, page: str) -> Desk:
    return at.session_state[f"desk-{page}"]  # type: ignore[no-any-return]


def desk_at(page: str, link: Mapping[str, str | list[str]]) -> Desk:
    """What is on the desk of somebody who comes by a link: what is refused is decided here, before anything is computed."""
    found = lesson(page)
    assert found is not None
    desk: Desk = found.desk(page, found.base, found.offers, found.base)
    open_link(desk, link)
    return desk


def scenario_of(at: AppTest) -> Scenario:
    """The scenario of the link that the page shows."""
    return Scenario.from_query(of_page(f"https://lab.example/page?{urlencode(link_of(at))}"))


def control(at: AppTest, page: str, knob: str) -> list[Any]:
    """The widgets of one knob (`n`, `policy.synthetic`, `show`, `stage`, `presets`, `more`)."""
    there = keys(at)
    stem = f"{page}_{knob.replace('.', '_')}"
    if knob == "stage":
        names = [f"{stem}_alarm", f"{stem}_late", f"{page}_level"]
    elif knob == "presets":
        names = [k for k in there if re.fullmatch(rf"{page}_(preset|undo|reset)", k)]
    elif knob in (*Lab.sections, "monitor", "prices", "arena"):
        names = [k for k in there if k == stem or k.startswith(f"{stem}_")]
    else:
        names = [stem, f"{stem}-slider", f"{stem}-number"]
    return [there[name] for name in names if name in there]
