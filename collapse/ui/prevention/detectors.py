"""Detectors of synthetic data: with assumed rates, and one that really looks."""

import numpy as np
import streamlit as st
from scipy.special import ndtr

from collapse.curators.errors import Detector, UnfairDetector
from collapse.detection import auroc_of_bell_curves
from collapse.laws.curated import real_share, unfair_variance
from collapse.prevalence import predictive_value, rogan_gladen, rogan_gladen_interval
from collapse.scenario import Scenario
from collapse.speech import exactly, percent, plural
from collapse.ui.article import table
from collapse.ui.controls import Dial, Preset
from collapse.ui.lesson import View
from collapse.ui.panels import Panel
from collapse.ui.prevention import looking
from collapse.ui.prevention.measures import (
    BASE,
    MIXED,
    MORE,
    OFFERS,
    N,
    beside_nothing,
    introduced,
)

PREVALENCE, JUDGED = (0.01, 0.1, 0.5, 0.9), 1000
NEVER_SURE = 1 - 1e-12  # no finite passage tells for certain, though the law may round to that
SPREADS, PASSAGES = (0.9, 0.5, 0.1), (1, 5, 20, 100)


def rates(s: Scenario) -> tuple[float, float]:
    """How much of what is made, and of what is real, the detector of a run takes for synthetic; a usual one where there is none."""
    c = s.curator if isinstance(s.curator, Detector) else Detector()
    outside = 2 * float(ndtr(-c.tail)) if isinstance(c, UnfairDetector) else 0.0
    return c.tpr, (1 - outside) * c.fpr + outside * (c.tail_fpr if isinstance(c, UnfairDetector) else 0.0)


def judged(share: float, tpr: float, fpr: float) -> tuple[str, str, str, str]:
    """A share of synthetic data, how much is called so on average, how much of that is, and what the detector's user concludes."""
    called = share * tpr + (1 - share) * fpr
    right, estimate = predictive_value(share, tpr, fpr), rogan_gladen(called, tpr, fpr)
    low, high = rogan_gladen_interval(round(called * JUDGED), JUDGED, tpr, fpr)
    return (
        percent(share),
        percent(called),
        "nothing is called so" if np.isnan(right) else percent(right),
        "it guesses, and nothing follows"
        if np.isnan(estimate)
        else f"{percent(estimate)} ({percent(low)} to {percent(high)})",
    )


def shown(view: View) -> None:
    """Base rates, a detector that really looks, and the best that can be done."""
    s, text = view.result.scenario, view.text
    share = s.policy.split(s.n)[0] / s.n
    tpr, fpr = rates(s)
    left = real_share(share, tpr, fpr)
    introduced(
        view,
        found=percent(tpr),
        false=percent(fpr),
        after=text["detectors.none"]
        if np.isnan(left)
        else text["detectors.nothing"]
        if share == 0
        else text["detectors.before"].format(before=percent(share), after=percent(left)),
        unfair=percent(unfair_variance(0.05, 0.6, 1.5)),
    )
    beside_nothing(view)
    st.subheader(view.text["detectors.rates"], anchor=False)
    table(
        (
            "Share that is AI-made",
            "Called AI-made",
            "Of what is called AI-made, so much is",
            "Estimated share that is",
        ),
        (judged(share, tpr, fpr) for share in PREVALENCE),
    )
    st.caption(text["detectors.estimate"].format(judged=f"{JUDGED:,}"))
    looking.shown(view)
    st.subheader(view.text["detectors.limit"], anchor=False)
    best = (
        (
            f"variance {exactly(v)} of the real one",
            *(percent(min(float(auroc_of_bell_curves(v, k)), NEVER_SURE)) for k in PASSAGES),
        )
        for v in SPREADS
    )
    table(("Model", *(f"passages of {plural(k, 'example', 'examples')}" for k in PASSAGES)), best)


PANEL = Panel(
    "Detectors",
    Scenario.from_query("curator=detector&curator.tpr=0.8&curator.fpr=0.05&curator.tries=20&lineages=100", BASE),
    (
        Dial("curator.tpr", "AI-made data found", 0.0, 1.0, percent=True),
        Dial("curator.fpr", "Real data taken for AI-made", 0.0, 1.0, percent=True),
        N,
    ),
    (
        Preset(
            "Does a good detector save it?",
            "It finds 80% of the AI-made examples, and throws away 5% of the real ones.",
            MIXED | {"curator": "detector", "curator.tries": "20"},
        ),
        Preset(
            "What if nothing is drawn again?",
            "The detector is the same, but the model learns from what is left, which is less.",
            MIXED | {"curator": "detector", "curator.tries": "1"},
        ),
        Preset(
            "What if the detector is unfair?",
            "It takes 60% of the real data in the tails for AI-made.",
            MIXED | {"curator": "unfair-detector", "curator.tries": "20"},
        ),
    ),
    MORE,
    OFFERS,
)
