"""The question in one sentence: it names every part and every knob, so that two scenarios that differ read differently."""

import re
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collapse.curators import Curator, Everything
from collapse.decoding import Decoder
from collapse.figures.words import in_words
from collapse.models import MODELS
from collapse.policies import Mix, Policy, Shared
from collapse.scenario import Scenario
from collapse.spec import knob
from collapse.speech import digits, exact_percent, exactly, listing, plural, times
from collapse.sweeps.command import in_words as a_while
from collapse.worlds import OwnNumbers, OwnText, OwnTypes, World
from collapse.worlds.own import Brought
from tests.engine.harness import TABLES, possible, scenarios, specs, values_of, variants

KINDS = [kind for table in TABLES.values() for kind in table.values()]
IDENTIFIER = re.compile(r"[a-z]_[a-z]|[a-z]\.[a-z]|_|[<>{}]|\b(None|True|False|nan|inf)\b")


def well_formed(sentence: str) -> None:
    """One sentence in plain words: no gap, no stray mark, no name from the code."""
    assert not IDENTIFIER.search(sentence), sentence
    assert not re.search(r"\s\s|\s[,;.)]|\(\s|[,;]{2}|\(\)", sentence), sentence
    assert sentence.count("(") == sentence.count(")")
    assert sentence.strip() == sentence


def alone(part: Any) -> Scenario | None:
    """A scenario in which a part stands, beside others that go with it; None if there is none."""
    table = next(name for name, kinds in TABLES.items() if type(part) in kinds.values())
    for model in MODELS.values():
        for world in TABLES["world"].values():
            parts = {"world": world(), "model": model()} | {table: part}
            if possible(parts):
                return Scenario(**parts)
    return None


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_value_at_the_end_of_every_knob_is_said(kind: Any) -> None:
    """The kinds of a table differ from each other, too: each brings all of its variants."""
    table = next(kinds for kinds in TABLES.values() if kind in kinds.values())
    mine = {part: part.phrase() for part in variants(kind)}
    others = {part: part.phrase() for other in table.values() if other is not kind for part in variants(other)}
    for phrase in mine.values():
        well_formed(phrase)
        assert phrase not in others.values()
    for a, b in combinations(mine, 2):
        assert a == b or mine[a] != mine[b], f"{a} and {b} read alike: {mine[a]!r}"


@given(st.data())
def test_two_values_of_a_knob_read_differently(data: st.DataObject) -> None:
    """However little they differ: what is said is exact."""
    kind = data.draw(st.sampled_from([k for k in KINDS if k.knobs()]))
    name = data.draw(st.sampled_from(list(kind.knobs())))
    part = data.draw(specs(kind))
    other = replace(part, **{name: data.draw(values_of(kind, name))})
    assert (part.phrase() == other.phrase()) == (part == other)
    near = getattr(part, name)
    if isinstance(near, float):
        nearest = float(np.nextafter(near, kind.knobs()[name].low))
        assert replace(part, **{name: nearest}) == part or replace(part, **{name: nearest}).phrase() != part.phrase()


@given(scenarios(), scenarios(), st.data())
def test_two_scenarios_that_differ_have_different_sentences(
    one: Scenario, other: Scenario, data: st.DataObject
) -> None:
    """In everything, and in one thing only; the seed is a part of the question, since another one gives other numbers."""
    assert (in_words(one) == in_words(other)) == (one == other)
    name = data.draw(st.sampled_from(list(Scenario.knobs())))
    near = replace(one, **{name: data.draw(values_of(Scenario, name))})
    assert (in_words(one) == in_words(near)) == (one == near)
    for part in ("decoder", "curator", "policy"):
        try:
            swapped = replace(one, **{part: getattr(other, part)})
        except ValueError:
            continue  # they do not go together
        assert (in_words(one) == in_words(swapped)) == (one == swapped)


@given(scenarios())
def test_a_scenario_in_words_is_a_sentence(s: Scenario) -> None:
    text = in_words(s)
    well_formed(text)
    assert text.endswith(f"; seed {s.seed}.")
    assert text.startswith("1 chain learns " if s.lineages == 1 else f"{s.lineages:,} chains learn ")
    assert (
        f" from {s.n:,} {'tokens' if s.world.space == 'text' else 'examples'} of {s.world.phrase()}, then from " in text
    )
    assert f" for {'1 generation' if s.generations == 1 else f'{s.generations:,} generations'};" in text
    for part in (s.model, s.world, s.policy):
        assert part.phrase() in text
    assert (s.decoder.phrase() in text) == (s.decoder != Decoder())
    assert (s.curator.phrase() in text) == (s.curator != Everything()), (
        "who lets everything through is not worth a word"
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_stands_in_a_sentence(kind: Any) -> None:
    s = alone(kind())
    assert s is not None
    well_formed(in_words(s))


@pytest.mark.parametrize("kind", [OwnNumbers, OwnTypes])
def test_other_data_of_one_s_own_read_differently(kind: Any) -> None:
    rows = [["a"], ["b"]] if kind is OwnTypes else [[1.0], [2.0]]
    worlds = [kind(Brought.of(np.array(rows * m).squeeze() if kind is OwnTypes else rows * m)) for m in (9, 10)]
    phrases = [kind().phrase(), *(world.phrase() for world in worlds)]
    assert len(set(phrases)) == 3
    for phrase in phrases:
        well_formed(phrase)


def test_another_text_of_one_s_own_reads_differently() -> None:
    text = OwnText.from_file(("It was the best of times, it was the worst of times. " * 40).encode())
    assert text.phrase() != OwnText().phrase()
    well_formed(text.phrase())


def test_a_part_from_outside_says_itself() -> None:
    """Without a line of its own for it: what it says, and its knobs."""

    @dataclass(frozen=True)
    class Ring(World):
        kind, says = "ring", "a ring"
        outer_radius: float = knob(2.0, "radius of the outer edge", label="outer-radius", low=1.0, high=9.0)
        edge: str = knob("soft", "how it ends", label="edge", choices=("soft", "hard"))

    @dataclass(frozen=True)
    class Blend(Shared):
        kind, says = "blend", "mixed with fresh and with old real data"

    @dataclass(frozen=True)
    class Late(Policy):
        kind, says = "late", "of the last but one model"
        wait: int = knob(1, "generations", label="wait", low=0, high=9)

    @dataclass(frozen=True)
    class Best(Curator):
        kind, says = "best", "only the best are let through"
        of: int = knob(4, "candidates for each", label="of", low=1, high=9)

    @dataclass(frozen=True)
    class Beam(Decoder):
        kind, says = "beam", "outputs are found by beam search"

    assert Ring().phrase() == "a ring"
    assert Ring(outer_radius=2.5, edge="hard").phrase() == "a ring (outer-radius 2.5, edge hard)"
    assert Blend(0.25).phrase() == "25% AI-made data mixed with fresh and with old real data"
    assert Late(wait=3).phrase() == "AI-made data of the last but one model (wait 3)"
    assert Beam(temperature=0.5).phrase() == "outputs are found by beam search (temperature 0.5)"
    text = in_words(Scenario(curator=Best(of=6), decoder=Beam(), policy=Mix(synthetic=1.0), seed=3))
    assert "; outputs are found by beam search; only the best are let through (of 6); seed 3." in text
    assert "only AI-made data, not mixed with fresh real data" in text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_an_exact_number_is_exact(value: float) -> None:
    assert float(exactly(value).replace(",", "")) == value
    assert "e" not in exactly(value).lower()


@pytest.mark.parametrize(
    ("value", "text"), [(0.9, "0.9"), (1e-10, "0.0000000001"), (50_000, "50,000"), (3.0, "3"), (0, "0")]
)
def test_exact_numbers_in_words(value: float, text: str) -> None:
    assert exactly(value) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.9, "90%"), (1.0, "100%"), (0.0, "0%"), (0.29, "29%"), (0.123456, "12.3456%")]
)
def test_exact_shares_in_words(share: float, text: str) -> None:
    assert exact_percent(share) == text


@given(st.floats(1e-300, 1e300))
def test_a_multiple_has_no_e_and_is_right_to_two_digits(value: float) -> None:
    said = times(value)
    assert "e" not in said
    digits, _, exponent = said.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789", ",")).partition(" × 10")
    assert float(digits) * 10.0 ** float(exponent or 0) == pytest.approx(value, rel=0.051)


@given(st.floats(1e-300, 1e300), st.integers(3, 6))
def test_digits_have_no_e_and_are_right_to_as_many(value: float, kept: int) -> None:
    said = digits(value, kept)
    assert "e" not in said
    if 1e-4 <= value < 999_999:
        assert float(said.replace(",", "")) == pytest.approx(value, rel=0.51 * 10 ** (1 - kept))
        assert re.fullmatch(r"\d{1,3}(,\d{3})*(\.\d+)?", said)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.01 seconds"),
        (7, "7 seconds"),
        (99.7, "100 seconds"),
        (381, "6.3 minutes"),
        (1_234.4 * 86_400, "1,234 days"),
    ],
)
def test_a_stretch_of_time_is_said_in_digits(seconds: float, text: str) -> None:
    assert a_while(seconds) == text


def test_lists_and_plurals() -> None:
    assert listing(["a"]) == "a"
    assert listing(["a", "b"]) == "a and b"
    assert listing(["a", "b", "c"]) == "a, b and c"
    assert plural(1, "type", "types") == "1 type"
    assert plural(0, "type", "types") == "0 types"
    assert plural(1234, "type", "types") == "1,234 types"
