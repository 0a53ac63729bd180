"""Watch it collapse: the distribution narrowing, and the knobs that save it."""

from dataclasses import replace
from html import escape

import numpy as np
import streamlit as st

from collapse.figures.glimpse import glimpse
from collapse.figures.ridge import narrowing
from collapse.metrics import at_start, at_world
from collapse.policies import Mix
from collapse.scenario import Scenario
from collapse.sources import ALEMOHAMMAD, KAZDAN, OURS, PENGUINS, SHUMAILOV
from collapse.speech import digits, percent, plural
from collapse.stages import EARLY, HEALTHY, LATE
from collapse.trajectory import taken
from collapse.ui import terms
from collapse.ui.controls import Dial, Preset
from collapse.ui.lesson import Lesson, View, show
from collapse.ui.prose import words
from collapse.ui.runs import Outcome

BASE = Scenario(policy=Mix(synthetic=1.0), n=20, generations=50, lineages=300, seed=1)
OFFERS = {
    "model": ("gaussian",),
    "world": ("normal", "bimodal", "skewed", "heavy-tailed", "uniform", "flipper"),
    "world.dimension": ("1",),
}
DIALS = (
    Dial("n", "Training examples", 5, 1000, unit="examples"),
    Dial("generations", "Generations", 5, 200),
    Dial("policy.synthetic", "AI-made data (synthetic)", 0.0, 1.0, percent=True),
)
PRESETS = (
    Preset(
        "What do small samples do?",
        "Every model learns from 20 examples, all made by the model before it.",
        {"policy": "mix", "policy.synthetic": "1.0", "n": "20", "generations": "50"},
    ),
    Preset(
        "Does 10% real data save it?",
        "Ten of the hundred examples in every generation are new and real, for 200 generations.",
        {"policy": "mix", "policy.synthetic": "0.9", "n": "100", "generations": "200"},
    ),
    Preset(
        "What if nothing is thrown away?",
        "Every model learns from all data so far, real and AI-made.",
        {"policy": "accumulate", "n": "20"},
    ),
    Preset(
        "Is ten times the data enough?",
        "Every model learns from 200 examples, all made by the model before it, for 500 generations.",
        {"policy": "mix", "policy.synthetic": "1.0", "n": "200", "generations": "500"},
    ),
)
MORE = {
    "world": "What is real (the world)",
    "policy": "What the next model learns from (training data)",
    "model.estimator": "How the variance is estimated",
    "decoder.temperature": "Temperature",
    "decoder.top_p": "Top-p",
    "lineages": "Chains",
    "seed": "Seed",
}


def stages(view: View) -> None:
    """The two stages by name, each with the first model of the lineage shown that is in it."""
    found, text = view.result, view.text
    of_lineage = found.evidence.stages[found.lineage]
    cards = []
    for name, stage in (("early", EARLY), ("late", LATE)):
        there = np.flatnonzero(of_lineage == stage)
        if len(there):
            tail = at(found, "smaller_tail", there[0]) / at_start(found.scenario, "smaller_tail")
            wide = percent(float(np.sqrt(at(found, "variance", there[0]))))
            more = stage == EARLY and tail >= 1  # a bell curve in a world that it cannot express
            said = text["early.wide" if more else f"{name}.here"]
            here = said.format(generation=there[0], wide=wide, tail=digits(tail) if more else percent(tail))
            if of_lineage[-1] == HEALTHY:
                here = f"{here} {text[f'{name}.left']}"
            drawn = glimpse(found.scenario, taken(found.params, slice(there[0] - 1, there[0])))
            drawn = f'<img class="lab-glimpse" src="{drawn}" alt="">'
        else:
            generations = plural(found.scenario.generations, "generation", "generations")
            here, drawn = text[f"{name}.never"].format(generations=generations), ""
        cards.append(
            f'<div class="lab-stage-{name}"><h3>{text[name]}</h3>{drawn}'
            f"<p>{escape(text[f'{name}.says'])} {escape(here)}</p></div>"
        )
    st.html(f'<div class="lab-stages">{"".join(cards)}</div>')


def at(found: Outcome, metric: str, generation: int) -> float:
    """A metric of the lineage shown in one generation."""
    return float(found.trajectory.measure(metric)[found.lineage, generation])


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
    picture=lambda result: replace(
        narrowing(result.trajectory, result.lineage, result.params, result.passed_on), opens=True
    ),
    first=stages,
    rest=rest,
    after=lambda desk: terms.tell(words(desk.page)["why"], "why"),
    metric="variance",
    sources=(SHUMAILOV, ALEMOHAMMAD, KAZDAN, OURS, PENGUINS),
)

if __name__ == "__main__":  # Streamlit runs the file; the book only reads it
    show(LESSON)
