"""What separates the columns of a text, and whether its first row is a header: guesses, each said in a note."""

import re
from collections.abc import Sequence
from itertools import dropwhile

from collapse.sheets.cells import all_numbers, is_number, missing, mostly_numbers
from collapse.sheets.kinds import dated, measured
from collapse.sheets.lines import comment, spaced_cells
from collapse.spec import shown

_INFINITE = re.compile(r"[+-]?(inf(inity)?|∞)", re.IGNORECASE)


def separator_of(text: str, readings: Sequence[bool], notes: list[str]) -> str:
    """Tab before semicolon before spaces before comma; spaces only between numbers, a comma only if not all lines are numbers."""
    every = [line for line in text.split("\n") if line.strip()]
    lines = (list(dropwhile(comment, every)) or every)[:50]
    for mark in ("\t", ";"):
        if all(mark in line for line in lines[:2]):
            return mark
    spaced, commas = [spaced_cells(line) for line in lines], [line for line in lines if "," in line]
    if (
        len(spaced[0]) > 1
        and len(spaced) > 1
        and all(len(cells) == len(spaced[0]) and all(is_number(c) or missing(c) for c in cells) for cells in spaced[1:])
    ):
        if not all_numbers(lines, readings):
            notes.append("Spaces were taken to separate columns. If they do not, choose “one per line”.")
            return " "
        notes.append(
            "A space between digits was read as a part of the number; if it separates two columns, choose spaces."
        )
    elif commas:
        if not all_numbers(commas, readings):
            return ","
        decimal, thousands = all_numbers(commas, (True,)), all_numbers(commas, (False,))
        how = (
            "a part of the number" if decimal and thousands else "a decimal comma" if decimal else "a mark of thousands"
        )
        notes.append(f"A comma between digits was read as {how}; if it separates two columns, choose comma.")
    return "\n"


def headed(table: list[list[str]], notes: list[str]) -> bool:
    """Is the first row one?  Yes if it is text over numbers; over text, if it never comes again and the others do."""
    if len(table[0]) < 2:
        return False
    over = [column[0] for column in table if mostly_numbers(column[1:]) or measured(column[1:]) or dated(column[1:])]
    if over:
        return any(
            not (is_number(c) or missing(c) or _INFINITE.fullmatch(c) or measured([c]) or dated([c])) for c in over
        )
    rests = [[c for c in column[1:] if not missing(c)] for column in table]
    first = ", ".join(shown(column[0]) for column in table[:3])
    found = all(
        column[0] not in rest and len(rest) >= 2 * len(set(rest)) for column, rest in zip(table, rests, strict=True)
    )
    if found:
        notes.append(f"The first row ({first}) was read as a header.")
    elif all(len(rest) == len(set(rest)) for rest in rests):
        notes.append(f"The first row ({first}) was read like all the others. If it is a header, choose yes.")
    return found
