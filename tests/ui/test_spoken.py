"""A refusal on a page names a knob as the page does: no key of a link stands in it, but for what the visitor's own link said."""

import re

import pytest

from collapse.scenario import Scenario
from collapse.ui.arrival import open_link
from collapse.ui.book import lesson
from collapse.ui.spoken import spoken

KEY = re.compile(r"\w=\S|\b[a-z]+\.[a-z_]+\b|(?<![\w×] )\bn\b|\blineages?\b")
QUOTED = re.compile(r"“[^”]*”|'[^']*'")
WRONG = [
    *(
        {key: value}
        for key in ("n", "lineages", "policy.synthetic", "decoder.temperature")
        for value in ("abc", "-1", "1e9")
    ),
    *(
        {"stage.late": "7"},
        {"show": "x"},
        {"v": "9"},
        {"start": "2020-01-01"},
        {"panel": "x"},
        {"hide": "n.x"},
        {"weight": "7"},
    ),
    *(
        {"foo": "3"},
        {"policy.foo": "3"},
        {"twin.n": "abc"},
        {"across.ends": "1,1e9"},
        {"across.ends": "x"},
        {"metric": "x"},
    ),
    *(
        {"world": "surnames"},
        {"world": "x"},
        {"model": "ngram"},
        {"policy": "accumulate", "lineages": "10000", "n": "5000"},
    ),
    *({"decoder.temperature": "3", "generations": "1000"}, {"model": "vae", "n": "5000"}, {"across": "n", "up": "n"}),
    *({"arena.n": "3"}, {"price.real": "-1"}, {"lost.narrow": "9"}, {"curator": "reward", "world": "alice"}),
]


def desk_of(page: str, query: dict[str, str]):
    """A desk that knows what its page calls things, as when it is drawn."""
    found = lesson(page)
    assert found is not None
    desk = found.desk(page, found.base, found.offers, found.base)
    open_link(desk, query)
    sliders = desk.dials(found.dials)
    desk.labels = {**(found.more(desk) if callable(found.more) else found.more), **{d.key: d.label for d in sliders}}
    desk.shares = frozenset(d.key for d in sliders if d.percent)
    return desk


@pytest.mark.parametrize("page", ["home", "gaussian", "surnames", "causes", "prevention", "laboratory"])
def test_no_sentence_on_a_page_names_a_key(page):
    keys = 0
    for query in WRONG:
        linked, turned = desk_of(page, query), desk_of(page, {})
        turned.turn({key: value for key, value in query.items() if key in {*turned.scenario.to_query()} - {"v"}})
        judged = desk_of(page, {})
        judged.judge({"late": "7"})
        for desk in (linked, turned, judged):
            for sentence in desk.refused:
                assert not KEY.search(QUOTED.sub("", desk.spoken(sentence))), (page, query, desk.spoken(sentence))
                keys += bool(KEY.search(QUOTED.sub("", sentence)))
    if page == "prevention":
        desk = desk_of(page, {})
        desk.choose("prices", {"real": "-1"})  # type: ignore[attr-defined]
        assert desk.spoken(desk.refused[0]).startswith("“Price of a real example” cannot be -1: give a number from 0")
    assert keys > 20, "the control: before they are put into words, most sentences name a key"


def test_what_is_wrong_is_said_with_labels_and_numbers_that_can_be_read():
    labels = {"n": "Training examples", "policy.synthetic": "AI-made data", "lineages": "Chains"}
    shares = ("policy.synthetic",)

    def said(sentence: str) -> str:
        return spoken(sentence, Scenario(), labels, shares)

    assert said("n='many' is not possible: give a whole number from 2 to 1,000,000. Used instead: n=1000.") == (
        "“Training examples” cannot be “many”: give a whole number from 2 to 1,000,000. "
        "Used instead: “Training examples” (1,000)."
    )
    assert said("policy.synthetic='1.4' is not possible: give a number from 0 to 1") == (
        "“AI-made data” cannot be 140%: give 0% to 100%"
    )
    assert said("this run is too much: lower n=200 or lineages=10000") == (
        "This run is too much: lower “Training examples” (200) or “Chains” (10,000)"
    )
    assert said("model=gaussian cannot learn world=surnames: choose categorical") == (
        "“Model” (one bell curve: a mean and a variance) cannot learn “World” (US surnames (real data)): "
        "choose “how often each type was seen”"
    )
    assert said("'n.x' (='n=5') is not a known key: the keys here are n, seed. It was ignored.") == (
        "The link says “n.x=n=5”, but nothing here has that name. It was ignored."
    )
