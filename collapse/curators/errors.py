"""Curators that know where an example is from, but for errors that a knob assumes: a detector, and a log of origins.

But for the unfair detector they do not look at the examples.  If they pass a real one with probability a and a made one with
probability b, and draw again until n have passed, the share of real ones among these is α' = αa/(αa + (1 − α)b), for α in the pool
(`laws.curated.real_share`).
"""

from dataclasses import dataclass

import numpy as np

from collapse.curators.base import Bench, Sieve
from collapse.data import Array
from collapse.pool import Pool
from collapse.spec import knob


def by_origin(pool: Pool, bench: Bench, real: Array | float, made: float) -> Array:
    """Which candidates pass, (R, m) of bool, if real ones do with probability `real`, one for all or for each (R, m), and made ones
    with probability `made`."""
    luck = pool.of_item(bench.rng.random(pool.by.shape))
    return luck < np.where(pool.of_item(pool.real), real, made)


@dataclass(frozen=True)
class Detector(Sieve):
    """A detector of synthetic data of which the error rates are assumed: what it takes for synthetic is thrown away, rightly or not.

    Each candidate, or each passage of a text, is judged by itself.  Without drawing again (`tries` 1), the model is trained on the
    few that have passed, which can be worse than no detector.
    """

    kind = "detector"
    says = "what a detector takes for AI-made is thrown away"

    tpr: float = knob(
        0.8,
        "probability that an example made by a model is found and thrown away (true positive rate)",
        label="share of AI-made data found",
        low=0.0,
        high=1.0,
    )
    fpr: float = knob(
        0.05,
        "probability that a real example is taken for AI-made and thrown away (false positive rate)",
        label="share of real data taken for AI-made",
        low=0.0,
        high=1.0,
    )

    def passes(self, pool: Pool, bench: Bench) -> Array:
        return by_origin(pool, bench, 1 - self.fpr, 1 - self.tpr)


@dataclass(frozen=True)
class UnfairDetector(Detector):
    """A detector that takes what is unusual for synthetic: real examples far from the mean are thrown away more often than others.

    It brings the collapse that it should prevent: with endless data the variance goes to that of the real examples which it keeps,
    however many of them there are and however much it finds (`laws.curated.unfair_variance`).  In several dimensions the distance is
    the root mean square over the axes.
    """

    kind = "unfair-detector"
    says = "a detector of AI-made data throws real data in the tails away more often"
    spaces = ("real",)
    sort = "numbers, by where they lie"

    tail_fpr: float = knob(
        0.6,
        "probability that a real example in the tails is taken for AI-made and thrown away",
        label="share of real data in the tails taken for AI-made",
        low=0.0,
        high=1.0,
    )
    tail: float = knob(
        1.5,
        "where the tails begin, in standard deviations of the world from its mean",
        label="beginning of the tails",
        low=0.1,
        high=5.0,
        log=True,
    )

    def passes(self, pool: Pool, bench: Bench) -> Array:
        false = np.where(bench.distance(pool, 0.0) > self.tail, self.tail_fpr, self.fpr)
        return by_origin(pool, bench, 1 - false, 1 - self.tpr)


@dataclass(frozen=True)
class Provenance(Sieve):
    """A log of where each example is from, with errors: it keeps what the log calls real, and a share of the rest.

    The log is written anew for every candidate, or for every passage of a text: an original example that comes again in another
    generation may then be called otherwise.
    """

    kind = "provenance"
    says = "what a log of origins calls real is let through"

    lost: float = knob(
        0.05,
        "probability that the log calls a real example AI-made",
        label="share of real data logged as AI-made",
        low=0.0,
        high=1.0,
    )
    slipped: float = knob(
        0.1,
        "probability that the log calls an example made by a model real",
        label="share of AI-made data logged as real",
        low=0.0,
        high=1.0,
    )
    rest: float = knob(
        0.0,
        "share of what the log calls AI-made that is let through all the same",
        label="share kept of what is logged as AI-made",
        low=0.0,
        high=1.0,
    )

    def passes(self, pool: Pool, bench: Bench) -> Array:
        real, made = 1 - self.lost, self.slipped
        return by_origin(pool, bench, real + (1 - real) * self.rest, made + (1 - made) * self.rest)
