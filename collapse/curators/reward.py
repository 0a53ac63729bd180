"""People's comparisons, a reward fitted to them, and what it lets through: reinforcement learning from human feedback, for numbers.

In every generation people see pairs of the candidates and say which they like better.  How well they like x is
u(x) = −(x − c)²/2h², and they prefer x to y with probability 1/(1 + e^−(u(x) − u(y))/T): the model of Bradley and Terry (1952), in
which T is the noise of their judgement.  A reward r(x) = ax + bx² is fitted to what they said by logistic regression, and x passes
with probability exp(r(x) − max r), the largest over the pool, which makes of p(x) the tilted p(x)·exp r(x): rejection sampling from
the policy that reinforcement learning with a penalty for leaving p ends with (Liu et al., 2024, arXiv 2309.06657).

Without noise in the fit r is u/T, and this is the curator `preference` with the width h√T.  With few comparisons r is wrong, and what
it finds good people need not like: the loop then goes where the errors of the reward lead it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import expit

from collapse.curators.base import Bench, Sieve
from collapse.curators.taste import Taste
from collapse.data import Array, Rows
from collapse.pool import Pool
from collapse.spec import knob

RIDGE = 1e-3  # of standardised features: so weak that it is only felt where the comparisons leave a weight open
HELD = 20  # numbers in memory for each pair: two features of both, their difference, and what a step of the fit makes of them
COST = 5  # numbers handled to compare a pair and to fit to it, by all steps together: a fifth of a microsecond
STEPS = 30  # of Newton's method at most
EXACT = 1e-9  # of the largest weight and of the loss: where it ends


def weights_of(features: Array, won: Array) -> Array:
    """The weights (R, k) of a logistic regression without intercept, by Newton's method with a ridge: P(won) = σ(features · weights).

    `features` (R, m, k): those of the first of each pair less those of the second; `won` (R, m): did people prefer the first?
    They are divided by their root mean square, and the penalty is `RIDGE`/2 times the squared length of the weights of that.
    """
    unit = np.sqrt(np.mean(features**2, axis=1, keepdims=True))
    unit = np.where(unit > 0, unit, 1.0)
    x = features / unit
    turned = np.swapaxes(x, 1, 2)
    w, ridge = np.zeros((len(x), x.shape[-1], 1)), RIDGE * np.eye(x.shape[-1])
    lost = won[..., None] - 0.5

    def loss(w: Array) -> tuple[Array, Array]:
        """(the penalised loss, (R, 1, 1), what comes out for each pair, (R, m, 1))."""
        z = x @ w
        each = np.abs(z) / 2 + np.log1p(np.exp(-np.abs(z))) - lost * z
        return each.sum(axis=1, keepdims=True) + RIDGE / 2 * np.sum(w * w, axis=1, keepdims=True), z

    now, z = loss(w)
    for _ in range(STEPS):
        p = expit(z)
        step = np.linalg.solve(
            (turned * (p * (1 - p))[:, None, :, 0]) @ x + ridge, turned @ (p - won[..., None]) + RIDGE * w
        )
        found, z = loss(w - step)
        while np.any(worse := found > now * (1 + EXACT)):  # a step that leaps too far is half as long
            step = np.where(worse, step / 2, step)
            found, z = loss(w - step)
        w, now = w - step, found
        if np.abs(step).max() <= EXACT * (1 + np.abs(w).max()):
            break
    return np.asarray(w[..., 0] / unit[:, 0])


@dataclass(frozen=True)
class Reward(Taste, Sieve):
    """Lets x through with probability exp(r(x) − max r), where r(x) = ax + bx² was fitted to people's comparisons of candidates.

    In several dimensions x and x² are means over the axes.  Pairs are picked at random, with replacement, from the first pool of the
    generation, whatever their origin; nobody compares an example with itself, except by chance.
    """

    kind = "reward"
    says = "what a reward finds good that was fitted to people’s comparisons is let through more often"

    width: float = knob(
        2.0,
        "how far from the centre people’s liking falls by ½, in standard deviations of the world",
        label="width",
        low=0.1,
        high=10.0,
        log=True,
    )
    comparisons: int = knob(
        100, "pairs that people compare in each generation", label="comparisons", low=5, high=10_000, log=True
    )
    noise: float = knob(
        1.0,
        "people see a difference in liking of this size correctly in 73% of their comparisons",
        label="noise of the comparisons",
        low=0.1,
        high=10.0,
        log=True,
    )

    levers: ClassVar[tuple[str, ...]] = ("tries", "comparisons")

    @property
    def learning(self) -> int:
        return COST * self.comparisons

    @property
    def scratch(self) -> int:
        return HELD * self.comparisons

    def judge(self, pool: Pool, bench: Bench) -> Callable[[Pool], Array]:
        reward = self.reward(pool, bench)

        def passes(candidates: Pool) -> Array:
            found = reward(candidates)
            judged = np.ones_like(candidates.real) if self.judges == "all" else ~candidates.real
            best = np.max(found, axis=-1, where=judged, initial=-np.inf, keepdims=True)
            return np.where(judged, bench.rng.random(found.shape) < np.exp(found - best), True)

        return passes

    def reward(self, pool: Pool, bench: Bench) -> Callable[[Pool], Array]:
        """The reward r(x) of examples (R, m), fitted to what people say of pairs from a pool; it has no zero."""
        assert bench.scale is not None
        (mean, sd), lineages = bench.scale, len(pool.by)
        where = self._rows(pool, mean, sd).mean(axis=(1, 2), keepdims=True)
        wide = self._rows(pool, mean, sd).std(axis=(1, 2), keepdims=True)
        wide = np.where(wide > 0, wide, 1.0)

        def features(candidates: Pool) -> Array:
            z = (self._rows(candidates, mean, sd) - where) / wide
            return np.stack([z.mean(axis=-1), (z * z).mean(axis=-1)], axis=-1)

        pair = bench.rng.integers(pool.size, size=(2, lineages, self.comparisons))
        liking = -((bench.distance(pool, self.centre) / self.width) ** 2) / 2
        one, other = (np.take_along_axis(liking, i, axis=-1) for i in pair)
        won = bench.rng.random(one.shape) < expit((one - other) / self.noise)
        seen = features(pool)
        first, second = (np.take_along_axis(seen, i[..., None], axis=1) for i in pair)
        weights = weights_of(first - second, won)
        return lambda candidates: np.einsum("rmk,rk->rm", features(candidates), weights)

    @staticmethod
    def _rows(pool: Pool, mean: Array, sd: Array) -> Array:
        """The examples (R, m, d) in standard deviations of the world."""
        assert isinstance(pool.data, Rows)
        return np.asarray((pool.data.x - mean) / sd)
