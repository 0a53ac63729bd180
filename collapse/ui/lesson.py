"""A page is a lesson: one description, which is drawn here, listed in the book, and known to the live route before anybody opens it.

Its file in `pages/` says what is its own; the frame is the same for all: title and sentences, a picture with its headline beside
sliders and presets, more controls, what was found, further pictures, and at the end link, code, sources and limits.
What changes with every run is written as plain HTML, escaped: a Markdown element costs the browser five times as much.
"""

import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from collapse.export import data_file
from collapse.figures.loop import loop_picture
from collapse.figures.picture import Picture
from collapse.figures.strip import strip
from collapse.figures.timeline import Look, over_time
from collapse.figures.words import in_words
from collapse.findings import Finding
from collapse.links import few
from collapse.scenario import Scenario
from collapse.sources import Source
from collapse.ui import chart, controls, heroes, rerun, teach, terms, training, turns
from collapse.ui.arrival import arrive
from collapse.ui.controls import Dial, Preset
from collapse.ui.desk import Desk
from collapse.ui.drawers import named
from collapse.ui.experiments import experiments, way
from collapse.ui.formulas import formulas
from collapse.ui.heroes import Hero
from collapse.ui.prose import as_bibtex, as_quote, cite, words
from collapse.ui.reader import reader
from collapse.ui.runs import Outcome, handed_over, outcome_on
from collapse.ui.share import share


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
        """The hero of a run, with what happened in large type, and how typical the lineage is that it shows."""
        return replace(self.picture(result), headline=result.headline, verdict=result.verdict, aside=result.standing())


def show(lesson: Lesson) -> None:
    """Draw a lesson for this visitor."""
    desk = arrive(lesson.name, lesson.base, lesson.offers, lesson.desk)
    rerun.done()
    opening(desk)
    if lesson.before:
        lesson.before(desk)
    with st.container(key="lab-lesson"):
        with st.container(key="lab-stage"):
            picture, side = st.container(key="lab-picture"), st.container(key="lab-side")
        below = st.container(key="lab-below")

    @turns.fragment(controls.HERO)
    def hero() -> None:
        waiting = training.untrained(desk.scenario)
        desk.handed = None if waiting else outcome_on(desk)
        drawn = desk.drawn if waiting else lesson.worded(desk.handed)
        desk.drawn = drawn if training.possible(desk) else None
        if drawn is not None:
            heroes.draw(drawn, key=lesson.hero)

    @turns.fragment(controls.REST)
    def rest() -> None:
        rerun.if_asked()
        if training.untrained(desk.scenario):
            st.rerun()  # the whole page: see `training`
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

    with side:
        presets = desk.presets(lesson.presets)
        teach.button(desk, words(lesson.name)["title"], {dial.key: dial.label for dial in desk.dials(lesson.dials)})
        controls.dials(desk, desk.dials(lesson.dials), lambda: way(desk, presets))
        experiments(desk, presets)
        controls.which_lineage(desk)
        controls.more(desk, lesson.more(desk) if callable(lesson.more) else lesson.more)
    with picture:
        training.watch(desk)
        hero()
    with below:
        if lesson.after:
            lesson.after(desk)
        rest()
    ending(desk, lesson.sources)


FRAME = Path(__file__).parent / "page.css"


OPEN = 2  # findings that everybody reads


def opening(desk: Desk) -> None:
    """Title, one sentence, and whatever had to be refused."""
    text = words(desk.page)
    st.html(FRAME)  # Streamlit reads the file, as a style
    if "eyebrow" in text:
        st.html(f'<p class="lab-eyebrow">{escape(text["eyebrow"])}</p>')
    st.title(text["title"], anchor=False)
    terms.tell(text["lead"], "lead")
    for sentence in () if desk.refused_at else few(desk.refused):
        st.warning(as_quote(sentence), icon=":material/link_off:")


def told(findings: Iterable[Finding]) -> None:
    """Findings after the headline, as a list, of which the first ones are open."""
    said = [f"<li>{escape(f.text)}</li>" for f in findings if f.key != "headline"]
    first, others = "".join(said[:OPEN]), said[OPEN:]
    more = (
        f'<details class="lab-experts"><summary>For experts ({len(others)})</summary>'
        f'<ul class="lab-findings">{"".join(others)}</ul></details>'
        if others
        else ""
    )
    st.html(terms.glossed(f'<ul class="lab-findings">{first}</ul>{more}', "findings"))


def code(desk: Desk, metric: str) -> str:
    """A script that makes the numbers of this page, to the digit."""
    query = "& ".join(f"{k}={v}" for k, v in desk.scenario.to_query().items())
    pieces = "\n".join(f'    "{line.replace(" ", "")}"' for line in textwrap.wrap(query, 88))
    needed = "from collapse import Scenario, run\nfrom collapse.bands import median\n"
    if desk.scenario.world.private:
        needed += "from collapse.compose import with_data\n"
        pieces += f",\n    with_data({data_file(desk.scenario.world)!r}, {desk.scenario.world.kind!r}),"
    return (
        "# Run it in the folder of this project, where README.md is: python this_file.py\n"
        f"{needed}\nscenario = Scenario.from_query(\n{pieces}\n)\n"
        f'{metric} = run(scenario, keep=["{metric}"]).measure("{metric}")   # (lineages, generations + 1)\n'
        f"for generation, values in enumerate({metric}.T):\n"
        "    print(generation, median(values), values.mean())   # the typical chain, and the average\n"
    )


def repeat(desk: Desk, metric: str) -> None:
    """The link and the code that repeat the page; part of the fragment that settles, so that they always do."""
    world = desk.scenario.world
    mine = named(world) if world.private else ""
    share(urlencode(desk.link()), in_words(desk.scenario), code(desk, metric), key=f"{desk.page}_share", mine=mine)


def ending(desk: Desk, sources: Iterable[Source]) -> None:
    """Sources and limits: what every page ends with."""
    with st.expander("Sources", key=f"{desk.page}_sources"):
        st.markdown(cite(sources))
        st.html(as_bibtex(sources))
    with st.expander("What this does not show", key=f"{desk.page}_limits"):
        terms.tell(words(desk.page)["limits"], "limits")
