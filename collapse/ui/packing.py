"""What travels is packed with Brotli or gzip, as a client says that it can unpack it; a file once in the life of a process."""

import gzip
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import brotli
from starlette.types import Scope

QUALITY: Final = 10  # of 11: half the time of the last one, for 2% more bytes
PACK: Final[dict[str, Callable[[bytes], bytes]]] = {  # the best first
    "br": lambda content: bytes(brotli.compress(content, mode=brotli.MODE_TEXT, quality=QUALITY)),
    "gzip": lambda content: gzip.compress(content, 9, mtime=0),
}


def unpacks(accepted: str) -> list[str]:
    """The codings of ours that an Accept-Encoding allows, the best first.

    A weight of 0 forbids a coding, and a star speaks of all that are not named.  Source: RFC 9110, 12.5.3.
    """
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        coding, *params = (piece.strip() for piece in part.split(";"))
        weights[coding] = min((_weight(param) for param in params), default=1.0)
    return [coding for coding in PACK if weights.get(coding, weights.get("*", 0.0)) > 0]


def _weight(param: str) -> float:
    """Of `q=0.5`, 0.5; what is no number forbids."""
    name, _, value = param.partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


def unpacked(scope: Scope) -> Scope:
    """A request without its Accept-Encoding: Streamlit would pack with gzip for who names it, even to forbid it."""
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]}


@cache
def packed(path: Path, coding: str) -> bytes:
    """A file in a coding of ours; the whole frontend packs into a few megabytes."""
    return PACK[coding](path.read_bytes())
