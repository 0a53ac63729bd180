"""Penguins: a mixture of three bell curves forgets its rarest species."""

import streamlit as st

from collapse.figures.groups import ellipses
from collapse.figures.weights import survival, weights
from collapse.models.mixture import Mixture
from collapse.policies import Mix
from collapse.scenario import Scenario
from collapse.sources import DEMPSTER, OURS, PEARSON, PENGUINS, SHUMAILOV, WRIGHT
from collapse.ui.controls import Dial, Preset
from collapse.ui.lesson import Lesson, View, show
from collapse.worlds import Penguins

BASE = Scenario(
    Penguins(), Mixture(iterations=15), policy=Mix(synthetic=1.0), n=100, generations=100, lineages=24, seed=13
)
OFFERS = {"world": ("penguins",), "model": ("mixture",)}
DIALS = (
    Dial(
        "n",
        "Birds in each generation",
        20,
        400,
        hint="how many birds each model learns from, or, if all earlier ones are kept, how many each generation adds",
    ),
    Dial("generations", "Generations", 5, 100),
    Dial("policy.synthetic", "AI-made data (synthetic)", 0.0, 1.0, percent=True),
)
USUAL = {"n": "100", "generations": "100", "lineages": "24", "model.start": "warm"}
PRESETS = (
    Preset(
        "Do three times the birds help?",
        "Every model learns from 300 birds, all made by the model before it.",
        USUAL | {"policy": "mix", "policy.synthetic": "1.0", "n": "300"},
    ),
    Preset(
        "Are 10% real birds enough?",
        "Ten of the hundred birds of every generation are real and new.",
        USUAL | {"policy": "mix", "policy.synthetic": "0.9"},
    ),
    Preset(
        "And half of them real?",
        "Fifty of the hundred birds of every generation are real and new.",
        USUAL | {"policy": "mix", "policy.synthetic": "0.5"},
    ),
    Preset(
        "Are the same 20 birds enough?",
        "Twenty of the first hundred real birds are kept, and every model sees them again.",
        USUAL | {"policy": "anchor", "policy.synthetic": "0.8"},
    ),
    Preset(
        "What if every bird is kept?",
        "Every model learns from all birds so far, real and AI-made. This run is shorter, and there are fewer birds in it.",
        USUAL | {"policy": "accumulate", "n": "50", "generations": "50", "lineages": "20"},
    ),
    Preset(
        "Does it help to forget the parent?",
        "10% of the birds are real and new, and every fit starts from scratch instead of from its parent.",
        USUAL | {"policy": "mix", "policy.synthetic": "0.9", "model.start": "cold"},
    ),
)
MORE = {
    "world.measured": "What is measured",
    "policy": "What the next model learns from (training data)",
    "model.start": "Each model starts from",
    "model.components": "Bell curves",
    "model.covariance": "Their shape",
    "model.iterations": "Steps of a fit at most (EM)",
    "decoder.temperature": "Temperature",
    "decoder.top_p": "Top-p",
    "lineages": "Chains",
    "seed": "Seed",
}


def rest(view: View) -> None:
    result = view.result
    left, right = st.columns(2, gap="large")
    with left:
        view.chart(weights(result.trajectory, result.lineage, result.params), "weights")
        view.over_time("minority_share")
    with right:
        view.chart(survival(result.trajectory, result.control), "survival")
        view.stages()


LESSON = Lesson(
    name="penguins",
    title="Penguins",
    base=BASE,
    offers=OFFERS,
    dials=DIALS,
    presets=PRESETS,
    more=MORE,
    hero="ellipses",
    picture=lambda result: ellipses(result.trajectory, result.lineage, result.params, result.group_shares),
    rest=rest,
    metric="minority_share",
    sources=(SHUMAILOV, PENGUINS, DEMPSTER, PEARSON, WRIGHT, OURS),
)

if __name__ == "__main__":  # Streamlit runs the file; the book only reads it
    show(LESSON)
