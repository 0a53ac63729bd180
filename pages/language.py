"""A language model reads itself: n-grams on Alice in Wonderland, from English to loops or letter soup."""

import streamlit as st

from collapse.closeup import continuations, measured, perplexities
from collapse.decoding import Decoder
from collapse.figures.language import as_typed, next_token, zipf
from collapse.figures.reader import reading
from collapse.figures.signs import VARIETY, second_view, signs, variety
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
from collapse.ui.controls import Dial, Preset
from collapse.ui.lesson import Lesson, View, show
from collapse.ui.own_text import TextDesk, own_text
from collapse.ui.shelf import noted
from collapse.worlds import Alice

COOL = Decoder(temperature=0.8)  # with 20 seeds of 20 the typical text repeats itself in the end
BASE = Scenario(Alice(), Ngram(order=4), COOL, policy=Mix(synthetic=1.0), n=5000, generations=12, lineages=8, seed=8)
OFFERS = {"world": ("alice", "own-text"), "model": ("ngram",)}
DIALS = (
    Dial(
        "n",
        "Text length",
        10,
        50_000,
        unit="tokens",
        hint=(
            "how much text each model reads, or, if all earlier text is kept, how much each generation adds. A token is a "
            "character or a word"
        ),
    ),
    Dial("generations", "Generations", 2, 40),
    Dial("policy.synthetic", "AI-made data (synthetic)", 0.0, 1.0, percent=True),
)
PRESETS = (
    Preset(
        "What if it reads words?",
        "It looks back on one word instead of four letters.",
        {"model.unit": "words", "model.order": "1"},
    ),
    Preset(
        "Is the low temperature to blame?",
        "The temperature is 1: every model says things as often as it has read them.",
        {"decoder.temperature": "1.0"},
    ),
    Preset(
        "What if it remembers less?",
        "It looks back on two letters only, at temperature 1.",
        {"model.unit": "chars", "model.order": "2", "decoder.temperature": "1.0"},
    ),
    Preset(
        "Does some old text help?",
        "As in the Nature paper, every generation also reads a tenth of the first text, another one each time.",
        {"policy": "random-share", "policy.synthetic": "0.9"},
    ),
    Preset(
        "What if no text is thrown away?",
        "Every model reads all text so far, real and AI-made.",
        {"policy": "accumulate"},
    ),
    Preset(
        "What if each word is drawn by itself?",
        "It looks back on nothing, at temperature 1. For the words that stand in the real text only once, a law is known.",
        {"model.unit": "words", "model.order": "0", "decoder.temperature": "1.0"},
    ),
)
MORE = {
    "model.order": "Memory: how many tokens it looks back",
    "model.unit": "It reads",
    "policy": "What the next model learns from (training data)",
    "decoder.temperature": "Temperature",
    "decoder.top_p": "Top-p",
    "decoder.top_k": "Top-k",
    "lineages": "Chains",
    "seed": "Seed",
}


def rest(view: View) -> None:
    """One chart in sight; the others are computed and drawn only for those who open them."""
    view.chart(signs(view.result.trajectory), "signs")
    with st.expander(
        "The measurements", key=f"{LESSON.name}_measurements", icon=":material/monitoring:", on_change="rerun"
    ) as others:
        if others.open:
            measurements(view)


def measurements(view: View) -> None:
    """What else is watched, in two columns that are about equally long."""
    s, believed = view.result.scenario, view.result.beliefs
    corpus = s.world.corpus(s.model.unit)
    left, right = st.columns(2, gap="large")
    with left:
        view.over_time("perplexity")
        view.chart(zipf(s, believed), "zipf")
        view.chart(
            variety(s, noted(s, "variety", lambda: measured(s, believed, VARIETY), view.result.lineage)), "variety"
        )
    with right:
        view.chart(
            second_view(s, noted(s, "perplexities", lambda: perplexities(s, believed), view.result.lineage)),
            "second_view",
        )
        view.chart(next_token(s, believed, context(view, corpus.contexts())), "next_token")
        if corpus.hapaxes:
            view.over_time("hapaxes")
    view.stages()


def context(view: View, contexts: list[str]) -> str:
    """The tokens before the next one: the reader chooses them, or types their own."""
    if "more" in view.desk.hidden:
        return contexts[0]
    world, unit = view.result.scenario.world, view.result.scenario.model.unit
    of_text = world.to_query().get("data", world.kind)  # what was typed goes with its text
    chosen = st.selectbox(
        "The next picture shows what may follow after",
        contexts,
        key=f"language_context_{unit}_{of_text}",
        accept_new_options=True,
        help="Choose one, or type any words of your own and press Enter",
    )
    return as_typed(chosen or "") or contexts[0]


LESSON = Lesson(
    name="language",
    title="A language model reads itself",
    base=BASE,
    offers=OFFERS,
    dials=DIALS,
    presets=PRESETS,
    more=MORE,
    hero="reader",
    picture=lambda result: reading(result.scenario, result.beliefs, continuations(result.scenario, result.beliefs)),
    rest=rest,
    metric="perplexity",
    sources=(CARROLL, SHANNON, ZIPF, WITTEN, GALTON, SHUMAILOV, SURESH, HOLTZMAN, LI, WELLECK, ZHU, GUO, OURS),
    after=own_text,
    desk=TextDesk,
)

if __name__ == "__main__":  # Streamlit runs the file; the book only reads it
    show(LESSON)
