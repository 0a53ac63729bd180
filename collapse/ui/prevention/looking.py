"""Detectors that really look at a text: measured, as models improve and as they collapse, and put into the loop."""

from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st
from scipy.stats import t as student

from collapse.bands import error_of_mean
from collapse.data import Array
from collapse.detectors import SUSPECT, Trial
from collapse.figures.roc import characteristics, filtering, green_scores, power
from collapse.speech import exactly, minus, plural
from collapse.ui.article import table
from collapse.ui.lesson import View
from collapse.ui.shelf import noted

ITEMS, STRENGTHS, READ = (5, 10, 20, 50, 100, 200), (0.0, 1.0, 2.0, 4.0), (1000, 4000, 16_000)
ASKED = "prevention_filtered"


def shown(view: View) -> None:
    """The controls of the trial, what the detectors find, and at a press of a button what filtering with them does."""
    st.header(view.text["detectors.real.head"], anchor=False)
    view.tell("detectors.real")
    trial = chosen(view)
    found = noted(trial.scenario, "scores", trial.scores, trial.items)
    at = st.segmented_control(
        "Passages that were made by generation",
        [*found["watermark"]],
        default=2,
        key="prevention_generation",
        required=True,
        disabled="panel" in view.desk.locked,
    )
    left, right = st.columns(2, gap="large")
    with left:
        told = {name: by[at].roc for name, by in found.items()}
        view.chart(characteristics(trial.scenario, told, trial.items), "characteristics")
    with right:
        areas = {name: {t: scores.roc.auroc for t, scores in by.items()} for name, by in found.items()}
        view.chart(power(trial.scenario, areas, trial.items), "power")
    left, right = st.columns(2, gap="large")
    with left:
        view.chart(green_scores(trial.scenario, found["watermark"][at], trial.items, SUSPECT), "green_scores")
    with right:
        view.tell("detectors.watermark")
    in_the_loop(view, trial)


def chosen(view: View) -> Trial:
    """What is tried: how long the passages are, how strong the watermark is, and how much the models have read."""
    usual, fixed = Trial(), "panel" in view.desk.locked
    one, two, three = st.columns(3, gap="large")
    items = one.select_slider("Characters in a passage", ITEMS, usual.items, key="prevention_items", disabled=fixed)
    strength = two.select_slider(
        "Strength of the watermark",
        STRENGTHS,
        usual.strength,
        key="prevention_strength",
        format_func=exactly,
        disabled=fixed,
    )
    read = three.select_slider(
        "Characters that a model reads",
        READ,
        usual.read,
        key="prevention_read",
        format_func="{:,}".format,
        disabled=fixed,
    )
    return replace(usual, items=items, strength=strength, read=read)


def in_the_loop(view: View, trial: Trial) -> None:
    """Each detector as a filter, for ten generations; computed when somebody asks for it."""
    st.subheader(view.text["detectors.filter.head"], anchor=False)
    view.tell("detectors.filter")
    usual = replace(trial, items=Trial().items, read=Trial().read)  # a filter judges the whole passages of the text
    if st.session_state.get(ASKED) != usual.strength:
        st.button(
            "Filter with each for ten generations",
            key="prevention_filter",
            on_click=st.session_state.update,
            args=({ASKED: usual.strength},),
            disabled="panel" in view.desk.locked,
            icon=":material/filter_alt:",
        )
        return
    names, found = [*usual.filters()], {}
    bar = st.progress(0.0, "The first of five runs")
    for i, name in enumerate(names):
        bar.progress(i / len(names), f"Run {i + 1} of {len(names)}: {name}")
        found[name] = noted(usual.scenario, "filtered", partial(usual.filtered, name), name)
    bar.empty()
    view.chart(filtering(usual.looped("no filter"), found), "filtering")
    without = found["no filter"]
    table(
        ("What filters", "Perplexity in generation 10", "Less than with one pool and no filter"),
        ((name, f"{values[:, -1].mean():.3g}", less(without[:, -1] - values[:, -1])) for name, values in found.items()),
    )
    st.caption(view.text["detectors.filter.note"].format(lineages=plural(usual.lineages, "chain", "chains")))


def less(differences: Array) -> str:
    """The mean of differences (R,) with its 95% interval, by Student's t."""
    if not np.any(differences):
        return "—"
    reach = float(student.ppf(0.975, len(differences) - 1)) * error_of_mean(differences)
    mean = float(differences.mean())
    said, low, high = (minus(f"{value:.2f}") for value in (mean, mean - reach, mean + reach))
    return f"{said} (95% interval: {low} to {high})"
