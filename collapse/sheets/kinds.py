"""What somebody brought instead of a table in text, by its name; and what a column holds that is neither a number nor a word."""

import json
import re
from collections.abc import Sequence
from contextlib import suppress

from collapse.sheets.cells import GLANCE, is_number, missing
from collapse.spec import shown

ZIPPED = {
    b"xl/": "an Excel file",
    b"word/": "a Word file",
    b"ppt/": "a PowerPoint file",
    b"opendocument.spreadsheet": "an OpenDocument spreadsheet",
    b"opendocument.text": "an OpenDocument text",
}
BEGINNINGS = {
    b"PK\x03\x04": "a zip file",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"SQLite format 3": "a database",
    b"PAR1": "a Parquet file",
    b"{\\rtf": "a text with formats (RTF)",
}
SAVE = "save the sheet as CSV (or text) and give that"
_RULER = re.compile(r"[ |:=+-]*-[ |:=+-]*")  # the line below the heads of a Markdown table
_UNITS = (
    "%|‰|°|°C|°F|nm|µm|μm|mm|cm|dm|m|km|mg|g|kg|t|lb|oz|ml|cl|dl|l|L|ms|s|sec|min|h|d|days|yr|yrs|years|V|mV|A|mA|W|kW|kWh|J|kJ|kcal|"
    "Hz|kHz|MHz|GHz|B|kB|MB|GB|TB|Pa|hPa|kPa|bar|ppm|dB|USD|EUR|GBP|CHF|JPY|€|$|£|¥"
)
_MEASURED = re.compile(
    rf"(?P<before>[$€£¥])?(?P<sign>[+\-−]?) ?(?P<number>[0-9.,'’   ]*[0-9][0-9.,]*) ?(?P<after>{_UNITS.replace('$', chr(92) + '$')})?"
)
_TRAILED = re.compile(r"[+\-−]?[0-9][0-9.,]*( ?[^\s0-9.,:/-][^0-9]*)")
_LETTERED = re.compile(r"[0-9]+[A-Za-z]")
LONGEST = 40  # characters of a number with its unit
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?|\d{1,2}([-/.])\d{1,2}\2(\d{4}|\d{2})")
_TOTAL = re.compile(r"(grand )?total|sum|average|mean|gesamt|summe|insgesamt|mittelwert|somme|suma", re.IGNORECASE)


def file_kind(raw: bytes) -> str:
    """What bytes are that are no text, "" if they begin like none of the known."""
    known = next((name for start, name in BEGINNINGS.items() if raw.startswith(start)), "")
    if known == "a zip file":
        return next((name for inside, name in ZIPPED.items() if inside in raw), known)
    return known


def refuse_markup(text: str, bars: bool) -> None:
    """ValueError with the name of it and what would help, if a text is marked up as something other than rows and cells; `bars`: also
    if | stands between its cells."""
    start = text.lstrip("\ufeff \n\t")
    if re.match(r"<(!doctype|html|head|body|table|tr|div|!--)", start, re.IGNORECASE):
        raise ValueError(
            f"this is HTML: open the page in a browser, copy the table as it is shown and paste that, or {SAVE}"
        )
    if start.startswith("<?xml"):
        raise ValueError(f"this is XML: {SAVE}")
    if start[:1] in ("[", "{") and any(map(_json, (start, start.partition("\n")[0]))):
        raise ValueError(f"this is JSON: give one value on each line, without brackets and names, or {SAVE}")
    lines = [line for line in start.split("\n", 20)[:20] if line.strip()]
    if bars and len(lines) > 1 and lines[0].count("|") and len({line.count("|") for line in lines}) == 1:
        kind = "a Markdown table" if _RULER.fullmatch(lines[1][:1000]) else "a table with | between its columns"
        raise ValueError(
            f"this is {kind}: put commas there instead, and leave out a line of dashes; if the bars belong to the words, choose “one "
            "per line”"
        )


def _json(text: str) -> bool:
    """Is it a list or an object of JSON?"""
    with suppress(ValueError, RecursionError):
        return isinstance(json.loads(text), list | dict)
    return False


def measured(cells: Sequence[str]) -> str:
    """The unit that stands at every number of a column, such as kg or $; "" if there is none, or not the same everywhere."""
    unit = ""
    for cell in cells:
        if missing(cell):
            continue
        found = _measure(cell)
        own = (found["before"] or "") + (found["after"] or "") if found else ""
        if not own or unit not in ("", own):
            return ""
        unit = own
    return unit


def trailing(cells: Sequence[str]) -> str:
    """What stands behind every number of a column, the same everywhere: "kg", "th" or " apples"; "" if nothing does."""
    full = [cell for cell in cells if not missing(cell)]
    found = [_TRAILED.fullmatch(cell) for cell in full if len(cell) <= LONGEST]
    tails = {match[1] for match in found if match}
    return tails.pop() if len(tails) == 1 and all(found) and len(found) == len(full) else ""


def _nameable(cells: Sequence[str]) -> bool:
    """Is every cell a whole number and a letter without a space?  It may be the name of a class (5A) or of a decade (1990s)."""
    return all(missing(cell) or _LETTERED.fullmatch(cell) for cell in cells)


def _measure(cell: str) -> re.Match[str] | None:
    return _MEASURED.fullmatch(cell) if len(cell) <= LONGEST else None


def bare_number(cell: str) -> str:
    """A measured cell without its unit."""
    found = _measure(cell)
    return f"{found['sign']}{found['number'].strip()}" if found else cell


def dated(cells: Sequence[str]) -> bool:
    """Is every cell that says something a date?"""
    full = [cell for cell in cells if not missing(cell)][:GLANCE]
    return bool(full) and all(map(_DATE.fullmatch, full)) and not all(is_number(cell) for cell in full)


def counting(cells: Sequence[str]) -> bool:
    """Does a column count its rows, from 0 or from 1?"""
    return any(all(cell == str(i) for i, cell in enumerate(cells, start)) for start in (0, 1))


def _twins(cells: Sequence[str]) -> tuple[str, str] | None:
    """Two cells that differ in nothing but capitals."""
    seen: dict[str, str] = {}
    return next(((seen[low], cell) for cell in cells if seen.setdefault(low := cell.casefold(), cell) != cell), None)


def total(cells: Sequence[str]) -> str:
    """The cell of a row that calls it a total or a mean; "" if none does."""
    return next((cell for cell in cells if _TOTAL.fullmatch(cell.strip(" :"))), "")


def understood(
    labels: list[str], columns: list[tuple[str, ...]], notes: list[str]
) -> tuple[list[str], list[tuple[str, ...]]]:
    """The columns, titles without one empty, as they were meant: without one that counts the rows, numbers without their unit, which
    goes into the title; and notes on this and on what may not have been meant."""
    if len(columns) > 1 and not labels[0] and any(labels[1:]) and counting(columns[0]):
        notes.append("The first column has no title and counts the rows: it was left out.")
        labels, columns = labels[1:], columns[1:]
    for i, column in enumerate(columns):
        title, said = labels[i] or f"column {i + 1}", f"In column {labels[i] or i + 1}"
        if (unit := measured(column)) and not _nameable(column):
            labels[i], columns[i] = f"{title} ({unit})", tuple(map(bare_number, column))
            notes.append(f"{said} {unit} stands at every number: it was read as their unit and taken away.")
        elif tail := trailing(column):
            notes.append(
                f"{said} {shown(tail.strip())} stands behind every number, so they are read as words. If numbers are meant, take it "
                "away."
            )
        elif dated(column):
            notes.append(f"{said} are dates. They are read as categories, one for each date.")
        elif twins := _twins(column):
            notes.append(
                f"{said} {shown(twins[0])} and {shown(twins[1])} differ in capitals only. They are two categories."
            )
    last = [column[-1] for column in columns if column]
    if found := total(last):
        notes.append(f"The last row says {shown(found)}. If it sums up the others, take it away: it is read like them.")
    return labels, columns
