"""One bell curve: exact laws, drift against shrinking, one to many dimensions."""

import streamlit as st

from collapse.figures.directions import directions, effective_number
from collapse.figures.drift import conservation, swarm
from collapse.laws.ensembles import effective_directions
from collapse.scenario import Scenario
from collapse.sources import ALEMOHAMMAD, KAZDAN, OURS, SHUMAILOV, SIEGMUND
from collapse.ui.controls import Dial, Preset
from collapse.ui.lesson import Lesson, View, show

BASE = Scenario(n=30, generations=60, lineages=300, seed=1)
OFFERS = {"model": ("gaussian",), "world": ("normal",)}
DIALS = (
    Dial("n", "Training examples", 5, 1000, unit="examples"),
    Dial("generations", "Generations", 5, 200),
    Dial("world.dimension", "Dimensions", 1, 16),
)
PRESETS = (
    Preset(
        "Does the law hold?",
        "So many chains run (3,000, with 100 examples each) that their mean can be told from a wrong law.",
        {"lineages": "3000", "n": "100"},
    ),
    Preset(
        "Does an unbiased fit help?",
        "The fit divides by n − 1: on average it is right about the variance of what it has read.",
        {"model.estimator": "unbiased"},
    ),
    Preset(
        "And in eight dimensions?",
        "Every example has eight numbers: compare the mean variance with the geometric mean over the directions.",
        {"world.dimension": "8", "n": "60"},
    ),
    Preset(
        "What does cooling do?",
        "The temperature is 0.9: what a model says has a tenth less variance than what it believes, however large the sample.",
        {"decoder.temperature": "0.9"},
    ),
)
MORE = {
    "policy": "What the next model learns from (training data)",
    "policy.synthetic": "AI-made data (synthetic)",
    "model.estimator": "How the variance is estimated",
    "decoder.temperature": "Temperature",
    "decoder.top_p": "Top-p",
    "lineages": "Chains",
    "seed": "Seed",
}


def rest(view: View) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        view.chart(conservation(view.result.trajectory), "conservation")
        view.over_time("log_variance")
    with right:
        view.chart(directions(view.result.trajectory), "directions")
        if view.result.scenario.world.d > 1 and (law := effective_directions(view.result.scenario)) is not None:
            view.chart(effective_number(view.result.trajectory, law), "effective_number")
        view.stages()


LESSON = Lesson(
    name="gaussian",
    title="One bell curve",
    base=BASE,
    offers=OFFERS,
    dials=DIALS,
    presets=PRESETS,
    more=MORE,
    hero="drift",
    picture=lambda result: swarm(result.trajectory, result.lineage),
    rest=rest,
    metric="variance",
    sources=(SHUMAILOV, ALEMOHAMMAD, KAZDAN, SIEGMUND, OURS),
)

if __name__ == "__main__":  # Streamlit runs the file; the book only reads it
    show(LESSON)
