"""Worlds made of data that a visitor brings: numbers in one or two dimensions, or categories.

No link can hold the data: a link says only which they were, by size and digest, and is refused where they are not at hand.
Every fifth row, in the order given, is held out; the rest is the world, drawn with replacement.  Until somebody brings data
these worlds hold an example, so that they can be tried like all others.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from hashlib import blake2b
from importlib.resources import files
from typing import Any, ClassVar, Self

import numpy as np

from collapse.beliefs.base import CENTRAL, Categories, Distribution, Sample
from collapse.data import Array
from collapse.notes import Keeps, Notes, notes
from collapse.sheets import Sheet, categories, numbers, read_back
from collapse.sheets.cells import bare, table
from collapse.sources import OWN
from collapse.spec import carried
from collapse.worlds.base import TypesWorld, World

EVERY = 5
DETAIL = 1e5
_ADVICE = (
    "the link was made with data of its own, which stay with whoever has them; bring the same data to see the same run"
)


@dataclass(frozen=True)
class Brought(Keeps):
    """Rows that somebody brought, (m, d) numbers or (m,) words; two are equal when size and digest are."""

    rows: Array = field(compare=False, repr=False)
    names: tuple[str, ...] = field(default=(), compare=False)
    mark: str = ""
    derived: Notes = field(default_factory=notes, compare=False, repr=False)

    @classmethod
    def of(cls, rows: Any, names: Sequence[str] = ()) -> Self:
        """From numbers (m, d), or from m words."""
        array = np.asarray(rows)
        words = array.dtype.kind in "UO"
        content = "\0".join(array).encode() if words else (array + 0.0).astype("<f8").tobytes()
        size = "x".join(map(str, array.shape))
        array.setflags(write=False)
        return cls(array, tuple(names), f"{size}-{blake2b(content, digest_size=8, person=size.encode()).hexdigest()}")

    def __str__(self) -> str:
        return self.mark

    @property
    def titles(self) -> tuple[str, ...]:
        """A name for every column, also where none was given."""
        columns = self.rows.shape[1] if self.rows.ndim > 1 else 1
        return tuple(
            self.names[i] if i < len(self.names) and self.names[i] else f"column {i + 1}" for i in range(columns)
        )

    @cached_property
    def trained(self) -> Array:
        """The rows that are the world."""
        return self.rows[np.arange(len(self.rows)) % EVERY != EVERY - 1]

    @property
    def kept_back(self) -> Array:
        """The rows that no model is ever trained on."""
        return self.rows[EVERY - 1 :: EVERY]


@cache
def example(column: str, numeric: bool) -> Brought:
    """A column of the penguins, as if somebody had brought it."""
    with (files("collapse") / "datasets" / "penguins.csv").open(encoding="utf-8") as file:
        cells = [row[column] for row in csv.DictReader(file) if row[column] != "NA"]
    return Brought.of([[float(c)] for c in cells] if numeric else cells, (column,))


@dataclass(frozen=True)
class OwnNumbers(World):
    """One or two columns of numbers that a visitor brought; the example is the bill length of penguins."""

    kind = "own-numbers"
    says = "numbers of your own"
    source = OWN
    finite = True
    unit = "units of the data"
    private: ClassVar[bool] = True

    data: Brought = carried(partial(example, "bill_length_mm", True), _ADVICE)

    @cached_property
    def distribution(self) -> Sample:
        return Sample(self.data.trained)

    @property
    def d(self) -> int:
        return self.data.rows.shape[1]

    @property
    def quantity(self) -> str:
        return self.data.titles[0]

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        rows = self.data.trained
        return rows[rng.integers(len(rows), size=shape)]

    @cached_property
    def tails(self) -> tuple[Array, Array]:
        low, high = np.quantile(self.data.trained, CENTRAL, axis=0, method="inverted_cdf")
        return low, high

    @cached_property
    def held_out(self) -> Distribution:
        return Sample(self.data.kept_back)

    def to_file(self) -> str:
        return table(self.data.titles, self.data.rows.tolist())

    @classmethod
    def from_file(cls, raw: bytes) -> Self:
        sheet = read_back(raw)
        return cls(_varied(sheet, range(len(sheet.names)))[0])


@dataclass(frozen=True)
class OwnTypes(TypesWorld):
    """A list of categories that a visitor brought; the example is the species of penguins."""

    kind = "own-types"
    says = "categories of your own"
    source = OWN
    unit = "rows"
    private: ClassVar[bool] = True

    data: Brought = carried(partial(example, "species", False), _ADVICE)

    @cached_property
    def _counted(self) -> tuple[Array, Array]:
        """(labels, shares), most frequent first; equal shares in alphabetical order."""
        labels, times = np.unique(self.data.trained, return_counts=True)
        order = np.argsort(-times, kind="stable")
        return labels[order], times[order] / times.sum()

    @property
    def p(self) -> Array:
        return self._counted[1]

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(str(label) for label in self._counted[0])

    @property
    def types(self) -> int:
        return len(self.p)

    def to_file(self) -> str:
        return table(self.data.titles, ([word] for word in self.data.rows.tolist()))

    @classmethod
    def from_file(cls, raw: bytes) -> Self:
        sheet = read_back(raw)
        return cls(Brought.of([bare(word) for word in categories(sheet, 0)[0]], sheet.names))

    @cached_property
    def held_out(self) -> Distribution:
        """Shares among the rows held out; a category that is only there cannot be scored and is left out."""
        rank = {label: i for i, label in enumerate(self.labels)}
        seen = np.bincount([rank[w] for w in self.data.kept_back.tolist() if w in rank], minlength=self.types)
        return Categories(seen / max(seen.sum(), 1))


def from_sheet(sheet: Sheet, chosen: Sequence[int], numeric: bool) -> tuple[OwnNumbers | OwnTypes, int]:
    """The world of one or two columns of a sheet, and how many rows were left out; ValueError says what is wrong with them."""
    names = [sheet.names[j] for j in chosen]
    if not numeric:
        words, missing = categories(sheet, chosen[0])
        world = OwnTypes(Brought.of(words, names))
        if world.types < 2:
            raise ValueError(
                f"but for the rows held out, every {EVERY}th, {names[0]!r} has one category: give 2 or more"
            )
        return world, missing
    data, missing = _varied(sheet, chosen)
    return OwnNumbers(data), missing


def _varied(sheet: Sheet, chosen: Sequence[int]) -> tuple[Brought, int]:
    """The chosen columns, if the rows that are the world spread in every direction, and how many rows were left out."""
    rows, missing = numbers(sheet, chosen)
    data = Brought.of(rows, [sheet.names[j] for j in chosen])
    for name, column in zip(data.titles, data.trained.T, strict=True):
        if not column.std() > abs(column).max() / DETAIL:
            raise ValueError(
                f"column {name!r} hardly varies, from {column.min():.8g} to {column.max():.8g}, in the rows that are "
                f"not held out (every {EVERY}th is): a world needs spread to lose; if the digits that matter stand "
                "far behind, subtract a constant"
            )
    if len(chosen) == 2 and abs(np.corrcoef(data.trained.T)[0, 1]) > 1 - 1e-9:
        raise ValueError(
            f"columns {data.titles[0]!r} and {data.titles[1]!r} say the same, up to scale, in the rows that are not "
            f"held out (every {EVERY}th is): choose one of them"
        )
    return data, missing
