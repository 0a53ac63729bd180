"""Lack of accuracy: confidence against correctness, and a regression."""

from functools import partial

import streamlit as st

from collapse.figures.accuracy import regression_errors
from collapse.figures.consequences import calibration
from collapse.regression import Regression, errors
from collapse.scenario import Scenario
from collapse.ui.consequences.runs import BIRDS, BIRDS_FED, GENERATIONS, MORE, SYNTHETIC, N, exam
from collapse.ui.lesson import View
from collapse.ui.panels import Panel
from collapse.ui.shelf import noted


def shown(view: View) -> None:
    """Confidence against correctness, and a regression."""
    s = view.result.scenario
    view.chart(calibration(s, exam(view)), "calibration")
    st.subheader(view.text["wrong.regression"], anchor=False)
    usual = Regression()
    st.markdown(view.text["wrong.regression.note"].format(lineages=usual.lineages, examples=usual.examples))
    for column, policy in zip(st.columns(2, gap="large"), ("replace", "accumulate"), strict=True):
        asked = Regression(policy=policy)
        found = noted(PANEL.base, "regression", partial(errors, asked), policy)
        with column:
            view.chart(regression_errors(asked, found), f"regression_{policy}")


PANEL = Panel(
    "Wrong answers",
    Scenario.from_query(
        "world=penguins&model=mixture&n=60&generations=30&lineages=24&policy=mix&policy.synthetic=1.0&seed=2"
    ),
    (N, SYNTHETIC, GENERATIONS),
    BIRDS_FED,
    MORE,
    BIRDS,
)
