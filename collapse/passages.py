"""Running text as data: tokens in passages."""

from dataclasses import dataclass

import numpy as np

from collapse.data import Array, Data

GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True)
class Tokens(Data):
    """Running text: token numbers `x` (R, n), and where a passage begins, `first` (R, n) of bool.

    A passage is what was written in one go; an n-gram never reaches over the seam between two.  Pooling puts texts one after the
    other, so it makes no n-grams, and picking takes whole passages, of which only the last may be cut.
    """

    passages = True

    x: Array
    first: Array

    @property
    def size(self) -> int:
        return self.x.shape[-1]

    def pooled(self, other: "Tokens") -> "Tokens":
        return Tokens(np.concatenate([self.x, other.x], axis=-1), np.concatenate([self.first, other.first], axis=-1))

    def subsample(self, m: int, rng: np.random.Generator) -> "Tokens":
        """m tokens: passages in random order, whole ones until m is reached."""
        if m >= self.size:
            return self
        luck, passage = rng.random(self.x.shape), np.cumsum(self.first, axis=-1) - 1
        return self.chosen(np.argsort(np.take_along_axis(luck, passage, axis=-1), axis=-1, kind="stable")[..., :m])

    def spread(self, m: int) -> "Tokens":
        """m tokens of passages that are spread evenly over the text (multiples of the golden ratio); always the same."""
        if m >= self.size:
            return self
        return self.chosen(np.stack([_spread(np.flatnonzero(first), self.size, m) for first in self.first]))

    def apart(self) -> "Tokens":
        return self

    def chosen(self, index: Array) -> "Tokens":
        """The tokens at places (R, m); a passage begins wherever one did, and after every gap."""
        first = np.take_along_axis(self.first, index, axis=-1)
        first[:, 1:] |= np.diff(index, axis=-1) != 1
        first[:, :1] = True
        return Tokens(np.take_along_axis(self.x, index, axis=-1), first)

    def begins(self) -> Array:
        return np.maximum.accumulate(np.where(self.first, np.arange(self.size), 0), axis=-1)


def _spread(begin: Array, n: int, m: int) -> Array:
    """m places of n in passages that begin at `begin`: one whole passage after the other, in the order of the golden multiples."""
    order = np.argsort(np.arange(len(begin)) * GOLDEN % 1.0)
    size = np.diff(np.append(begin, n))[order]
    return np.repeat(begin[order] - (np.cumsum(size) - size), size)[:m] + np.arange(m)
