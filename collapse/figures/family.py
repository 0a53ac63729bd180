"""One family of models in a row of small pictures: what is real, and what generations far apart say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from collapse.data import Nothing
from collapse.figures import cells
from collapse.figures.cells import Cell
from collapse.figures.loop import learnt
from collapse.figures.picture import packed
from collapse.figures.words import in_words
from collapse.following import Followed
from collapse.scenario import Scenario


@dataclass(frozen=True)
class FamilyPicture:
    """`title` and `page`, its link; `columns`: a heading, a sentence and a cell each; `behind`: see `cells`."""

    title: str
    page: str
    columns: list[tuple[str, str, Cell]]
    say: str
    alt: str
    behind: dict[str, Any]
    kind: str = "family"

    def pack(self, **extra: Any) -> bytes:
        """As UTF-8 JSON for the component."""
        return packed(self, **extra)


def family_picture(title: str, page: str, scenario: Scenario, turns: Sequence[Followed]) -> FamilyPicture:
    """What is real, and what the models of these turns say, one lineage; the link opens `page` with this scenario."""
    nothing = Nothing()
    real = ("Real", "What the first model learns from.", cells.of_data(scenario, nothing, turns[0].fed))
    made = [
        (f"Generation {turn.generation}", learnt(scenario, turn), cells.of_data(scenario, turn.said, nothing))
        for turn in turns
    ]
    return FamilyPicture(
        title=title,
        page=f"{page}?{urlencode(scenario.to_query())}",
        columns=[real, *made],
        say=in_words(scenario),
        behind=cells.behind(scenario.world),
        alt=f"{title}. " + " ".join(label for _, label, _ in made),
    )
