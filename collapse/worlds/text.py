"""Texts: what a language model learns from.  The world is the text; the model decides what a token is."""

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files

from collapse.corpus import Corpus, fold
from collapse.sources import CARROLL
from collapse.worlds.base import World


@dataclass(frozen=True)
class Text(World):
    """A folded `text`, of which the last fifth is held out; `opening`: its first words, from where every generation goes on."""

    finite = True
    space = "text"
    unit = "tokens"

    @property
    def text(self) -> str:
        """The whole text, folded."""
        raise NotImplementedError

    def corpus(self, unit: str) -> Corpus:
        """The text in tokens."""
        return _corpus(self, unit)


@dataclass(frozen=True)
class Alice(Text):
    """Alice's Adventures in Wonderland by Lewis Carroll (1865), without title page and marks of emphasis."""

    kind = "alice"
    says = "Alice in Wonderland (real text)"
    source = CARROLL

    @cached_property
    def text(self) -> str:
        return _alice()


@lru_cache(maxsize=16)
def _corpus(world: Text, unit: str) -> Corpus:
    return Corpus.of(world.text, unit)


@cache
def _alice() -> str:
    book = (files("collapse") / "datasets" / "alice29.txt").read_text(encoding="ascii")
    story = book[book.index("Alice was beginning") : book.rindex("THE END")]
    return fold(story.replace("*", " ").replace("_", ""))
