"""What a policy and a curator may ask for while one generation follows another: examples of the last model, and real ones."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from collapse.curators import Bench
from collapse.data import Array, Data, Nothing
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
    kept: dict[int, Data] = field(default_factory=dict)
    control: bool = False
    said: Data = field(default_factory=Nothing)
    real: Data = field(default_factory=Nothing)

    @property
    def n(self) -> int:
        return self.scenario.n

    def stream(self, purpose: str) -> np.random.Generator:
        """The random numbers of this generation and pool for a purpose."""
        return self.streams(self.generation, purpose, self.pool)

    def labelled(self, data: Data, by: int, judged: bool = False) -> Data:
        """Data with their origin, if a curator wants to know it."""
        return Pool.of(data, by, judged) if self.scenario.curator.single else data

    def synthetic(self, m: int) -> Data:
        if m == 0:
            return Nothing()
        if self.control:
            return self._real(m, "synthetic")
        s = self.scenario
        speak = s.model.utter if s.single else s.model.emit
        self.said = self.labelled(speak(self.params, m, s.decoder, self.stream("synthetic")), self.generation - 1)
        return self.said

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
            self.kept[m] = self._of_original(m, self.streams(1, "redraw"))
        return self.kept[m]

    def redrawn(self, m: int) -> Data:
        return self._of_original(m, self.stream("redraw"))

    def _of_original(self, m: int, rng: np.random.Generator) -> Data:
        if m == 0:
            return Nothing()
        chosen = self.original.subsample(m, rng)
        self.real = chosen
        return self.labelled(chosen if self.scenario.single else self.scenario.model.summarise(chosen), 0)

    def candidates(self, number: int) -> tuple[Pool, Pool]:
        """(what was judged before, new candidates in random order) of pool `number` of this generation."""
        self.pool = number
        old, new = cast(Pool, self.scenario.policy.grow(self)).split()
        return old, new.subsample(new.size, self.stream("shuffle"))

    def bench(self) -> Bench:
        """What the curator may see of this generation."""
        s = self.scenario
        return Bench(
            rng=self.streams(self.generation, "curate"),
            generation=self.generation,
            original=Pool.of(self.original, 0, judged=True),
            model=s.model,
            parent=self.params,
            reference=self.reference,
            world=s.world if s.curator.oracle else None,
            scale=self._scale(),
        )

    def _scale(self) -> tuple[Array, Array] | None:
        """The mean and the standard deviation of a world of numbers along each axis; of an axis without any, 1."""
        world = self.scenario.world
        if world.space != "real" or not self.scenario.curator.single:
            return None
        sd = np.sqrt(np.diagonal(world.distribution.cov))
        return world.distribution.mean, np.where(sd > 0, sd, 1.0)
