"""Prevention: real data, people, sampling parameters and detectors, each beside doing nothing, and the arena where they meet."""

from dataclasses import dataclass, field

from collapse.figures.ridge import narrowing
from collapse.sources import (
    BRADLEY,
    FENG,
    FERBACH,
    GAO,
    HE,
    KAZDAN,
    KIRCHENBAUER,
    OURS,
    ROGAN,
    SADASIVAN,
    SHUMAILOV,
    YI,
)
from collapse.ui.arena import ArenaDesk
from collapse.ui.article import popular
from collapse.ui.lesson import View, show
from collapse.ui.panels import lesson_of
from collapse.ui.prevention import PANELS, PARTS
from collapse.visits import PreventionVisit


@dataclass
class PreventionDesk(ArenaDesk):
    """The panels of this page."""

    panels = PANELS
    sections = (*ArenaDesk.sections, "weight")

    visit: PreventionVisit = field(default_factory=PreventionVisit)


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
    sources=(SHUMAILOV, KAZDAN, FENG, YI, BRADLEY, FERBACH, GAO, ROGAN, KIRCHENBAUER, SADASIVAN, HE, OURS),
)

if __name__ == "__main__":  # Streamlit runs the file; the book only reads it
    show(LESSON)
