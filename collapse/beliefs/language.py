"""What a language model believes, as a distribution over texts; all that a metric of a text may ask.

A belief is made of the text that the model has read: counted, it is the model (`grams`), and read itself, it is what the model
learnt its language from (`excerpt`, `words`).  Texts of different length cannot be compared by counting, so whatever is counted is
counted in excerpts of the same length in all generations of a scenario: at most 4000 tokens, and at most as many as the first model
has read; whole passages, spread evenly over the text.  One excerpt varies, so generation 0 has 30, and their mean counts.
"""

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import numpy as np

from collapse.beliefs.base import Distribution
from collapse.data import Array, Data
from collapse.passages import Tokens
from collapse.text.corpus import Corpus
from collapse.text.grams import Grams

PASSAGE = 200  # tokens
EXCERPT = 4_000
TEXTS = 30  # excerpts of generation 0
SCORED = 4_000


class Language(Distribution):
    """An n-gram model of some order that has read texts x (…, n) with passages beginning at `first` (…, n)."""

    space = "text"

    def __init__(self, x: Array, first: Array, order: int, unit: str) -> None:
        self.lead, self.order, self.unit = x.shape[:-1], order, unit
        self.read = Tokens(x.reshape(-1, x.shape[-1]), first.reshape(-1, x.shape[-1]))
        self._counted: list[Grams] = []
        self._values: dict[str, float] = {}
        self._excerpt: Callable[[], Tokens] = partial(self.read.spread, EXCERPT)

    def shaped(self, values: Any) -> Array:
        """A value for each text (R,) in the shape of the lineages (…)."""
        return np.asarray(values, dtype=float).reshape(self.lead)

    def averaged(self, values: Any) -> Array:
        """A value for each excerpt (R·E,) as means over the excerpts of a text, in the shape of the lineages (…); a value that is
        NaN, not to be measured, does not count."""
        each = np.asarray(values, dtype=float).reshape(*self.lead, -1)
        known = ~np.isnan(each)
        some = known.any(axis=-1)
        return np.where(some, np.where(known, each, 0.0).sum(axis=-1) / np.where(some, known.sum(axis=-1), 1), np.nan)

    @property
    def grams(self) -> Grams:
        """The counted text; counted once, in whichever excerpts it is looked at."""
        if not self._counted:
            self._counted.append(Grams(self.read.x, self.read.first, self.order, int(self.read.x.max()) + 1))
        return self._counted[0]

    def shown_in(self, excerpt: Callable[[], Tokens]) -> "Language":
        """This belief, looked at in other excerpts (R·E, m), E of each text, which are made when they are asked for."""
        view = Language(
            self.read.x.reshape(*self.lead, -1), self.read.first.reshape(*self.lead, -1), self.order, self.unit
        )
        view._counted, view._excerpt = self._counted, excerpt
        return view

    def once(self, metric: str, measure: Callable[[], float]) -> float:
        """A value of this belief, measured when it is first asked for."""
        if metric not in self._values:
            self._values[metric] = measure()
        return self._values[metric]

    @cached_property
    def excerpt(self) -> Tokens:
        """At most 4000 tokens of each text, whole passages spread evenly over it, (R·E, m)."""
        return self._excerpt()

    def words(self, corpus: Corpus, *, whole: bool = False) -> list[list[list[str]]]:
        """The words of the excerpts, or of the `whole` texts: for every one of them, for every passage."""
        text = self.read if whole else self.excerpt
        return [
            corpus.words(x, [*np.flatnonzero(first).tolist(), len(x)])
            for x, first in zip(text.x, text.first, strict=True)
        ]

    def entropy(self) -> Array:
        """The entropy rate: what one more token says on average, −Σ p(context, token) log p(token | context), nats, unsmoothed."""
        g = self.grams
        at = g.levels[-1].at
        own = g.count[g.start[-2] :]
        whole = np.maximum(g.totals(g.count), 1)[g.levels[-1].codes // g.types + g.base(g.order)]
        there = (at >= 0).reshape(g.x.shape)
        rate = np.where(there, np.log(whole / own)[np.maximum(at, 0)].reshape(g.x.shape) if len(own) else 0.0, 0.0)
        return self.shaped(rate.sum(axis=1) / np.maximum(there.sum(axis=1), 1))

    def log_likelihood(self, examples: Data) -> Array:
        """Of each token after those before it in its passage; every model counts on the tokens that it has read and one unknown."""
        assert isinstance(examples, Tokens)
        g = self.grams
        known = np.diff(g.ends)[g.empty]
        return -g.surprise(examples.x, examples.first, known[:, None])

    def loss(self, text: Tokens, vocabulary: int) -> Array:
        """Mean −log p of texts (R, m), or of one text (1, m), nats per token, interpolated as in `Grams.surprise`, (…)."""
        return self.shaped(self.grams.surprise(text.x, text.first, vocabulary).mean(axis=1))


def passages(n: int) -> Array:
    """Where passages begin in n tokens of running text, (n,) of bool."""
    return np.arange(n) % PASSAGE == 0


def original(corpus: Corpus, order: int) -> Language:
    """Generation 0: the belief of a model that has read the whole training part of a text; of shape ()."""
    train = corpus.train
    whole: Language = corpus.once(
        ("original", order), lambda: Language(train, passages(len(train)), order, corpus.unit)
    )
    return whole


def unread(corpus: Corpus) -> Tokens:
    """The first 4000 tokens of the part of a text that no model has read, (1, m), as one passage."""
    held = corpus.held_out[None, :SCORED]
    return Tokens(held, np.arange(held.shape[1])[None] == 0)
