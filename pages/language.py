"""A language model reads itself: n-grams on Alice in Wonderland, from English to loops or letter soup."""

import streamlit as st

from collapse.figures.language import as_typed, next_token, second_view, signs, variety, zipf
from collapse.figures.reader import reading
from collapse.figures.strip import strip
from collapse.figures.timeline import over_time
from collapse.models.ngram import Ngram
from collapse.policies import Mix
from collapse.scenario import Scenario
from collapse.sources import (
    CARROLL,
    GALTON,
    GUO,
    HOLTZMAN,
    LI,
    OURS,
    SHANNON,
    SHUMAILOV,
    SURESH,
    WELLECK,
    WITTEN,
    ZHU,
    ZIPF,
)
from collapse.ui import controls, lesson, live, turns
from collapse.ui.chart import chart
from collapse.ui.controls import Dial, Preset
from collapse.ui.desk import desk as visitors_desk
from collapse.ui.own_text import TextDesk, own_text
from collapse.ui.prose import words
from collapse.ui.runs import outcome_on
from collapse.worlds import Alice

BASE = Scenario(Alice(), Ngram(order=4), policy=Mix(synthetic=1.0), n=5000, generations=12, lineages=8, seed=1)
OFFERS = {"world": ("alice", "own-text"), "model": ("ngram",)}
DIALS = (
    Dial("n", "Text length", 4000, 50_000, unit="tokens"),
    Dial("generations", "Generations", 2, 40),
    Dial("policy.synthetic", "Synthetic fraction", 0.0, 1.0, percent=True),
)
PRESETS = (
    Preset(
        "Words, not letters",
        "It looks back on one word instead of four letters",
        {"model.unit": "words", "model.order": "1"},
    ),
    Preset(
        "Cool it a little",
        "Temperature 0.8: it says more often what is likely anyway, and is soon in loops",
        {"decoder.temperature": "0.8"},
    ),
    Preset("Letter soup", "It looks back on two letters only", {"model.unit": "chars", "model.order": "2"}),
    Preset(
        "10 % of the old text",
        "As in the Nature paper: another tenth of the first text every time",
        {"policy": "random-share", "policy.synthetic": "0.9"},
    ),
    Preset("Keep everything", "Nothing is ever thrown away", {"policy": "accumulate"}),
    Preset(
        "One word at a time",
        "It looks back on nothing: words that stand once in the real text go by a law",
        {"model.unit": "words", "model.order": "0"},
    ),
)
MORE = {
    "model.order": "Looks back on (tokens)",
    "model.unit": "A token is",
    "policy": "Diet of the next model",
    "decoder.temperature": "Temperature",
    "decoder.top_p": "Top-p",
    "decoder.top_k": "Top-k",
    "lineages": "Lineages",
    "seed": "Seed",
}

desk = visitors_desk("language", BASE, OFFERS, TextDesk)
text = words("language")
lesson.opening(desk)
picture, side = st.columns([7, 3], gap="large")


@turns.fragment(controls.HERO)
def hero() -> None:
    live.hero(desk, "reader", lambda result: reading(result.scenario, result.life))


@turns.fragment(controls.REST)
def rest() -> None:
    result = outcome_on(desk)
    s, life = result.scenario, result.life
    corpus = s.world.corpus(s.model.unit)
    lesson.told(result.findings)
    left, right = st.columns(2, gap="large")
    with left:
        chart(
            over_time(
                result.trajectory,
                "perplexity",
                result.lineage,
                say=text["perplexity.say"],
                note=text["perplexity.note"],
            ),
            key="perplexity",
        )
        chart(zipf(s, life), key="zipf")
        chart(variety(s, life), key="variety")
        if corpus.hapaxes:
            chart(
                over_time(
                    result.trajectory,
                    "hapaxes",
                    result.lineage,
                    say=text["hapaxes.say"],
                    note=text["hapaxes.note"],
                ),
                key="hapaxes",
            )
    with right:
        chart(signs(result.trajectory), key="signs")
        contexts = corpus.contexts()
        of_text = s.world.to_query().get("data", s.world.kind)  # what was typed goes with its text
        shown = (
            contexts[0]
            if "more" in desk.hidden
            else st.selectbox(
                "What stands before, in the next picture",
                contexts,
                key=f"language_context_{s.model.unit}_{of_text}",
                accept_new_options=True,
                help="Choose one, or type any words of your own and press Enter",
            )
        )
        chart(next_token(s, life, as_typed(shown or "") or contexts[0]), key="next_token")
        chart(second_view(s, life), key="second_view")
    chart(strip(result.trajectory, result.evidence.stages, desk.rule, result.false_alarm), key="stages")
    lesson.repeat(desk, "perplexity")


with side:
    controls.panel(desk, DIALS, PRESETS)
with picture:
    hero()
controls.more(desk, MORE)
own_text(desk)
rest()
lesson.ending(desk, (CARROLL, SHANNON, ZIPF, WITTEN, GALTON, SHUMAILOV, SURESH, HOLTZMAN, LI, WELLECK, ZHU, GUO, OURS))
