"""Sampling parameters: temperature, top-p."""

import streamlit as st

from collapse.scenario import Scenario
from collapse.speech import exactly, percent
from collapse.ui.article import table
from collapse.ui.controls import Dial, Preset
from collapse.ui.lesson import View
from collapse.ui.panels import Panel
from collapse.ui.prevention.measures import (
    BASE,
    GENERATIONS,
    MORE,
    OFFERS,
    N,
    beside_nothing,
    introduced,
)

COOLED = (0.8, 0.9, 1.0, 1.1, 1.2)


def shown(view: View) -> None:
    """Temperatures with endless data."""
    s, balance = view.result.scenario, ""
    kept = (s.model.spread(s.n) or (0.0, 0.0))[0] * (
        1 - 1 / s.n
    )  # of the variance of what is said, on average; 0: held
    if 0 < kept < 1 - 1e-9:
        balance = view.text["decoding.balance"].format(n=f"{s.n:,}", balance=f"{1 / kept:.3f}") + " "
    introduced(view, balance=balance)
    beside_nothing(view)
    st.subheader(view.text["decoding.table"], anchor=False)
    table(("Temperature", "Variance left"), ((exactly(t), percent(t**9)) for t in COOLED))


PANEL = Panel(
    "Sampling parameters",
    Scenario.from_query("policy=replace&decoder.temperature=1.1&n=20&generations=30&lineages=200", BASE),
    (N, Dial("decoder.temperature", "Temperature", 0.5, 1.5, step=0.01), GENERATIONS),
    (
        Preset(
            "Does a little heat save it?",
            "Every model speaks at a temperature of 1.1.",
            {"decoder.temperature": "1.1", "decoder.top_p": "1.0"},
        ),
        Preset(
            "What does too much heat do?",
            "Every model speaks at a temperature of 1.5.",
            {"decoder.temperature": "1.5", "decoder.top_p": "1.0"},
        ),
        Preset(
            "What does cooling do?",
            "Every model speaks at a temperature of 0.8.",
            {"decoder.temperature": "0.8", "decoder.top_p": "1.0"},
        ),
        Preset(
            "Do large samples make up for top-p?",
            "The outermost 5% of what a model would say are cut off, with 500 examples in each generation.",
            {"decoder.temperature": "1.0", "decoder.top_p": "0.95", "n": "500", "lineages": "40"},
        ),
    ),
    MORE,
    OFFERS,
)
