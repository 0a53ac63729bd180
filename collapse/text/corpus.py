"""A text as a model reads it: folded, cut into tokens, and split into a part to learn from and a part never learnt from.

Folding: Unicode NFC, lower case, every run of white space one space, no control characters.  A token is a character, or a word;
punctuation marks are words of their own, and so is every sign of a script without spaces (Chinese, Japanese).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

from collapse.data import Array
from collapse.notes import Keeps, Notes, notes

UNITS = ("chars", "words")
TRAINED = 0.8
_SIGNS = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_MARKS = "".join(
    chr(c) for c in range(0x300, 0x3000) if unicodedata.category(chr(c))[0] == "M"
)  # accents and vowel signs
_LETTERS = rf"[^\W_{_SIGNS}]+(?:[{_MARKS}]+[^\W_{_SIGNS}]*)*"
WORD = re.compile(rf"[{_SIGNS}]|{_LETTERS}(?:['’\u200c\u200d]{_LETTERS})*")
_SIGN = re.compile(f"[{_SIGNS}]")
_TOKEN = re.compile(rf"{WORD.pattern}|[^\s\w]|_")
_BARRED = {"Cc", "Cf", "Cs", "Co", "Cn"}  # controls, invisible formats, lone surrogates, private and unassigned
_JOINERS = "\u200c\u200d"
_INNER = "'’" + _JOINERS  # what may stand within a word, but neither begin nor end it
_TORN = _INNER + _MARKS  # what a torn word may begin with
_BEFORE = set(",.;:!?)]}’”'%…»。、，！？；：")  # no space before these
AFTER = set("([{‘“`«¿¡")  # no space after these


def fold(text: str) -> str:
    """`text` in lower case and NFC, with single spaces, and without what cannot be seen."""
    return _tidy(_visible(text).lower())


def cased(text: str) -> str:
    """`text` as `fold` leaves it, but with its capitals."""
    return _tidy(_visible(text))


def _visible(text: str) -> str:
    """What cannot be seen goes first, because what stood on both sides of it is then neighbours: spaces, or a letter and its
    accent."""
    bad = {c for c in set(text) if unicodedata.category(c) in _BARRED and c not in _JOINERS and not c.isspace()}
    return "".join(c for c in text if c not in bad) if bad else text


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def words(text: str) -> list[str]:
    """The words of a folded text, without punctuation."""
    return WORD.findall(text)


def tokens(text: str, unit: str) -> list[str]:
    """A folded text in tokens."""
    return list(text) if unit == "chars" else _TOKEN.findall(text)


def spoken(pieces: list[str], unit: str) -> str:
    """Tokens as a text that can be read: words get their spaces back."""
    if unit == "chars":
        return "".join(pieces)
    text = ""
    for last, piece in zip(["", *pieces], pieces, strict=False):
        text += piece if piece in _BEFORE or last in AFTER or not last else f" {piece}"
    return text


def _untorn(passage: str) -> list[str]:
    """The words of a passage but for those at its edges, of which the rest may be missing; a sign of its own is never torn."""
    found = WORD.findall(passage)
    if found and passage.lstrip(_TORN).startswith(found[0]) and not _SIGN.match(found[0]):
        del found[0]
    if found and passage.rstrip(_INNER).endswith(found[-1]) and not _SIGN.match(found[-1]):
        del found[-1]
    return found


@dataclass(frozen=True, eq=False)
class Corpus(Keeps):
    """A text in tokens: `labels` (K,) names them, `train` (N,) and `held_out` (M,) are their numbers; `unread`: the running words of
    the held-out part.

    In the held-out part K stands for a token that the training part does not have.
    """

    unit: str
    labels: tuple[str, ...]
    train: Array
    held_out: Array
    unread: tuple[str, ...] = ()
    derived: Notes = field(default_factory=notes, repr=False)

    @classmethod
    def of(cls, text: str, unit: str) -> "Corpus":
        """Cut a folded text: the first 80% of its tokens to learn from, the rest held out."""
        pieces = tokens(text, unit)
        cut = max(1, int(TRAINED * len(pieces)))
        labels = tuple(sorted(set(pieces[:cut])))
        number = {label: i for i, label in enumerate(labels)}
        coded = np.array([number.get(piece, len(labels)) for piece in pieces], dtype=np.int32)
        rest = pieces[cut:]
        unread = _untorn("".join(rest)) if unit == "chars" else [piece for piece in rest if WORD.fullmatch(piece)]
        return cls(unit, labels, coded[:cut], coded[cut:], tuple(unread))

    @property
    def types(self) -> int:
        """How many different tokens the training part has, K."""
        return len(self.labels)

    @cached_property
    def _letters(self) -> Array:
        return np.array(self.labels)

    def read(self, x: Array) -> str:
        """Token numbers (m,) as text."""
        pieces = self._letters[x]
        return pieces.tobytes().decode("utf-32") if self.unit == "chars" else spoken(pieces.tolist(), self.unit)

    def number(self, text: str) -> Array:
        """A folded text as token numbers, K for what the training part does not have."""
        return np.array([self._numbers.get(piece, self.types) for piece in tokens(text, self.unit)], dtype=np.int32)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {label: i for i, label in enumerate(self.labels)}

    def contexts(self) -> list[str]:
        """Ten contexts to try: the most frequent words, in characters with the space that ends them; of a training part without
        words the most frequent tokens."""
        if not self.frequency:
            return [self.labels[i] for i in np.argsort(-np.bincount(self.train), kind="stable")[:10]]
        return [word + (" " if self.unit == "chars" else "") for word, _ in self.frequency.most_common(10)]

    def words(self, x: Array, edges: list[int]) -> list[list[str]]:
        """The words of passages, which lie between neighbouring `edges` of a text (m,).  A passage of characters may begin and end
        within a word, so a word that touches its edge does not count."""
        if self.unit == "chars":
            told = self.read(x)
            return [_untorn(told[a:b]) for a, b in pairwise(edges)]
        parts = (x[a:b] for a, b in pairwise(edges))
        return [self._letters[p[self._wordy[p]]].tolist() for p in parts]

    @cached_property
    def _wordy(self) -> Array:
        return np.array([bool(WORD.fullmatch(label)) for label in self.labels])

    @cached_property
    def frequency(self) -> Counter[str]:
        """How often each word stands in the training part."""
        return Counter(words(self.read(self.train)))

    def strangers(self, told: Sequence[str]) -> float:
        """The share of running words that do not stand in the training part; 0 of none."""
        return (len(told) - sum(map(self.frequency.__contains__, told))) / max(len(told), 1)

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """All pairs of words that stand side by side in the training part."""
        return frozenset(pairwise(words(self.read(self.train))))

    def strange_pairs(self, told: Sequence[Sequence[str]]) -> float:
        """The share of the pairs of neighbouring words, of passages, that do not stand in the training part; 0 of none."""
        pairs = [pair for passage in told for pair in pairwise(passage)]
        return (len(pairs) - sum(map(self.pairs.__contains__, pairs))) / max(len(pairs), 1)

    @cached_property
    def rare(self) -> frozenset[str]:
        """The rarest words, which together make up at most 5% of the running words; ties go to the first in the alphabet."""
        ranked = sorted(self.frequency.items(), key=lambda pair: (pair[1], pair[0]))
        mass = np.cumsum([count for _, count in ranked]) / max(self.frequency.total(), 1)
        return frozenset(word for (word, _), m in zip(ranked, mass, strict=True) if m <= 0.05 + 1e-12)

    @cached_property
    def hapaxes(self) -> frozenset[str]:
        """The words that stand in the training part once."""
        return frozenset(word for word, count in self.frequency.items() if count == 1)
