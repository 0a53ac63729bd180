"""Texts of a page as HTML, with what their terms mean at the first mention: to be tapped, clicked, pointed at, or opened by a key.

A term is a button and its meaning a popover: both the browser's own, so that nothing has to be loaded, nothing moves when it opens,
and Escape closes it.  Pointing alone opens it where the page is ours from the first byte (`front.js`).
"""

import re
from functools import cache, lru_cache
from html import escape
from pathlib import Path

import streamlit as st

from collapse.figures import palette
from collapse.glossary import Term, mention, spellings

_KEPT = re.compile(r"(<a .*?</a>|<code>.*?</code>|<h\d.*?</h\d>|<[^>]+>)", flags=re.DOTALL)
# A bracket before a term or a stop behind it, which would otherwise stand at the end or the beginning of a line without it.
_BESIDE = re.compile(
    r'(\(?)(<button type="button" class="lab-term".*?</button><span class="lab-meaning".*?</span>)([).,;:?!]*)',
    flags=re.DOTALL,
)


@cache
def style() -> str:
    """The style sheet of marked terms, and the colours that all style sheets of a page share, as custom properties: `--lab-ink`."""
    shared = {
        "paper": palette.PAPER,
        "ink": palette.INK,
        "accent": palette.ACCENT,
        "early": palette.EARLY,
        "late": palette.LATE,
    }
    colours = "".join(f"--lab-{name}: light-dark({light}, {palette.DARK[light]});" for name, light in shared.items())
    return f":root {{{colours}}}\n{(Path(__file__).parent / 'terms.css').read_text(encoding='utf-8')}"


def inline(markdown: str) -> str:
    """The little Markdown that a sentence of ours uses, as HTML: strong, emphasised, code, and links."""
    html = escape(markdown, quote=False)
    for pattern, made in (
        (r"`(.+?)`", r"<code>\1</code>"),
        (r"\[(.+?)\]\((\S+?)\)", r'<a href="\2" target="_blank" rel="noopener">\1</a>'),
        (r"[*]{2}(.+?)[*]{2}", r"<strong>\1</strong>"),
        (r"[*](.+?)[*]", r"<em>\1</em>"),
    ):
        html = re.sub(pattern, made, html, flags=re.DOTALL)
    return html


def as_html(markdown: str) -> str:
    """Paragraphs and lists of such sentences."""
    return "".join(_block(block) for block in re.split(r"\n{2,}", markdown.strip()))


def _block(block: str) -> str:
    if not block.startswith("- "):
        return f"<p>{inline(block)}</p>"
    items = "".join(f"<li>{inline(item)}</li>" for item in re.split(r"^- ", block, flags=re.MULTILINE)[1:])
    return f"<ul>{items}</ul>"


@lru_cache(1024)
def glossed(html: str, place: str) -> str:
    """HTML with each of its terms marked where it is mentioned first; not in links, code and headings.  `place`: where on the page
    it stands, in letters, because no two meanings may have one id."""
    seen: set[str] = set()

    def marked(found: re.Match[str]) -> str:
        term = spellings()[found[0].lower()]
        if term.name in seen:
            return found[0]
        seen.add(term.name)
        return _button(term, found[0], f"{place}-{term.key}")

    told = "".join(part if part.startswith("<") else mention().sub(marked, part) for part in _KEPT.split(html))
    return _BESIDE.sub(r'<span class="lab-whole">\1\2\3</span>', told)


def _button(term: Term, word: str, name: str) -> str:
    return (
        f'<button type="button" class="lab-term" popovertarget="{name}">{word}</button>'
        f'<span class="lab-meaning" popover="auto" id="{name}"><b>{titled(term)}</b> {inline(term.says)}</span>'
    )


def titled(term: Term) -> str:
    """The plain word, then the field's own in brackets."""
    return escape(f"{term.plain} ({term.name})")


def tell(markdown: str, place: str) -> None:
    """Write a text of ours here, with its terms marked; `place` as in `glossed`, and a class."""
    st.html(f'<div class="lab-text lab-{place}">{glossed(as_html(markdown), place)}</div>')
