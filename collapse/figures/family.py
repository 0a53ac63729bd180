"""Rows of small pictures: what is real and what generations far apart say, or what many models of one generation would answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import numpy as np

from collapse.beliefs.base import Categories
from collapse.data import Nothing
from collapse.figures import cells
from collapse.figures.cells import Cell
from collapse.figures.loop import learnt
from collapse.figures.picture import packed
from collapse.figures.words import in_words
from collapse.following import Followed
from collapse.scenario import Scenario
from collapse.speech import minus, percent, plural, times
from collapse.trajectory import Trajectory, taken
from collapse.worlds import TypesWorld


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


def models_picture(title: str, page: str, trajectory: Trajectory, most: int = 8) -> FamilyPicture:
    """What the first models of the last generation of a run would answer, each over the real world; the link opens `page` with it."""
    s = trajectory.scenario
    last = taken(trajectory.params, (slice(None), -1))
    drawn = cells.of_models(s, last, most)
    said = [answer(s, taken(last, slice(i, i + 1))) for i in range(len(drawn))]
    return FamilyPicture(
        title=title,
        page=f"{page}?{urlencode(s.to_query())}",
        columns=[(f"Model {i + 1}", words, cell) for i, (words, cell) in enumerate(zip(said, drawn, strict=True))],
        say=in_words(s),
        behind=cells.behind(s.world),
        alt=f"{title}. " + " ".join(f"Model {i + 1}: {words}" for i, words in enumerate(said)),
    )


def answer(scenario: Scenario, params: Any) -> str:
    """What one model (params with one lineage) believes, in words: numbers in standard deviations of the world, or names."""
    world, belief = scenario.world, scenario.model.belief(params)
    if isinstance(belief, Categories) and isinstance(world, TypesWorld):
        p = belief.p.reshape(-1)
        known = plural(int((p > 0).sum()), "name", "names")
        return f"Most often {world.labels[int(p.argmax())]} ({percent(float(p.max()))}); {known} in all."
    unit = float(np.sqrt(np.ravel(world.distribution.cov)[0]))
    middle = float(np.ravel(belief.mean)[0] - np.ravel(world.distribution.mean)[0]) / unit
    return f"Middle {minus(f'{middle:.2f}')}, width {times(float(np.sqrt(np.ravel(belief.cov)[0])) / unit)}."
