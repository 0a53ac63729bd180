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
from collapse.models.ngram import Ngram
from collapse.scenario import Scenario
from collapse.speech import count, plural
from collapse.text.corpus import Corpus, words
from collapse.worlds import Text

BOOK = {"chars": 420, "words": 80}  # tokens of the real text after the opening
Pieces = list[tuple[str, bool]]


@dataclass(frozen=True)
class Reading:
    """`book`: how the opening really goes on, a word at a time, with the columns that have lost it; `columns`: (generation,
    caption, pieces); a piece is a text and whether it is a word that generation 0 has not read."""

    prompt: str
    book: list[tuple[str, list[int]]]
    columns: list[tuple[int, str, Pieces]]
    say: str
    note: str
    alt: str
    caption: str
    headline: str = ""  # in large type above, and in small type below: what else a hero says
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
    corpus = world.corpus(model.unit)
    begun = opening(corpus)
    told, known = [], []
    for t, after in zip(columns(scenario.generations), said, strict=True):
        text = corpus.read(np.concatenate([begun, after]))
        pieces, new = marked(text[len(corpus.read(begun)) :], corpus)
        known.append(set(corpus.frequency) if t == 0 else vocabulary(believed[t], corpus))
        told.append(
            (
                t,
                f"Of the {len(words(text))} words here, {plural(new, 'is', 'are')} not in what generation 0 has read.",
                pieces,
            )
        )
    book = [(w, [i for i, k in enumerate(known) if is_word and w not in k]) for w, is_word in split(real(corpus))]
    total = sum(is_word for _, is_word in split(real(corpus)))
    captions = [_caption(t, note, sum(i in gone for _, gone in book), total) for i, (t, note, _) in enumerate(told)]
    return Reading(
        corpus.read(begun),
        book,
        [(t, c, p) for (t, _, p), c in zip(told, captions, strict=True)],
        say="Every generation goes on from the same opening. Read across: when do words go, when do loops or letter soup begin?",
        note="Struck through: words of the real passage that stand nowhere in what that generation has read. Dotted and in bold: "
        "words that generation 0 has not read; it has read the real text but for the last fifth. Every generation goes on with the "
        "same luck." + (f" {len(told)} generations are shown." if len(told) <= scenario.generations else ""),
        alt=f"{captions[len(captions) // 2]} {captions[-1]}",
        caption=parameters(scenario),
    )


def _caption(t: int, note: str, lost: int, total: int) -> str:
    if t == 0:
        return "Generation 0 has read all of the real text but for the last fifth."
    return f"Generation {t}: {count(lost)} of the {total} words of the real passage are lost. {note}"


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
