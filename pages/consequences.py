"""Consequences: homogenisation, bias amplification, lack of accuracy and economic loss, each on a run, with what is known."""

from functools import partial

import numpy as np
import streamlit as st

from collapse.decoding import Decoder
from collapse.downstream import Exam, examine
from collapse.economics import Commons, Prices, account
from collapse.figures.accuracy import commons_picture, regression_errors
from collapse.figures.consequences import alikeness, calibration, group_errors, price_and_worth
from collapse.figures.groups import ellipses
from collapse.figures.ridge import narrowing
from collapse.laws.bias import halving_time, tempered_share, two_groups
from collapse.laws.islands import islands
from collapse.policies import SharedPool
from collapse.regression import Regression, errors
from collapse.scaling import CHINCHILLA
from collapse.scenario import Scenario
from collapse.sharing import parted
from collapse.sources import BESIROGLU, GERSTGRASSER, OURS, SHUMAILOV, WRIGHT
from collapse.speech import exactly, percent, plural, times
from collapse.ui.article import popular, table
from collapse.ui.controls import Dial, Preset
from collapse.ui.heroes import Hero
from collapse.ui.lesson import View, show
from collapse.ui.panels import Panel, PanelDesk, lesson_of
from collapse.ui.runs import Outcome
from collapse.ui.shelf import noted

N, GENERATIONS = Dial("n", "Sample size", 5, 500, unit="examples"), Dial("generations", "Generations", 2, 100)
OTHERS = Dial("policy.others", "Share from the others", 0.0, 1.0, percent=True)
SYNTHETIC = Dial("policy.synthetic", "Synthetic fraction", 0.0, 1.0, percent=True)
MORE = {
    "policy": "Diet of the next model",
    "policy.group": "Models in a group",
    "policy.synthetic": "Synthetic fraction",
    "decoder.temperature": "Temperature",
    "lineages": "Lineages",
    "seed": "Seed",
}
BELL = {"world": ("normal",), "model": ("gaussian",), "world.dimension": ("1",)}
BIRDS = {"world": ("penguins",), "model": ("mixture",)}
ITSELF = {"policy": "mix", "policy.synthetic": "1.0"}
POOL = {"policy": "shared", "policy.group": "8", "n": "50", "generations": "60"}
FED = (
    Preset("Only its own output", "Nothing real after the first generation", ITSELF),
    Preset("10 % real data", "Every tenth example is fresh and real", ITSELF | {"policy.synthetic": "0.9"}),
    Preset("Keep everything", "Nothing is thrown away", {"policy": "accumulate"}),
)
BIRDS_FED = (
    Preset(
        "Only its own output", "Nothing real after the first generation", ITSELF | {"n": "100", "generations": "40"}
    ),
    Preset(
        "10 % real data",
        "Every tenth example is fresh and real",
        {"policy": "mix", "policy.synthetic": "0.9", "n": "100", "generations": "40"},
    ),
    Preset(
        "Keep everything",
        "Nothing is thrown away; a shorter history",
        {"policy": "accumulate", "n": "40", "generations": "12"},
    ),
)
PANELS = {
    "alike": Panel(
        "Everything alike",
        Scenario.from_query("policy=shared&policy.group=8&policy.others=0.5&n=50&generations=60&lineages=160&seed=1"),
        (OTHERS, N, GENERATIONS),
        (
            Preset("Each reads only its parent", "Models that part", POOL | {"policy.others": "0.0"}),
            Preset("A tenth from the others", "A little of a shared web", POOL | {"policy.others": "0.1"}),
            Preset("One common pool", "Seven eighths come from the seven others", POOL | {"policy.others": "0.875"}),
        ),
        MORE,
        BELL,
    ),
    "bias": Panel(
        "Bias",
        Scenario.from_query(
            "world=penguins&model=mixture&n=100&generations=40&lineages=24&policy=mix&policy.synthetic=1.0&seed=1"
        ),
        (N, SYNTHETIC, GENERATIONS),
        BIRDS_FED,
        MORE,
        BIRDS,
    ),
    "wrong": Panel(
        "Wrong answers",
        Scenario.from_query(
            "world=penguins&model=mixture&n=60&generations=30&lineages=24&policy=mix&policy.synthetic=1.0&seed=2"
        ),
        (N, SYNTHETIC, GENERATIONS),
        BIRDS_FED,
        MORE,
        BIRDS,
    ),
    "price": Panel(
        "What it costs",
        Scenario.from_query("policy=mix&policy.synthetic=1.0&n=100&generations=60&lineages=100&seed=1"),
        (N, SYNTHETIC, GENERATIONS),
        FED,
        MORE,
        BELL,
    ),
}
MINORITY, STEPS = 0.19, (1, 10, 40, 100)
COUNTED = 500  # examples: the chain has a state for every count, and takes n² steps a generation
NATS = (0.01, 0.03, 0.05, 0.08)


class ConsequencesDesk(PanelDesk):
    """The panels of this page, and the prices, which are the visitor's own."""

    panels = PANELS
    sections = (*PanelDesk.sections, "prices")


def picture(result: Outcome) -> Hero:
    """The distribution of the lineage shown: a curve on a line, ellipses in the plane."""
    if result.scenario.world.d > 1:
        return ellipses(result.trajectory, result.lineage, result.params, result.group_shares)
    return narrowing(result.trajectory, result.lineage, result.params, result.passed_on)


def exam(view: View) -> Exam:
    """Classifiers that learn from every generation of the run, once for everybody."""
    s = view.result.scenario
    return noted(s, "exam", lambda: examine(view.result.trajectory))


def alike(view: View) -> None:
    """Diversity within models and of all together, and where eight of them ended."""
    s, run = view.result.scenario, view.result.trajectory
    pooled = isinstance(s.policy, SharedPool)
    group = s.policy.group if pooled else min(8, s.lineages)
    st.markdown(
        view.text["alike.pool"].format(others=plural(group - 1, "other model", "other models"))
        if pooled
        else view.text["alike.apart"]
    )
    if not 2 <= group <= s.lineages:
        st.info(view.text["alike.few"].format(least=max(group, 2)))
        view.over_time("variance")
        return
    known = islands(s, 1.0, 0.0, s.decoder.shrink(1)) if isinstance(s.policy, SharedPool) else None
    left, right = st.columns(2, gap="large")
    with left:
        view.chart(alikeness(s, parted(run, group), known), "alikeness")
    with right:
        shown = min(8, group)
        st.subheader(view.text["alike.answers"].format(number=shown), anchor=False)
        last = [(run.params.mean[i, -1, 0], float(np.sqrt(run.params.cov[i, -1, 0, 0]))) for i in range(shown)]
        table(
            ("Model", "Its middle", "How wide it is"),
            ((f"model {i + 1}", f"{m:.2f}", f"{w:.2g}") for i, (m, w) in enumerate(last)),
        )
        st.caption(view.text["alike.answers.note"])
    view.over_time("variance")


def bias(view: View) -> None:
    """Who bears the errors, and the exact law of a minority."""
    s = view.result.scenario
    left, right = st.columns(2, gap="large")
    with left:
        view.chart(group_errors(s, exam(view)), "group_errors")
    with right:
        view.over_time("minority_share")
    n = min(s.n, COUNTED)
    said = str(n) if n == s.n else f"{n} (the most that is counted here)"
    st.subheader(view.text["bias.law"].format(n=said), anchor=False)
    law = two_groups(MINORITY, n, max(STEPS))
    rows = (
        (f"generation {t}", percent(law.mean[t]), percent(law.lost[t]), percent(law.differ[t] / law.differ[0]))
        for t in STEPS
    )
    table(("When", "Its mean share", "Chance that it is gone", "Diversity left on average"), rows)
    st.caption(view.text["bias.half"].format(half=f"{np.ceil(halving_time(n) - 1e-9):.0f}"))
    st.subheader(view.text["bias.heat"], anchor=False)
    heated = (
        (exactly(t), *(percent(x) for x in tempered_share(MINORITY, t, 20)[[1, 5, 10, 20]]))
        for t in (0.8, 0.9, 1.0, 1.1)
    )
    table(("Temperature", *(f"generation {t}" for t in (1, 5, 10, 20))), heated)


def wrong(view: View) -> None:
    """Confidence against correctness, and a regression."""
    s = view.result.scenario
    view.chart(calibration(s, exam(view)), "calibration")
    st.subheader(view.text["wrong.regression"], anchor=False)
    usual = Regression()
    st.markdown(view.text["wrong.regression.note"].format(lineages=usual.lineages, examples=usual.examples))
    for column, policy in zip(st.columns(2, gap="large"), ("replace", "accumulate"), strict=True):
        asked = Regression(policy=policy)
        found = noted(PANELS["wrong"].base, "regression", partial(errors, asked), policy)
        with column:
            view.chart(regression_errors(asked, found), f"regression_{policy}")


def number(label: str, usual: float, key: str, fixed: bool) -> float:
    """A price of the visitor's own."""
    return float(st.number_input(label, 0.0, 1000.0, usual, key=f"consequences_{key}", disabled=fixed))


def price(view: View) -> None:
    """Price and worth, a scaling law, and a commons."""
    s, fixed = view.result.scenario, "prices" in view.desk.locked
    prices = Prices()
    if not fixed and "prices" not in view.desk.hidden:
        st.markdown(view.text["price.yours"])
    if "prices" not in view.desk.hidden:
        columns = st.columns(4)
        values = []
        for column, (label, usual, key) in zip(
            columns,
            (
                ("A real example", prices.real, "real"),
                ("A synthetic example", prices.synthetic, "synthetic"),
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
        st.markdown(view.text["price.used"].format(**used))
    found = account(s, prices) if s.decoder == Decoder() else None  # the law counts the error of the mean alone
    if found is None:
        st.info(
            "No law of the worth of a model is known for this run: choose another diet, no curator, and temperature and top-p 1."
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
    st.markdown(view.text["price.scaling.note"].format(**{key: f"{value:.4g}" for key, value in law.items()}))
    rows = ((f"{exactly(nats)} nats", more(CHINCHILLA.needed(nats))) for nats in NATS)
    table(("To lower the loss by", "So many times the data are needed"), rows)
    firms = Commons(saving=saving)
    st.subheader(view.text["price.commons"], anchor=False)
    pool = {"firms": firms.firms, "n": firms.n, "saving": exactly(firms.saving), "value": exactly(firms.value)}
    st.markdown(view.text["price.commons.note"].format(**pool))
    ends = {"alone": percent(firms.alone), "best": percent(firms.best), "lost": times(firms.lost)}
    whole = times(float(firms.profit(firms.best, firms.best)))
    ending = "dilemma" if firms.alone < firms.best else "agreed"
    st.markdown(view.text[f"price.commons.{ending}"].format(whole=whole, **ends))
    view.chart(commons_picture(firms), "commons")


def more(factor: float) -> str:
    """How many times the data, or that no data will do."""
    return f"{factor:.2f}" if np.isfinite(factor) else "no amount of data wins that back"


PARTS = {"alike": alike, "bias": bias, "wrong": wrong, "price": price}


def rest(view: View) -> None:
    opened = view.desk.opened
    st.header(view.text[f"{opened}.head"], anchor=False)
    st.markdown(view.text[opened])
    PARTS[opened](view)
    view.stages()
    popular("consequences")


LESSON = lesson_of(
    ConsequencesDesk,
    name="consequences",
    title="Consequences",
    hero="narrowing",
    picture=picture,
    rest=rest,
    metric="variance",
    sources=(SHUMAILOV, WRIGHT, GERSTGRASSER, BESIROGLU, OURS),
)

if __name__ == "__main__":  # Streamlit runs the file; the book only reads it
    show(LESSON)
