"""Prevention: real data and their provenance, people in the loop, sampling parameters, and detectors, each beside doing nothing."""

from collapse.figures.shapes import narrowing
from collapse.sources import BRADLEY, FENG, FERBACH, GAO, KAZDAN, KIRCHENBAUER, OURS, ROGAN, SADASIVAN, SHUMAILOV, YI
from collapse.ui.article import popular
from collapse.ui.lesson import View, show
from collapse.ui.panels import PanelDesk, lesson_of
from collapse.ui.prevention import PANELS, PARTS


class PreventionDesk(PanelDesk):
    """The panels of this page."""

    panels = PANELS


def rest(view: View) -> None:
    PARTS[view.desk.opened](view)
    view.stages()
    popular("prevention")


LESSON = lesson_of(
    PreventionDesk,
    name="prevention",
    title="Prevention",
    hero="narrowing",
    picture=lambda result: narrowing(result.trajectory, result.lineage, result.params),
    rest=rest,
    metric="variance",
    sources=(SHUMAILOV, KAZDAN, FENG, YI, BRADLEY, FERBACH, GAO, ROGAN, KIRCHENBAUER, SADASIVAN, OURS),
)

if __name__ == "__main__":  # Streamlit runs the file; the book only reads it
    show(LESSON)
