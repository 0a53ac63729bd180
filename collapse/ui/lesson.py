"""A page is a lesson: one description, which is drawn here, listed in the book, and known to the live route before anybody opens it.

Its file in `pages/` says what is its own; the frame is the same for all: title and sentences, a picture with its headline beside
sliders and presets, more controls, what was found, further pictures, and at the end link, code, sources and limits.
What changes with every run is written as plain HTML, escaped: a Markdown element costs the browser five times as much.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import ContextDecorator
from dataclasses import dataclass, field, replace
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from collapse.figures.loop import loop_picture
from collapse.figures.picture import Picture
from collapse.figures.strip import strip
from collapse.figures.timeline import Look, over_time
from collapse.findings import Finding
from collapse.going_on import StoppedError
from collapse.links import few
from collapse.scenario import Scenario
from collapse.sources import Source
from collapse.ui import chart, controls, heroes, rerun, teach, terms, training, turns
from collapse.ui.arrival import arrive
from collapse.ui.controls import Dial, Preset
from collapse.ui.deadline import PAGE, in_time
from collapse.ui.desk import Desk
from collapse.ui.experiments import experiments, way
from collapse.ui.formulas import formulas
from collapse.ui.heroes import Hero
from collapse.ui.prose import as_bibtex, as_quote, cite, words
from collapse.ui.reader import reader
from collapse.ui.repeating import repeat
from collapse.ui.runs import Outcome, handed_over, outcome_on


@dataclass(frozen=True)
class View:
    """What a lesson draws below its hero: the desk, the run on it, and the words of the page."""

    desk: Any  # a Desk, or the page's own kind of one
    result: Outcome
    text: Mapping[str, str]
    laws: dict[str, None] = field(default_factory=dict)  # the metrics whose laws have been drawn, in their order

    def chart(self, picture: Picture, key: str) -> None:
        """Draw a picture here; its key is its place on the page."""
        chart.chart(picture, key=key)
        self.laws.update(dict.fromkeys(picture.laws))

    def tell(self, key: str, **values: object) -> None:
        """Write one of the page's texts here, its {placeholders} filled, with its terms marked."""
        terms.tell(self.text[key].format(**values), key.replace(".", "-").replace(" ", "-"))

    def over_time(
        self,
        metric: str,
        look: Look | None = None,
        level: tuple[str, Any] | None = None,
        panel: str = "",
        **values: str,
    ) -> None:
        """A metric by generation, with the page's words, `<metric>.say` and `<metric>.note`, or those of a panel, with its name in
        front; `values` fill their {placeholders}, and `level` is a named value to compare with."""
        key = f"{panel}.{metric}" if panel else metric
        say, note = (self.text.get(f"{key}.{part}", "").format(**values) for part in ("say", "note"))
        found = self.result
        self.chart(
            over_time(found.trajectory, metric, found.lineage, say=say, note=note, look=look, level=level), metric
        )

    def stages(self) -> None:
        """Healthy, early, late: the share of lineages in each stage."""
        found = self.result
        self.chart(strip(found.trajectory, found.evidence.stages, self.desk.rule, found.false_alarms), "stages")


@dataclass(frozen=True)
class Lesson:
    """One page.

    `name`: its address, its file in `pages/` and that of its words; `title`: what the navigation calls it; `base`: what it starts
    with; `hero`: the key of its first picture, which `picture` draws from a run; `rest`: what it draws below; `metric`: the one
    that its code prints; `offers`: choices by key, where not all are possible; `dials`, `presets`: its sliders and buttons; `more`:
    its other controls, labels by key, or made from the desk; `before`: what it draws between title and hero; `first`: what it draws
    above the findings; `after`: what it draws below the controls; `desk`: what it keeps of a visit.
    """

    name: str
    title: str
    base: Scenario
    hero: str
    picture: Callable[[Outcome], Hero]
    rest: Callable[[View], None]
    metric: str
    sources: tuple[Source, ...]
    dials: tuple[Dial, ...]
    presets: tuple[Preset, ...]
    more: Mapping[str, str] | Callable[[Any], Mapping[str, str]]
    offers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    before: Callable[[Any], None] | None = None
    first: Callable[[View], None] | None = None
    after: Callable[[Any], None] | None = None
    desk: type[Desk] = Desk

    def worded(self, result: Outcome) -> Hero:
        """The hero of a run, with what happened in large type, and where the lineage that it shows stands among all."""
        return replace(self.picture(result), headline=result.headline, verdict=result.verdict, aside=result.standing())

    def knobs(self, desk: Desk) -> Mapping[str, str]:
        """The knobs behind *More controls*, with their labels, as this visitor's desk is now."""
        return self.more(desk) if callable(self.more) else self.more


def show(lesson: Lesson) -> None:
    """Draw a lesson for this visitor."""
    desk = arrive(lesson.name, lesson.base, lesson.offers, lesson.desk)
    rerun.done()
    sliders = desk.dials(lesson.dials)
    desk.labels = {**lesson.knobs(desk), **{dial.key: dial.label for dial in sliders}}
    desk.shares = frozenset(dial.key for dial in sliders if dial.percent)
    timed = partial(in_time, lambda: desk.scenario, desk.labels, PAGE * desk.scenario.model.patience)
    with timed():
        _shown(lesson, desk, timed)


def _shown(lesson: Lesson, desk: Desk, timed: Callable[[], ContextDecorator]) -> None:
    """`timed`: what may take long is done within it, and says where it stands why it was stopped."""
    opening(desk)
    if lesson.before:
        timed()(lesson.before)(desk)
    with st.container(key="lab-lesson"):
        with st.container(key="lab-stage"):
            picture, side = st.container(key="lab-picture"), st.container(key="lab-side")
        below = st.container(key="lab-below")

    @turns.fragment(controls.HERO)
    @timed()
    def hero() -> None:
        waiting = training.untrained(desk.scenario)
        desk.handed = PENDING
        desk.handed = None if waiting else outcome_on(desk)
        drawn = desk.drawn if waiting else lesson.worded(desk.handed)
        desk.drawn = drawn if training.possible(desk) else None
        if drawn is not None:
            heroes.draw(drawn, key=lesson.hero)

    @turns.fragment(controls.REST)
    @timed()
    def rest() -> None:
        rerun.if_asked()
        if training.untrained(desk.scenario):
            st.rerun()  # the whole page: see `training`
        if desk.handed is PENDING:
            desk.handed = None
            raise StoppedError("Nothing else of this run is shown, either.")
        result = handed_over(desk)
        view = View(desk, result, words(lesson.name))
        if lesson.first:
            lesson.first(view)
        told(result.findings)
        if lesson.hero != "loop":
            reader(loop_picture(result.scenario, result.first_turns), key="loop")
        lesson.rest(view)
        formulas(desk.page, result.scenario, view.laws)
        repeat(desk, desk.printed(lesson.metric))

    @turns.fragment(controls.MORE)
    def more() -> None:
        rerun.if_asked()
        controls.more(desk, lesson.knobs(desk))

    with side:
        presets = desk.presets(lesson.presets)
        teach.button(desk, words(lesson.name)["title"], {dial.key: dial.label for dial in desk.dials(lesson.dials)})
        controls.dials(desk, desk.dials(lesson.dials), lambda: way(desk, presets))
        experiments(desk, presets)
        controls.which_lineage(desk)
        more()
    with picture:
        timed()(training.watch)(desk)
        hero()
    with below:
        if lesson.after:
            timed()(lesson.after)(desk)
        rest()
    ending(desk, lesson.sources)


FRAME = Path(__file__).parent / "page.css"


OPEN = 2  # findings that everybody reads
EXPERTS = frozenset({"law", "luck", "half-life"})  # findings about laws, by key: never among them
PENDING = object()  # what a hero hands over if it was stopped


def opening(desk: Desk) -> None:
    """Title, one sentence, and whatever had to be refused."""
    text = words(desk.page)
    st.html(FRAME)  # Streamlit reads the file, as a style
    if "eyebrow" in text:
        st.html(f'<p class="lab-eyebrow">{escape(text["eyebrow"])}</p>')
    st.title(text["title"], anchor=False)
    terms.tell(text["lead"], "lead")
    for sentence in () if desk.refused_at else few(desk.refused):
        st.warning(as_quote(desk.spoken(sentence)), icon=":material/link_off:")


def told(findings: Iterable[Finding]) -> None:
    """Findings after the headline, as a list, of which the first ones are open."""
    said = sorted((f for f in findings if f.key != "headline"), key=lambda f: f.key in EXPERTS)
    items, shown = [f"<li>{escape(f.text)}</li>" for f in said], min(OPEN, sum(f.key not in EXPERTS for f in said))
    first, others = "".join(items[:shown]), items[shown:]
    more = (
        f'<details class="lab-experts"><summary>For experts ({len(others)})</summary>'
        f'<ul class="lab-findings">{"".join(others)}</ul></details>'
        if others
        else ""
    )
    st.html(terms.glossed(f'<ul class="lab-findings">{first}</ul>{more}', "findings"))


def ending(desk: Desk, sources: Iterable[Source]) -> None:
    """Sources and limits: what every page ends with, folded."""
    limits = terms.glossed(terms.as_html(words(desk.page)["limits"]), "limits")
    folded = {
        "Sources": terms.as_html(cite(sources)) + as_bibtex(sources),
        "What this does not show": f'<div class="lab-text">{limits}</div>',
    }
    st.html(
        "".join(
            f'<details class="lab-ending"><summary>{title}</summary><div>{told}</div></details>'
            for title, told in folded.items()
        )
    )
