"""Surnames: rare types die first, by the exact survival law; entropy barely notices."""

import streamlit as st

from collapse.figures.names import indices, lifelines, ranks
from collapse.figures.strip import strip
from collapse.figures.timeline import over_time, share
from collapse.models.categorical import Categorical
from collapse.policies import Mix
from collapse.scenario import Scenario
from collapse.sources import CENSUS, GALTON, HILL, OURS, SEDDIK, SIMPSON, SURESH, WRIGHT
from collapse.ui import controls, lesson, live, turns
from collapse.ui.chart import chart
from collapse.ui.controls import Dial, Preset
from collapse.ui.desk import desk as visitors_desk
from collapse.ui.prose import words
from collapse.ui.runs import outcome_on
from collapse.worlds import Surnames

BASE = Scenario(
    Surnames(types=500), Categorical(), policy=Mix(synthetic=1.0), n=1000, generations=50, lineages=60, seed=1
)
OFFERS = {"world": ("surnames",), "model": ("categorical",)}
DIALS = (
    Dial("n", "People in each generation", 100, 100_000),
    Dial("generations", "Generations", 5, 200),
    Dial("policy.synthetic", "Synthetic fraction", 0.0, 1.0, percent=True),
)
PRESETS = (
    Preset("A closed village", "300 people, nobody moves in", {"policy": "mix", "policy.synthetic": "1.0", "n": "300"}),
    Preset(
        "10 % newcomers",
        "One in ten is drawn fresh from the real world",
        {"policy": "mix", "policy.synthetic": "0.9", "n": "1000"},
    ),
    Preset("Keep every record", "Nothing is ever thrown away", {"policy": "accumulate", "n": "1000"}),
    Preset("Cool it a little", "Temperature 0.9: the common names take over", {"decoder.temperature": "0.9"}),
)
MORE = {
    "world.types": "Names in the world",
    "policy": "Diet of the next model",
    "model.smoothing": "Smoothing (added to every count)",
    "decoder.temperature": "Temperature",
    "decoder.top_p": "Top-p",
    "lineages": "Lineages",
    "seed": "Seed",
}

desk = visitors_desk("surnames", BASE, OFFERS)
text = words("surnames")
lesson.opening(desk)
picture, side = st.columns([7, 3], gap="large")


@turns.fragment(controls.HERO)
def hero() -> None:
    live.hero(desk, "ranks", lambda result: ranks(result.trajectory, result.params.p, result.lineage))


@turns.fragment(controls.REST)
def rest() -> None:
    result = outcome_on(desk)
    lesson.told(result.findings)
    left, right = st.columns(2, gap="large")
    with left:
        chart(lifelines(result.trajectory, result.params.p), key="lifelines")
    with right:
        chart(indices(result.trajectory), key="indices")
        chart(
            over_time(
                result.trajectory,
                "tail_mass",
                result.lineage,
                say=text["tail_mass.say"],
                note=text["tail_mass.note"],
                look=share("people with a rare name", 0.1),
            ),
            key="tail_mass",
        )
    chart(strip(result.trajectory, result.evidence.stages, desk.rule, result.false_alarm), key="stages")
    lesson.repeat(desk, "types")


with side:
    controls.panel(desk, DIALS, PRESETS)
with picture:
    hero()
controls.more(desk, MORE)
rest()
lesson.ending(desk, (CENSUS, GALTON, WRIGHT, SURESH, SEDDIK, HILL, SIMPSON, OURS))
