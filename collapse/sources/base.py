"""What a reference is."""

import re
from typing import NamedTuple


class Source(NamedTuple):
    """A reference: `short` for a chart, `full` for the end of a page, `link` to read it."""

    short: str
    full: str
    link: str

    def bibtex(self) -> str:
        """An entry for BibTeX: author, year, title, and the rest as a note.  ValueError if `full` is not written so."""
        found = re.fullmatch(r"(.+?) \((\d{4})\)\. (.+?[.?])(?: (.+))?", self.full)
        if not found:
            raise ValueError(f"{self.full} is not written as: author (year). Title. Where.")
        author, year, title, rest = found.groups()
        key = re.sub(r"\W", "", author.split(",")[0].split(" and ")[0].split(" et al")[0]).lower()
        fields = {
            "author": f"{{{author}}}",
            "title": f"{{{title.removesuffix('.')}}}",
            "year": year,
            "note": rest,
            "url": self.link,
        }
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
        return f"@misc{{{key}{year},\n{lines}}}"


def arxiv(short: str, title: str, number: str, venue: str = "") -> Source:
    """A paper that stands on arXiv under this number, with the place where it was published, if any."""
    end = "" if title.endswith("?") else "."
    return Source(short, f"{short}. {title}{end} {venue or 'arXiv ' + number}.", f"https://arxiv.org/abs/{number}")
