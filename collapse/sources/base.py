"""What a reference is."""

from typing import NamedTuple


class Source(NamedTuple):
    """A reference: `short` for a chart, `full` for the end of a page, `link` to read it."""

    short: str
    full: str
    link: str


def arxiv(short: str, title: str, number: str, venue: str = "") -> Source:
    """A paper that stands on arXiv under this number, with the place where it was published, if any."""
    return Source(short, f"{short}. {title}. {venue or 'arXiv ' + number}.", f"https://arxiv.org/abs/{number}")
