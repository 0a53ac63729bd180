"""What a cell says: a number, a word, or nothing; and how to write one that no spreadsheet runs.

A number may have a decimal point or a decimal comma, and groups of three digits.  Which of the two it is a column tells.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO

from collapse.spec import shown

DECIMALS = ("point", "comma")
MISSING = {"", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "–", "?", "."}
GLANCE = 1000  # cells that a guess looks at
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_GAP = " \u00a0\u2009\u202f'’"  # what stands between groups of three digits, besides comma and point


def _form(thousands: str, fraction: str) -> re.Pattern[str]:
    """A number, with every group of three digits marked by the same sign or none."""
    whole = rf"[1-9]\d{{0,2}}(?P<gap>[{thousands}{_GAP}])\d{{3}}((?P=gap)\d{{3}})*|\d+"
    return re.compile(rf"[+-]? *({whole})?({fraction})?([eE][+-]?\d{{1,3}})?", re.ASCII)


_POINT, _COMMA = _form(",", r"\.\d*"), _form(".", r",\d+")
_GAPS = re.compile(f"[{_GAP}]")


def missing(cell: str) -> bool:
    """Does it stand for nothing?"""
    return cell.strip().lower() in MISSING


def title(cell: str) -> str:
    """A header for people: printable, at most 40 characters."""
    return "".join(c for c in cell if c.isprintable())[:40].strip()


def decimal_commas(
    names: Sequence[str], columns: Sequence[Sequence[str]], mark: str, notes: list[str]
) -> tuple[bool, ...]:
    """Which columns have a decimal comma: as most of the cells say that are a number in one reading only.

    A column without such a cell is read as the others are.  If they do not tell either, three digits behind every mark are
    thousands where whole numbers below 1,000 stand between them; else a point is decimal, and a comma is where semicolons separate.
    What was read like this is said in a note.
    """
    told = [_told(column) for column in columns]
    sheet, found = sum(balance for balance, _, _ in told), []
    open_cells: dict[bool, list[str]] = {}
    for name, column, (balance, cell, thousands) in zip(names, columns, told, strict=True):
        guess = sheet > 0 if sheet else thousands if "." in cell else mark == ";" and not thousands
        found.append(balance > 0 if balance or not cell else guess)
        if cell and not balance and mostly_numbers(column):
            point, comma = f"{number(cell, False):.10g}", f"{number(cell, True):.10g}"
            open_cells.setdefault(guess, []).append(
                f"{shown(cell)} in column {name!r} was read as {comma if guess else point}, not as {point if guess else comma}"
            )
    for guess, said in open_cells.items():
        more = f" (and {len(said) - 1:,} more columns in the same way)" if len(said) > 1 else ""
        notes.append(f"{said[0]}{more}. If that is wrong, choose {DECIMALS[not guess]} as the decimal mark.")
    return tuple(found)


def _told(column: Sequence[str]) -> tuple[int, str, bool]:
    """By how many cells that only a decimal comma explains outnumber those that only a point does; the first cell that both
    explain, but differently; and whether whole numbers stand there, all below 1,000."""
    balance, either, whole = 0, "", []
    for cell in dict.fromkeys(column):
        point, comma = number(cell, False), number(cell, True)
        if point is None or comma is None:
            balance += (comma is not None) - (point is not None)
        elif point == comma:
            whole.append(abs(point))
        else:
            either = either or cell
    return balance, either, bool(whole) and max(whole) < 1000


def mostly_numbers(column: Sequence[str], readings: Sequence[bool] = (False, True)) -> bool:
    """Is at least half of what is not missing a number, as far as a glance tells?"""
    cells = [c for c in column if not missing(c)][:GLANCE]
    return bool(cells) and 2 * sum(is_number(c, readings) for c in cells) >= len(cells)


def all_numbers(lines: Sequence[str], readings: Sequence[bool]) -> bool:
    """Is every line a number in the same reading?"""
    return any(all(is_number(line, (comma,)) for line in lines) for comma in readings)


def is_number(cell: str, readings: Sequence[bool] = (False, True)) -> bool:
    """Is it one in any of these readings (with a decimal comma, or without)?"""
    return any(number(cell, comma) is not None for comma in readings)


def number(cell: str, comma: bool) -> float | None:
    """The number in a cell, or None; `comma`: 1.234,5 instead of 1,234.5."""
    text = cell.strip().replace("−", "-")
    if not (_COMMA if comma else _POINT).fullmatch(text):
        return None
    text = _GAPS.sub("", text)
    text = text.replace(".", "").replace(",", ".") if comma else text.replace(",", "")
    try:
        return float(text)
    except ValueError:
        return None


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
