"""The lists of the page *Glossary and sources*: terms with what they mean, and references with the pages that name them."""

from collections.abc import Iterable
from functools import cache
from html import escape

from collapse import sources, statements
from collapse.glossary import Term, terms
from collapse.laws import LAWS
from collapse.metrics import METRICS
from collapse.sources import OURS, OWN, Source
from collapse.ui import book
from collapse.ui.terms import inline, titled


def entries(found: Iterable[Term]) -> str:
    """Terms as a list of definitions, each with the pages on which it is seen, and its sources."""
    return f'<dl class="lab-glossary">{"".join(map(_entry, found))}</dl>'


def _entry(term: Term) -> str:
    seen = f"For example on: {_pages(term.pages)}." if term.pages else ""
    rests = " Source: " + "; ".join(_link(source.short, source.link) for source in term.sources) + "."
    return (
        f'<dt id="{term.key}"><dfn>{titled(term)}</dfn></dt><dd>{inline(term.says)}'
        f"<small>{seen}{rests if term.sources else ''}</small></dd>"
    )


def references() -> str:
    """The bibliography as a list, by first author."""
    items = (f"<li>{_link(source.full, source.link)}<small>{_named(source)}</small></li>" for source in cited())
    return f'<ul class="lab-glossary lab-references">{"".join(items)}</ul>'


@cache
def cited() -> dict[Source, tuple[str, ...]]:
    """All references by first author, each with the pages that name it, in the order of the path; a term's pages name its sources."""
    everything = {source for source in vars(sources).values() if isinstance(source, Source)} - {OURS, OWN}
    found: dict[Source, set[str]] = {source: set() for source in sorted(everything)}
    for lesson in book.lessons():
        said = [statement.source for statement in statements.of_page(lesson.name)]
        for source in {*lesson.sources, *said} & everything:
            found[source].add(lesson.name)
    for term in terms().values():
        for source in term.sources:
            found[source] |= set(term.pages)
    order = [stop.name for stop in book.stops()]
    return {source: tuple(name for name in order if name in names) for source, names in found.items()}


def _named(source: Source) -> str:
    """Where a reference is named, and which laws and measures rest on it."""
    laws = [METRICS[law.metric].label for law in LAWS.values() if source in law.sources]
    measures = [metric.label for metric in METRICS.values() if metric.source == source]
    parts = [
        f"Named on: {_pages(cited()[source])}." if cited()[source] else "",
        f"Laws of: {escape('; '.join(laws))}." if laws else "",
        f"Measures: {escape('; '.join(measures))}." if measures else "",
    ]
    return " ".join(part for part in parts if part) or "Named in the code."


def _pages(names: Iterable[str]) -> str:
    stops = {stop.name: stop for stop in book.stops()}
    return ", ".join(stops[name].link(escape(stops[name].label)) for name in names)


def _link(text: str, address: str) -> str:
    if not address:
        return escape(text)
    return f'<a href="{escape(address)}" target="_blank" rel="noopener">{escape(text)}</a>'
