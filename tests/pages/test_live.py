"""What a dragged slider is told is what the page would draw, or nothing."""

import json
from urllib.parse import urlencode

import pytest

from collapse.ui import live

from .harness import PAGES, default, drawn, headline, link_of, opened, opened_small

every_page = pytest.mark.parametrize("page", PAGES)


@every_page
@pytest.mark.parametrize("change", [{}, {"seed": "5", "show": "lucky", "n": "33", "generations": "7"}])
def test_the_answer_is_the_hero_of_the_page(page: str, change: dict[str, str]) -> None:
    at = opened_small(page, change) if change else opened(page)
    found = live.answer(page, urlencode(link_of(at)))
    assert found is not None
    told = json.loads(found)
    assert told == drawn(at)[told["key"]]
    assert told["headline"] == headline(at)
    other = json.loads(live.answer(page, urlencode(link_of(at) | {"n": "47"})) or b"{}")
    assert other.get("revision") != told["revision"]  # {}: it must be trained first


@every_page
@pytest.mark.parametrize(
    "link",
    [
        "n=nonsense",
        "unknown=1",
        "n=20&n=30",
        "v=7",
        "world=own",
        "policy=",
        "n=1000000&generations=1000&lineages=10000",
    ],
)
def test_what_is_not_quite_right_is_left_to_the_page(page: str, link: str) -> None:
    default(page)
    assert live.answer(page, link) is None


def test_what_takes_long_is_left_to_the_page() -> None:
    opened("home")
    long = "world=bimodal&policy.synthetic=0.5&n=1000&generations=100&lineages=300"
    assert live.answer("home", long) is None
    assert live.answer("home", long.replace("300", "20")) is not None


def test_a_page_that_is_not_there_has_no_answer() -> None:
    assert live.answer("nowhere", "") is None
    assert live.answer("../app", "n=20") is None
