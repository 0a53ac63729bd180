"""Data among which somebody chooses: single examples that know whether they are real, and which generation made them."""

from dataclasses import dataclass

import numpy as np

from collapse.data import Array, Counts, Data


@dataclass(frozen=True)
class Candidates(Data):
    """Single examples that know where they come from: `made` (…, n) is the generation of the model that made each; real is 0."""

    data: Data
    made: Array

    @classmethod
    def of(cls, data: Data, generation: int) -> "Candidates":
        """All of the data as made by one generation of models, or by none, 0."""
        return cls(data, np.full(data.items.shape[:-1], generation))

    @property
    def size(self) -> int:
        return self.data.size

    @property
    def items(self) -> Array:
        return self.data.items

    def pooled(self, other: "Candidates") -> "Candidates":
        made = np.concatenate([self.made, other.made], axis=-1)
        if isinstance(self.data, Counts):  # whose examples are listed by type
            types = np.concatenate([self.items[..., 0], other.items[..., 0]], axis=-1)
            made = np.take_along_axis(made, np.argsort(types, axis=-1, kind="stable"), axis=-1)
        return Candidates(self.data + other.data, made)

    def chosen(self, index: Array) -> "Candidates":
        return Candidates(self.data.chosen(index), np.take_along_axis(self.made, index, axis=-1))

    def subsample(self, m: int, rng: np.random.Generator) -> "Candidates":
        order = np.argsort(self.data.luck(rng), axis=-1, kind="stable")[..., :m]
        return self.chosen(np.sort(order, axis=-1))
