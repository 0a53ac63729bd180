"""Prevention: real data and their provenance, people in the loop, sampling parameters, and detectors, each beside doing nothing."""

from collapse.figures.ridge import narrowing
from collapse.sources import FENG, KAZDAN, OURS, SHUMAILOV, YI
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
    picture=lambda result: narrowing(result.trajectory, result.lineage, result.params, result.passed_on),
    rest=rest,
    metric="variance",
    sources=(SHUMAILOV, KAZDAN, FENG, YI, OURS),
)

if __name__ == "__main__":  # Streamlit runs the file; the book only reads it
    show(LESSON)
