"""Every key of a link is used, or named on the page in a refusal: nobody looks at something else without being told."""

import random

import pytest

from collapse.links import MAX_KEYS, MOST, few
from collapse.scenario import Scenario
from collapse.spec import MAX_QUERY
from collapse.stages import Rule
from collapse.ui.arrival import open_link
from collapse.ui.book import lesson, lessons
from collapse.visits import STAGE
from tests.each import each

LESSONS = lessons()
CHOICES = {part: list(table) for part, table in Scenario.parts().items()}
KNOBS = Scenario.knobs() | {
    f"{part}.{name}": rule
    for part, table in Scenario.parts().items()
    for kind in table.values()
    for name, rule in kind.knobs().items()
}
RARE = {
    "across.ends": "1,5",
    "up.ends": "5,2",
    "twin.n": "20",
    "twin.world": "x",
    "hide": "n,zz",
    "lock": "yy",
    "unknown": "1",
    "": "2",
}


def opened(page, query):
    """The desk of a page after a link."""
    desk = page.desk(page.name, page.base, page.offers, page.base)
    open_link(desk, dict(query))
    return desk


def value(luck, rule):
    """A value of a knob: usually one that it may have."""
    if luck.random() < 0.1:
        return luck.choice(["", "x", "-1", "1e9", "nan", "0"])
    if rule.choices:
        return luck.choice(list(rule.choices))
    low, high = rule.low or 0, min(rule.high or 0, (rule.low or 0) + 100)
    found = low + (high - low) * luck.random() ** 3
    return f"{found:.3g}" if luck.random() < 0.4 else str(int(found))


def link(luck, page):
    """A link that somebody may have written by hand."""
    query = {key: value(luck, KNOBS[key]) for key in luck.sample(list(KNOBS), luck.randint(1, 4))}
    query |= {part: luck.choice([*kinds, "junk"]) for part, kinds in CHOICES.items() if luck.random() < 0.3}
    desk = page.desk(page.name, page.base, page.offers, page.base)
    query |= {name: value(luck, rule) for name, rule in desk.visit.knobs().items() if luck.random() < 0.3}
    query |= {STAGE + name: value(luck, rule) for name, rule in Rule.knobs().items() if luck.random() < 0.1}
    return query | dict(luck.sample(list(RARE.items()), luck.randint(0, 1)))


def same(key, one, other):
    """Do two texts of a key mean the same?"""
    if one == other:
        return True
    try:
        return set(one) == set(other) if key == "world.digits" else float(one) == float(other)
    except ValueError:
        return False


def silent(page, query):
    """The keys of a link that were neither used nor named."""
    desk = opened(page, query)
    used, said = desk.link(), " ".join(desk.refused)
    if "Nothing of this link is used" in said:
        return []
    return [key for key, text in query.items() if not same(key, used.get(key, "—"), text) and (key or "''") not in said]


@each(range(400))
def test_every_key_is_used_or_named(seed):
    luck = random.Random(seed)
    page = luck.choice(LESSONS)
    query = link(luck, page)
    assert silent(page, query) == [], (page.name, query, opened(page, query).refused)


@pytest.mark.parametrize(
    "query",
    [
        {"up": "n"},
        {"across": "generations", "up": "generations"},
        {"model": "kde", "shows": "w1"},
        {"model": "kde", "metric": "w1"},
        {"up": "policy.synthetic", "policy": "replace"},
    ],
)
def test_what_the_laboratory_looks_at_is_no_exception(query):
    page = lesson("laboratory")
    assert silent(page, query) == []
    desk = opened(page, query)
    assert desk.refused, "this scenario cannot show it"
    for sentence in desk.refused:
        for used in sentence.partition("Used instead: ")[2].removesuffix(".").split(", "):
            key, _, text = used.partition("=")
            if key:
                shown = {"metric": desk.metric, "shows": desk.shows} | dict(
                    zip(("across", "up"), desk.axes, strict=True)
                )
                assert text == (shown | desk.scenario.to_query())[key], f"what is said to be used is used: {sentence}"


def test_the_search_finds_a_key_that_is_dropped(monkeypatch):
    """The control."""
    page = lesson("home")
    monkeypatch.setattr(page.desk, "asked", lambda self, given: None)
    assert silent(page, {"n": "33"}) == ["n"]


def test_a_link_of_a_thousand_keys_is_answered_in_a_few_sentences():
    page = lesson("home")
    desk = opened(page, {f"key{i}": "1" for i in range(MAX_KEYS)})
    said = few(desk.refused)
    assert len(said) == MOST + 1
    assert said[-1] == f"And {MAX_KEYS - MOST} more parts of this link could not be used."
    assert few(said[:MOST]) == said[:MOST]
    for query in ({f"key{i}": "1" for i in range(MAX_KEYS + 1)}, {"hide": "n," * MAX_QUERY}):
        desk = opened(page, query | {"n": "33"})
        assert [sentence.partition(":")[0] for sentence in desk.refused] == ["This link is too long"]
        assert desk.scenario == page.base


def test_a_thousand_names_of_no_control_are_one_sentence():
    desk = opened(lesson("home"), {"hide": ",".join(f"a{i}" for i in range(700)), "lock": "n"})
    assert len(desk.refused) == 1
    assert len(desk.refused[0]) < 400
    assert "and 692 more names no control" in desk.refused[0]
