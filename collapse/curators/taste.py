"""Curators that judge by where an example lies among numbers: a verifier with a limit, people with a preference, and experts.

All have a centre of their own, in standard deviations of the world, and what is made again and again comes to lie about that centre
and becomes narrower (`laws.curated` has the laws).  In several dimensions the centre is that many standard deviations above the mean
along every axis, and the distance from it is the root mean square over the axes.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from collapse.curators.base import Bench, Curator, Sieve, Verdict
from collapse.data import Array
from collapse.pool import Pool
from collapse.spec import knob

CENTRE = "what is held to be right, in standard deviations of the world from its mean"
RADIUS = "how far from the centre an example may be, in standard deviations of the world"


@dataclass(frozen=True)
class Taste(Curator):
    """What all have in common: a centre, and whether they judge all candidates or only made ones."""

    spaces = ("real",)
    sort = "numbers, by where they lie"

    judges: str = knob(
        "made",
        "what is judged: only examples that a model has made, so that real ones always pass, or all of them",
        label="judged",
        choices={"made": "only what a model has made", "all": "real and made examples alike"},
    )
    centre: float = knob(0.5, CENTRE, label="centre", low=-3.0, high=3.0)

    def likes(self, distance: Array, rng: np.random.Generator) -> Array:
        """Which examples it lets through, given how far they are from the centre (R, m), in standard deviations of the world."""
        raise NotImplementedError

    def passes(self, pool: Pool, bench: Bench) -> Array:
        """Which candidates are fine as they are, (R, m) of bool."""
        liked = self.likes(bench.distance(pool, self.centre), bench.rng)
        return liked if self.judges == "all" else liked | pool.real


@dataclass(frozen=True)
class Verifier(Taste, Sieve):
    """Lets an example x through if |x − centre| is at most the radius.

    If what has passed is all that the next model learns from, its mean moves to the verifier's centre, not to that of the world, and
    stalls as its variance vanishes (Yi et al., 2025, whose variance is known and held).
    """

    kind = "verifier"
    says = "only what a verifier finds close enough to what it holds right is let through"

    radius: float = knob(1.0, RADIUS, label="radius", low=0.1, high=10.0, log=True)

    def likes(self, distance: Array, rng: np.random.Generator) -> Array:
        return distance <= self.radius


@dataclass(frozen=True)
class Preference(Taste, Sieve):
    """Lets an example x through with probability exp(−(x − centre)²/2h²), h the width: people choose what they like.

    A Gaussian without sampling error has then the variance 1/(1/v + 1/h²) after v, and a mean that moves to the centre (the curated
    loop of Ferbach et al., 2024, for a reward −(x − centre)²/2h²).
    """

    kind = "preference"
    says = "what people like better is let through more often"

    width: float = knob(
        2.0,
        "how far from the centre the probability falls to 61%, in standard deviations of the world",
        label="width",
        low=0.1,
        high=10.0,
        log=True,
    )

    def likes(self, distance: Array, rng: np.random.Generator) -> Array:
        return rng.random(distance.shape) < np.exp(-((distance / self.width) ** 2) / 2)


@dataclass(frozen=True)
class Expert(Taste):
    """Checks every example, and replaces those with |x − centre| above the radius by real ones: original examples, picked at random.

    `corrected` of them, as many as the experts have time for; the rest stays as it is.  Nothing is thrown away, so that no more is
    drawn.  What is unusual and true looks wrong, too; and a narrow model says nothing that looks wrong.
    """

    kind = "expert"
    says = "what experts find wrong is replaced by real examples"

    centre: float = knob(0.0, CENTRE, label="centre", low=-3.0, high=3.0)
    radius: float = knob(1.0, RADIUS, label="radius", low=0.1, high=10.0, log=True)
    corrected: float = knob(
        1.0,
        "share of what experts find wrong that they replace by a real example",
        label="corrected",
        low=0.0,
        high=1.0,
    )

    def likes(self, distance: Array, rng: np.random.Generator) -> Array:
        return (distance <= self.radius) | (rng.random(distance.shape) >= self.corrected)

    def review(self, pool: Pool, more: Callable[[], Pool], bench: Bench) -> Verdict:
        wrong = ~self.passes(pool, bench)
        real = pool.size + bench.rng.integers(bench.original.size, size=wrong.shape)
        whole = pool + bench.original
        assert isinstance(whole, Pool)
        found = whole.chosen(np.where(wrong, real, np.arange(pool.size)))
        return Verdict(found, np.full(len(wrong), pool.size), wrong.sum(axis=-1))
