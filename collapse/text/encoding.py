"""Bytes as text, with a sentence wherever that is not certain."""

from functools import partial

from collapse.speech import plural

BROKEN = "\ufffd"
NO_TEXT = "this file is not a text: bring a plain text file (UTF-8), or paste the text"
BEGINNING = 60  # characters that are quoted
_MARKS = {
    b"\xff\xfe\0\0": "utf-32",
    b"\0\0\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}


def decode(raw: bytes) -> tuple[str, str]:
    """(the text, a note on how it was read or ""): by its mark if it has one, else UTF-8, else the Windows alphabet of the West.

    In UTF-8 a few broken characters are marked instead of spoiling all the others.  Errors: ValueError if the bytes are no text.
    """
    name = next((name for mark, name in _MARKS.items() if raw.startswith(mark)), "")
    for read in (partial(_marked, name),) if name else (_utf_8, _western):
        try:
            text, note = read(raw)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.lstrip("\ufeff"), note
    raise ValueError(NO_TEXT)


def _marked(name: str, raw: bytes) -> tuple[str, str]:
    """UTF-16 or UTF-32, as the mark at its beginning says, also with some broken characters."""
    try:
        return raw.decode(name), ""
    except UnicodeDecodeError:
        text = raw.decode(name, errors="replace")
        if len(text) <= 20 * text.count(BROKEN):
            raise
        return text, _note(text.count(BROKEN), name.upper())


def _utf_8(raw: bytes) -> tuple[str, str]:
    """UTF-8, also with broken characters if more are whole: read in the alphabet of the West those would be spoilt."""
    try:
        return raw.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        text = raw.decode("utf-8-sig", errors="replace")
        broken = text.count(BROKEN)
        if sum(c > "\x7f" for c in text) <= 2 * broken:
            raise
        return text, _note(broken, "UTF-8")


def _note(broken: int, name: str) -> str:
    places = plural(broken, "place", "places")
    return f"In {places} this is not proper {name}; what could not be read stands as {BROKEN}."


def _western(raw: bytes) -> tuple[str, str]:
    text = raw.decode("cp1252")
    beginning = " ".join(text.split())[:BEGINNING]
    return text, (
        f"Read as Western European text, because it is not UTF-8. It begins: “{beginning}” If this is not what you brought, save "
        "it as UTF-8 and bring it again."
    )
