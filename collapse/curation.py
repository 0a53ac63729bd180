"""What is let through: a curator stands between the data that a policy collects and the model that is trained on them.

From the second generation on the policy collects `collects` times as many examples as are needed, real and synthetic ones as it mixes
them.  The curator gives each candidate a merit, and as many as are needed, those with the highest merit, are let through; equals are
chosen by lot.  A curator that only passes or refuses says 1 or 0: if too few pass, the rest is chosen by lot from those refused.
The archive of a policy that forgets nothing keeps all candidates, of which each generation is chosen anew.

To add a curator, write a class with `judge` and give it a place in `CURATORS`.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from collapse.candidates import Candidates
from collapse.data import Array, Data
from collapse.models import Model
from collapse.spec import Spec, table


@dataclass(frozen=True)
class Bench:
    """What a curator may look at besides the candidates.

    `model`: the family; `parent`: the params (R, …) of the model that made the newest candidates; `original`: the n real examples
    that the first model of every lineage learnt from, preserved; `ancestor`: what a first fit starts from; `generation`: the number
    of the model to be trained; `rng`: a stream of random numbers for the curator alone.
    """

    model: Model
    parent: Any
    original: Data
    ancestor: Any
    generation: int
    rng: np.random.Generator

    def reference(self) -> Any:
        """The params (R, …) of a model that learns from the preserved originals and nothing else."""
        return self.model.fit(self.model.summarise(self.original), self.ancestor, self.rng)


@dataclass(frozen=True)
class Curator(Spec):
    """The interface.  `judges`: candidates must be looked at one by one."""

    judges: ClassVar[bool] = True

    @property
    def collects(self) -> int:
        """How many candidates there are for each example that is needed; a knob of this name may take its place."""
        return 1

    def judge(self, candidates: Candidates, bench: Bench) -> Array:
        """The merit of each candidate, (R, N) for N candidates in each of R lineages; of a text, its mean over a passage counts."""
        raise NotImplementedError

    def candidates(self, n: int) -> int:
        """How many examples are collected for n that are needed: what a budget is charged for."""
        return n * self.collects


@dataclass(frozen=True)
class Everything(Curator):
    """Nobody looks: as many are collected as are needed, and all are let through."""

    kind = "none"
    says = "everything the model says is let through"
    judges = False


def let_through(curator: Curator, candidates: Candidates, n: int, bench: Bench) -> Candidates:
    """The n candidates in each lineage that a curator prefers, in the order in which they were collected."""
    merit = candidates.data.together(curator.judge(candidates, bench))
    luck = candidates.data.luck(bench.rng)
    return candidates.chosen(np.sort(np.lexsort((luck, -merit), axis=-1)[..., :n], axis=-1))


CURATORS = table(Everything)
