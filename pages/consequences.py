"""Consequences: homogenisation, bias amplification, lack of accuracy and economic loss, each on a run, with what is known."""

import streamlit as st

from collapse.figures.groups import ellipses
from collapse.figures.ridge import narrowing
from collapse.sources import BESIROGLU, DOHMATOB, GERSTGRASSER, OURS, SHUMAILOV, STRONG, WRIGHT
from collapse.ui.article import popular
from collapse.ui.consequences import PANELS, PARTS
from collapse.ui.heroes import Hero
from collapse.ui.lesson import View, show
from collapse.ui.panels import PanelDesk, lesson_of
from collapse.ui.runs import Outcome


class ConsequencesDesk(PanelDesk):
    """The panels of this page, and the prices, which are the visitor's own."""

    panels = PANELS
    sections = (*PanelDesk.sections, "prices")


def picture(result: Outcome) -> Hero:
    """The distribution of the lineage shown: a curve on a line, ellipses in the plane."""
    if result.scenario.world.d > 1:
        return ellipses(result.trajectory, result.lineage, result.params, result.group_shares)
    return narrowing(result.trajectory, result.lineage, result.params, result.passed_on)


def rest(view: View) -> None:
    opened = view.desk.opened
    st.header(view.text[f"{opened}.head"], anchor=False)
    view.tell(opened)
    PARTS[opened](view)
    view.stages()
    popular("consequences")


LESSON = lesson_of(
    ConsequencesDesk,
    name="consequences",
    title="Consequences",
    hero="narrowing",
    picture=picture,
    rest=rest,
    metric="variance",
    sources=(SHUMAILOV, WRIGHT, GERSTGRASSER, BESIROGLU, DOHMATOB, STRONG, OURS),
)

if __name__ == "__main__":  # Streamlit runs the file; the book only reads it
    show(LESSON)
