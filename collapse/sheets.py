"""From what somebody pasted or uploaded to columns: pure, strict about values, forgiving about form.

Comma, semicolon, tab or one value a line; with or without a header; UTF-8, UTF-16 or Windows-1252; decimal point or comma.
What is guessed is said in `notes` and can be overruled; what is wrong raises a ValueError that names line and column.  A
cell is data and nothing else: no formula is ever computed.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO

import numpy as np

from collapse.data import Array
from collapse.spec import shown

MAX_BYTES, MAX_ROWS, MAX_COLUMNS, MIN_ROWS, MAX_TYPES = 2_000_000, 50_000, 50, 10, 2_000
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "one per line": "\n"}
MISSING = {"", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "–", "?", "."}
LARGEST = 1e15
DETAIL = 1e5
LONGEST = 80
GLANCE = 1000  # cells that a guess looks at
LIMITS = (f"At most {MAX_BYTES / 1e6:g} MB, {MAX_ROWS:,} rows, {MAX_COLUMNS} columns and {MAX_TYPES:,} different categories; "
          f"at least {MIN_ROWS} rows with a value.")
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_POINT = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?([eE][+-]?\d{1,3})?", re.ASCII)
_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)?(,\d*)?([eE][+-]?\d{1,3})?", re.ASCII)
_EITHER = re.compile(r"[+-]?\d{1,3},\d{3}")  # 1,234: thousands or a decimal comma
_SPACE = re.compile(r"[\s\u00a0\u202f'’]")
_LONE = re.compile(r"\s*[+-]?\d*,\d+\s*")


@dataclass(frozen=True)
class Sheet:
    """Cells as text, column by column; `lines` says on which line of the input each row stood."""

    names: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    notes: tuple[str, ...] = ()

    def where(self, row: int, column: int) -> str:
        """The place of a cell, as a reader would look for it."""
        return f"line {self.lines[row]}, column {self.names[column]!r}"

    def numeric(self) -> list[int]:
        """The columns in which at least half of the cells that are not missing are numbers."""
        return [i for i, column in enumerate(self.columns) if _mostly_numbers([c for c in column if not _missing(c)])]


def decoded(raw: bytes) -> str:
    """Bytes as text; a ValueError says what else they seem to be."""
    if len(raw) > MAX_BYTES:
        raise ValueError(f"this has {len(raw):,} bytes: at most {MAX_BYTES:,} are read")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace").lstrip("\ufeff")
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")) or b"\0" in raw:
        raise ValueError("this is not text: save the sheet as CSV (or text) and give that")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def read(raw: bytes | str, separator: str = "", header: bool | None = None) -> Sheet:
    """Columns from text.

    `separator`: a key of `SEPARATORS`, or empty to guess; `header`: is the first row one, or None to guess.
    Errors: ValueError that names line and what would be right.
    """
    text = decoded(raw if isinstance(raw, bytes) else raw.encode()).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ValueError("there is nothing here: give at least " + str(MIN_ROWS) + " rows")
    notes: list[str] = []
    rows = list(_rows(text, SEPARATORS[separator] if separator else _separator(text, notes)))
    width = len(rows[0][1])
    if width > MAX_COLUMNS:
        raise ValueError(f"line {rows[0][0]} has {width} columns: at most {MAX_COLUMNS} are read")
    for line, cells in rows:
        if len(cells) > width:
            raise ValueError(f"line {line} has {len(cells)} cells, the first has {width}: give every row as many, and put a "
                             "cell that holds the separator in double quotes")
    table = [[cells[i].strip() if i < len(cells) else "" for _, cells in rows] for i in range(width)]
    first = _header(table, notes) if header is None else header
    labels = [_name(column[0]) if first else "" for column in table]
    return Sheet(tuple(label or f"column {i + 1}" for i, label in enumerate(labels)),
                 tuple(tuple(column[first:]) for column in table), tuple(line for line, _ in rows[first:]), tuple(notes))


def numbers(sheet: Sheet, chosen: Sequence[int]) -> tuple[Array, int]:
    """The chosen columns as (m, d), and how many rows were left out because a value is missing."""
    commas = [_decimal_comma([c for c in sheet.columns[j] if not _missing(c)]) for j in chosen]
    rows = [[sheet.columns[j][i] for j in chosen] for i in range(len(sheet.lines))]
    full = [i for i, cells in enumerate(rows) if not any(map(_missing, cells))]
    wrong, found = [], np.empty((len(full), len(chosen)))
    for k, i in enumerate(full):
        for c, cell in enumerate(rows[i]):
            value = _number(cell, commas[c])
            if value is None or not abs(value) <= LARGEST:
                wrong.append(f"{sheet.where(i, chosen[c])}: {shown(cell)} is not a number"
                             + ("" if value is None else f" up to {LARGEST:.0e}"))
            else:
                found[k, c] = value
    if wrong:
        more = f" (and {len(wrong) - 1:,} more like it)" if len(wrong) > 1 else ""
        raise ValueError(f"{wrong[0]}{more}: correct it, or leave the cell empty for a missing value")
    _enough(len(full), len(rows))
    names = [sheet.names[j] for j in chosen]
    for name, column in zip(names, found.T, strict=True):
        if not column.std() > abs(column).max() / DETAIL:
            raise ValueError(f"column {name!r} hardly varies, from {column.min():.8g} to {column.max():.8g}: a world needs spread "
                             "to lose; if the digits that matter stand far behind, subtract a constant")
    if len(names) == 2 and abs(np.corrcoef(found.T).ravel()[1]) > 1 - 1e-9:
        raise ValueError(f"columns {names[0]!r} and {names[1]!r} say the same, up to scale: choose one of them")
    return found + 0.0, len(rows) - len(full)


def categories(sheet: Sheet, chosen: int) -> tuple[list[str], int]:
    """The chosen column as words, and how many rows were left out because the value is missing."""
    words = [cell for cell in sheet.columns[chosen] if not _missing(cell)]
    _enough(len(words), len(sheet.lines))
    for row, cell in enumerate(sheet.columns[chosen]):
        if len(cell) > LONGEST:
            raise ValueError(f"{sheet.where(row, chosen)}: {shown(cell)} has {len(cell):,} characters: a category has at most "
                             f"{LONGEST}")
    kinds = len(set(words))
    if not 2 <= kinds <= MAX_TYPES:
        raise ValueError(f"column {sheet.names[chosen]!r} has {kinds:,} different values: give 2 to {MAX_TYPES:,} categories"
                         + ("; numbers belong into a world of numbers" if chosen in sheet.numeric() else ""))
    return words, len(sheet.lines) - len(words)


def _rows(text: str, mark: str) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of every row that is not blank."""
    lines = ((i, [line]) for i, line in enumerate(text.split("\n"), 1)) if mark == "\n" else _parsed(text, mark)
    seen = 0
    for line, cells in lines:
        if any(cell.strip() for cell in cells):
            seen += 1
            if seen > MAX_ROWS + 1:
                raise ValueError(f"line {line} is row {seen:,}: at most {MAX_ROWS:,} rows are read")
            yield line, cells


def _parsed(text: str, mark: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=mark, skipinitialspace=True)
    start = 1
    try:
        for cells in reader:
            yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(f"line {start} cannot be read: {error}") from None


def _separator(text: str, notes: list[str]) -> str:
    """Tab before semicolon before comma; a lone comma between digits is a decimal comma unless a header has one too."""
    lines = [line for line in text.split("\n")[:50] if line.strip()]
    for mark in ("\t", ";"):
        if all(mark in line for line in lines[:2]):
            return mark
    if not any("," in line for line in lines):
        return "\n"
    decimal = all(_LONE.fullmatch(line) or "," not in line for line in lines)
    if decimal:
        notes.append("A comma between digits was read as a decimal comma; if it separates two columns, choose comma.")
    return "\n" if decimal else ","


def _header(table: list[list[str]], notes: list[str]) -> bool:
    """Is the first row one?  Yes if it is text over numbers; over text, if it never comes again and the others do."""
    if len(table[0]) < 2:
        return False
    rests = [[c for c in column[1:] if not _missing(c)] for column in table]
    over = [column[0] for column, rest in zip(table, rests, strict=True) if rest and _mostly_numbers(rest)]
    if over:
        return any(_number(c, False) is None and _number(c, True) is None and not _missing(c) for c in over)
    found = all(column[0] not in rest and len(rest) >= 2 * len(set(rest)) for column, rest in zip(table, rests, strict=True))
    if found:
        notes.append(f"The first row ({', '.join(shown(column[0]) for column in table[:3])}) was read as a header.")
    return found


def _name(cell: str) -> str:
    """A header for people: printable, at most 40 characters."""
    return "".join(c for c in cell if c.isprintable())[:40].strip()


def _missing(cell: str) -> bool:
    return cell.strip().lower() in MISSING


def _decimal_comma(cells: Sequence[str]) -> bool:
    """Does this column write numbers with a decimal comma?  Only if that makes sense of more cells than a point does."""
    if not any("," in c for c in cells):
        return False
    point = sum(_number(c, False) is not None and not _EITHER.fullmatch(c) for c in cells)
    return sum(_number(c, True) is not None for c in cells) > point


def _mostly_numbers(cells: Sequence[str]) -> bool:
    cells = cells[:GLANCE]
    comma = _decimal_comma(cells)
    return bool(cells) and 2 * sum(_number(c, comma) is not None for c in cells) >= len(cells)


def _number(cell: str, comma: bool) -> float | None:
    """The number in a cell, or None; `comma`: 1.234,5 instead of 1,234.5."""
    text = _SPACE.sub("", cell).replace("−", "-")
    if not (_COMMA if comma else _POINT).fullmatch(text):
        return None
    text = text.replace(".", "").replace(",", ".") if comma else text.replace(",", "")
    try:
        return float(text)
    except ValueError:
        return None


def _enough(left: int, rows: int) -> None:
    if left < MIN_ROWS:
        raise ValueError(f"{left} of {rows:,} rows have a value: give at least {MIN_ROWS}")


def safe(cell: object) -> object:
    """A cell that no spreadsheet runs: numbers as they are, text that begins like a formula behind an apostrophe (OWASP)."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def bare(cell: str) -> str:
    """The text that `safe` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def table(head: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    """CSV text, every cell safe; a line within a cell ends as all lines do."""
    out = StringIO()
    cells = ([c.replace("\r", "\n") if isinstance(c, str) else c for c in row] for row in (head, *rows))
    csv.writer(out, lineterminator="\n").writerows([safe(cell) for cell in row] for row in cells)
    return out.getvalue()
