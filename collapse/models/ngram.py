"""The n-gram model: a language model small enough to be understood, trained on real text and then on its own.

It looks back on the last k tokens, finds all places where they stood in what it has read, and says what followed there: maximum
likelihood, p(token | context) = count(context, token) / count(context).  It can say no n-gram that it has not read, so what is
missed once is gone.  Scoring interpolates with shorter contexts (see `Grams.surprise`); speaking does not.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from collapse.beliefs.language import EXCERPT, PASSAGE, TEXTS, Language, original, passages
from collapse.data import Array, Data
from collapse.decoding import Decoder
from collapse.models.base import Cost, Model
from collapse.passages import Tokens
from collapse.spec import knob
from collapse.speech import plural
from collapse.text.corpus import UNITS
from collapse.text.grams import Grams
from collapse.worlds import Text, World
from collapse.worlds.base import HELD_OUT_SEED

LEAST_HELD = 1000


class _Read(NamedTuple):
    x: Array
    first: Array


class NgramParams(_Read):
    """The text that was read: token numbers `x` (…, n), and where passages begin, `first` (…, n); counted at most once."""


@dataclass(frozen=True)
class Ngram(Model):
    """A Markov chain of characters or words; order 0 draws each token by itself."""

    kind = "ngram"
    says = "what followed the last few characters or words"
    space = "text"
    coolest = 0.0
    rows = True
    compact = False
    passage = PASSAGE
    Params = NgramParams

    order: int = knob(
        3,
        "how many tokens the model looks back on; with 0 each token is drawn by itself",
        label="tokens to look back on",
        low=0,
        high=5,
    )
    unit: str = knob(
        "chars", "what a token is", label="token", choices=dict(zip(UNITS, ("characters", "words"), strict=True))
    )

    @property
    def copies(self) -> int:
        """A text has a table of what stands in it for every length."""
        return 12 * (self.order + 1)

    def phrase(self) -> str:
        one, many = ("character", "characters") if self.unit == "chars" else ("word", "words")
        if self.order == 0:
            return f"how often each {one} stands in the text"
        return f"what followed the last {one if self.order == 1 else plural(self.order, one, many)}"

    def sample(self, params: NgramParams, n: int, decoder: Decoder, rng: np.random.Generator) -> Array:
        """Token numbers, (R, n, 1): passages of 200 tokens, each begun from nothing."""
        grams = self.grams(params)
        chains, steps = -(-n // PASSAGE), min(n, PASSAGE)
        said = grams.speak(np.repeat(grams.empty, chains), steps, decoder, rng)
        return said.reshape(len(grams.x), -1)[:, :n, None]

    def utter(self, params: NgramParams, n: int, decoder: Decoder, rng: np.random.Generator) -> Data:
        x = self.sample(params, n, decoder, rng)[..., 0]
        return Tokens(x, np.broadcast_to(passages(n), x.shape))

    def resume(self, params: NgramParams, prompt: Array, n: int, decoder: Decoder, rng: np.random.Generator) -> Array:
        """What each lineage says after a prompt of token numbers (m,), (R, n)."""
        grams = self.grams(params)
        return grams.speak(grams.after(prompt), n, decoder, rng)

    def witness(self, world: World, lineages: int, n: int, rng: np.random.Generator) -> Tokens:
        """Passages of the training part in random order, none twice until all were read; where they are cut is random too."""
        assert isinstance(world, Text)
        train = world.corpus(self.unit).train
        length = min(PASSAGE, len(train))
        count, needed = len(train) // length, -(-n // length)
        rounds = rng.random((lineages, -(-needed // count), count)).argsort(axis=-1).reshape(lineages, -1)[:, :needed]
        begin = rng.integers(len(train), size=(lineages, 1)) + rounds * length
        place = ((begin[..., None] + np.arange(length)) % len(train)).reshape(lineages, -1)[:, :n]
        return Tokens(train[place], (np.arange(n) % length == 0) | (place == 0))

    def fit(self, data: Data, parent: Any, rng: np.random.Generator) -> NgramParams:
        assert isinstance(data, Tokens)
        return NgramParams(data.x, data.first)

    def belief(self, params: NgramParams) -> Language:
        counted: dict[str, Language] = vars(params)
        return counted.setdefault(f"{self.order} {self.unit}", Language(params.x, params.first, self.order, self.unit))

    def shown(self, params: NgramParams, n: int) -> Language:
        """In an excerpt of the length of the first model's, also when more has been read since."""
        whole = self.belief(params)
        return whole if n >= min(EXCERPT, whole.read.size) else whole.shown_in(lambda: whole.read.spread(n))

    def truth(self, world: World, n: int) -> Language:
        """The whole training part, looked at in excerpts of real texts of n tokens; kept with the world's text."""
        assert isinstance(world, Text)
        corpus = world.corpus(self.unit)
        once = len(corpus.train) - len(corpus.train) % PASSAGE or len(corpus.train)
        seen = min(n, EXCERPT) if n <= once else n  # unless passages come again, only the excerpt's length matters
        whole = original(corpus, self.order)
        real: Language = corpus.once(
            ("truth", self.order, seen), lambda: whole.shown_in(lambda: self._real(world, seen))
        )
        return real

    def _real(self, world: Text, n: int) -> Tokens:
        """Excerpts (30, m) of texts of n tokens, as a model has them that reads nothing but the world: drawn in the same way, and
        disjoint as far as the training part reaches."""
        rng, train = np.random.default_rng(HELD_OUT_SEED), world.corpus(self.unit).train
        length = min(PASSAGE, len(train))
        wide = -(-n // length) * length
        at_once = min(max(len(train) // wide, 1), TEXTS)
        drawn = [self.witness(world, 1, at_once * wide, rng) for _ in range(-(-TEXTS // at_once))]
        texts = [Tokens(d.x.reshape(-1, wide)[:, :n], d.first.reshape(-1, wide)[:, :n]).spread(EXCERPT) for d in drawn]
        return Tokens(np.concatenate([t.x for t in texts])[:TEXTS], np.concatenate([t.first for t in texts])[:TEXTS])

    def mute(self, decoder: Decoder) -> str:
        return ""

    def held(self, world: World, decoder: Decoder, n: int, distinct: bool) -> int:
        """A text and its counts, which take the memory of 1000 tokens or more."""
        return n + LEAST_HELD

    def cost(self, world: World, decoder: Decoder, n: int, distinct: bool) -> Cost:
        """To draw, count and score a token costs six numbers, or four where little is looked back on; to count a text costs 8000
        more, however short it is."""
        return Cost(
            observing=6 * n,
            sampling=max(4, self.order + 1) * n,
            fitting=8000,
            speaking=2 * n,
            likelihood=6,
            overhead=1000 * (self.order + 1),
            block=1500 * (self.order + 1),
            saying=45 * min(n, PASSAGE),
        )

    def grams(self, params: NgramParams) -> Grams:
        """What was read, counted."""
        return self.belief(params).grams
