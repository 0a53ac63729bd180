"""The hero of a page for every link that a dragged slider asks about.

What the hero shows is a function of the link alone.  So while a slider is dragged the browser asks  GET live/<page>?<link>  and
draws the answer, without a run of the page's script: that would cost the browser more than the drawing.  Its headline goes by
healthy models of nearby sizes (`healthy.nearby`), so that a word may be another at the edge of a stage.  Letting go is an
ordinary change, judged by the exact size.  Under a host that runs plain scripts only, and where the answer is None,
the slider reruns the fragment.
"""

from collections.abc import Callable
from urllib.parse import parse_qs

from collapse.budget import typical_cost
from collapse.going_on import StoppedError, asked
from collapse.ui import heroes
from collapse.ui.arrival import open_link
from collapse.ui.book import lesson
from collapse.ui.deadline import LIVE, Watch
from collapse.ui.progress import LONG
from collapse.ui.runs import is_grown, outcome_on
from collapse.ui.turns import TURNS


def answer(page: str, link: str, left: Callable[[], bool] = lambda: False) -> bytes | None:
    """What the chart component is given for a link (a query); None if the script should rather deal with it.

    That is: a page that is not in the book, a link that is refused in part, data of a visitor's own, or a run that takes long.
    `left`: has whoever asked hung up?
    """
    found = lesson(page)
    if found is None:
        return None
    desk = found.desk(page, found.base, found.offers, found.base)
    open_link(
        desk,
        {
            key: values if len(values) > 1 else values[0]
            for key, values in parse_qs(link, keep_blank_values=True).items()
        },
    )
    s = desk.scenario
    if desk.refused or s.world.private or (typical_cost(s, desk.watches) > LONG and not is_grown(s)):
        return None
    try:
        with asked(Watch(LIVE, lambda: "it takes too long", left)), TURNS.taken():
            return heroes.message(found.worded(outcome_on(desk, passing=True)), key=found.hero)
    except (StoppedError, MemoryError):
        return None
