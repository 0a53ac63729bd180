"""Watch it collapse: the distribution narrowing, and the knobs that save it."""

import streamlit as st

from collapse.figures.ridge import narrowing
from collapse.metrics import at_world
from collapse.policies import Mix
from collapse.scenario import Scenario
from collapse.sources import ALEMOHAMMAD, KAZDAN, OURS, PENGUINS, SHUMAILOV
from collapse.speech import percent
from collapse.ui.controls import Dial, Preset
from collapse.ui.lesson import Lesson, View, show

BASE = Scenario(policy=Mix(synthetic=1.0), n=20, generations=50, lineages=300, seed=1)
OFFERS = {
    "model": ("gaussian",),
    "world": ("normal", "bimodal", "skewed", "heavy-tailed", "uniform", "flipper"),
    "world.dimension": ("1",),
}
DIALS = (
    Dial("n", "Sample size", 5, 1000, unit="examples"),
    Dial("generations", "Generations", 5, 200),
    Dial("policy.synthetic", "Synthetic fraction", 0.0, 1.0, percent=True),
)
PRESETS = (
    Preset(
        "Small samples",
        "20 examples a generation, nothing but its own output",
        {"policy": "mix", "policy.synthetic": "1.0", "n": "20", "generations": "50"},
    ),
    Preset(
        "10 % real data",
        "Ten of a hundred examples are fresh and real, for 200 generations",
        {"policy": "mix", "policy.synthetic": "0.9", "n": "100", "generations": "200"},
    ),
    Preset("Keep everything", "Every model learns from all data there ever were", {"policy": "accumulate", "n": "20"}),
    Preset(
        "Ten times the data",
        "200 examples a generation, for 500 generations",
        {"policy": "mix", "policy.synthetic": "1.0", "n": "200", "generations": "500"},
    ),
)
MORE = {
    "world": "World",
    "policy": "Where real data come from",
    "model.estimator": "Estimator",
    "decoder.temperature": "Temperature",
    "decoder.top_p": "Top-p",
    "lineages": "Lineages",
    "seed": "Seed",
}


def rest(view: View) -> None:
    real = percent(at_world(view.result.scenario.world, "tail_mass"))
    for column, metric in zip(st.columns(2, gap="large"), ("variance", "tail_mass"), strict=True):
        with column:
            view.over_time(metric, real=real)
    view.stages()


LESSON = Lesson(
    name="home",
    title="Watch it collapse",
    base=BASE,
    offers=OFFERS,
    dials=DIALS,
    presets=PRESETS,
    more=MORE,
    hero="narrowing",
    picture=lambda result: narrowing(result.trajectory, result.lineage, result.params, result.passed_on),
    rest=rest,
    metric="variance",
    sources=(SHUMAILOV, ALEMOHAMMAD, KAZDAN, OURS, PENGUINS),
)

if __name__ == "__main__":  # Streamlit runs the file; the book only reads it
    show(LESSON)
