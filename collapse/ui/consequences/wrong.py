"""Lack of accuracy: confidence against correctness, a regression, and sentences that were never true of the book."""

from functools import partial
from html import escape
from itertools import pairwise

import streamlit as st

from collapse.beliefs.language import PASSAGE
from collapse.figures.accuracy import regression_errors
from collapse.figures.consequences import calibration
from collapse.figures.reader import Pieces, invented
from collapse.figures.timeline import over_time, share
from collapse.recursion import aside, lives
from collapse.regression import Regression, errors
from collapse.scenario import Scenario
from collapse.text.corpus import words
from collapse.ui.consequences.runs import BIRDS, BIRDS_FED, GENERATIONS, MORE, SYNTHETIC, N, exam
from collapse.ui.lesson import View
from collapse.ui.panels import Panel
from collapse.ui.runs import trajectory_of
from collapse.ui.shelf import noted

FLUENT = Scenario.from_query(
    "world=alice&model=ngram&model.order=5&n=4000&generations=10&lineages=4&policy=replace&seed=1"
)
PAIRS = share("pairs of words that never stood in the book", 0.75)
_STYLE = """<style>
.lab-heard { margin: 0 0 0.2rem; padding: 0.2rem 0 0.2rem 0.9rem; border-left: 3px solid rgba(128, 128, 128, 0.5);
  font-family: Georgia, serif; }
.lab-heard mark { background: rgba(194, 65, 12, 0.16); color: inherit; border-bottom: 2px dotted currentColor; }
</style>"""


def shown(view: View) -> None:
    """Confidence against correctness, a regression, and sentences that were never true of the book."""
    s = view.result.scenario
    view.chart(calibration(s, exam(view)), "calibration")
    st.subheader(view.text["wrong.regression"], anchor=False)
    usual = Regression()
    view.tell("wrong.regression.note", lineages=usual.lineages, examples=usual.examples)
    for column, policy in zip(st.columns(2, gap="large"), ("replace", "accumulate"), strict=True):
        asked = Regression(policy=policy)
        found = noted(PANEL.base, "regression", partial(errors, asked), policy)
        with column:
            view.chart(regression_errors(asked, found), f"regression_{policy}")
    fluent(view)


def fluent(view: View) -> None:
    """Sentences that read well and never stood in the book: how many of their pairs of words are invented, and one to look at."""
    s, text = FLUENT, view.text
    st.subheader(text["wrong.fluent"], anchor=False)
    st.markdown(text["wrong.fluent.note"].format(tokens=s.model.order, n=f"{s.n:,}"))  # type: ignore[attr-defined]
    corpus = s.world.corpus("chars")  # type: ignore[attr-defined]
    unread = noted(s, "unread pairs", lambda: corpus.strange_pairs([corpus.unread]))
    left, right = st.columns(2, gap="large")
    with left:
        say, note = text["wrong.untrue_pairs.say"], text["wrong.untrue_pairs.note"]
        run = trajectory_of(s, ("untrue_pairs",))
        level = ("real text that no model has read", unread)
        view.chart(over_time(run, "untrue_pairs", 0, say=say, note=note, look=PAIRS, level=level), "untrue_pairs")
    with right:
        for t, (told, pieces) in noted(s, "heard", heard).items():
            st.html(f"<h4>{text['wrong.heard'].format(t=t)}</h4>" + quoted(pieces))
            st.caption(text["wrong.counted"].format(invented=told[0], pairs=told[1]))


def heard() -> dict[int, tuple[tuple[int, int], Pieces]]:
    """What the first and the last model of one lineage say: (invented pairs, pairs), and the passage with them marked."""
    life, corpus = lives(FLUENT, 0), FLUENT.world.corpus("chars")  # type: ignore[attr-defined]
    found = {}
    for t in (1, FLUENT.generations):
        said = FLUENT.model.sample(life[t - 1], PASSAGE, FLUENT.decoder, aside(FLUENT.seed))[0, :, 0]
        passage = corpus.read(said)
        pairs = [*pairwise(words(passage)[1:-1])]
        found[t] = (sum(pair not in corpus.pairs for pair in pairs), len(pairs)), invented(passage, corpus)
    return found


def quoted(pieces: Pieces) -> str:
    """A passage as HTML, with its invented pairs marked."""
    marked = "".join(f"<mark>{escape(text)}</mark>" if new else escape(text) for text, new in pieces)
    return f'{_STYLE}<blockquote class="lab-heard" dir="auto">… {marked} …</blockquote>'


PANEL = Panel(
    "Wrong answers",
    Scenario.from_query(
        "world=penguins&model=mixture&n=60&generations=30&lineages=24&policy=mix&policy.synthetic=1.0&seed=2"
    ),
    (N, SYNTHETIC, GENERATIONS),
    BIRDS_FED,
    MORE,
    BIRDS,
)
