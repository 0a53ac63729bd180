"""One bell curve: exact laws, drift against shrinking, one to many dimensions."""

import streamlit as st

from collapse.figures.drift import conservation, directions, swarm
from collapse.figures.strip import strip
from collapse.figures.timeline import over_time
from collapse.scenario import Scenario
from collapse.sources import ALEMOHAMMAD, KAZDAN, OURS, SHUMAILOV, SIEGMUND
from collapse.ui import controls, lesson, live, turns
from collapse.ui.chart import chart
from collapse.ui.controls import Dial, Preset
from collapse.ui.desk import desk as visitors_desk
from collapse.ui.prose import words
from collapse.ui.runs import outcome_on

BASE = Scenario(n=30, generations=60, lineages=300, seed=1)
OFFERS = {"model": ("gaussian",), "world": ("normal",)}
DIALS = (
    Dial("n", "Sample size", 5, 1000, unit="examples"),
    Dial("generations", "Generations", 5, 200),
    Dial("world.dimension", "Dimensions", 1, 16),
)
PRESETS = (
    Preset(
        "The law, to the digit",
        "Many lineages, so that mean and law can be told apart",
        {"lineages": "3000", "n": "100"},
    ),
    Preset(
        "Unbiased, and still collapsing",
        "Divide by n − 1: the mean stays, the typical lineage does not",
        {"model.estimator": "unbiased"},
    ),
    Preset("Eight dimensions", "The trace hides the loss of the small directions", {"world.dimension": "8", "n": "60"}),
    Preset(
        "Cool it a little", "Temperature 0.9: fast, and the same for any sample size", {"decoder.temperature": "0.9"}
    ),
)
MORE = {
    "policy": "Diet of the next model",
    "policy.synthetic": "Synthetic fraction",
    "model.estimator": "Estimator",
    "decoder.temperature": "Temperature",
    "decoder.top_p": "Top-p",
    "lineages": "Lineages",
    "seed": "Seed",
}

desk = visitors_desk("gaussian", BASE, OFFERS)
text = words("gaussian")
lesson.opening(desk)
picture, side = st.columns([7, 3], gap="large")


@turns.fragment(controls.HERO)
def hero() -> None:
    live.hero(desk, "drift", lambda result: swarm(result.trajectory, result.lineage))


@turns.fragment(controls.REST)
def rest() -> None:
    result = outcome_on(desk)
    lesson.told(result.findings)
    left, right = st.columns(2, gap="large")
    with left:
        chart(conservation(result.trajectory), key="conservation")
        chart(
            over_time(
                result.trajectory,
                "log_variance",
                result.lineage,
                say=text["log_variance.say"],
                note=text["log_variance.note"],
            ),
            key="log_variance",
        )
    with right:
        chart(directions(result.trajectory), key="directions")
        chart(strip(result.trajectory, result.evidence.stages, desk.rule, result.false_alarm), key="stages")
    lesson.repeat(desk, "variance")


with side:
    controls.panel(desk, DIALS, PRESETS)
with picture:
    hero()
controls.more(desk, MORE)
rest()
lesson.ending(desk, (SHUMAILOV, ALEMOHAMMAD, KAZDAN, SIEGMUND, OURS))
