"""Curators that compare candidates with each other: of all that are drawn, a share is thrown away, those that do worst by a score.

They ask models for the likelihood of each candidate, in text for that of each passage, and know nothing of its origin.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from collapse.curators.base import Bench, Curator, Verdict
from collapse.data import Array, joined
from collapse.models.ngram import Ngram
from collapse.pool import Pool
from collapse.spec import knob

ROUNDING = 1e-9
HELP = "share of all candidates that is thrown away; as many more are drawn, so that n remain"


@dataclass(frozen=True)
class Ranked(Curator):
    """Of n/(1 − discarded) candidates, lets the n through that have the highest score; of equal ones, those drawn first."""

    likelihoods = 1
    levers = ("discarded",)

    discarded: float = knob(0.5, HELP, label="share thrown away", low=0.0, high=0.99)

    @property
    def pools(self) -> int:
        return ceil(1 / (1 - self.discarded) - ROUNDING)

    def score(self, pool: Pool, bench: Bench) -> Array:
        """How good each candidate is, (R, m), alike for all of a passage; −∞ and +∞ are allowed."""
        raise NotImplementedError

    def review(self, pool: Pool, more: Callable[[], Pool], bench: Bench) -> Verdict:
        n, lineages = pool.size, len(pool.by)
        drawn = min(ceil(n / (1 - self.discarded) - ROUNDING), n * self.pools)
        whole = joined([pool, *(more() for _ in range(self.pools - 1))])
        assert isinstance(whole, Pool)
        seen = whole.chosen(np.broadcast_to(np.arange(drawn), (lineages, drawn)))
        return Verdict(seen.first(n, -self.score(seen, bench)), np.full(lineages, drawn))


@dataclass(frozen=True)
class Confidence(Ranked):
    """Lets through what the last model itself finds likeliest: it keeps what it is surest of, and becomes narrower.

    Of a bell curve and many examples, this is top-p sampling with p = 1 − discarded.
    """

    kind = "confidence"
    says = "what the last model finds likeliest is let through"

    def score(self, pool: Pool, bench: Bench) -> Array:
        return bench.log_likelihood(bench.parent, pool)


@dataclass(frozen=True)
class Surprise(Ranked):
    """Lets through what the last model finds least likely: the most surprising examples (Gambetta et al., 2024)."""

    kind = "surprise"
    says = "what surprises the last model most is let through"

    discarded: float = knob(0.5, HELP, label="share thrown away", low=0.0, high=0.9)

    @property
    def widens(self) -> float:
        return 1 / (1 - self.discarded)

    def score(self, pool: Pool, bench: Bench) -> Array:
        return -bench.log_likelihood(bench.parent, pool)


@dataclass(frozen=True)
class LikelihoodRatio(Ranked):
    """A real detector: throws away the candidates that look most like the last model, compared with a reference model.

    The score is ln p of the reference, which has learnt from the preserved original examples alone, minus ln p of the last model.
    What the last model cannot have made passes first.  While the last model is the reference itself, it can tell nothing and throws
    away whatever was drawn last.

    It needs something to read: of passages of a text it lets mostly real ones through, but single numbers or names tell it next to
    nothing, and then it cuts a side off the curve and does harm.  `detection` measures how well it can tell.
    """

    kind = "likelihood-ratio"
    says = "what looks more like the last model than like the original data is thrown away"
    likelihoods = 2

    def score(self, pool: Pool, bench: Bench) -> Array:
        last, first = (bench.log_likelihood(params, pool) for params in (bench.parent, bench.reference))
        with np.errstate(invalid="ignore"):
            return np.where(last == -np.inf, np.inf, first - last)


@dataclass(frozen=True)
class PhraseFrequencies(LikelihoodRatio):
    """A real detector that knows no model: it throws away the passages whose phrases are more frequent in what the last model says
    than in the original text.

    It hears a text of the last model, as long as the one that the model has read, and counts all phrases of some tokens in it, and in
    the original text.  The score is that of a likelihood ratio of these frequencies.  The first model says nearly the phrases of the
    original text, so of its passages the filter can tell little, and may let fewer real ones through than chance would.
    """

    kind = "phrase-frequency"
    says = "passages with phrases that the last model says more often than the original text are thrown away"
    spaces = ("text",)
    sort = "texts"
    hears = True

    phrases: int = knob(
        3, "how many tokens a phrase has whose frequency is counted", label="tokens in a phrase", low=1, high=6
    )

    def score(self, pool: Pool, bench: Bench) -> Array:
        assert isinstance(bench.model, Ngram)
        counts = replace(bench.model, order=self.phrases - 1)
        said = bench.model.utter(bench.parent, bench.parent.x.shape[-1], bench.decoder, bench.rng)
        heard = counts.fit(said, None, bench.rng)
        return super().score(pool, replace(bench, model=counts, parent=heard))
