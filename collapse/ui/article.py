"""What the pages of the article share: tables, what is often said, and families of models in rows."""

from collections.abc import Iterable, Mapping
from html import escape

import streamlit as st

from collapse.figures.family import FamilyPicture, family_picture
from collapse.following import follow
from collapse.scenario import Scenario
from collapse.sources import OURS
from collapse.statements import Statement, of_page
from collapse.ui.reader import reader
from collapse.ui.shelf import noted


def table(headings: Iterable[str], rows: Iterable[Iterable[str]], kind: str = "") -> None:
    """Rows of plain text, the first cell of each its heading; on a phone one cell below the other, each with its column's heading.

    `kind`: a class of its own in the style sheet."""
    columns = list(headings)
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in columns)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(
            f'<td data-label="{escape(h)}">{escape(cell)}</td>' for h, cell in zip(columns[1:], rest, strict=True)
        )
        + "</tr>"
        for first, *rest in rows
    )
    st.html(f'<table class="lab-table {kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')


def popular(page: str) -> None:
    """What popular accounts say of the subject of a page, and how it stands."""
    st.header("What is often said, and how it stands", anchor=False)
    rows = ((s.says, s.mark, _why(s)) for s in of_page(page))
    table(("What is said", "How it stands", "Why"), rows, "lab-said")


def _why(s: Statement) -> str:
    """The reason of a statement, and its source."""
    return f"{s.because} Derived here." if s.source is OURS else f"{s.because} Source: {s.source.short}."


def families(chosen: Mapping[str, tuple[str, Scenario]], generations: tuple[int, ...]) -> None:
    """Rows of small pictures, one for each family: by page its title and a scenario of one lineage; each appears when it is there."""
    for page, (title, scenario) in chosen.items():
        reader(_family(page, title, scenario, generations), key=f"family_{page}")


def _family(page: str, title: str, scenario: Scenario, generations: tuple[int, ...]) -> FamilyPicture:
    def drawn() -> FamilyPicture:
        return family_picture(title, page, scenario, follow(scenario, 0, generations))

    return noted(scenario, "family", drawn, generations)
