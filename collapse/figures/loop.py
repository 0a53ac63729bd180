"""The loop as a strip of stations: real data, a model, what it says, what is let through, and what the next model is fed.

Everything in it comes from one lineage of the run: the examples that were drawn, the model that was fitted, and how many there are.
The component plays it, one station after the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from collapse.beliefs.language import Language
from collapse.data import Data, Nothing
from collapse.figures import cells
from collapse.figures.cells import Cell
from collapse.figures.picture import packed
from collapse.figures.words import parameters
from collapse.following import LOOKED_AT, Followed
from collapse.models.ngram import Ngram
from collapse.policies import Delayed
from collapse.scenario import Scenario
from collapse.speech import HUGE, minus, percent, plural, power
from collapse.worlds import TypesWorld

REAL, MODEL, SAYS, THROUGH, FED = range(5)


@dataclass(frozen=True)
class Station:
    """A place of the loop: what acts there, and the page that shows it, as it is written in a link."""

    acts: str
    page: str


STATIONS = (
    Station("Here a sample misses rare things (sampling error)", "causes?panel=sampling"),
    Station("Here its form and its training add errors of their own", "causes?panel=expressivity"),
    Station("Here the signs of collapse can be seen", "signs"),
    Station("You can change this rule in the Laboratory", "laboratory"),
    Station("You can add real data, and see what that saves", "./?policy=mix&policy.synthetic=0.9"),
)


@dataclass(frozen=True)
class LoopPicture:
    """`turns`: of each turn its generation and five stations, each a title, a sentence and the number of its cell in `cells`;
    `acts`: of each station what acts there and where that is shown; `steps`: turn, station, and what is said before its sentence,
    in the order of playing; `behind`: see `cells`; `story`: chapters, read one at a time beside the strip, each a title, a text, and
    the step that it is about."""

    turns: list[dict[str, Any]]
    cells: list[Cell]
    acts: list[tuple[str, str]]
    steps: list[tuple[int, int, str]]
    say: str
    note: str
    alt: str
    name: str
    caption: str
    behind: dict[str, Any]
    story: Sequence[tuple[str, str, int]] = ()
    headline: str = ""  # in large type above, and in small type below: what else a hero says
    verdict: tuple[str, str] = ("", "")  # that in a word: a stage, and what it is called
    aside: str = ""
    kind: str = "loop"

    def pack(self, **extra: Any) -> bytes:
        """As UTF-8 JSON for the component."""
        return packed(self, **extra)


def loop_picture(scenario: Scenario, turns: Sequence[Followed]) -> LoopPicture:
    """The strip of one lineage, in these turns."""
    drawn: list[Cell] = []
    found = [_turn(scenario, turn, i == 0, drawn) for i, turn in enumerate(turns)]
    steps = [
        (i, k, _when(turns, i) if k == MODEL else "")
        for i, turn in enumerate(found)
        for k in range(len(STATIONS))
        if k != REAL or i == 0
    ]
    said = [before + found[i]["stations"][k]["label"] for i, k, before in (steps[0], steps[1], steps[-1])]
    return LoopPicture(
        turns=found,
        cells=drawn,
        acts=[(station.acts, station.page) for station in STATIONS],
        steps=steps,
        say="One chain, step by step: each model learns from what the one before it made.",
        note=_note(scenario, turns),
        alt=f"The loop in {len(steps)} steps. {said[0]} {said[1]} … {said[2]}",
        name="loop",
        caption=parameters(scenario),
        behind=cells.behind(scenario.world),
    )


def told(picture: LoopPicture, chapters: Sequence[tuple[str, str, int, int]]) -> LoopPicture:
    """The strip with a story beside it: chapters of a title, a text, and the generation and the station that they are about."""
    where = {(picture.turns[turn]["generation"], station): i for i, (turn, station, _) in enumerate(picture.steps)}
    return replace(
        picture, story=[(title, text, where[generation, station]) for title, text, generation, station in chapters]
    )


def _when(turns: Sequence[Followed], i: int) -> str:
    """Where the strip leaps over generations it says so."""
    leap = i > 0 and turns[i].generation > turns[i - 1].generation + 1
    return f"{turns[i].generation - turns[i - 1].generation} generations later. " if leap else ""


def _note(s: Scenario, turns: Sequence[Followed]) -> str:
    """What is drawn, and what the next model has learnt from; it never says more than the strip shows."""
    every = s.world.space == "real" and max(max(turn.sizes.values()) for turn in turns) <= LOOKED_AT
    some = f"at most {LOOKED_AT} of them are drawn" if s.world.space == "real" else "some of them are shown"
    shown = "Blue is real, orange is AI-made." if every else f"Blue is real, orange is AI-made; {some}."
    if s.model.kind == "linear-vae":
        return f"{shown} The linear model learns from sums over its images, so the images shown are drawn anew to fit these sums."
    if s.curator.single:
        return f"{shown} What is let through is only counted: it is not drawn apart from the rest."
    if isinstance(s.policy, Delayed):
        kept = " Of an archive only the newest are drawn." if s.policy.grows else ""
        return f"{shown} What models learn from changes with generation {s.policy.begin}.{kept}"
    if s.policy.grows:
        picked = "from a sample of these and of all" if s.policy.single else "from these and from all"
        return f"{shown} Every model of this run learns {picked} examples before them. Only the newest are drawn."
    if every:
        return f"{shown} The next model in this run learns from exactly these."
    return f"{shown} The next model in this run learns from them and from others that are not drawn."


def _turn(s: Scenario, turn: Followed, first: bool, drawn: list[Cell]) -> dict[str, Any]:
    """One turn; its cells are put where those of all turns are, each once, however many stations show it."""
    g, nothing = turn.generation, Nothing()
    rules = s.at(g + 1)

    def station(title: str, label: str, cell: Cell) -> dict[str, Any]:
        if cell not in drawn:
            drawn.append(cell)
        return {"title": title, "label": label, "cell": drawn.index(cell)}

    size, unit = turn.sizes, _unit(s)
    made = f"{size['said']:,} AI-made {unit}"
    if first:
        given = f"{size['fed']:,} real {unit} are drawn for the first model.", cells.of_data(s, nothing, turn.fed)
    elif size["real"]:
        given = f"{size['real']:,} real {unit} are added.", cells.of_data(s, nothing, turn.real)
    else:
        given = "No new real data are drawn.", cells.of_data(s, nothing, nothing)
    said = cells.of_data(s, turn.said, nothing)
    both = cells.of_data(s, turn.said, turn.real) if turn.real.size else said
    kept = _kept(s, turn)
    says = f"Model {g} makes {size['said']:,} {unit}." if size["said"] else f"Model {g} is not asked to make anything."
    if size["said"] and not rules.decoder.neutral:
        says = f"Model {g} makes {size['said']:,} {unit}; {rules.decoder.phrase()}."
    through = (
        "Nothing is filtered: everything is let through."
        if not rules.curator.single
        else f"{turn.next_size:,} {unit} are let through: {rules.curator.phrase()}."
    )
    return {
        "generation": g,
        "stations": [
            station("Real data", *given),
            station(f"Model {g}", learnt(s, turn), cells.of_model(s, turn.params)),
            station("What it makes", says, said),
            station("What is let through", through, both),
            station(
                f"What model {g + 1} learns from",
                _diet(turn, unit, made),
                both if kept is turn.real else cells.of_data(s, turn.said, kept),
            ),
        ],
    }


def _kept(s: Scenario, turn: Followed) -> Data:
    """The real part of the next diet: what was added, or what has been kept from the beginning."""
    return turn.fed if s.policy.at(2).grows and turn.generation == 1 else turn.real


def _diet(turn: Followed, unit: str, made: str) -> str:
    g = turn.generation + 1
    if turn.next_real is None:
        return f"Model {g} learns from {turn.next_size:,} {unit}, picked from all that there ever were."
    if turn.next_real == 0:
        return f"Model {g} learns from nothing but these {made}."
    if turn.next_made == 0:
        return f"Model {g} learns from nothing but {turn.next_real:,} real {unit}."
    return f"Model {g} learns from {turn.next_real:,} real and {turn.next_made:,} AI-made {unit}."


def _unit(s: Scenario) -> str:
    """What single examples are called, many of them."""
    if isinstance(s.world, TypesWorld):
        return s.world.noun
    if isinstance(s.model, Ngram):
        return {"chars": "characters", "words": "words"}[s.model.unit]
    return "digits" if s.world.space == "images" else "points"


def learnt(s: Scenario, turn: Followed) -> str:
    """What a model has learnt, in one sentence with its number."""
    g, w, belief = turn.generation, s.world, s.model.shown(turn.params, s.n)
    if isinstance(w, TypesWorld):
        known = int(np.count_nonzero(belief.p))  # type: ignore[attr-defined]
        return f"Model {g} knows {known:,} of the {w.types:,} {w.noun}."
    if isinstance(belief, Language):
        told = belief.words(w.corpus(belief.unit))  # type: ignore[attr-defined]
        return (
            f"Model {g} has read {plural(len({x for p in told[0] for x in p}), 'different word', 'different words')}."
        )
    if w.space == "real" and w.d == 1:
        mean, sd = float(np.ravel(belief.mean)[0]), float(np.sqrt(np.ravel(belief.cov)[0]))
        real = float(np.sqrt(np.ravel(w.distribution.cov)[0]))
        return f"Model {g} learns a mean of {_short(mean)} and a width (standard deviation) of {_short(sd)} (real: {_short(real)})."
    share = float(np.ravel(belief.total)[0] / np.ravel(w.distribution.total)[0])
    return f"Model {g} has {percent(share)} of the real variety (variance)."


def _short(value: float) -> str:
    """Three digits, and a power of ten where it is huge."""
    return minus(f"{value:.3g}") if abs(value) < HUGE else power(value)
