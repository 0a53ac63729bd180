"""What a model is trained on: rows, or a summary of rows that is enough for its fit, or a text.

All that the loop asks of data is `+` (pool two data sets) and `size` (examples in each lineage).
Leading axes `…` are lineages; `n` examples, `d` dimensions, `K` types.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from collapse.triangles import triangle

Array = np.ndarray
GOLDEN = (5**0.5 - 1) / 2


class Data:
    """A data set for every lineage; `+` pools, and pooling with nothing changes nothing."""

    @property
    def size(self) -> int:
        """Examples in each lineage."""
        raise NotImplementedError

    def pooled(self, other: Any) -> "Data":
        """Both data sets as one; asked only when neither is empty."""
        raise NotImplementedError

    def subsample(self, m: int, rng: np.random.Generator) -> "Data":
        """m examples drawn without replacement, independently in every lineage."""
        raise TypeError(f"{type(self).__name__} cannot be split into single examples")

    def chosen(self, index: Array) -> "Data":
        """The examples at some places (…, m), which rise along the last axis; see `items` for the places."""
        raise TypeError(f"{type(self).__name__} cannot be split into single examples")

    @property
    def items(self) -> Array:
        """Every example by its place, (…, n, d): a row of numbers, or in one column the number of its type or token."""
        raise TypeError(f"{type(self).__name__} cannot be split into single examples")

    def luck(self, rng: np.random.Generator) -> Array:
        """A random number for each example, (…, n), by which examples are drawn by lot."""
        return rng.random(self.items.shape[:-1])

    def together(self, values: Array) -> Array:
        """Values of single examples (…, n), averaged over those that can only be taken together."""
        return values

    def __add__(self, other: "Data") -> "Data":
        return other if self.size == 0 else self if other.size == 0 else self.pooled(other)


class Nothing(Data):
    """No examples."""

    @property
    def size(self) -> int:
        return 0


@dataclass(frozen=True)
class Rows(Data):
    """Single examples: `x` has shape (…, n, d)."""

    x: Array

    @property
    def size(self) -> int:
        return self.x.shape[-2]

    def pooled(self, other: "Rows") -> "Rows":
        return Rows(np.concatenate([self.x, other.x], axis=-2))

    def chosen(self, index: Array) -> "Rows":
        return Rows(np.take_along_axis(self.x, index[..., None], axis=-2))

    @property
    def items(self) -> Array:
        return self.x

    def subsample(self, m: int, rng: np.random.Generator) -> "Rows":
        order = np.argpartition(rng.random(self.x.shape[:-1]), m - 1, axis=-1)[..., :m] if m < self.size else None
        return self if order is None else Rows(np.take_along_axis(self.x, order[..., None], axis=-2))


@dataclass(frozen=True)
class Moments(Data):
    """Centred moments of n examples: `mean` (…, d), and the scatter, the sum of squared deviations, as L Lᵀ.

    `lower`: L, lower triangular (…, d, d), with its diagonal not negative; `log_diagonal`: the logarithms of its diagonal (…, d).
    Centred, because raw second moments lose all precision when the variance vanishes, and here it does; as a factor, because a matrix
    of doubles cannot hold a direction that is 1e8 times as narrow as another; with logarithms, because a double ends at 1e−308.
    """

    n: int
    mean: Array
    lower: Array
    log_diagonal: Array

    @property
    def size(self) -> int:
        return self.n

    @property
    def scatter(self) -> Array:
        """The sum of squared deviations from the mean, (…, d, d)."""
        return self.lower @ np.swapaxes(self.lower, -1, -2)

    def pooled(self, other: "Moments") -> "Moments":
        """Chan, Golub and LeVeque (1983), as a triangle of both factors and the gap between the means."""
        n = self.size + other.size
        gap = other.mean - self.mean
        mean, between = self.mean + gap * (other.size / n), np.sqrt(self.size * other.size / n) * gap
        if gap.shape[-1] == 1:
            return Moments(n, mean, *_line(self, other, between))
        shape = np.broadcast_shapes(self.lower.shape, other.lower.shape)
        stack = (np.broadcast_to(self.lower, shape), np.broadcast_to(other.lower, shape), between[..., None])
        return Moments(n, mean, *triangle(np.concatenate(stack, axis=-1), n - 1))

    @classmethod
    def of(cls, x: Array) -> "Moments":
        """The moments of rows x (…, n, d); a direction that rounding cannot tell from a point is one."""
        n = x.shape[-2]
        mean = x.mean(axis=-2)
        gap = np.swapaxes(x - mean[..., None, :], -1, -2)
        if gap.shape[-2] == 1:
            square = gap @ np.swapaxes(gap, -1, -2)
            with np.errstate(divide="ignore"):
                return cls(n, mean, np.sqrt(square), np.log(square[..., 0]) / 2)
        return cls(n, mean, *triangle(gap, n - 1, 8 * np.spacing(np.abs(x).max(axis=-2)) * np.sqrt(n)))


def _line(one: Moments, other: Moments, between: Array) -> tuple[Array, Array]:
    """(L, its logarithm) of two moments pooled in one dimension, `between` the gap of their means (…, 1) as it counts."""
    square = one.lower**2 + other.lower**2 + between[..., None] ** 2
    if square.size and square.min() > 1e-290:
        return np.sqrt(square), np.log(square[..., 0]) / 2
    with np.errstate(divide="ignore"):  # the logarithms know what the squares no longer do
        logs = np.broadcast_arrays(one.log_diagonal, other.log_diagonal, np.log(np.abs(between)))
    log = np.logaddexp.reduce([2 * a for a in logs], axis=0) / 2
    return np.exp(log)[..., None], log


@dataclass(frozen=True)
class Counts(Data):
    """How often each of K types occurs: `k` (…, K) whole numbers; within a type, examples are alike.

    The place of an example is that in a list of all, the examples of the first type first.
    """

    k: Array

    @property
    def size(self) -> int:
        return int(self.k.reshape(-1, self.k.shape[-1])[0].sum())

    def pooled(self, other: "Counts") -> "Counts":
        return Counts(self.k + other.k)

    def chosen(self, index: Array) -> "Counts":
        types = self.k.shape[-1]
        kind = np.take_along_axis(self.items[..., 0], index, axis=-1).reshape(-1, index.shape[-1])
        flat = (kind + types * np.arange(len(kind))[:, None]).ravel()
        return Counts(np.bincount(flat, minlength=types * len(kind)).reshape(*index.shape[:-1], types))

    @property
    def items(self) -> Array:
        types = np.broadcast_to(np.arange(self.k.shape[-1]), self.k.shape)
        return np.repeat(types.ravel(), self.k.ravel()).reshape(*self.k.shape[:-1], self.size, 1)

    def subsample(self, m: int, rng: np.random.Generator) -> "Counts":
        """The multivariate hypergeometric law, by halving the types again and again."""
        types = self.k.shape[-1]
        padded = np.zeros((*self.k.shape[:-1], 1 << (types - 1).bit_length()), dtype=np.int64)
        padded[..., :types] = self.k
        tree = [padded]
        while tree[-1].shape[-1] > 1:
            tree.append(tree[-1][..., 0::2] + tree[-1][..., 1::2])
        taken = np.full((*self.k.shape[:-1], 1), m, dtype=np.int64)
        for level in reversed(tree[:-1]):
            left = rng.hypergeometric(level[..., 0::2], level[..., 1::2], taken)
            taken = np.stack([left, taken - left], axis=-1).reshape(level.shape)
        return Counts(taken[..., :types])


@dataclass(frozen=True)
class Tokens(Data):
    """Running text: token numbers `x` (R, n), and where a passage begins, `first` (R, n) of bool.

    A passage is what was written in one go; an n-gram never reaches over the seam between two.  Pooling puts texts one after the
    other, so it makes no n-grams, and picking takes whole passages, of which only the last may be cut.
    """

    x: Array
    first: Array

    @property
    def size(self) -> int:
        return self.x.shape[-1]

    def pooled(self, other: "Tokens") -> "Tokens":
        return Tokens(np.concatenate([self.x, other.x], axis=-1), np.concatenate([self.first, other.first], axis=-1))

    @property
    def items(self) -> Array:
        return self.x[..., None]

    @property
    def passage(self) -> Array:
        """The number of the passage of every token, from 0, (R, n)."""
        return np.cumsum(self.first, axis=-1) - 1

    def luck(self, rng: np.random.Generator) -> Array:
        """A random number for each token, the same for all of a passage."""
        return np.take_along_axis(rng.random(self.x.shape), self.passage, axis=-1)

    def together(self, values: Array) -> Array:
        """The mean of values (R, n) over each passage."""
        number = (self.passage + self.size * np.arange(len(self.x))[:, None]).ravel()
        total, tokens = np.bincount(number, values.ravel()), np.bincount(number)
        return np.asarray((total[number] / tokens[number]).reshape(values.shape))

    def chosen(self, index: Array) -> "Tokens":
        """A token whose neighbour before it was not chosen begins a passage."""
        found = self._at(index)
        gap = np.diff(index, axis=-1, prepend=-2) != 1
        return Tokens(found.x, found.first | gap)

    def subsample(self, m: int, rng: np.random.Generator) -> "Tokens":
        """m tokens: passages in random order, whole ones until m is reached."""
        if m >= self.size:
            return self
        return self._at(np.argsort(self.luck(rng), axis=-1, kind="stable")[..., :m])

    def spread(self, m: int) -> "Tokens":
        """m tokens of passages that are spread evenly over the text (multiples of the golden ratio); always the same."""
        if m >= self.size:
            return self
        return self._at(np.stack([_spread(np.flatnonzero(first), self.size, m) for first in self.first]))

    def _at(self, place: Array) -> "Tokens":
        """The tokens at some places (R, m)."""
        return Tokens(np.take_along_axis(self.x, place, axis=-1), np.take_along_axis(self.first, place, axis=-1))


def _spread(begin: Array, n: int, m: int) -> Array:
    """m places of n in passages that begin at `begin`: one whole passage after the other, in the order of the golden multiples."""
    order = np.argsort(np.arange(len(begin)) * GOLDEN % 1.0)
    size = np.diff(np.append(begin, n))[order]
    return np.repeat(begin[order] - (np.cumsum(size) - size), size)[:m] + np.arange(m)
