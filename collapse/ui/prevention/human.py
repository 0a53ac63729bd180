"""People in the loop: a verifier, what people like, and verified labels."""

from dataclasses import replace

import streamlit as st

from collapse.curators.taste import Taste
from collapse.laws.curated import held_factor, verified
from collapse.scenario import Scenario
from collapse.speech import exactly, percent
from collapse.ui.article import table
from collapse.ui.controls import Preset
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
from collapse.verification import critical

VERIFIED = {"policy": "replace", "curator": "verifier", "curator.judges": "made", "curator.centre": "0.5", "n": "200"}


def shown(view: View) -> None:
    """Where the middle goes, and what is known exactly of verifiers."""
    introduced(view)
    beside_nothing(view)
    s = view.result.scenario
    note = view.text["human.mean_drift.note"]
    if isinstance(s.curator, Taste):
        place = {"centre": exactly(s.curator.centre), "square": f"{s.curator.centre**2:.3g}"}
        note = f"{note} {view.text[f'human.{s.curator.kind}'].format(**place)}"
    told = replace(view, text={**view.text, "human.mean_drift.note": note})
    told.over_time("mean_drift", panel="human")
    st.subheader(view.text["human.table"], anchor=False)
    rows = []
    for radius in (0.5, 1.0, 2.0):
        path = verified(0.5, radius, 60)
        rows.append(
            (
                f"within {exactly(radius)} of the centre 0.5",
                f"each round leaves {percent(held_factor(radius))} of a small distance from the centre",
                f"after 60 rounds: mean {path.mean[-1]:.3f}, variance {path.variance[-1]:.3f}",
            )
        )
    table(("Verifier", "Variance known and held at 1", "Variance fitted again"), rows)
    st.markdown(view.text["human.labels"])
    kept = [
        (f"φ = {exactly(right)}, ψ = {exactly(wrong)}", percent(critical(right, wrong)))
        for right, wrong in ((1.0, 1.0), (0.9, 0.3), (0.7, 0.05))
    ]
    table(("Right and wrong labels kept with probability", "Tipping point: share of wrong labels"), kept)


PANEL = Panel(
    "People in the loop",
    Scenario.from_query(VERIFIED | {"curator.radius": "1.0", "generations": "30", "lineages": "60"}, BASE),
    (N, GENERATIONS),
    (
        Preset(
            "A strict verifier",
            "Within half a standard deviation of its centre",
            VERIFIED | {"curator.radius": "0.5"},
        ),
        Preset("A loose verifier", "Within two standard deviations", VERIFIED | {"curator.radius": "2.0"}),
        Preset(
            "What people like",
            "Examples near the centre pass more often",
            {
                "policy": "replace",
                "n": "200",
                "curator": "preference",
                "curator.centre": "0.5",
                "curator.width": "2.0",
            },
        ),
        Preset(
            "Verified, and half of it real",
            "Half of the pool is real, and not judged",
            VERIFIED | {"policy": "mix", "policy.synthetic": "0.5", "curator.radius": "1.0"},
        ),
    ),
    MORE,
    OFFERS,
)
