"""Every Spec in every table: one declaration, a strict reader, and errors that say what would have been right."""

import json
import math
from dataclasses import FrozenInstanceError, dataclass, fields
from urllib.parse import urlencode

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collapse.scenario import Scenario
from collapse.spec import MAX_QUERY, Knob, Spec, checked, knob, pairs, part, table
from collapse.speech import exactly
from collapse.stages import Rule
from tests.each import each

from .harness import TABLES, specs, variants

KINDS = [kind for registry in TABLES.values() for kind in registry.values()] + [Rule]
KNOBS = [(kind, name) for kind in [*KINDS, Scenario] for name in kind.knobs()]
HOSTILE = [
    "",
    " ",
    "nan",
    "NaN",
    "inf",
    "-inf",
    "Infinity",
    "1e999",
    "-1e999",
    "1e",
    "0x10",
    "1_000",
    "1,5",
    "1 2",
    "--1",
    "-5",
    "-0.5",
    "5\n6",
    "١٢",
    "１２",
    "²",
    "𝟓",
    "½",
    "True",
    "None",
    "null",
    "[]",
    "\x00",
    "%00",
    "<script>alert(1)</script>",
    "'; drop table x; --",
    "9" * 10_000,
    "a" * 10_000,
    "1" + "0" * 400,
    "0." + "1" * 5000,
]


@dataclass(frozen=True)
class Wheel(Spec):
    """A Spec of the tests' own, so that the reader is checked against words typed here."""

    kind = "wheel"
    spokes: int = knob(32, "how many spokes", label="spokes", low=3, high=64)
    radius: float = knob(0.3, "metres", label="radius", low=0.01, high=2.0, log=True)
    tyre: str = knob("air", "what is inside", label="tyre", choices=("air", "foam"))


@dataclass(frozen=True)
class Chain(Spec):
    """A part without knobs."""

    kind = "chain"


@dataclass(frozen=True)
class Bicycle(Spec):
    """Parts and a knob."""

    kind = "bicycle"
    drive: Spec = part(Chain(), table(Chain, Wheel), "what drives it")
    gears: int = knob(7, "how many", label="gears", low=1, high=30)


def refusal(action, *words: str) -> str:
    """The message of the ValueError that `action` raises; it names every word and stays short."""
    with pytest.raises(ValueError, match=r"\S") as caught:
        action()
    message = str(caught.value)
    assert all(word in message for word in words), (words, message)
    assert len(message) < 400, "a hostile link must not fill the page"
    return message


def test_the_tables_are_not_empty():
    assert all(TABLES.values())
    assert len(KNOBS) > 10
    assert all(kind.kind == name for registry in TABLES.values() for name, kind in registry.items())


def test_a_query_says_every_value_in_words_typed_here():
    assert Wheel().to_query() == {"spokes": "32", "radius": "0.3", "tyre": "air"}
    assert Bicycle(drive=Wheel(spokes=20)).to_query() == {
        "drive": "wheel",
        "drive.spokes": "20",
        "drive.radius": "0.3",
        "drive.tyre": "air",
        "gears": "7",
    }
    assert Bicycle.from_query("?gears=21&drive=wheel&drive.tyre=foam") == Bicycle(drive=Wheel(tyre="foam"), gears=21)
    assert Bicycle.from_query("drive.spokes=%2B20", Bicycle(drive=Wheel(radius=1.0))) == Bicycle(drive=Wheel(20, 1.0))
    assert Bicycle.from_query("drive=chain", Bicycle(drive=Wheel())) == Bicycle()
    assert Wheel.knobs() == {
        "spokes": Knob("how many spokes", "spokes", 3, 64),
        "radius": Knob("metres", "radius", 0.01, 2.0, True),
        "tyre": Knob("what is inside", "tyre", choices=("air", "foam")),
    }


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.__name__)
@given(data=st.data())
def test_query_and_json_bring_every_value_back(kind, data):
    spec = data.draw(specs(kind))
    for again in (
        kind.from_query(spec.to_query()),
        kind.from_query(urlencode(spec.to_query())),
        kind.from_json(spec.to_json()),
    ):
        assert again == spec
        assert type(again) is type(spec)
        assert again.to_query() == spec.to_query()
        assert [type(getattr(again, f.name)) for f in fields(again)] == [
            type(getattr(kind(), f.name)) for f in fields(kind)
        ]
    assert set(spec.to_query()) == {f.name for f in fields(kind)}


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.__name__)
def test_both_ends_of_every_knob_are_allowed(kind):
    if kind is not Rule:
        assert all(kind.from_query(v.to_query()) == v for v in variants(kind))
    for name, rule in kind.knobs().items():
        assert rule.choices or rule.low <= getattr(kind(), name) <= rule.high


@each(KNOBS, lambda kind, name: f"{kind.__name__}.{name}")
def test_hostile_text_is_refused_by_name(kind, name):
    below = kind.knobs()[name].low
    for value in HOSTILE:
        if value == "-0.5" and below is not None and below < 0:
            continue  # a place may be on either side
        message = refusal(lambda value=value: kind.from_query({name: value}), f"{name}=", repr(value)[1:10])
        assert "give a" in message or "choose" in message


@each(KNOBS, lambda kind, name: f"{kind.__name__}.{name}")
def test_hostile_objects_are_refused_by_name(kind, name):
    for value in (math.nan, math.inf, -math.inf, True, False, None, [], {}, 1j, b"5", np.nan, 10**400):
        refusal(lambda value=value: kind(**{name: value}), f"{name}=")


@each(KNOBS, lambda kind, name: f"{kind.__name__}.{name}")
def test_one_step_outside_a_bound_is_refused(kind, name):
    rule = kind.knobs()[name]
    if rule.choices:
        refusal(lambda: kind(**{name: rule.choices[0].upper() + "?"}), name, *rule.choices)
        return
    whole = type(kind.__dataclass_fields__[name].default) is int
    low = rule.low - 1 if whole else np.nextafter(rule.low, -np.inf)
    high = rule.high + 1 if whole else np.nextafter(rule.high, np.inf)
    for value in (low, high):
        message = refusal(lambda value=value: kind(**{name: value}), f"{name}=")
        assert f"from {exactly(rule.low)} to {exactly(rule.high)}" in message
        assert ("whole number" in message) == whole


@pytest.mark.parametrize("value", ["1.5", "1e2", "5.", "5.0", ".5"])
def test_a_whole_number_is_written_whole(value):
    refusal(lambda: Wheel.from_query({"spokes": value}), "spokes", "whole number from 3 to 64")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1e-1", 0.1),
        ("+.5", 0.5),
        ("1.", 1.0),
        (" 0.5 ", 0.5),
        ("1E0", 1.0),
        ("0.012345678901234567", 0.012345678901234567),
    ],
)
def test_numbers_as_people_and_python_write_them(text, number):
    assert Wheel.from_query({"radius": text}).radius == number


def test_numbers_are_stored_as_the_knob_s_type():
    wheel = Wheel(spokes=np.int64(5), radius=1)
    assert (type(wheel.spokes), type(wheel.radius)) == (int, float)
    assert wheel == Wheel(5, 1.0)
    assert hash(wheel) == hash(Wheel(5.0, 1.0))


def test_minus_zero_is_zero():
    rule = Knob("", "", -1.0, 1.0)
    assert math.copysign(1, checked("x", "-0", float, rule)) == 1
    assert str(checked("x", -0.0, float, rule)) == "0.0"


@given(st.sampled_from(KNOBS), st.text(max_size=50))
def test_any_text_is_read_right_or_refused(where, text):
    kind, name = where
    rule = kind.knobs()[name]
    try:
        value = getattr(kind.from_query({name: text}), name)
    except ValueError:
        refusal(lambda: kind.from_query({name: text}), f"{name}=")
        return
    assert value == (text if rule.choices else float(text))
    assert value in rule.choices if rule.choices else rule.low <= value <= rule.high


@pytest.mark.parametrize(
    "key", ["spoke", "Spokes", "", "spokes.", ".spokes", "kind", "__class__", "<script>", "k" * 10_000]
)
def test_an_unknown_key_is_named_with_the_known_ones(key):
    refusal(lambda: Wheel.from_query({key: "1"}), key[:30], "spokes, radius, tyre")
    refusal(
        lambda: Bicycle.from_query({"drive": "wheel", "drive." + key: "1"}),
        key[:30],
        "drive.spokes, drive.radius, drive.tyre",
    )
    refusal(lambda: Chain.from_query({key: "1"}), "nothing can be set here")


def test_an_unknown_kind_is_named_with_the_known_ones():
    refusal(lambda: Bicycle.from_query({"drive": "x" * 10_000}), "drive=", "chain or wheel")


def test_a_key_given_twice_is_refused():
    refusal(lambda: Wheel.from_query("spokes=5&spokes=5"), "spokes", "twice")
    refusal(lambda: Wheel.from_json('{"spokes": "5", "spokes": "6"}'), "spokes", "twice")


def test_an_endless_link_is_refused():
    refusal(lambda: Wheel.from_query("spokes=" + "5" * MAX_QUERY), str(MAX_QUERY))
    assert pairs("?" + "&" * (MAX_QUERY - 1)) == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "[]",
        "null",
        "{",
        '{"spokes": 5}',
        '{"spokes": null}',
        '{"spokes": {}}',
        "NaN",
        "[" * 100_000,
        '{"a":' * 50_000,
    ],
)
def test_json_must_be_an_object_of_texts(text):
    refusal(lambda: Wheel.from_json(text), "JSON")


def test_json_is_the_query():
    assert json.loads(Bicycle().to_json()) == Bicycle().to_query()


def test_a_spec_is_frozen():
    with pytest.raises(FrozenInstanceError):
        Wheel().spokes = 5


def test_two_of_a_kind_are_a_mistake():
    refusal(lambda: table(Wheel, Wheel), "wheel")


def test_a_mapping_is_copied_not_kept():
    given_here = {"spokes": "5"}
    Wheel.from_query(given_here)
    assert given_here == {"spokes": "5"}
