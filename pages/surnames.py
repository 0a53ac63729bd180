"""Surnames: rare types die first, by the exact survival law; entropy barely notices."""

import streamlit as st

from collapse.figures.names import indices, lifelines, ranks
from collapse.figures.timeline import share
from collapse.models.categorical import Categorical
from collapse.policies import Mix
from collapse.scenario import Scenario
from collapse.sources import CENSUS, GALTON, HILL, OURS, SEDDIK, SIMPSON, SURESH, WRIGHT
from collapse.ui.controls import Dial, Preset
from collapse.ui.lesson import Lesson, View, show
from collapse.worlds import Surnames

BASE = Scenario(
    Surnames(types=500), Categorical(), policy=Mix(synthetic=1.0), n=1000, generations=50, lineages=60, seed=1
)
OFFERS = {"world": ("surnames",), "model": ("categorical",)}
DIALS = (
    Dial(
        "n",
        "People in each generation",
        100,
        100_000,
        hint="how many people each generation has; the next one learns its names from them",
    ),
    Dial("generations", "Generations", 5, 200),
    Dial("policy.synthetic", "AI-made data (synthetic)", 0.0, 1.0, percent=True),
)
PRESETS = (
    Preset(
        "What happens in a village?",
        "There are 300 people, and nobody moves in.",
        {"policy": "mix", "policy.synthetic": "1.0", "n": "300"},
    ),
    Preset(
        "Do 10% newcomers help?",
        "One in ten people comes from the real world in every generation.",
        {"policy": "mix", "policy.synthetic": "0.9", "n": "1000"},
    ),
    Preset(
        "What if every record is kept?",
        "Every generation takes its names from all people so far.",
        {"policy": "accumulate", "n": "1000"},
    ),
    Preset(
        "What does cooling do?",
        "The temperature is 0.9: common names are said more often than they were read.",
        {"decoder.temperature": "0.9"},
    ),
)
MORE = {
    "world.types": "Names in the world",
    "policy": "What the next model learns from (training data)",
    "model.smoothing": "Smoothing (added to every count)",
    "decoder.temperature": "Temperature",
    "decoder.top_p": "Top-p",
    "lineages": "Chains",
    "seed": "Seed",
}


def rest(view: View) -> None:
    result = view.result
    left, right = st.columns(2, gap="large")
    with left:
        view.chart(lifelines(result.trajectory, result.params.p), "lifelines")
    with right:
        view.chart(indices(result.trajectory), "indices")
        view.over_time("tail_mass", share("people with a rare name", 0.1))
    view.stages()


LESSON = Lesson(
    name="surnames",
    title="Surnames",
    base=BASE,
    offers=OFFERS,
    dials=DIALS,
    presets=PRESETS,
    more=MORE,
    hero="ranks",
    picture=lambda result: ranks(result.trajectory, result.params.p, result.lineage),
    rest=rest,
    metric="types",
    sources=(CENSUS, GALTON, WRIGHT, SURESH, SEDDIK, HILL, SIMPSON, OURS),
)

if __name__ == "__main__":  # Streamlit runs the file; the book only reads it
    show(LESSON)
