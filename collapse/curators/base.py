"""What is let through: a curator stands between what a policy pools and what the next model is trained on.

It judges the candidates of a whole pool, real and made, since what it wrongly throws away may be real.  It may draw further pools, up
to `pools` of them, and the budget charges all of those before a run begins.  `Everything` judges nothing and costs nothing.

To add a curator that says of each candidate whether it passes, write a `Sieve`:

    @dataclass(frozen=True)
    class Provenance(Sieve):
        kind = "provenance"
        says = "what is known to be real is let through"

        def passes(self, pool: Pool, bench: Bench) -> Array:
            return pool.real
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from collapse.data import Array, Rows, joined
from collapse.decoding import Decoder
from collapse.models import Model
from collapse.pool import Entry, Pool
from collapse.spec import Spec, knob
from collapse.worlds import World

MOST_POOLS = 100


@dataclass(frozen=True)
class Bench:
    """What a curator may see of one generation of a block of lineages, besides the candidates.

    `rng`: random numbers of its own; `generation`: of the model that will be trained; `original`: the first real examples, which are
    preserved, one by one; `model`: the family; `parent`: the params of the model that made the latest candidates; `reference`: those
    of the first model, which has learnt from the originals alone; `world`: None, unless the curator declares itself an oracle.
    `scale`: the mean and the standard deviation of the world along each axis, each (d,), in worlds of numbers: the unit in which a
    knob gives a place, as 0.5 standard deviations above the mean; None elsewhere.  `decoder`: how the models speak.
    """

    rng: np.random.Generator
    generation: int
    original: Pool
    model: Model
    parent: Any
    reference: Any
    world: World | None
    scale: tuple[Array, Array] | None = None
    decoder: Decoder = Decoder()

    def log_likelihood(self, params: Any, pool: Pool) -> Array:
        """ln p of each example (R, m) under the `parent` or the `reference`; in text the mean over the tokens of its passage."""
        return pool.mean_of_item(self.model.belief(params).log_likelihood(pool.data))

    def distance(self, pool: Pool, centre: float) -> Array:
        """How far each example (R, m) is from the point that lies `centre` standard deviations of the world above its mean along
        every axis: the root mean square over the axes, in such standard deviations; in one dimension |x − centre|."""
        assert self.scale is not None
        assert isinstance(pool.data, Rows)
        mean, sd = self.scale
        return np.sqrt(np.mean(((pool.data.x - mean) / sd - centre) ** 2, axis=-1))


class Verdict(NamedTuple):
    """What a curator lets through, and how many candidates it drew for that in each lineage, (R,); `replaced` (R,): how many it did
    not let through, but put an original real example in their place."""

    passed: Pool
    drawn: Array
    replaced: Array | None = None


@dataclass(frozen=True)
class Curator(Spec):
    """The interface of a curator.

    `single`: single examples must be told apart; `likelihoods`: how often each candidate is asked for its likelihood; `hears`:
    it has the last model say as much as a generation has, and counts it; `oracle`: it sees the world, which nobody can, and its name
    must say so; `levers`: its knobs that make it cheaper; `spaces`: the kinds of data that it can judge, in words `sort`.
    """

    single: ClassVar[bool] = True
    likelihoods: ClassVar[int] = 0
    hears: ClassVar[bool] = False
    oracle: ClassVar[bool] = False
    levers: ClassVar[tuple[str, ...]] = ()
    spaces: ClassVar[tuple[str, ...]] = ("real", "types", "text", "images")
    sort: ClassVar[str] = "everything"

    @property
    def pools(self) -> int:
        """How many pools are drawn at most in a generation, the first one included; at most 100."""
        return 1

    @property
    def learning(self) -> int:
        """Numbers handled in one generation of a lineage to learn how to judge."""
        return 0

    @property
    def scratch(self) -> int:
        """Numbers that lie in memory while one lineage learns how to judge, besides its candidates."""
        return 0

    @property
    def widens(self) -> float:
        """By what it multiplies at most the second moments of what a model says, about any point."""
        return 1.0

    def review(self, pool: Pool, more: Callable[[], Pool], bench: Bench) -> Verdict:
        """What is let through of the first pool, and of others that `more` draws: as many in every lineage, n at most.

        A pool has n candidates that the policy has mixed as it mixes every generation, in random order.  To draw more than `pools` of
        them in all is a ValueError.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Everything(Curator):
    """No curator: whatever the policy pools is what the next model is trained on."""

    kind = "none"
    says = "everything is let through"
    single = False

    def review(self, pool: Pool, more: Callable[[], Pool], bench: Bench) -> Verdict:
        return Verdict(pool, np.full(len(pool.by), pool.size))


@dataclass(frozen=True)
class Sieve(Curator):
    """A curator that says of each candidate whether it passes, and draws more until n have passed.

    If fewer have passed when all pools are drawn, the model is trained on them several times: they are repeated in order until there
    are n.  Of a lineage in which fewer than two have passed, two candidates are used, those that have passed before others.
    """

    levers: ClassVar[tuple[str, ...]] = ("tries",)

    tries: int = knob(
        4,
        "how many pools are drawn at most, until enough have passed; if they never do, those that have are used again",
        label="pools drawn at most",
        low=1,
        high=MOST_POOLS,
        log=True,
    )

    @property
    def pools(self) -> int:
        return self.tries

    def passes(self, pool: Pool, bench: Bench) -> Array:
        """Which candidates pass, (R, m) of bool; a passage passes as its first token does."""
        raise NotImplementedError

    def judge(self, pool: Pool, bench: Bench) -> Callable[[Pool], Array]:
        """How this generation is judged: one that has to learn something first does so from `pool`, the first one."""
        return lambda candidates: self.passes(candidates, bench)

    def review(self, pool: Pool, more: Callable[[], Pool], bench: Bench) -> Verdict:
        passes = self.judge(pool, bench)
        found, fine = [pool], [pool.of_item(passes(pool))]
        while len(found) < self.tries and sum(each.sum(axis=-1) for each in fine).min() < pool.size:
            found.append(more())
            fine.append(found[-1].of_item(passes(found[-1])))
        whole, passing = joined(found), np.concatenate(fine, axis=-1)
        assert isinstance(whole, Pool)
        enough = np.cumsum(passing, axis=-1) >= pool.size
        drawn = np.where(enough[:, -1], enough.argmax(axis=-1) + 1, whole.size)
        order = np.argsort(~passing, axis=-1, kind="stable")
        usable = np.clip(passing.sum(axis=-1, keepdims=True), 2, pool.size)
        return Verdict(whole.chosen(np.take_along_axis(order, np.arange(pool.size) % usable, axis=-1)), drawn)


def reviewed(curator: Curator, pool: Pool, draw: Callable[[int], Pool], bench: Bench) -> tuple[Pool, Entry]:
    """What a curator lets through of a pool and of further ones, number 1, 2, …, and the entry in the ledger.

    Errors: ValueError if it draws more than it states, or lets through fewer than 2 candidates or more than it may.
    """
    pools = [pool]

    def more() -> Pool:
        if len(pools) == curator.pools:
            raise ValueError(
                f"curator={curator.kind} draws more than the {curator.pools} × n candidates that it states"
            )
        pools.append(draw(len(pools)))
        return pools[-1]

    passed, drawn, replaced = curator.review(pool, more, bench)
    if not 2 <= passed.size <= pool.size:
        raise ValueError(f"curator={curator.kind} lets {passed.size} examples through: it has to be 2 to {pool.size}")
    if np.shape(drawn) != (len(pool.by),) or np.any(drawn < passed.size) or np.any(drawn > pool.size * len(pools)):
        raise ValueError(
            f"curator={curator.kind} says that it drew {np.min(drawn)} to {np.max(drawn)} candidates: in each lineage at least "
            f"the {passed.size} that it lets through and at most the {pool.size * len(pools)} that were drawn are possible"
        )
    candidates = np.concatenate([each.by for each in pools], axis=-1)
    replaced = np.zeros(len(drawn), int) if replaced is None else replaced
    return passed.passed(), Entry(bench.generation, candidates, drawn, passed.by, replaced)
