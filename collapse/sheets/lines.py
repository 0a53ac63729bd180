"""Lines of pasted text as rows of cells."""

import csv
from collections.abc import Iterator
from io import StringIO

from collapse.sheets.cells import (
    is_number,
    missing,
)

MAX_ROWS = 50_000


def rows_of(text: str, mark: str) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of every row that is not blank; only what the csv module reads knows quotes."""
    lines = enumerate(text.split("\n"), 1)
    found = (
        ((i, [line]) for i, line in lines)
        if mark == "\n"
        else ((i, spaced_cells(line)) for i, line in lines)
        if mark == " "
        else _parsed(text, mark)
    )
    seen = 0
    for line, cells in found:
        if any(cell.strip() for cell in cells):
            seen += 1
            if seen > MAX_ROWS + 1:
                raise ValueError(f"line {line} is row {seen:,}: at most {MAX_ROWS:,} rows are read")
            yield line, cells


def spaced_cells(line: str) -> list[str]:
    """The cells of a line whose columns are separated by spaces, however many."""
    return [cell for cell in line.split(" ") if cell]


def _parsed(text: str, mark: str) -> Iterator[tuple[int, list[str]]]:
    """By the csv module, up to a line of our own behind the last: a row that takes it in has a quote that never closes."""
    reader = csv.reader(StringIO(f"{text}\nend", newline=""), delimiter=mark, skipinitialspace=True)
    start, end = 1, text.count("\n") + 2
    try:
        for cells in reader:
            if reader.line_num < end:
                yield start, cells
            elif start < end:
                raise ValueError(
                    f'line {start}: a double quote (") opens a cell and never closes: close it, or take it away'
                )
            start = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(
            f'line {start} cannot be read ({error}): is there a double quote (") that never closes?'
        ) from None


def comment(line: str) -> bool:
    """Is this line a comment?"""
    return line.lstrip().startswith("#")


def without_comments(rows: list[tuple[int, list[str]]], notes: list[str]) -> list[tuple[int, list[str]]]:
    """The rows without comments above the table; a last one that may be its header, as wide as the table, stays."""
    first = next((i for i, (_, cells) in enumerate(rows) if not comment(cells[0])), 0)
    headed = [any(is_number(c) or missing(c) for c in cells) for _, cells in rows[first : first + 2]] == [False, True]
    kept = [row for row in rows[:first] if not headed and len(row[1]) == len(rows[first][1])]
    if skipped := first - len(kept):
        notes.append(f"Lines at the beginning that start with # and were skipped as comments: {skipped:,}.")
    return kept + rows[first:]
