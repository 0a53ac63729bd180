"""Words live in `collapse/content/<page>.md`: headings are keys, what follows is the text, numbers are {placeholders}."""

import re
from collections.abc import Iterable
from functools import cache
from html import escape
from importlib.resources import files

from collapse.sources import Source

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~:$&])")

_EAGER = re.compile(r"\\[:.<-]|@|www")


@cache
def words(page: str) -> dict[str, str]:
    """The texts of a page by heading."""
    text = (files("collapse") / "content" / f"{page}.md").read_text(encoding="utf-8")
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return {key.strip(): body.strip() for key, body in zip(parts[1::2], parts[2::2], strict=True)}


def as_quote(text: str) -> str:
    """What a visitor or a link said, for a Markdown element: shown as text, never as markup.

    Streamlit turns addresses, icons and arrows into elements even where they are escaped, so an invisible word joiner breaks them.
    """
    return _EAGER.sub("\\g<0>\u2060", _SPECIAL.sub(r"\\\1", " ".join(text.split())))


def cite(sources: Iterable[Source]) -> str:
    """A Markdown list of references, each with its link."""
    return "\n".join(f"- [{s.full}]({s.link})" if s.link else f"- {s.full}" for s in dict.fromkeys(sources))


def as_bibtex(sources: Iterable[Source]) -> str:
    """References as entries of BibTeX, folded; those without a link, which are our own, are left out."""
    entries = "\n".join(source.bibtex() for source in dict.fromkeys(sources) if source.link)
    return f'<details class="lab-cite"><summary>Cite these as BibTeX</summary><pre>{escape(entries)}</pre></details>'
