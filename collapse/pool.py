"""The candidates of a generation one by one, each with where it is from: what a curator judges, and what a ledger is kept of.

The origin of an example is one number:  0 for one of the first real examples, which are preserved;  s > 0 if the model of
generation s made it;  −s if it is real and was drawn afresh for the model of generation s.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from collapse.data import Array, Data


@dataclass(frozen=True)
class Pool(Data):
    """Examples with their origin, `by` (R, m); `judged` (R, m) says which of them a curator has let through before.

    `data` holds the examples one by one: rows, the numbers of types, or running text, which is judged by whole passages.
    """

    data: Data
    by: Array
    judged: Array

    @classmethod
    def of(cls, data: Data, by: int, judged: bool = False) -> "Pool":
        """Examples that all have one origin."""
        apart = data.apart()
        shape = apart.begins().shape
        return cls(apart, np.full(shape, by), np.full(shape, judged))

    @property
    def size(self) -> int:
        return self.data.size

    @property
    def real(self) -> Array:
        """Which examples no model has made, (R, m)."""
        return self.by <= 0

    def pooled(self, other: "Pool") -> "Pool":
        by, judged = (np.concatenate(pair, axis=-1) for pair in ((self.by, other.by), (self.judged, other.judged)))
        return Pool(self.data + other.data, by, judged)

    def subsample(self, m: int, rng: np.random.Generator) -> "Pool":
        return self.first(m, rng.random(self.by.shape))

    def apart(self) -> "Pool":
        return self

    def together(self) -> Data:
        return self.data.together()

    def chosen(self, index: Array) -> "Pool":
        by, judged = (np.take_along_axis(values, index, axis=-1) for values in (self.by, self.judged))
        return Pool(self.data.chosen(index), by, judged)

    def begins(self) -> Array:
        return self.data.begins()

    def first(self, m: int, key: Array) -> "Pool":
        """The m examples with the smallest keys (R, size), equal ones in the order in which they stand.

        Passages stay whole and are ordered by the key of their first token; only the last may be cut.
        """
        return self.chosen(np.argsort(self.of_item(key), axis=-1, kind="stable")[..., :m])

    def of_item(self, values: Array) -> Array:
        """The value (R, size) of the first example of each item, for all of its examples; only passages have several."""
        return np.take_along_axis(values, self.begins(), axis=-1)

    def mean_of_item(self, values: Array) -> Array:
        """The mean of the values (R, size) over each item, for all of its examples; only passages have several."""
        begins = self.begins()
        item = (begins + np.arange(len(begins))[:, None] * self.size).ravel()
        total, count = (np.bincount(item, weights, minlength=item.size) for weights in (values.ravel(), None))
        return (total[item] / count[item]).reshape(begins.shape)

    def split(self) -> tuple["Pool", "Pool"]:
        """(what was judged before, what is new); of each, as many in every lineage."""
        order = np.argsort(~self.judged, axis=-1, kind="stable")
        old = int(self.judged[0].sum())
        return self.chosen(order[..., :old]), self.chosen(order[..., old:])

    def passed(self) -> "Pool":
        """The examples, all of them marked as judged."""
        return Pool(self.data, self.by, np.ones_like(self.judged))


class Entry(NamedTuple):
    """One generation in the ledger of a block: `candidates` (R, N), the origins of all that could have been drawn, in the order of
    drawing; `drawn` (R,), how many of them were in each lineage; `passed` (R, m), the origins of those that were let through; and
    `replaced` (R,), how many of these experts have put in the place of others."""

    generation: int
    candidates: Array
    drawn: Array
    passed: Array
    replaced: Array

    def drawn_fresh(self) -> Array:
        """How many fresh real examples were drawn in each lineage, (R,)."""
        places = np.arange(self.candidates.shape[-1])
        return np.sum((self.candidates < 0) & (places < self.drawn[:, None]), axis=-1)
