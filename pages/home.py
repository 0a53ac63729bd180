"""Watch it collapse: the distribution narrowing, and the knobs that save it."""

import streamlit as st

from collapse.figures.shapes import narrowing
from collapse.figures.strip import strip
from collapse.figures.timeline import over_time
from collapse.metrics import at_world
from collapse.policies import Mix
from collapse.scenario import Scenario
from collapse.sources import ALEMOHAMMAD, KAZDAN, OURS, PENGUINS, SHUMAILOV
from collapse.speech import percent
from collapse.ui import controls, lesson, live, turns
from collapse.ui.chart import chart
from collapse.ui.controls import Dial, Preset
from collapse.ui.desk import desk as visitors_desk
from collapse.ui.prose import words
from collapse.ui.runs import outcome_on

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
        "Collapses in a coffee break",
        "20 examples a generation, nothing but its own output",
        {"policy": "mix", "policy.synthetic": "1.0", "n": "20", "generations": "50"},
    ),
    Preset(
        "10 % real data saves it",
        "Ten of a hundred examples are fresh and real, for 200 generations",
        {"policy": "mix", "policy.synthetic": "0.9", "n": "100", "generations": "200"},
    ),
    Preset("Keep everything", "Every model learns from all data there ever were", {"policy": "accumulate", "n": "20"}),
    Preset(
        "Big samples only delay it",
        "Ten times the data, ten times the generations",
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

desk = visitors_desk("home", BASE, OFFERS)
text = words("home")
lesson.opening(desk)
picture, side = st.columns([7, 3], gap="large")


@turns.fragment(controls.HERO)
def hero() -> None:
    live.hero(desk, "narrowing", lambda result: narrowing(result.trajectory, result.lineage, result.params))


@turns.fragment(controls.REST)
def rest() -> None:
    result = outcome_on(desk)
    lesson.told(result.findings)
    left, right = st.columns(2, gap="large")
    real = percent(at_world(result.scenario.world, "tail_mass"))
    for column, metric in ((left, "variance"), (right, "tail_mass")):
        with column:
            chart(
                over_time(
                    result.trajectory,
                    metric,
                    result.lineage,
                    say=text[f"{metric}.say"].format(real=real),
                    note=text[f"{metric}.note"].format(real=real),
                ),
                key=metric,
            )
    chart(strip(result.trajectory, result.evidence.stages, desk.rule, result.false_alarm), key="stages")
    lesson.repeat(desk, "variance")


with side:
    controls.panel(desk, DIALS, PRESETS)
with picture:
    hero()
controls.more(desk, MORE)
rest()
lesson.ending(desk, (SHUMAILOV, ALEMOHAMMAD, KAZDAN, OURS, PENGUINS))
