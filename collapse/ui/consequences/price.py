"""Economic loss: price and worth, a scaling law, and a commons."""

import numpy as np
import streamlit as st

from collapse.decoding import Decoder
from collapse.economics import Commons, Prices, account
from collapse.figures.accuracy import commons_picture
from collapse.figures.consequences import price_and_worth
from collapse.figures.floors import learnt, memoriser, synthetic_labels
from collapse.scaling import CHINCHILLA
from collapse.scenario import Scenario
from collapse.speech import exactly, percent, power, times
from collapse.ui.article import table
from collapse.ui.consequences.runs import BELL, GENERATIONS, MORE, SYNTHETIC, N
from collapse.ui.experiments import DIETS
from collapse.ui.lesson import View
from collapse.ui.panels import Panel
from collapse.ui.shelf import noted

NATS = (0.01, 0.03, 0.05, 0.08)
CUT, SHARES = 1000, (0.0, 0.01, 0.1, 0.5)


def number(label: str, usual: float, key: str, fixed: bool) -> float:
    """A price of the visitor's own."""
    return float(st.number_input(label, 0.0, 1000.0, usual, key=f"consequences_{key}", disabled=fixed))


def shown(view: View) -> None:
    """Price and worth, a scaling law, and a commons."""
    s, fixed = view.result.scenario, "prices" in view.desk.locked
    prices = Prices()
    if not fixed and "prices" not in view.desk.hidden:
        view.tell("price.yours")
    if "prices" not in view.desk.hidden:
        columns = st.columns(4, vertical_alignment="bottom")
        values = []
        for column, (label, usual, key) in zip(
            columns,
            (
                ("A real example", prices.real, "real"),
                ("An AI-made example", prices.synthetic, "synthetic"),
                ("Training on an example", prices.fitting, "fitting"),
                ("What a firm below saves by generating one", Commons().saving, "saving"),
            ),
            strict=True,
        ):
            with column:
                values.append(number(label, usual, f"prices_{key}", fixed))
        prices, saving = Prices(real=values[0], synthetic=values[1], fitting=values[2]), values[3]
    else:
        saving = Commons().saving
        used = {key: exactly(getattr(prices, key)) for key in ("real", "synthetic", "fitting")}
        view.tell("price.used", **used)
    found = account(s, prices) if s.decoder == Decoder() else None  # the law counts the error of the mean alone
    if found is None:
        st.info(
            "No law of the worth of a model is known for this run: choose other training data, no curator, and a temperature and "
            "a top-p of 1."
        )
    else:
        view.chart(price_and_worth(s, found), "price_and_worth")
        below, gains = found.break_even, found.last_gain
        st.markdown(
            "In this run no model is worth less than its retraining costs."
            if below is None
            else f"From generation {below} on a model is worth less than its retraining costs."
        )
        st.markdown(
            f"The last retraining that adds at least as much as it costs is the one of generation {gains}."
            if gains > 1
            else "After the first model no retraining adds as much as it costs."
        )
    st.subheader(view.text["price.scaling"], anchor=False)
    law = {"loss": CHINCHILLA.loss, "floor": CHINCHILLA.floor, "half": CHINCHILLA.lost(0.5)}
    view.tell("price.scaling.note", **{key: f"{value:.4g}" for key, value in law.items()})
    needed = {nats: CHINCHILLA.needed(nats) for nats in NATS}
    rows = ((f"{exactly(nats)} nats", more(factor), compute(factor)) for nats, factor in needed.items())
    table(("To lower the loss by", "So many times the data are needed", "And so much compute"), rows)
    st.subheader(view.text["price.floor"], anchor=False)
    view.tell("price.floor.note", cut=f"{CUT:,}", share=percent(0.01))
    left, right = st.columns(2, gap="large")
    with left:
        view.chart(memoriser(noted(PANEL.base, "memoriser", lambda: learnt(CUT)), CUT), "memoriser")
    with right:
        view.chart(synthetic_labels(SHARES), "synthetic_labels")
    firms = Commons(saving=saving)
    st.subheader(view.text["price.commons"], anchor=False)
    pool = {"firms": firms.firms, "n": firms.n, "saving": exactly(firms.saving), "value": exactly(firms.value)}
    view.tell("price.commons.note", **pool)
    ends = {"alone": percent(firms.alone), "best": percent(firms.best), "lost": times(firms.lost)}
    whole = times(float(firms.profit(firms.best, firms.best)))
    ending = "dilemma" if firms.alone < firms.best else "agreed"
    view.tell(f"price.commons.{ending}", whole=whole, **ends)
    view.chart(commons_picture(firms), "commons")


def more(factor: float) -> str:
    """How many times the data, or that no data will do."""
    return f"{factor:.2f}" if np.isfinite(factor) else "no amount of data wins that back"


def compute(factor: float) -> str:
    """Operations of a training with so many times the data, by 6 N D."""
    return f"{power(factor * CHINCHILLA.compute)} operations" if np.isfinite(factor) else "no amount"


PANEL = Panel(
    "What it costs",
    Scenario.from_query("policy=mix&policy.synthetic=1.0&n=100&generations=60&lineages=100&seed=1"),
    (N, SYNTHETIC, GENERATIONS),
    DIETS,
    MORE,
    BELL,
)
