"""What a model is trained on: rows, or a summary of rows that is enough for its fit, or a text.

All that the loop asks of data is `+` (pool two data sets) and `size` (examples in each lineage); a curator also asks for chosen
examples, which needs them one by one (`apart`).
Leading axes `…` are lineages; `n` examples, `d` dimensions, `K` types.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Self

import numpy as np

from collapse.triangles import triangle

Array = np.ndarray


class Data:
    """A data set for every lineage; `+` pools, and pooling with nothing changes nothing.  `passages`: examples come in passages."""

    passages: ClassVar[bool] = False

    @property
    def size(self) -> int:
        """Examples in each lineage."""
        raise NotImplementedError

    def pooled(self, other: Any) -> "Data":
        """Both data sets as one; asked only when neither is empty."""
        raise NotImplementedError

    def subsample(self, m: int, rng: np.random.Generator) -> "Data":
        """m examples drawn without replacement, independently in every lineage."""
        raise self._inseparable()

    def apart(self) -> "Data":
        """The examples in a form in which each has a place of its own; TypeError for a summary."""
        raise self._inseparable()

    def together(self) -> "Data":
        """The examples in the form that a model learns from; it undoes `apart`."""
        return self

    def chosen(self, index: Array) -> "Data":
        """The examples at places (…, m), in this order, m of every lineage; TypeError for a summary."""
        raise self._inseparable()

    def begins(self) -> Array:
        """Where the item begins that each example belongs to, (…, size): its own place, unless examples come in passages."""
        raise self._inseparable()

    def of_lineages(self, index: Array | slice) -> Self:
        """The data of these lineages, in this order."""
        found = {f.name: v[index] for f in fields(self) if isinstance(v := getattr(self, f.name), np.ndarray)}  # type: ignore[arg-type]
        return replace(self, **found)  # type: ignore[type-var]

    def _inseparable(self) -> TypeError:
        return TypeError(f"{type(self).__name__} cannot be split into single examples")

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

    def subsample(self, m: int, rng: np.random.Generator) -> "Rows":
        if m >= self.size:
            return self
        return self.chosen(np.argpartition(rng.random(self.x.shape[:-1]), m - 1, axis=-1)[..., :m])

    def apart(self) -> "Rows":
        return self

    def chosen(self, index: Array) -> "Rows":
        return Rows(np.take_along_axis(self.x, index[..., None], axis=-2))

    def begins(self) -> Array:
        return np.broadcast_to(np.arange(self.size), self.x.shape[:-1])


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
    """How often each of K types occurs: `k` (…, K) whole numbers; within a type, examples are alike."""

    k: Array

    @property
    def size(self) -> int:
        return int(self.k.reshape(-1, self.k.shape[-1])[0].sum())

    def pooled(self, other: "Counts") -> "Counts":
        return Counts(self.k + other.k)

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

    def apart(self) -> "Items":
        types = self.k.shape[-1]
        each = np.broadcast_to(np.arange(types), self.k.shape).ravel()
        return Items(np.repeat(each, self.k.ravel()).reshape(*self.k.shape[:-1], self.size), types)

    def chosen(self, index: Array) -> "Counts":
        """Places count the examples of the first type, then those of the second, and so on."""
        return self.apart().chosen(index).together()


@dataclass(frozen=True)
class Items(Data):
    """Examples of K types one by one: `x` (…, n), the number of the type of each."""

    x: Array
    types: int

    @property
    def size(self) -> int:
        return self.x.shape[-1]

    def pooled(self, other: "Items") -> "Items":
        return Items(np.concatenate([self.x, other.x], axis=-1), self.types)

    def subsample(self, m: int, rng: np.random.Generator) -> "Items":
        return self.chosen(np.argsort(rng.random(self.x.shape), axis=-1)[..., :m])

    def apart(self) -> "Items":
        return self

    def together(self) -> Counts:
        lead = self.x.shape[:-1]
        rows = np.arange(np.prod(lead, dtype=int)).reshape(*lead, 1) * self.types
        return Counts(np.bincount((self.x + rows).ravel(), minlength=rows.size * self.types).reshape(*lead, self.types))

    def chosen(self, index: Array) -> "Items":
        return Items(np.take_along_axis(self.x, index, axis=-1), self.types)

    def begins(self) -> Array:
        return np.broadcast_to(np.arange(self.size), self.x.shape)


def joined(parts: Sequence[Data]) -> Data:
    """Many data sets as one, pooled in pairs, so that none is copied more often than it must be."""
    while len(parts) > 1:
        parts = [a + b for a, b in zip(parts[::2], [*parts[1::2], Nothing()], strict=False)]
    return parts[0]
