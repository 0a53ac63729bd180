"""The glossary: what every term of the field means, in a sentence.

The terms stand in `content/terms.md`, where a chapter is a heading, and a term one below it: its name, then the plain word.  Under
the sentence a line says on which pages it is `seen`, and another what its `source` is (names of `collapse.sources`), if it needs one.
`marks` are the spellings by which a page marks it; none for words that mean other things, too.
"""

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from collapse import sources
from collapse.sources import Source


class Term(NamedTuple):
    """A term: its name in the field, the plain word, what it means, its chapter, its spellings, and where it is seen."""

    name: str
    plain: str
    says: str
    chapter: str
    marks: tuple[str, ...]
    pages: tuple[str, ...]
    sources: tuple[Source, ...]

    @property
    def key(self) -> str:
        """Its name in an address."""
        return re.sub(r"\W+", "-", self.name.lower())


@cache
def terms() -> dict[str, Term]:
    """All terms by name, in the order of the file.  ValueError: a name stands there twice, or a source that there is not."""
    text = (files("collapse") / "content" / "terms.md").read_text(encoding="utf-8")
    found: dict[str, Term] = {}
    for part in re.split(r"^# ", text, flags=re.MULTILINE)[1:]:
        chapter, *entries = re.split(r"^## ", part, flags=re.MULTILINE)
        for entry in entries:
            term = _read(entry, chapter.strip())
            if term.name in found:
                raise ValueError(f"{term.name} stands in the glossary twice")
            found[term.name] = term
    return found


def _read(entry: str, chapter: str) -> Term:
    """A term from its lines."""
    title, *lines = entry.strip().splitlines()
    name, plain = title.split(" | ")
    told = dict(re.findall(r"^(marks|seen|source):(.*)$", entry, flags=re.MULTILINE))
    says = " ".join(line for line in lines if not line.startswith(("marks:", "seen:", "source:")))
    marks = told["marks"].split(",")
    named = told.get("source", "").split()
    if unknown := [n for n in named if not isinstance(getattr(sources, n, None), Source)]:
        raise ValueError(f"{name} names no source: {', '.join(unknown)}")
    return Term(
        name,
        plain,
        says,
        chapter,
        tuple(mark for mark in map(str.strip, marks) if mark),
        tuple(told.get("seen", "").split()),
        tuple(getattr(sources, n) for n in named),
    )


@cache
def spellings() -> dict[str, Term]:
    """The terms by every spelling that a page marks, in small letters."""
    return {mark.lower(): term for term in terms().values() for mark in term.marks}


@cache
def mention() -> re.Pattern[str]:
    """Where a text mentions a term: the longest spelling that stands there as a whole word; its first letter may be a capital."""
    longest_first = sorted({mark for term in terms().values() for mark in term.marks}, key=len, reverse=True)
    rests: dict[str, list[str]] = {}  # by first letter: a letter that begins no term is passed over at once
    for mark in longest_first:
        rests.setdefault(mark[0].lower(), []).append(re.escape(mark[1:]))
    either = "|".join(f"(?i:{letter})(?:{'|'.join(rest)})" for letter, rest in rests.items())
    return re.compile(rf"(?<![\w-])(?:{either})(?![\w-])")
