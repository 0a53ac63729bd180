"""The hero of a page: drawn in its fragment, and once more for every link that a dragged slider asks about.

What the hero shows is a function of the link alone.  So while a slider is dragged the browser asks  GET live/<page>?<link>  and
draws the answer, without a run of the page's script: that would cost the browser more than the drawing.  Letting go is an
ordinary change.  Only `asgi.py` answers; under `streamlit run`, and where the answer is None, the slider reruns the fragment.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qs

from collapse.budget import typical_cost
from collapse.figures.picture import Picture
from collapse.figures.reader import Reading
from collapse.scenario import Scenario
from collapse.ui import chart, reader
from collapse.ui.desk import Desk
from collapse.ui.runs import LONG, Outcome, outcome_on
from collapse.ui.turns import TURNS


@dataclass(frozen=True)
class Hero:
    """All that is needed to draw it from a link; `key`: of its chart."""

    key: str
    desk: type[Desk]
    base: Scenario
    offers: Mapping[str, tuple[str, ...]]
    picture: Callable[[Outcome], Picture | Reading]


HEROES: dict[str, Hero] = {}  # by page, from the first time that somebody opens it in this process


def hero(desk: Desk, key: str, picture: Callable[[Outcome], Picture | Reading]) -> None:
    """Draw the hero here: what happened in large type, the picture, and how typical the lineage is that it shows."""
    HEROES[desk.page] = Hero(key, type(desk), desk.base, desk.offers, picture)
    made = _worded(picture, outcome_on(desk))
    if isinstance(made, Reading):
        reader.reader(made, key=key)
    else:
        chart.chart(made, key=key)


def answer(page: str, link: str) -> bytes | None:
    """What the chart component is given for a link (a query); None if the script should rather deal with it.

    That is: a page that nobody has opened here, a link that is refused in part, data of a visitor's own, or a run that takes long.
    """
    if page not in HEROES:
        return None
    found = HEROES[page]
    desk = found.desk(page, found.base, found.offers, found.base)
    desk.read(
        {
            key: values if len(values) > 1 else values[0]
            for key, values in parse_qs(link, keep_blank_values=True).items()
        }
    )
    s = desk.scenario
    if desk.refused or s.world.private or typical_cost(s, desk.watches) > LONG:
        return None
    with TURNS.taken():
        made = _worded(found.picture, outcome_on(desk))
        return reader.message(made, key=found.key) if isinstance(made, Reading) else chart.message(made, key=found.key)


def _worded(picture: Callable[[Outcome], Picture | Reading], result: Outcome) -> Picture | Reading:
    return replace(picture(result), headline=result.headline, aside=result.standing())
