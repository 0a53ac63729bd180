"""One opening, continued by every generation: text to be read side by side, with what is lost and what is new marked.

`Reading` holds plain text and numbers only; the component draws them as text, never as markup.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np

from collapse.beliefs.language import Language
from collapse.figures.words import parameters
from collapse.models.ngram import Ngram
from collapse.scenario import Scenario
from collapse.speech import count, plural
from collapse.text.corpus import Corpus, words
from collapse.worlds import Text

PROMPT, LENGTH, BOOK = {"chars": 45, "words": 9}, {"chars": 260, "words": 52}, {"chars": 420, "words": 80}
SHOWN = 41  # generations at most
Pieces = list[tuple[str, bool]]


@dataclass(frozen=True)
class Reading:
    """`book`: how the opening really goes on, a word at a time, with the columns that have lost it; `columns`: (generation,
    caption, pieces); a piece is a text and whether it is a word that the real text does not have."""

    prompt: str
    book: list[tuple[str, list[int]]]
    columns: list[tuple[int, str, Pieces]]
    say: str
    note: str
    alt: str
    caption: str
    headline: str = ""  # in large type above, and in small type below: what else a hero says
    aside: str = ""

    def pack(self, **extra: Any) -> bytes:
        """As UTF-8 JSON for the component."""
        text = json.dumps(vars(self))
        head = json.dumps(extra | {"revision": blake2b(text.encode(), digest_size=8).hexdigest()})
        return f"{head[:-1]}, {text[1:]}".encode()


def columns(generations: int) -> list[int]:
    """The generations that get a column: all, or 41 spread evenly."""
    return np.unique(np.linspace(0, generations, min(SHOWN, generations + 1)).round().astype(int)).tolist()


def reading(scenario: Scenario, life: Sequence[Any]) -> Reading:
    """One lineage, its params (1, …) by generation, goes on from the opening of the real text; everywhere with the same luck."""
    world, model = scenario.world, scenario.model
    assert isinstance(world, Text)
    assert isinstance(model, Ngram)
    corpus = world.corpus(model.unit)
    opening = start(corpus)
    told, known = [], []
    for t in columns(scenario.generations):
        belief = model.belief(life[t - 1]) if t else model.truth(world, scenario.n)
        grams = belief.grams
        said = grams.speak(
            grams.after(opening), LENGTH[model.unit], scenario.decoder, np.random.default_rng((scenario.seed, 1))
        )[0]
        text = corpus.read(np.concatenate([opening, said]))
        pieces, new = marked(text[len(corpus.read(opening)) :], corpus)
        known.append(set(corpus.frequency) if t == 0 else vocabulary(belief, corpus))
        told.append(
            (
                t,
                f"Of the {len(words(text))} words here, {plural(new, 'is', 'are')} not in the real text.",
                pieces,
            )
        )
    book = [(w, [i for i, k in enumerate(known) if is_word and w not in k]) for w, is_word in split(real(corpus))]
    total = sum(is_word for _, is_word in split(real(corpus)))
    captions = [_caption(t, note, sum(i in gone for _, gone in book), total) for i, (t, note, _) in enumerate(told)]
    return Reading(
        corpus.read(opening),
        book,
        [(t, c, p) for (t, _, p), c in zip(told, captions, strict=True)],
        say="Every generation goes on from the same opening. Read across: when do words go, when do loops or letter soup begin?",
        note="Struck through: words of the real passage that stand nowhere in what that generation has read. Dotted and in bold: "
        "words that the real text does not have. Generation 0 has read all of the real text; every generation goes on with "
        "the same luck." + (f" {len(told)} generations are shown." if len(told) <= scenario.generations else ""),
        alt=f"{captions[len(captions) // 2]} {captions[-1]}",
        caption=parameters(scenario),
    )


def _caption(t: int, note: str, lost: int, total: int) -> str:
    if t == 0:
        return "Generation 0 has read all of the real text."
    return f"Generation {t}: {count(lost)} of the {total} words of the real passage are lost. {note}"


def start(corpus: Corpus) -> np.ndarray:
    """The opening as token numbers, ended where a word ends."""
    most = min(PROMPT[corpus.unit], max(1, len(corpus.train) // 2))
    if corpus.unit == "words":
        return corpus.train[:most]
    text = corpus.read(corpus.train[:most])
    return corpus.train[: text.rindex(" ") + 1 if " " in text else most]


def real(corpus: Corpus) -> str:
    """How the real text goes on after the opening, ended where a word ends."""
    opening, most = len(start(corpus)), BOOK[corpus.unit]
    text = corpus.read(corpus.train[: opening + most])[len(corpus.read(corpus.train[:opening])) :]
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


def vocabulary(belief: Language, corpus: Corpus) -> set[str]:
    """Every word in the text that a single lineage has read."""
    return {w for passage in belief.words(corpus, whole=True)[0] for w in passage}
