"""The texts side by side: what is marked, what is struck, and that nothing is lost or made up on the way."""

import json
import re
from itertools import groupby, pairwise

import numpy as np
import pytest

from collapse.closeup import COLUMNS, beliefs, columns, continuations, opening
from collapse.figures.reader import Reading, invented, marked, reading, real, split
from collapse.recursion import lives
from collapse.scenario import Scenario
from collapse.text.corpus import Corpus, fold, words
from collapse.worlds import Alice

RUNS = {
    name: Scenario.from_query(f"world=alice&model=ngram&{query}")
    for name, query in {
        "letters": "n=4000&generations=5&lineages=2",
        "soup": "model.order=1&n=4000&generations=3&lineages=1",
        "words": "model.unit=words&model.order=1&n=4000&generations=4&lineages=1",
        "cool words": "model.unit=words&model.order=1&n=2000&generations=6&lineages=1&decoder.temperature=0.5",
        "many seams": "model.order=4&n=5000&generations=4&lineages=1&seed=1&policy=mix&policy.synthetic=1",
        "everything kept": "policy=accumulate&n=2000&generations=3&lineages=2",
        "shortest": "n=2&generations=1&lineages=1",
        "long": "model.order=0&n=50&generations=100&lineages=1",
    }.items()
}


def read_by(s: Scenario, life=None) -> Reading:
    """The first lineage of a run, as the page shows it."""
    believed = beliefs(s, life or lives(s, 0))
    return reading(s, believed, continuations(s, believed))


def as_read(shown: str) -> str:
    """What a model reads where a page shows this: small letters, and the marks of a typewriter."""
    for curly, typed in zip("‘’“”", '`\'""', strict=True):
        shown = shown.replace(curly, typed)
    return shown.replace("—", "--").lower()


@pytest.mark.parametrize("name", RUNS)
def test_every_mark_is_true(name):
    """Against the text itself: a word is marked if the book does not have it, struck if the generation has not read it."""
    s = RUNS[name]
    life = lives(s, 0)
    corpus, found = s.world.corpus(s.model.unit), read_by(s, life)
    assert s.world.text.startswith(as_read(found.prompt))
    assert [t for t, _, _ in found.columns] == columns(s.generations)
    told = {t: as_read("".join(piece for piece, *_ in pieces)) for t, _, pieces in found.columns}
    for t, caption, pieces in found.columns:
        runs = groupby(pieces, key=lambda piece: piece[1])  # a mark of another kind may begin within a word
        new = [as_read("".join(piece for piece, *_ in run)) for is_new, run in runs if is_new]
        assert all(w not in corpus.frequency for w in new)
        assert s.model.unit == "chars" or not new
        every = [w for w in words(told[t]) if w not in corpus.frequency]
        assert new in (every, every[:-1]), "all of them, but perhaps the last, which may be cut"
        assert caption.startswith(f"Generation {t}")
        read = corpus.read(life[t - 1].x[0]) if t else corpus.read(corpus.train)
        for word, gone in ((as_read(word), gone) for word, gone in found.book):
            if t and columns(s.generations).index(t) not in gone and word.isalpha():
                assert word in read, "what is not struck has been read"
        struck = [as_read(word) for word, gone in found.book if columns(s.generations).index(t) in gone]
        assert all(w in corpus.frequency for w in struck)
        if s.model.unit == "chars" and t:
            ends = [*np.flatnonzero(life[t - 1].first[0]).tolist(), len(read)]
            inside = {w for a, b in pairwise(ends) for w in re.split(r"[^a-z0-9'-]+", read[a:b])[1:-1]}
            assert not set(struck) & inside, "what is struck stands nowhere between spaces or marks"
        if s.model.unit == "words" and t:
            assert not set(struck) & {corpus.labels[i] for i in np.unique(life[t - 1].x)}


def test_the_passage_is_the_book_s():
    found = read_by(RUNS["letters"])
    whole = found.prompt + "".join(word for word, _ in found.book)
    assert Alice().text.startswith(as_read(whole))
    assert len(whole) > 400
    assert all(gone == [] or gone[0] >= 1 for _, gone in found.book), "generation 0 has lost nothing"


def test_with_the_same_luck_a_model_that_stays_says_the_same():
    """Nothing but real text, and the same in every generation: all of it is said again, letter by letter."""
    s = Scenario.from_query("world=alice&model=ngram&n=3000&generations=3&lineages=1&policy=anchor&policy.synthetic=0")
    texts = ["".join(p for p, *_ in pieces) for _, _, pieces in read_by(s).columns[2:]]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("name", ["many seams", "cool words"])
def test_what_was_said_before_is_tinted_and_nothing_else(name):
    """By a plain search in what is shown: ten characters, or four words or marks, that stood before, opening and all."""
    s = RUNS[name]
    unit, found, tinted = s.model.unit, read_by(s), 0
    length = {"chars": 10, "words": 4}[unit]
    for _, _, pieces in found.columns:
        marks = [same for piece, _, same in [(found.prompt, False, False), *pieces] for _ in as_read(piece)]
        text = as_read(found.prompt + "".join(piece for piece, *_ in pieces))
        spans = [(k, k + 1) for k in range(len(text))]
        if unit == "words":
            spans = [match.span() for match in re.finditer(r"\w+(?:'\w+)*|[^\w\s]", text)]
        tokens = [text[a:b] for a, b in spans]
        windows = [tokens[k : k + length] for k in range(len(tokens) - length + 1)]
        again = {k + i for k, window in enumerate(windows) if window in windows[:k] for i in range(length)}
        shown = {k for k, (a, b) in enumerate(spans) if all(marks[a:b])}
        assert shown == {k for k in again if spans[k][0] >= len(found.prompt)}
        tinted += len(shown)
    assert tinted > 20, "the case shows something"


def test_many_generations_are_thinned():
    assert columns(3) == [0, 1, 2, 3]
    assert columns(40) == list(range(41))
    many = columns(1000)
    assert len(many) == COLUMNS
    assert (many[0], many[-1]) == (0, 1000)
    assert "41 generations are shown" in read_by(RUNS["long"]).note


HOSTILE = [
    "<script>alert(1)</script>",
    "**bold** [x](javascript:alert(1)) $x$ :red[y]",
    "&lt;b&gt; &amp;",
    "a\u202eb c\u200dd",
    "مرحبا بالعالم",
    "我喜欢猫",
    "🙂🙃 👩‍👩‍👧 x",
    "aaaaaaaaaaaaaaaaaaaa",
    "`x` 'y' \"z\"",
    "1 2 3",
    "!!!???",
]


@pytest.mark.parametrize("raw", HOSTILE)
def test_pieces_are_the_text_whatever_it_holds(raw):
    folded = fold(raw)
    corpus = Corpus.of(fold("alice was here and there and everywhere"), "chars")
    assert "".join(piece for piece, _ in split(folded)) == folded
    assert [piece for piece, is_word in split(folded) if is_word] == words(folded)
    pieces, new = marked(folded, corpus)
    assert "".join(piece for piece, _ in pieces) == folded
    assert new == sum(is_new for _, is_new in pieces)


@pytest.mark.parametrize("raw", [*HOSTILE, "x", "one two"])
@pytest.mark.parametrize("unit", ["chars", "words"])
def test_an_opening_of_any_text(raw, unit):
    corpus = Corpus.of(fold(raw) or "x", unit)
    assert len(opening(corpus)) >= 1
    assert isinstance(real(corpus), str)


def test_it_travels_as_plain_json():
    data = json.loads(read_by(RUNS["words"]).pack(key="k", group="page"))
    assert data["key"] == "k"
    assert {type(x) for _, _, pieces in data["columns"] for piece in pieces for x in piece} == {str, bool}


def test_invented_pairs_are_marked_and_nothing_else():
    """Word by word: a word is marked if it never follows the one before it, or the next one never follows it; together the pieces are
    the text.  What stands in the book is not marked."""
    corpus = Alice().corpus("chars")
    book = corpus.read(corpus.train[1000:1300])
    assert [marked for _, marked in invented(book, corpus)] == [False]
    told = "ting very tired of sitting on the moon, alice thought alice; and the sea slept furio"
    pieces = invented(told, corpus)
    assert "".join(text for text, _ in pieces) == told
    inner = words(told)[1:-1]
    wrong = [pair not in corpus.pairs for pair in pairwise(inner)]
    assert sum(wrong) >= 2
    assert not all(wrong)
    expected = [a or b for a, b in zip([False, *wrong], [*wrong, False], strict=True)]
    found = [marked for text, marked in pieces for _ in words(text)][1:-1]
    assert found == expected
    assert invented("", corpus) == []
