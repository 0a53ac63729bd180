"""The table of a sweep, read back: which scenario every row is, and its numbers.

A column is known by its name alone (`n`, `policy.synthetic`, `variance.mean`, `onset.early`), so a table that was sorted, filtered or
given other columns elsewhere is read just as well.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import Self

import numpy as np

from collapse.data import Array
from collapse.metrics import METRICS
from collapse.scenario import Scenario
from collapse.sheets.cells import bare
from collapse.sweeps.axes import rules
from collapse.sweeps.report import ONSETS

ROWS, BYTES, COLUMNS = 200_000, 50_000_000, 200
_NUMBERS = re.compile(rf"({'|'.join(METRICS)})\.(mean|se|q(0\.\d+))|onset\.({'|'.join(ONSETS)})")
MAIN = re.compile(
    rf"({'|'.join(METRICS)})\.(mean|q(0\.\d+))|onset\.({'|'.join(ONSETS)})"
)  # what can be shown by itself


class TableError(ValueError):
    """What is read is not the table of a sweep: a sentence that says why."""


@dataclass(frozen=True)
class Table:
    """Rows of scenarios: `keys` have a column of texts each (m,), `numbers` one of numbers (m,), NaN where there is none;
    `generation` (m,) is −1 in the row of a refused scenario, whose `note` says why."""

    keys: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, Array]
    generation: Array
    note: tuple[str, ...]

    @classmethod
    def read(cls, text: str, most: int = ROWS) -> Self:
        """From the text of a CSV file.  Errors: TableError, a sentence."""
        lines = csv.reader(text.lstrip("\ufeff").splitlines())
        try:
            head = next(lines, [])
            body = [line for line in lines if line]
        except csv.Error as error:
            raise TableError(f"this is not CSV: {error}") from None
        return cls.of(head, body, most)

    @classmethod
    def of(cls, head: Sequence[str], body: Sequence[Sequence[str]], most: int = ROWS) -> Self:
        """From the names of columns and rows of cells; errors as in `read`."""
        numeric = [name for name in head if _NUMBERS.fullmatch(name)]
        keys = [name for name in head if name == "v" or name in Scenario.parts() or rules(name)]
        if "generation" not in head or not set(keys) - {"v"} or not numeric:
            wanted = "generation, at least one knob such as n, and one number such as variance.mean or onset.early"
            raise TableError(f"this is not the table of a sweep: it needs the columns {wanted}")
        if len(set(head)) < len(head) or len(head) > COLUMNS:
            raise TableError(f"the table names a column twice, or has more than {COLUMNS}")
        if not body or len(body) > most:
            raise TableError(f"the table has {len(body):,} rows: between 1 and {most:,} are read")
        for number, row in enumerate(body, 2):
            if len(row) != len(head):
                raise TableError(f"row {number} has {len(row)} cells, and there are {len(head)} columns")
        columns = dict(zip(head, zip(*body, strict=True), strict=True))
        generation = _numbers("generation", columns["generation"])
        return cls(
            {key: tuple(map(_whole, columns[key])) if _counts(key) else columns[key] for key in keys},
            {name: _numbers(name, columns[name]) for name in numeric},
            np.where(np.isnan(generation), -1, generation).astype(int),
            tuple(map(bare, columns.get("note", ("",) * len(body)))),
        )

    def __len__(self) -> int:
        return len(self.note)

    def point(self, row: int) -> dict[str, str]:
        """The keys of a row that are not empty: its scenario, told from a default one."""
        return {key: cells[row] for key, cells in self.keys.items() if cells[row]}

    def scenario(self, row: int) -> Scenario:
        """The scenario of a row.  Errors: ValueError if it is none."""
        return Scenario.from_query(self.point(row))

    @cached_property
    def varying(self) -> dict[str, tuple[str, ...]]:
        """The keys that differ between rows, each with its values: numbers rising, words as they come."""
        found = {}
        for key, cells in self.keys.items():
            values = [v for v in dict.fromkeys(cells) if v]
            if len(values) > 1:
                found[key] = tuple(sorted(values, key=float) if self.numeric(key) else values)
        return found

    def numeric(self, key: str) -> bool:
        """Is a key a number in every row where it is set?"""
        return all(_is_number(v) for v in set(self.keys[key]) if v)

    @property
    def axes(self) -> list[str]:
        """The numbers that vary, but for the seed."""
        return [key for key in self.varying if key != "seed" and self.numeric(key)]

    @property
    def shows(self) -> list[str]:
        """The columns that a picture may be of."""
        return [name for name in self.numbers if MAIN.fullmatch(name)]


def load(path: Path, most: int = 10 * ROWS) -> Table:
    """The table of a folder of results, or of a file, CSV or Parquet.  Errors: TableError; OSError if it cannot be read."""
    if not path.exists():
        raise TableError(f"{path} is not there: give the folder of a sweep, or its table")
    if path.is_dir():
        there = [path / name for name in ("table.csv", "table.parquet") if (path / name).exists()]
        if not there:
            unfinished = (path / "parts").exists()
            why = (
                "is not finished: give the same sweep again to go on"
                if unfinished
                else "has no table.csv and no table.parquet"
            )
            raise TableError(f"{path} {why}")
        path = there[0]
    if path.suffix != ".parquet":
        return Table.read(path.read_text(encoding="utf-8"), most)
    from pyarrow import compute, parquet, string

    found = parquet.read_table(path)
    columns = [compute.fill_null(compute.cast(column, string()), "").to_pylist() for column in found.columns]
    return Table.of(found.column_names, list(zip(*columns, strict=True)), most)


def _counts(key: str) -> bool:
    return bool(rules(key)) and all(kind is int for kind, _ in rules(key))


def _whole(cell: str) -> str:
    """A whole number as a link writes it, where another program has made it a decimal one, as in 10.0."""
    return cell[:-2] if cell.endswith(".0") else cell


def _numbers(name: str, cells: Sequence[str]) -> Array:
    try:
        return np.array([float(cell) if cell else np.nan for cell in cells])
    except ValueError as error:
        raise TableError(f"{name} has a cell that is no number: {error}") from None


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False
