"""Where in a TOML file something stands: the line of a key, for sentences about what is wrong there."""

import re
import tomllib
from typing import Any

_HEADER = re.compile(r"""\s*\[\[?\s*["']?([\w.-]+)["']?\s*\]\]?\s*(?:#.*)?$""")


class GridError(ValueError):
    """A mistake in a grid file: a sentence that begins with its line."""


def parsed(text: str) -> dict[str, Any]:
    """The tables of a TOML text; GridError with the line where it is none."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        why = re.sub(r"\s*\(at .*\)$", "", str(error))
        place = re.search(r"\(at line (\d+)", str(error))
        line = int(place[1]) if place else text.count("\n") + 1
        hint = ""
        if "Cannot" in why and re.match(r"""[^"'=\[]*\.""", text.splitlines()[line - 1]):
            hint = ': write the keys of parts in quotation marks, as "policy.synthetic" = 0.9'
        raise GridError(f"line {line}: this is not TOML: {why}{hint}") from None


def line_of(text: str, table: str, key: str = "", number: int = 0) -> int:
    """The line, from 1, on which a key of `[table]` stands, or of the `[[table]]` of that number, from 0; where it is not found, or
    none is named, that of the table itself, and without a table that of the bare key, or else the first."""
    written = re.compile(rf"""\s*(?:"{re.escape(key)}"|'{re.escape(key)}'|{re.escape(key)})\s*=""")
    now, seen, found = "", -1, 1
    for place, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            now = header[1]
            seen += now == table
            found = place if now == table and seen == number else found
        elif key and written.match(line) and ((now == table and seen == number) or (now == table == "")):
            return place
    return found
