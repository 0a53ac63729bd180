"""One opening, continued by every generation: text to be read side by side, with what is lost and what is new marked.

`Reading` holds plain text and numbers only; the component draws them as text, never as markup.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

import numpy as np

from collapse.beliefs.language import Language
from collapse.closeup import columns, opening
from collapse.data import Array
from collapse.figures.picture import packed
from collapse.figures.words import parameters
from collapse.metrics.text import AGAIN
from collapse.models.ngram import Ngram
from collapse.scenario import Scenario
from collapse.speech import count, percent, plural
from collapse.text.corpus import Corpus, words
from collapse.worlds import Text

BOOK = {"chars": 420, "words": 80}  # tokens of the real text after the opening
IN_A_ROW = {"chars": "{n} characters", "words": "{n} words or marks"}
Pieces = list[tuple[str, bool]]
Marked = list[tuple[str, bool, bool]]


@dataclass(frozen=True)
class Reading:
    """`book`: how the opening really goes on, a word at a time, with the columns that have lost it; `columns`: (generation,
    caption, pieces); a piece is a text, whether it is a word that generation 0 has not read, and whether it was said before in
    the same passage.  All of it as the real text is set, with its capitals."""

    prompt: str
    book: list[tuple[str, list[int]]]
    columns: list[tuple[int, str, Marked]]
    say: str
    note: str
    alt: str
    caption: str
    headline: str = ""  # in large type above, and in small type below: what else a hero says
    verdict: tuple[str, str] = ("", "")  # that in a word: a stage, and what it is called
    aside: str = ""
    kind: str = "passages"

    def pack(self, **extra: Any) -> bytes:
        """As UTF-8 JSON for the component."""
        return packed(self, **extra)


def reading(scenario: Scenario, believed: Sequence[Language], said: Sequence[Array]) -> Reading:
    """One lineage goes on from the opening of the real text: `believed` in generations 0…T, `said` in those of `closeup.columns`."""
    world, model = scenario.world, scenario.model
    assert isinstance(world, Text)
    assert isinstance(model, Ngram)
    corpus, setter = world.corpus(model.unit), world.typesetter
    begun = opening(corpus)
    prompt = corpus.read(begun)
    told, known = [], []
    for t, after in zip(columns(scenario.generations), said, strict=True):
        passage = np.concatenate([begun, after])
        text = corpus.read(passage)
        pieces, new = marked(text[len(prompt) :], corpus)
        again = said_before(passage, AGAIN[model.unit])
        known.append(set(corpus.frequency) if t == 0 else vocabulary(believed[t], corpus))
        note = f"{count(new)} of {plural(len(words(text)), 'word is', 'words are')} new, {percent(float(again[len(begun) :].mean()))}"
        letters = np.repeat(again, np.diff(ends(passage, corpus), prepend=0))
        told.append((t, note, dressed(pieces, setter.set(text)[len(prompt) :], letters[len(prompt) :])))
    following = split(real(corpus))
    shown, at, book = setter.set(prompt + real(corpus)), len(prompt), []
    for word, is_word in following:
        gone = [i for i, k in enumerate(known) if is_word and word not in k]
        book.append(("".join(shown[at : at + len(word)]), gone))
        at += len(word)
    total = sum(is_word for _, is_word in following)
    captions = [_caption(t, note, sum(i in gone for _, gone in book), total) for i, (t, note, _) in enumerate(told)]
    row = IN_A_ROW[model.unit].format(n=AGAIN[model.unit])
    return Reading(
        "".join(shown[: len(prompt)]),
        book,
        [(t, c, p) for (t, _, p), c in zip(told, captions, strict=True)],
        say="Every generation continues the same opening. When do words disappear? When do loops or letter soup begin?",
        note=f"What is tinted, with a wavy line, is {row} or more that stood before in the same passage. Struck through are words of "
        "the real passage that stand nowhere in what this generation has read. Dotted and in bold are words that are not in what "
        "generation 0 has read, which is the real text but for its last fifth. Every generation goes on with the same luck."
        + (f" {len(told)} generations are shown." if len(told) <= scenario.generations else "")
        + (
            " The models read and write small letters; capitals are put back here, each word as the real text mostly has it."
            if setter.forms
            else ""
        ),
        alt=f"{captions[len(captions) // 2]} {captions[-1]}",
        caption=parameters(scenario),
    )


def _caption(t: int, note: str, lost: int, total: int) -> str:
    if t == 0:
        return "Generation 0 has read all of the real text but for the last fifth."
    return f"Generation {t}: {count(lost)} of the {total} real words are lost, {note} was said before."


def said_before(passage: Array, length: int) -> Array:
    """Which tokens of a passage (m,) belong to so many in a row that stood before in it, (m,) of bool."""
    again, seen = np.zeros(len(passage), dtype=bool), set()
    for end in range(length, len(passage) + 1):
        window = passage[end - length : end].tobytes()
        again[end - length : end] |= window in seen
        seen.add(window)
    return again


def ends(x: Array, corpus: Corpus) -> Array:
    """Where each token (m,) ends in the text that they are together, (m,)."""
    if corpus.unit == "chars":
        return np.arange(1, len(x) + 1)
    return np.array([len(corpus.read(x[: k + 1])) for k in range(len(x))])


def dressed(pieces: Pieces, shown: Sequence[str], again: Array) -> Marked:
    """Pieces of a text as they are `shown`, a text for each of its characters, and cut where what was said `again` begins or ends."""
    found: Marked = []
    at = 0
    for text, new in pieces:
        for same, run in groupby(range(at, at + len(text)), key=again.__getitem__):
            found.append(("".join(shown[i] for i in run), new, bool(same)))
        at += len(text)
    return found


def real(corpus: Corpus) -> str:
    """How the real text goes on after the opening, ended where a word ends."""
    begun, most = len(opening(corpus)), BOOK[corpus.unit]
    text = corpus.read(corpus.train[: begun + most])[len(corpus.read(corpus.train[:begun])) :]
    return text[: text.rindex(" ")] if corpus.unit == "chars" and " " in text.strip() else text


def split(text: str) -> list[tuple[str, bool]]:
    """A text in pieces, (piece, is it a word?); together they are the text."""
    found, at = [], 0
    for word in words(text):
        begin = text.index(word, at)
        if begin > at:
            found.append((text[at:begin], False))
        found.append((word, True))
        at = begin + len(word)
    return [*found, (text[at:], False)] if at < len(text) else found


def marked(text: str, corpus: Corpus) -> tuple[Pieces, int]:
    """A text in few pieces, words that the training part does not have by themselves and marked; and how many these are.  What was
    said may stop within a word, so the last word is never marked."""
    pieces: Pieces = []
    parts = split(text)
    new = 0
    for i, (piece, is_word) in enumerate(parts):
        strange = is_word and piece not in corpus.frequency and i + 1 < len(parts)
        new += strange
        if strange or not pieces or pieces[-1][1]:
            pieces.append((piece, strange))
        else:
            pieces[-1] = (pieces[-1][0] + piece, False)
    return pieces, new


def invented(text: str, corpus: Corpus) -> Pieces:
    """A text in pieces, those marked whose words never stand side by side in what generation 0 has read, whatever signs are between
    them.  The first and the last word of what was said may be torn, and are never marked."""
    parts = split(text)
    places = [i for i, (_, is_word) in enumerate(parts) if is_word][1:-1]
    strange = [False] * len(parts)
    for a, b in pairwise(places):
        if (parts[a][0], parts[b][0]) not in corpus.pairs:
            strange[a : b + 1] = [True] * (b + 1 - a)
    runs = groupby(zip(parts, strange, strict=True), key=lambda pair: pair[1])
    return [("".join(piece for (piece, _), _ in same), marked) for marked, same in runs]


def vocabulary(belief: Language, corpus: Corpus) -> set[str]:
    """Every word in the text that a single lineage has read."""
    return {w for passage in belief.words(corpus, whole=True)[0] for w in passage}
