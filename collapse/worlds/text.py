"""Texts: what a language model learns from.  The world is the text; the model decides what a token is.

A text of a visitor's own is in no link: a link says only its length and digest, and is refused where the text is not at hand.
"""

from dataclasses import dataclass, field
from functools import cache, cached_property
from hashlib import blake2b
from importlib.resources import files
from typing import ClassVar, Self

from collapse.sources import CARROLL
from collapse.spec import carried
from collapse.text.corpus import UNITS, Corpus, cased, fold, words
from collapse.text.encoding import NO_TEXT, decode
from collapse.text.typesetting import Typesetter
from collapse.worlds.base import World

WORDS, LONGEST = 5, 1_000_000
SMALL = 100  # words; of a text with fewer some things cannot be measured, which is said
BYTES = 4 * LONGEST  # no letter takes more, in UTF-8 and in UTF-16
_ADVICE = (
    "the link was made with a text of its own, which stays with whoever has it; bring the same text to see the same run"
)


@dataclass(frozen=True)
class Text(World):
    """A folded `text`, of which the last fifth is held out."""

    finite = True
    space = "text"
    unit = "tokens"

    @property
    def text(self) -> str:
        """The whole text, folded."""
        raise NotImplementedError

    @property
    def typesetter(self) -> Typesetter:
        """What sets a folded text as this one was written, for reading."""
        raise NotImplementedError

    def corpus(self, unit: str) -> Corpus:
        """The text in tokens; whatever is derived from it is kept with it, and goes with it."""
        raise NotImplementedError


@dataclass(frozen=True)
class Alice(Text):
    """Alice's Adventures in Wonderland by Lewis Carroll (1865), without title page and marks of emphasis."""

    kind = "alice"
    says = "Alice in Wonderland (real text)"
    source = CARROLL

    @cached_property
    def text(self) -> str:
        return fold(_alice())

    @property
    def typesetter(self) -> Typesetter:
        return _alice_set()

    def corpus(self, unit: str) -> Corpus:
        return _of_alice(unit)


@dataclass(frozen=True)
class Written:
    """A folded text that somebody brought; two are equal when length and digest are.  `note`: how its file had to be read, if its
    owner should know; `typesetter`: how it was written."""

    text: str = field(compare=False, repr=False)
    mark: str = ""
    note: str = field(default="", compare=False, repr=False)
    typesetter: Typesetter = field(default_factory=Typesetter, compare=False, repr=False)
    corpora: dict[str, Corpus] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, raw: str, note: str = "") -> Self:
        """From what was typed, pasted or read; ValueError with a sentence if it is too short, too long, or not made of words."""
        if len(raw) > BYTES:
            raise ValueError(_too_long(raw))
        text = fold(raw)
        if len(text) > LONGEST:
            raise ValueError(_too_long(text))
        if (known := len(words(text))) < WORDS:
            raise ValueError(
                f"this text has {known:,} word{'s' * (known != 1)} (between spaces and marks): at least {WORDS} are "
                "needed, so that there is something to learn and something to hold out"
            )
        mark = f"{len(text)}-{blake2b(text.encode(), digest_size=8).hexdigest()}"
        made = cls(text, mark, note, Typesetter.of(raw))
        learnt = [made.corpus(unit).frequency for unit in UNITS]
        if (known := min(part.total() for part in learnt)) < WORDS // 2:
            raise ValueError(
                "this text has most of its words in its last fifth, which is held out: what stands before it, from "
                f"which the models learn, has {known:,} and needs at least {WORDS // 2}"
            )
        if min(map(len, learnt)) < 2:
            raise ValueError(
                "this text is one word again and again in its first four fifths, from which the models learn: there "
                "is nothing to forget"
            )
        return made

    def __str__(self) -> str:
        return self.mark

    @property
    def small(self) -> bool:
        """Has it fewer than 100 words, so that some things cannot be measured on it?"""
        return len(words(self.text[: 50 * SMALL])) < SMALL

    def corpus(self, unit: str) -> Corpus:
        """The text in tokens, cut once."""
        if unit not in self.corpora:
            self.corpora[unit] = Corpus.of(self.text, unit)
        return self.corpora[unit]


def _too_long(text: str) -> str:
    return f"this text has {len(text):,} characters: at most {LONGEST:,} are read; bring a part of it"


def deciphered(raw: bytes) -> tuple[str, str]:
    """A text file as (text, what its owner should know of how it was read); ValueError if it is too long or no text."""
    if len(raw) > BYTES:
        raise ValueError(f"this file has {len(raw):,} bytes: at most {BYTES:,} are read; bring a part of it")
    text, note = decode(raw)
    strange = sum(text.count(chr(c)) for c in range(32) if chr(c) not in "\t\n\r\f\x1a")
    if strange > len(text) // 1000:
        raise ValueError(NO_TEXT)
    return text, note


@cache
def _example() -> Written:
    """The first chapters of Alice, as if somebody had brought them."""
    return Written.of(_alice()[:50_000])


@dataclass(frozen=True)
class OwnText(Text):
    """A text that a visitor brought; the example is the beginning of Alice in Wonderland."""

    kind = "own-text"
    says = "a text of your own"
    source = CARROLL
    private: ClassVar[bool] = True

    data: Written = carried(_example, _ADVICE)

    @property
    def text(self) -> str:
        return self.data.text

    @property
    def typesetter(self) -> Typesetter:
        return self.data.typesetter

    def corpus(self, unit: str) -> Corpus:
        return self.data.corpus(unit)

    def to_file(self) -> str:
        """The text, as `from_file` reads it back."""
        return self.data.text

    @classmethod
    def from_file(cls, raw: bytes) -> Self:
        """The world of a text file; ValueError with a sentence if it is not one, or too short, or too long."""
        return cls(Written.of(*deciphered(raw)))


@cache
def _of_alice(unit: str) -> Corpus:
    return Corpus.of(fold(_alice()), unit)


@cache
def _alice_set() -> Typesetter:
    return Typesetter.of(_alice())


@cache
def _alice() -> str:
    """As it was written."""
    book = (files("collapse") / "datasets" / "alice29.txt").read_text(encoding="ascii")
    story = book[book.index("Alice was beginning") : book.rindex("THE END")]
    return cased(story.replace("*", " ").replace("_", ""))
