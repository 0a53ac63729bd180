"""Short links: they open the same page as the full ones, also after a page starts with something else."""

from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collapse import starts
from collapse.links import of_page
from collapse.scenario import Scenario
from collapse.ui import teach
from collapse.ui.arrival import open_link
from collapse.ui.book import lesson
from collapse.ui.desk import Desk
from collapse.ui.panels import PanelDesk
from collapse.ui.starts import today


def desk_of(page: str, query: dict[str, str]) -> Desk:
    found = lesson(page)
    assert found is not None
    desk = found.desk(page, found.base, found.offers, found.base)
    open_link(desk, query)
    return desk


def test_the_newest_day_is_what_the_pages_start_with() -> None:
    assert starts.starts(starts.days()[-1]) == today(), "a page starts otherwise now: python -m collapse.ui.starts"


LINKS = [
    ("home", {}),
    ("home", {"n": "100", "policy": "accumulate", "show": "lucky"}),
    ("home", {"policy": "anchor", "policy.synthetic": "1.0", "stage.late": "0.3", "hide": "n", "lock": "seed"}),
    ("surnames", {"decoder.temperature": "0.9", "seed": "5"}),
    ("causes", {"panel": "expressivity", "n": "77"}),
    ("prevention", {"panel": "human", "curator.radius": "0.5"}),
    ("laboratory", {"world": "surnames", "metric": "entropy", "twin.n": "20", "across": "generations"}),
]


@pytest.mark.parametrize(("page", "changes"), LINKS)
def test_a_short_link_opens_the_same(page: str, changes: dict[str, str]) -> None:
    full = desk_of(page, changes).link()
    short = starts.shortened(page, full)
    assert desk_of(page, short).link() == full
    assert desk_of(page, short).refused == []
    assert len(urlencode(short)) < len(urlencode(full)) / 2
    where = "" if page == "home" else page
    assert of_page(f"https://lab.example/{where}?{urlencode(short)}") == of_page(f"?{urlencode(full)}")


@settings(max_examples=60, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "n": st.sampled_from(["20", "64"]),
            "policy": st.sampled_from(["mix", "replace", "anchor", "accumulate", "random-share"]),
            "policy.synthetic": st.sampled_from(["0.0", "0.9", "1.0"]),
            "world": st.sampled_from(["normal", "skewed", "uniform"]),
            "decoder.temperature": st.sampled_from(["1.0", "0.9"]),
        },
    )
)
def test_short_and_full_agree_for_whatever_is_chosen(changes: dict[str, str]) -> None:
    full = desk_of("home", changes).link()
    assert desk_of("home", starts.shortened("home", full)).link() == full


def test_a_link_of_an_earlier_day_keeps_its_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page started with 33 examples on that day, and starts with others now."""
    old = {"home": {**starts.starts(starts.days()[-1])["home"], "n": "33"}}
    known = starts.starts
    monkeypatch.setattr(starts, "starts", lambda day: old if day == "2020-01-01" else known(day))
    opened = desk_of("home", {"start": "2020-01-01", "seed": "4"})
    assert (opened.scenario.n, opened.scenario.seed) == (33, 4)
    assert desk_of("home", {"seed": "4"}).scenario.n != 33


@pytest.mark.parametrize("day", ["2019-13-45", "../../etc", "", "<b>"])
def test_a_day_that_is_not_known_is_said(day: str) -> None:
    desk = desk_of("home", {"start": day, "n": "44"})
    (sentence,) = desk.refused
    assert "no day of which" in sentence
    assert desk.scenario.n == 44
    with pytest.raises(ValueError, match="no day of which"):
        of_page(f"https://lab.example/?start={day}")


def test_every_panel_has_its_start() -> None:
    for name in starts.starts(starts.days()[-1]):
        page, _, panel = name.partition("?panel=")
        assert isinstance(desk_of(page, {"panel": panel} if panel else {}), PanelDesk if panel else Desk)
        short = {"start": starts.days()[-1]} | ({"panel": panel} if panel else {})
        assert Scenario.from_query(of_page(f"https://lab.example/{page}?{urlencode(short)}"))


def test_links_that_hide_and_lock() -> None:
    desk = desk_of("home", {"n": "64"})
    short, full = teach.links(desk, {"n"}, {"presets", "generations"}, True)
    assert short.keys() == {"start", "n", "hide", "lock", "present"}
    assert full["lineages"] == str(desk.scenario.lineages)
    for query in (short, full):
        opened = desk_of("home", query)
        assert opened.refused == []
        assert (opened.scenario.n, opened.hidden, opened.locked) == (64, {"n"}, {"generations", "presets"})
    again = teach.links(desk_of("home", short), (), (), False)[0]
    assert "hide" not in again, "what is not chosen is not in the link"
