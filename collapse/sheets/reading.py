"""From what somebody pasted or uploaded to columns: pure, strict about values, forgiving about form.

Comma, semicolon, tab, spaces or one value a line; with or without a header; UTF-8, UTF-16 or Windows-1252; decimal point or
comma.  What is guessed is said in `notes` and can be overruled; what is wrong raises a ValueError that names line and column.
A cell is data and nothing else: no formula is ever computed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import normalize

import numpy as np

from collapse.data import Array
from collapse.sheets.cells import (
    DECIMALS,
    decimal_commas,
    missing,
    mostly_numbers,
    number,
    title,
)
from collapse.sheets.guessing import headed, separator_of
from collapse.sheets.kinds import SAVE, file_kind, refuse_markup, understood
from collapse.sheets.lines import MAX_ROWS, rows_of, without_comments
from collapse.spec import shown
from collapse.text.encoding import decode

MAX_BYTES, MAX_COLUMNS, MIN_ROWS, MAX_TYPES = 2_000_000, 50, 10, 2_000
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "spaces": " ", "one per line": "\n"}
LARGEST = 1e15
NO_TEXT = f"this is not text: {SAVE}"
SMALLEST = 1e-15
LONGEST = 80
LIMITS = (
    f"At most {MAX_BYTES / 1e6:g} MB, {MAX_ROWS:,} rows, {MAX_COLUMNS} columns and {MAX_TYPES:,} different categories; "
    f"at least {MIN_ROWS} rows with a value."
)
_EXCEL = re.compile(r"sep=([,;\t |])[ \t]*(?=\n)", re.IGNORECASE)  # a first line for Excel: what separates columns


@dataclass(frozen=True)
class Sheet:
    """Cells as text, column by column; `lines` says on which line of the input each row stood, `commas` which columns have a
    decimal comma."""

    names: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    commas: tuple[bool, ...]
    notes: tuple[str, ...] = ()

    def where(self, row: int, column: int) -> str:
        """The place of a cell, as a reader would look for it."""
        return f"line {self.lines[row]}, column {self.names[column]!r}"

    def numeric(self) -> list[int]:
        """The columns in which at least half of the cells that are not missing are numbers."""
        return [i for i, column in enumerate(self.columns) if mostly_numbers(column, (self.commas[i],))]


def decoded(raw: bytes) -> tuple[str, str]:
    """Bytes as (text, a note on how they were read or ""); a ValueError says what else they seem to be."""
    if kind := file_kind(raw):
        raise ValueError(f"this is {kind}, not text: {SAVE}")
    try:
        return decode(raw)
    except ValueError:
        raise ValueError(NO_TEXT) from None


def read(raw: bytes | str, separator: str = "", header: bool | None = None, decimal: str = "") -> Sheet:
    """Columns from text.

    `separator`: a key of `SEPARATORS`, or empty to guess; `header`: is the first row one, or None to guess; `decimal`: one of
    `DECIMALS`, or empty to guess.
    Errors: ValueError that names line and what would be right.
    """
    raw = raw if isinstance(raw, bytes) else _encoded(raw)
    if len(raw) > MAX_BYTES:
        raise ValueError(f"this has {len(raw):,} bytes: at most {MAX_BYTES:,} are read")
    text, note = decoded(raw)
    text, notes = normalize("NFC", _even(text)), [note] if note else []  # an é is one, however it was typed
    mark = SEPARATORS.get(separator, "")
    if excel := _EXCEL.match(text):
        text, mark = text[excel.end() :], mark or excel[1]  # an empty line is left, so that lines are counted as before
    refuse_markup(text, bars=not mark)
    readings = (decimal == "comma",) if decimal else (False, True)
    mark = mark or separator_of(text, readings, notes)
    rows = without_comments(list(rows_of(text, mark)), notes)
    return _sheet(rows, mark, header, decimal, notes, guess=True)


def read_back(raw: bytes) -> Sheet:
    """What `table` wrote, however long: nothing is guessed."""
    return _sheet(list(rows_of(_even(decoded(raw)[0]), ",")), ",", True, "point", [])


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"line {text.count(chr(10), 0, error.start) + 1} holds half of a character ({shown(text[error.start])}): "
            "write it again, or take it away"
        ) from None


def _even(text: str) -> str:
    """The text, every line ended in the same way."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _sheet(
    rows: list[tuple[int, list[str]]],
    mark: str,
    header: bool | None,
    decimal: str,
    notes: list[str],
    guess: bool = False,
) -> Sheet:
    if not rows:
        raise ValueError(f"there is nothing here; at least {MIN_ROWS} rows are needed")
    width = len(rows[0][1])
    if width > MAX_COLUMNS:
        raise ValueError(f"line {rows[0][0]} has {width} columns: at most {MAX_COLUMNS} are read")
    for line, cells in rows:
        if len(cells) > width:
            raise ValueError(
                f"line {line} has {len(cells)} cells, the first has {width}: give every row as many, and put a "
                "cell that holds the separator in double quotes"
            )
    if short := [line for line, cells in rows if len(cells) < width]:
        notes.append(
            f"Rows with fewer cells than the first: {len(short):,}, the first of them on line {short[0]}. What they lack "
            "was read as missing."
        )
    table = [[cells[i].strip() if i < len(cells) else "" for _, cells in rows] for i in range(width)]
    first = headed(table, notes) if header is None else header
    labels = [title(column[0]) if first else "" for column in table]
    columns = [tuple(column[first:]) for column in table]
    if guess:
        labels, columns = understood(labels, columns, notes)
    names = tuple(label or f"column {i + 1}" for i, label in enumerate(labels))
    commas = (decimal == "comma",) * len(columns) if decimal else decimal_commas(names, columns, mark, notes)
    return Sheet(names, tuple(columns), tuple(line for line, _ in rows[first:]), commas, tuple(notes))


def numbers(sheet: Sheet, chosen: Sequence[int]) -> tuple[Array, int]:
    """The chosen columns as (m, d), and how many rows were left out because a value is missing."""
    commas = [sheet.commas[j] for j in chosen]
    rows = [[sheet.columns[j][i] for j in chosen] for i in range(len(sheet.lines))]
    full = [i for i, cells in enumerate(rows) if not any(map(missing, cells))]
    wrong, found = [], np.empty((len(full), len(chosen)))
    for k, i in enumerate(full):
        for c, cell in enumerate(rows[i]):
            value = number(cell, commas[c])
            if value is None or not abs(value) <= LARGEST:
                mark = f" with a decimal {DECIMALS[commas[c]]}" if number(cell, not commas[c]) is not None else ""
                wrong.append(
                    f"{sheet.where(i, chosen[c])}: {shown(cell)} is not a number"
                    + (mark if value is None else f" up to {LARGEST:.0e}")
                )
            else:
                found[k, c] = value
    if wrong:
        more = f" (and {len(wrong) - 1:,} more like it)" if len(wrong) > 1 else ""
        raise ValueError(f"{wrong[0]}{more}: correct it, or leave the cell empty for a missing value")
    _enough(len(full), len(rows))
    for j, column in zip(chosen, abs(found).T, strict=True):
        if 0 < column.max() < SMALLEST:
            raise ValueError(
                f"column {sheet.names[j]!r} holds no number beyond {column.max():.2g}, which is too small to compute with: multiply "
                "all of them by the same power of ten, as another unit would"
            )
    return found + 0.0, len(rows) - len(full)


def categories(sheet: Sheet, chosen: int) -> tuple[list[str], int]:
    """The chosen column as words, and how many rows were left out because the value is missing."""
    words = [cell for cell in sheet.columns[chosen] if not missing(cell)]
    _enough(len(words), len(sheet.lines))
    for row, cell in enumerate(sheet.columns[chosen]):
        if len(cell) > LONGEST:
            raise ValueError(
                f"{sheet.where(row, chosen)}: {shown(cell)} has {len(cell):,} characters: a category has at most "
                f"{LONGEST}"
            )
    kinds = len(set(words))
    if not 2 <= kinds <= MAX_TYPES:
        raise ValueError(
            f"column {sheet.names[chosen]!r} has {kinds:,} different values: give 2 to {MAX_TYPES:,} categories"
            + ("; numbers belong into a world of numbers" if chosen in sheet.numeric() else "")
        )
    return words, len(sheet.lines) - len(words)


def _enough(left: int, rows: int) -> None:
    if left < MIN_ROWS:
        raise ValueError(f"only {left} of the {rows:,} rows have a value here; at least {MIN_ROWS} are needed")
