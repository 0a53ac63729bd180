"""Curators that judge by where an example lies among numbers: a verifier with a limit, and people with a preference.

Both have a centre of their own, in standard deviations of the world, and what is made again and again comes to lie about that centre
and becomes narrower (`laws.curated` has the laws).  In several dimensions the centre is that many standard deviations above the mean
along every axis, and the distance from it is the root mean square over the axes.
"""

from dataclasses import dataclass

import numpy as np

from collapse.curators.base import Bench, Sieve
from collapse.data import Array
from collapse.pool import Pool
from collapse.spec import knob


@dataclass(frozen=True)
class Taste(Sieve):
    """What both have in common: a centre, and whether they judge all candidates or only made ones."""

    spaces = ("real",)
    sort = "numbers, by where they lie"

    judges: str = knob(
        "made",
        "what is judged: only examples that a model has made, so that real ones always pass, or all of them",
        label="judged",
        choices={"made": "only what a model has made", "all": "real and made examples alike"},
    )
    centre: float = knob(
        0.5,
        "what is held to be right, in standard deviations of the world from its mean",
        label="centre",
        low=-3.0,
        high=3.0,
    )

    def likes(self, distance: Array, rng: np.random.Generator) -> Array:
        """Which examples it lets through, given how far they are from the centre (R, m), in standard deviations of the world."""
        raise NotImplementedError

    def passes(self, pool: Pool, bench: Bench) -> Array:
        liked = self.likes(bench.distance(pool, self.centre), bench.rng)
        return liked if self.judges == "all" else liked | pool.real


@dataclass(frozen=True)
class Verifier(Taste):
    """Lets an example x through if |x − centre| is at most the radius.

    If what has passed is all that the next model learns from, its mean moves to the verifier's centre, not to that of the world, and
    stalls as its variance vanishes (Yi et al., 2025, whose variance is known and held).
    """

    kind = "verifier"
    says = "only what a verifier finds close enough to what it holds right is let through"

    radius: float = knob(
        1.0,
        "how far from the centre an example may be, in standard deviations of the world",
        label="radius",
        low=0.1,
        high=10.0,
        log=True,
    )

    def likes(self, distance: Array, rng: np.random.Generator) -> Array:
        return distance <= self.radius


@dataclass(frozen=True)
class Preference(Taste):
    """Lets an example x through with probability exp(−(x − centre)²/2h²), h the width: people choose what they like.

    A Gaussian without sampling error has then the variance 1/(1/v + 1/h²) after v, and a mean that moves to the centre (the curated
    loop of Ferbach et al., 2024, for a reward −(x − centre)²/2h²).
    """

    kind = "preference"
    says = "what people like better is let through more often"

    width: float = knob(
        2.0,
        "how far from the centre the probability falls to 61 %, in standard deviations of the world",
        label="width",
        low=0.1,
        high=10.0,
        log=True,
    )

    def likes(self, distance: Array, rng: np.random.Generator) -> Array:
        return rng.random(distance.shape) < np.exp(-((distance / self.width) ** 2) / 2)
