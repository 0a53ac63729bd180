"""What is let through: a curator stands between the synthetic data and the next model's diet.

A curator gets a `draw(m)` that makes m more candidates and returns the n that pass; `none` asks once and passes all.
A curator that must look at single examples sets `single = True`, and the loop then hands it rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from collapse.data import Data
from collapse.spec import Spec, table


@dataclass(frozen=True)
class Curator(Spec):
    """The interface; the default lets everything through."""

    kind = "none"
    says = "everything the model says is let through"
    single: ClassVar[bool] = False

    def review(self, draw: Callable[[int], Data], n: int, rng: np.random.Generator) -> Data:
        """The n synthetic examples that pass."""
        return draw(n)

    def candidates(self, n: int) -> int:
        """Synthetic examples that are drawn at most until n pass: what a budget is charged for."""
        return n


CURATORS = table(Curator)
