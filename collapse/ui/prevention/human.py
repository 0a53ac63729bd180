"""People in the loop: verifiers, what people like and compare, experts who correct, and verified labels."""

from dataclasses import replace

import numpy as np
import streamlit as st

from collapse.curators.reward import Reward
from collapse.curators.taste import Expert, Preference, Taste
from collapse.figures.ledger import provenance
from collapse.figures.people import liked, tipping, toward, variance_left
from collapse.laws.curated import curated, held_factor, verified
from collapse.ledger import ledger
from collapse.models.gaussian import Gaussian
from collapse.scenario import Scenario
from collapse.speech import exactly, percent
from collapse.ui.article import table
from collapse.ui.controls import Preset
from collapse.ui.lesson import View
from collapse.ui.panels import Panel
from collapse.ui.prevention.measures import BASE, GENERATIONS, MORE, OFFERS, N, compared, introduced
from collapse.ui.runs import trajectory_of
from collapse.ui.shelf import noted
from collapse.verification import Points, Verification

VERIFIED = {
    "model.variance": "refitted",
    "policy": "replace",
    "curator": "verifier",
    "curator.judges": "made",
    "curator.centre": "0.5",
    "n": "200",
}
JUDGED = {"model.variance": "refitted", "policy": "replace", "n": "200"}
PEOPLE = Scenario.from_query("policy=replace&n=200&generations=20&lineages=20&seed=1")
MANY, FEW = 300, 10  # comparisons in each generation
LABELS, SHARES, TIMES = Verification(n=2000), np.linspace(0.3, 0.95, 14), 10
VERIFIERS = {"without a verifier": (1.0, 1.0), "with a verifier": (0.9, 0.3)}


def shown(view: View) -> None:
    """Where the middle goes, what a reward from comparisons does, what experts cost, and how good a verifier of labels must be."""
    introduced(view)
    s, path = view.result.scenario, curated(view.result.scenario)
    endless = "with endless data, by the law"
    left, right = st.columns(2, gap="large")
    with left:
        compared(view)
    with right:
        view.over_time("variance", level=None if path is None else (endless, path.variance))
    if isinstance(s.curator, Expert):
        corrections(view)
    if isinstance(s.curator, Taste):
        middle(view, s, s.curator)
    else:
        view.over_time("mean_drift", panel="human")
    steps(view)
    feedback(view, s)
    labels(view)


def middle(view: View, s: Scenario, curator: Taste) -> None:
    """Where the mean goes if the variance is fitted again, and if it is known and held; and how far it is from the real one."""
    place = {"centre": exactly(curator.centre), "square": f"{curator.centre**2:.3g}"}
    note = f"{view.text['human.mean_drift.note']} {view.text[f'human.{curator.kind}'].format(**place)}"
    left, right = st.columns(2, gap="large")
    with left:
        assert isinstance(s.model, Gaussian)
        each = {
            name: replace(s, model=replace(s.model, variance=variance))
            for name, variance in (("variance fitted again", "refitted"), ("variance known and held", "known"))
        }
        runs = {name: trajectory_of(scenario) for name, scenario in each.items()}
        laws = [curated(scenario) for scenario in each.values()]
        say, more = view.text["human.toward.say"], view.text["human.toward.note"]
        view.chart(toward(runs, laws, curator.centre, say, more), "toward")
    with right:
        replace(view, text={**view.text, "human.mean_drift.note": note}).over_time("mean_drift", panel="human")


def steps(view: View) -> None:
    """Verifiers with endless data, step by step."""
    st.header(view.text["human.table"], anchor=False)
    rows = []
    for radius in (0.5, 1.0, 2.0):
        held, path = verified(0.5, radius, 60, held=True), verified(0.5, radius, 60)
        rows.append(
            (
                f"within {exactly(radius)} of the centre 0.5",
                f"each round leaves {percent(held_factor(radius))} of a small distance from the centre; "
                f"after 60 rounds: mean {held.mean[-1]:.3f}, variance 1",
                f"after 60 rounds: mean {path.mean[-1]:.3f}, variance {path.variance[-1]:.3f}",
            )
        )
    table(("Verifier", "Variance known and held at 1", "Variance fitted again"), rows)


def feedback(view: View, s: Scenario) -> None:
    """A reward that is fitted to people's comparisons, beside people's liking itself."""
    st.header(view.text["human.feedback.head"], anchor=False)
    chosen = s.curator if isinstance(s.curator, Preference | Reward) else Preference()
    centre, width = chosen.centre, chosen.width
    noise = chosen.noise if isinstance(chosen, Reward) else 1.0
    view.tell("human.feedback", centre=exactly(centre), width=exactly(width), noise=exactly(noise))
    known = replace(PEOPLE, curator=Preference(centre=centre, width=width))
    runs = {"liking known": trajectory_of(known)}
    for comparisons in (MANY, FEW):
        curator = Reward(centre=centre, width=width, comparisons=comparisons, noise=noise)
        runs[f"{comparisons} comparisons"] = trajectory_of(replace(PEOPLE, curator=curator))
    law, text = curated(known), view.text
    left, right = st.columns(2, gap="large")
    with left:
        told = text["human.liking.say"], text["human.liking.note"]
        view.chart(liked(runs, law, centre, width, *told), "liking")
    with right:
        told = text["human.variety.say"], text["human.variety.note"]
        view.chart(variance_left(runs, law, *told), "variance_left")


def corrections(view: View) -> None:
    """How many examples experts check and replace, and where everything is from that the models learn from."""
    s = view.result.scenario
    kept = noted(s, "ledger", lambda: ledger(s))
    made = s.n if s.curator.judges == "all" else s.policy.split(s.n)[1]  # type: ignore[attr-defined]
    if s.generations > 1:
        later = f", and in generation {s.generations:,} {kept.replaced[-1]:,.1f}" if s.generations > 2 else ""
        st.markdown(
            view.text["human.experts"].format(
                checked=f"{made:,}",
                first=f"{kept.replaced[1]:,.1f}",
                later=later,
                checks=f"{made * (s.generations - 1):,}",
                replaced=f"{kept.replaced.sum():,.0f}",
            )
        )
    view.chart(provenance(s, kept), "ledger")


def labels(view: View) -> None:
    """The tipping point of wrong labels: points by simulation, and the law for endless data."""
    st.header(view.text["human.labels.head"], anchor=False)
    view.tell("human.labels")

    def tried() -> dict[str, tuple[Verification, Points]]:
        rng = np.random.default_rng(1)
        each = {k: replace(LABELS, keep_right=a, keep_wrong=b) for k, (a, b) in VERIFIERS.items()}
        return {name: (v, v.tipping(SHARES, TIMES, rng)) for name, v in each.items()}

    found = noted(PEOPLE, "tipping", tried)
    view.chart(tipping(found, view.text["human.tipping.say"], view.text["human.tipping.note"]), "tipping")


PANEL = Panel(
    "People in the loop",
    Scenario.from_query(VERIFIED | {"curator.radius": "1.0", "generations": "30", "lineages": "60"}, BASE),
    (N, GENERATIONS),
    (
        Preset(
            "What does a strict verifier do?",
            "It lets through what lies within half a standard deviation of its centre.",
            VERIFIED | {"curator.radius": "0.5"},
        ),
        Preset(
            "What does a loose verifier do?",
            "It lets through what lies within two standard deviations of its centre.",
            VERIFIED | {"curator.radius": "2.0"},
        ),
        Preset(
            "What if the variance were known?",
            "Only the mean is fitted, and the variance is held at the real one.",
            VERIFIED | {"curator.radius": "1.0", "model.variance": "known"},
        ),
        Preset(
            "What if people choose?",
            "Examples near what people like pass more often.",
            JUDGED | {"curator": "preference", "curator.centre": "0.5", "curator.width": "2.0"},
        ),
        Preset(
            "Can a reward stand in for people?",
            "People compare 100 pairs in each generation, and a reward is fitted to what they say.",
            JUDGED | {"curator": "reward", "curator.comparisons": "100"},
        ),
        Preset(
            "Are 10 comparisons enough?",
            "The reward is fitted to 10 pairs in each generation.",
            JUDGED | {"curator": "reward", "curator.comparisons": "10"},
        ),
        Preset(
            "Do experts who correct save it?",
            "What lies farther than one standard deviation from 0.5 is replaced by a real example.",
            JUDGED | {"curator": "expert", "curator.centre": "0.5", "curator.radius": "1.0"},
        ),
        Preset(
            "What if half of it is real?",
            "Half of the pool is real and is not judged; a verifier judges the rest.",
            VERIFIED | {"policy": "mix", "policy.synthetic": "0.5", "curator.radius": "1.0"},
        ),
    ),
    {"model.variance": "Variance of the model", **MORE},
    OFFERS,
)
