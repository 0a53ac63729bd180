"""Detectors of synthetic data: with assumed rates, and one that really looks."""

import numpy as np
import streamlit as st
from scipy.special import ndtr

from collapse.curators.errors import Detector, UnfairDetector
from collapse.decoding import Decoder
from collapse.detection import LikelihoodRatioTest, auroc_of_bell_curves, predictive_value
from collapse.figures.roc import characteristics
from collapse.laws.curated import drawn_for_each, real_share, unfair_variance, variance_left
from collapse.models.gaussian import Gaussian
from collapse.policies import Mix
from collapse.scenario import Scenario
from collapse.speech import exactly, percent, plural
from collapse.ui.article import table
from collapse.ui.controls import Dial, Preset
from collapse.ui.lesson import View
from collapse.ui.panels import Panel
from collapse.ui.prevention.measures import (
    BASE,
    MIXED,
    MORE,
    OFFERS,
    N,
    beside_nothing,
    introduced,
)
from collapse.ui.shelf import noted

PREVALENCE = (0.01, 0.1, 0.5, 0.9)
NEVER_SURE = 1 - 1e-12  # no finite passage tells for certain, though the law may round to that
SPREADS, PASSAGES = (0.9, 0.5, 0.1), (1, 5, 20, 100)
ENOUGH = 2  # times as many pools may be drawn as are needed on average: then all of them are filled


def rates(s: Scenario) -> tuple[float, float]:
    """How much of what is made, and of what is real, the detector of a run takes for synthetic; a usual one where there is none."""
    c = s.curator if isinstance(s.curator, Detector) else Detector()
    outside = 2 * float(ndtr(-c.tail)) if isinstance(c, UnfairDetector) else 0.0
    return c.tpr, (1 - outside) * c.fpr + outside * (c.tail_fpr if isinstance(c, UnfairDetector) else 0.0)


def settling(s: Scenario) -> float | None:
    """About where the mean variance settles with a detector whose pool is refilled; None elsewhere.

    It takes each example for real or made by itself; in the pool their numbers are fixed, which is almost the same where few pass.
    """
    if (
        type(s.curator) is not Detector
        or not isinstance(s.policy, Mix)
        or s.model != Gaussian()
        or s.decoder != Decoder()
    ):
        return None
    share = s.policy.split(s.n)[0] / s.n
    enough = s.curator.tries >= ENOUGH * drawn_for_each(share, s.curator.tpr, s.curator.fpr)
    return variance_left(real_share(share, s.curator.tpr, s.curator.fpr), s.n) if enough and share else None


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
        else text["detectors.before"].format(before=percent(share), after=percent(left)),
        unfair=percent(unfair_variance(0.05, 0.6, 1.5)),
    )
    beside_nothing(view, settling(s))
    st.subheader(view.text["detectors.rates"], anchor=False)
    called = ((share, predictive_value(share, tpr, fpr)) for share in PREVALENCE)
    rows = ((percent(share), "nothing is called so" if np.isnan(right) else percent(right)) for share, right in called)
    table(("Share that is synthetic", "Of what is called synthetic, so much is"), rows)
    st.header(view.text["detectors.real.head"], anchor=False)
    st.markdown(view.text["detectors.real"])
    told = Scenario.from_query("world=alice&model=ngram&n=4000&generations=10&lineages=6&policy=replace&seed=1")
    test = LikelihoodRatioTest(items=6, passages=200)
    found = noted(told, "roc", lambda: test.followed(told, (2, 5, 10)))
    named = {f"generation {t}": roc for t, roc in found.items()}
    view.chart(characteristics(told, named, test.items), "characteristics")
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
        Dial("curator.tpr", "Synthetic data found", 0.0, 1.0, percent=True),
        Dial("curator.fpr", "Real data taken for synthetic", 0.0, 1.0, percent=True),
        N,
    ),
    (
        Preset(
            "A good detector",
            "It finds 80 %, and is wrong about 5 %",
            MIXED | {"curator": "detector", "curator.tries": "20"},
        ),
        Preset(
            "Without drawing again",
            "The model learns from what is left",
            MIXED | {"curator": "detector", "curator.tries": "1"},
        ),
        Preset(
            "An unfair one",
            "It takes 60 % of the real data in the tails for synthetic",
            MIXED | {"curator": "unfair-detector", "curator.tries": "20"},
        ),
    ),
    MORE,
    OFFERS,
)
