"""How much weight real data should have beside synthetic ones."""

from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from collapse.data import Array
from collapse.figures.weighting import weighing
from collapse.scenario import Scenario
from collapse.speech import percent, sentence, times
from collapse.ui.controls import Dial, Preset
from collapse.ui.lesson import View
from collapse.ui.panels import Panel
from collapse.ui.prevention.measures import BASE, OFFERS, introduced
from collapse.ui.shelf import noted
from collapse.ui.slider import live_slider, slider_value
from collapse.visits import PreventionVisit
from collapse.weighting import Weighting, best, last_errors, needed, pooled, settled, settled_variance

POOLED = {"policy": "mix", "policy.synthetic": "0.5", "n": "20", "generations": "30"}
TRIED = tuple(round(w, 1) for w in np.arange(0.1, 1.05, 0.1))
WORK = 8_000_000  # examples that are drawn for all points together
LINEAGES, FEW = 4000, 100


def points(s: Scenario, asked: Weighting) -> dict[float, Array]:
    """Squared errors of the last generation, (R,), for the weights that are tried; none where that is too much work."""
    run = replace(asked, generations=needed(TRIED[0]), lineages=2, seed=s.seed)
    lineages = min(LINEAGES, 2 * WORK // run.cost)
    if lineages < FEW:
        return {}
    found = last_errors(replace(run, lineages=lineages), TRIED)
    return dict(zip(TRIED, found.T, strict=True))


def slider(view: View) -> float:
    """The weight that the visitor tries."""
    desk, rule = view.desk, PreventionVisit.knobs()["weight"]
    key = f"{desk.page}_weight"

    def chosen() -> None:
        desk.visit = replace(desk.visit, weight=slider_value(key))

    if "weight" in desk.hidden:
        return float(desk.visit.weight)
    place, _ = st.columns(2, gap="large")
    with place:
        live_slider(
            "Weight of the real data",
            key=key,
            value=desk.visit.weight,
            low=0.05,
            high=1.0,
            typed=(rule.low or 0, rule.high or 0),
            step=0.01,
            format="percent",
            help=sentence(rule.help),
            on_settle=chosen,
            plain=desk.visit.controls == "plain",
            disabled="weight" in desk.locked,
        )
    return float(desk.visit.weight)


def shown(view: View) -> None:
    """The error in the long run by weight, the best weight, and what equal weights lose."""
    s, text = view.result.scenario, view.text
    real, made = s.policy.split(s.n)
    introduced(view)
    if not real or not made:
        st.info(text["weight.none"])
        return
    asked = Weighting(real=real, made=made, weight=slider(view))
    k, w = asked.ratio, asked.weight
    view.chart(weighing(asked, noted(s, "weights", partial(points, s, asked))), "weighing")
    least, equal = best(k), float(settled(pooled(k), k))
    fitted = settled_variance(replace(asked, weight=max(least, 0.01), variance="fitted"))
    places = {
        "real": f"{real:,}",
        "made": f"{made:,}",
        "best": percent(least),
        "equal": percent(pooled(k)),
        "worse": percent(equal / least - 1),
        "weight": percent(w),
        "error": times(float(settled(w, k))),
        "above": percent(float(settled(w, k)) / least - 1),
        "left": percent(fitted),
    }
    st.markdown(text["weight.found"].format(**places))
    st.markdown(text["weight.but"].format(**places))
    view.over_time("variance", panel="weight")


PANEL = Panel(
    "How much weight",
    Scenario.from_query(POOLED, BASE),
    (
        Dial("policy.synthetic", "AI-made data (synthetic)", 0.05, 0.95, percent=True),
        Dial("n", "Real and AI-made examples", 4, 500, unit="examples"),
        Dial("generations", "Generations", 2, 100),
    ),
    (
        Preset(
            "What if there are as many of both?", "Every model learns from 10 real and 10 AI-made examples.", POOLED
        ),
        Preset(
            "What if nine in ten are AI-made?",
            "Every model learns from 2 real and 18 AI-made examples.",
            POOLED | {"policy.synthetic": "0.9"},
        ),
        Preset(
            "What if one in ten is AI-made?",
            "Every model learns from 18 real and 2 AI-made examples.",
            POOLED | {"policy.synthetic": "0.1"},
        ),
    ),
    {"lineages": "Chains", "seed": "Seed"},
    OFFERS | {"policy": ("mix",), "curator": ("none",), "decoder.temperature": ("1.0",), "decoder.top_p": ("1.0",)},
)
