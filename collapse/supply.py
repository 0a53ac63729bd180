"""What a policy and a curator may ask for while one generation follows another: examples of the last model, and real ones."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, cast

import numpy as np

from collapse.curators import Bench
from collapse.data import Array, Data, Nothing, joined
from collapse.decoding import Decoder
from collapse.going_on import may_go_on, step_by_step
from collapse.pool import Pool
from collapse.scenario import Scenario


@dataclass
class Supply:
    """What a block of lineages has at hand in one generation.

    A policy asks it for data (`policies.Supply`), and a curator for candidates and a bench; where one judges, examples are labelled.
    `said` and `real`: what was last asked for of either kind.  `control`: real examples stand in for all that a model would say.
    """

    scenario: Scenario
    streams: Callable[..., np.random.Generator]
    lineages: int
    original: Data
    archive: Data = field(default_factory=Nothing)
    params: Any = None
    reference: Any = None
    generation: int = 1
    pool: int = 0
    kept: dict[int, tuple[Data, Data]] = field(default_factory=dict)
    control: bool = False
    said: Data = field(default_factory=Nothing)
    real: Data = field(default_factory=Nothing)

    @property
    def n(self) -> int:
        return self.scenario.n

    @property
    def rules(self) -> Scenario:
        """The scenario by whose rules this generation is fed."""
        return self.scenario.at(self.generation)

    def stream(self, purpose: str) -> np.random.Generator:
        """The random numbers of this generation and pool for a purpose."""
        return self.streams(self.generation, purpose, self.pool)

    def labelled(self, data: Data, by: int, judged: bool = False) -> Data:
        """Data with their origin, if a curator wants to know it."""
        return Pool.of(data, by, judged) if self.scenario.curator.single else data

    def synthetic(self, m: int) -> Data:
        if m == 0:
            self.said = Nothing()
            return self.said
        if self.control:
            return self._real(m, "synthetic")
        s = self.scenario
        speak = s.model.utter if s.single else s.model.emit
        said = speak(self.params, m, self.rules.decoder, self.stream("synthetic"))
        self.said = self.labelled(said, self.generation - 1)
        return self.said

    def others(self, m: int) -> Data:
        if m == 0:
            return Nothing()
        if self.control:
            return self._real(m, "others")
        s = self.scenario
        speak = s.model.utter if s.single else s.model.emit
        heard = self.labelled(
            told_by_others(self.rules, speak, self.params, m, self.lineages, self.stream("others")), self.generation - 1
        )
        self.said = self.said + heard
        return heard

    def fresh(self, m: int) -> Data:
        self.real = self._real(m, "fresh") if m else Nothing()
        return self.real

    def _real(self, m: int, purpose: str) -> Data:
        """m new real examples, drawn by the random numbers of a purpose."""
        s = self.scenario
        look = s.model.witness if s.single else s.model.observe
        return self.labelled(look(s.world, self.lineages, m, self.stream(purpose)), -self.generation)

    def same(self, m: int) -> Data:
        if m not in self.kept:
            self.kept[m] = self._of_original(m, self.streams(1, "redraw")), self.real
        given, self.real = self.kept[m]
        return given

    def redrawn(self, m: int) -> Data:
        return self._of_original(m, self.stream("redraw"))

    def _of_original(self, m: int, rng: np.random.Generator) -> Data:
        if m == 0:
            return Nothing()
        chosen = self.original.subsample(m, rng)
        self.real = chosen
        return self.labelled(chosen if self.scenario.single else self.scenario.model.summarise(chosen), 0)

    def candidates(self, number: int) -> tuple[Pool, Pool]:
        """(what was judged before, new candidates in random order) of pool `number` of this generation; only with the first pool,
        number 0, is looked again at what was judged before."""
        may_go_on()
        self.pool, archive = number, self.archive
        if number:
            self.archive = Nothing()
        old, new = cast(Pool, self.rules.policy.grow(self)).split()
        self.archive = archive
        return old, new.subsample(new.size, self.stream("shuffle"))

    def bench(self) -> Bench:
        """What the curator may see of this generation."""
        s = self.rules
        return Bench(
            rng=self.streams(self.generation, "curate"),
            generation=self.generation,
            original=Pool.of(self.original, 0, judged=True),
            model=s.model,
            parent=self.params,
            reference=self.reference,
            world=s.world if s.curator.oracle else None,
            scale=self._scale(),
            decoder=s.decoder,
        )

    def _scale(self) -> tuple[Array, Array] | None:
        """The mean and the standard deviation of a world of numbers along each axis; of an axis without any, 1."""
        world = self.scenario.world
        if world.space != "real" or not self.scenario.curator.single:
            return None
        sd = np.sqrt(np.diagonal(world.distribution.cov))
        return world.distribution.mean, np.where(sd > 0, sd, 1.0)


Speak = Callable[[Any, int, Decoder, np.random.Generator], Data]


def told_by_others(
    scenario: Scenario, speak: Speak, params: Any, m: int, lineages: int, rng: np.random.Generator
) -> Data:
    """m examples for each lineage that other lineages of its group have said by `speak`, which is `utter` or `emit` of the model.

    Each of the others says as many passages, give or take one.  They are dealt out: who stands s places further on in its group says
    the same number of them to every reader, so that all lineages speak at once, and nothing is read by two.
    """
    s = scenario
    parts: list[Data] = []
    group = min(s.policy.group, lineages)
    rest = lineages % group
    passages = -(-m // s.model.passage)
    others = [max(size - 1, 1) for size in (group, rest)]
    order = [1 + rng.permutation(size) for size in others]
    ends = sorted({-(-k * passages // size) for size in others for k in range(size + 1)})
    for begin, end in step_by_step(pairwise(ends)):  # of these passages each reader has one teller
        full, short = (int(steps[begin * len(steps) // passages]) for steps in order)
        number = end - begin
        size = min(number * s.model.passage, m - sum(part.size for part in parts))
        said = speak(params, size, s.decoder, rng)
        parts.append(said if group == 1 else said.of_lineages(_further(lineages, group, full, short)))
    return joined(parts)


def _further(lineages: int, group: int, full: int, short: int) -> Array:
    """The lineage that stands `full` places further on in the group of each, (R,), and `short` places in the last, smaller one."""
    each = np.arange(lineages)
    begin, rest = each - each % group, lineages % group
    whole = begin < lineages - rest
    return np.where(whole, begin + (each - begin + full) % group, begin + (each - begin + short) % max(rest, 1))
