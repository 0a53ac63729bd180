"""A folder of results: parts that are written whole or not at all, and at the end one table of them.

    grid.toml          the question
    provenance.json    whose answer this is: versions, processor features, digest of the question
    parts/             as long as it is not finished: `START-STOP.csv` has the rows of these scenarios, in order and without a gap
    table.csv          or table.parquet: all rows

Whoever is killed at any moment leaves whole parts and perhaps a temporary file, which is thrown away; so what is done is the end of
the last part, and whoever goes on from there loses and doubles nothing.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from collapse.sheets.cells import table
from collapse.sweeps.axes import rules
from collapse.sweeps.grid import Grid

FORMATS = ("csv", "parquet")
_PART = re.compile(r"(\d+)-(\d+)\.csv")
_TEMPORARY = ".tmp"


class FolderError(ValueError):
    """A folder that cannot hold these results: a sentence that says why."""


class Folder:
    """The results of one grid in one folder, which is made if it is not there."""

    def __init__(self, path: Path, grid: Grid, form: str = FORMATS[0]) -> None:
        if form == "parquet":
            _pyarrow()
        self.path, self.grid, self.form = path, grid, form
        self.parts = path / "parts"
        self.table = path / f"table.{form}"
        self.origins: list[Any] = []

    @contextmanager
    def opened(self) -> Iterator[int]:
        """Hold the folder for this process alone; yields how many scenarios are done.  Errors: FolderError if it holds the results
        of another grid, is in use, or is not whole; OSError if it cannot be written."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("w") as lock:
            _lock(lock, self.path)
            yield self._begin()

    def add(self, start: int, stop: int, text: str, origins: Iterable[str]) -> None:
        """Write the rows of the scenarios from `start` up to `stop`; what is new about where they were made is written before."""
        new = [json.loads(origin) for origin in dict.fromkeys(origins)]
        if fresh := [origin for origin in new if origin not in self.origins]:
            self.origins += fresh
            self._describe()
        _write(self.parts / f"{start:012}-{stop:012}.csv", text.encode())

    def finish(self) -> Path:
        """Make one table of all parts, and let go of them."""
        if not self.table.exists():
            beside = self.path / f"table.csv{_TEMPORARY}"
            with beside.open("wb") as out:
                out.write(table(self.grid.head, []).encode())
                for part in sorted(self.parts.iterdir()):
                    out.write(part.read_bytes())
                _flush(out)
            if self.form == "parquet":
                beside = _as_parquet(beside, self.grid)
            beside.replace(self.table)
        for part in self.parts.glob("*"):
            part.unlink()
        if self.parts.exists():
            self.parts.rmdir()
        return self.table

    def _begin(self) -> int:
        for left in [*self.path.glob(f"*{_TEMPORARY}"), *self.parts.glob(f"*{_TEMPORARY}")]:
            left.unlink()
        about = self.path / "provenance.json"
        if not about.exists():
            if any(self.parts.glob("*")) or any(self.path.glob("table.*")):
                raise FolderError(f"{self.path} has results without a provenance.json: choose another folder")
            _write(self.path / "grid.toml", self.grid.text.encode())
            self._describe()
        try:
            told = json.loads(about.read_text(encoding="utf-8"))
            known, self.origins = told["grid"], list(told["made with"])
        except (ValueError, KeyError, TypeError):
            raise FolderError(f"{about} cannot be read: choose another folder") from None
        if known != self.grid.digest:
            raise FolderError(
                f"{self.path} has the results of another grid, or of another version: choose another folder"
            )
        return self._done()

    def _done(self) -> int:
        """Up to which scenario everything is there."""
        if self.table.exists():
            return len(self.grid)
        if others := list(self.path.glob("table.*")):
            raise FolderError(f"{others[0]} has all results already: choose its format, or another folder")
        self.parts.mkdir(exist_ok=True)
        end = 0
        for part in sorted(self.parts.iterdir()):
            named = _PART.fullmatch(part.name)
            if named is None or int(named[1]) != end:
                raise FolderError(f"{part} does not go on where the part before it ends ({end}): choose another folder")
            end = int(named[2])
        return end

    def _describe(self) -> None:
        told = {"grid": self.grid.digest, "scenarios": len(self.grid), "made with": self.origins}
        _write(self.path / "provenance.json", (json.dumps(told, indent=1) + "\n").encode())


def _write(path: Path, content: bytes) -> None:
    """A whole file under its name, or none: written beside its place, and then renamed."""
    beside = path.with_name(path.name + _TEMPORARY)
    with beside.open("wb") as out:
        out.write(content)
        _flush(out)
    beside.replace(path)


def _flush(file: Any) -> None:
    """Down to the disk, so that a machine that loses its power has the content when it has the name."""
    file.flush()
    os.fsync(file.fileno())


def _lock(file: Any, path: Path) -> None:
    """One process at a time; the system lets go when the process ends, however it does."""
    with suppress(ImportError):  # where there is no such lock, a reader of the manual is the lock
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise FolderError(f"another process writes into {path} at this moment: wait for it, or end it") from None


def _pyarrow() -> Any:
    try:
        import pyarrow
        import pyarrow.csv
        import pyarrow.parquet
    except ImportError:
        raise FolderError("for Parquet, install pyarrow, or choose --format csv") from None
    return pyarrow


def _as_parquet(source: Path, grid: Grid) -> Path:
    """The same table as Parquet beside it, which takes its place; one piece of it at a time in memory."""
    arrow, beside = _pyarrow(), source.with_name(f"table.parquet{_TEMPORARY}")
    kinds = {str: arrow.string(), int: arrow.int64(), float: arrow.float64()}
    columns = dict.fromkeys(grid.report.columns, float) | {"scenario": int, "generation": int, "note": str}
    for key in grid.keys:
        found = {kind for kind, _ in rules(key)} or {str}
        columns[key] = found.pop() if len(found) == 1 else str if str in found else float
    options = arrow.csv.ConvertOptions(column_types={name: kinds[kind] for name, kind in columns.items()})
    with (
        arrow.csv.open_csv(source, convert_options=options) as reader,
        arrow.parquet.ParquetWriter(beside, reader.schema) as writer,
    ):
        for batch in reader:
            writer.write_batch(batch)
    source.unlink()
    return beside
