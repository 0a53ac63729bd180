"""Prevention: real data and their provenance, people in the loop, sampling parameters, and detectors, each beside doing nothing."""

from dataclasses import replace

import numpy as np
import streamlit as st
from scipy.special import ndtr
from scipy.stats import t as student

from collapse.bands import error_of_mean, median
from collapse.curators import Everything
from collapse.curators.errors import Detector, UnfairDetector
from collapse.curators.taste import Taste
from collapse.decoding import Decoder
from collapse.detection import LikelihoodRatioTest, auroc_of_bell_curves, predictive_value
from collapse.figures.ledger import provenance
from collapse.figures.roc import characteristics
from collapse.figures.several import several
from collapse.figures.shapes import narrowing
from collapse.figures.timeline import LOOKS
from collapse.laws.curated import drawn_for_each, held_factor, real_share, unfair_variance, variance_left, verified
from collapse.ledger import ledger
from collapse.models.gaussian import Gaussian
from collapse.policies import Mix
from collapse.scenario import ImpossibleError, Scenario
from collapse.sources import FENG, KAZDAN, OURS, SHUMAILOV, YI
from collapse.speech import exactly, percent, plural, power, times
from collapse.twins import difference
from collapse.ui.article import popular, table
from collapse.ui.controls import Dial, Preset
from collapse.ui.lesson import View, show
from collapse.ui.panels import Panel, PanelDesk, lesson_of
from collapse.ui.prose import as_quote, words
from collapse.ui.runs import trajectory_of
from collapse.ui.shelf import noted
from collapse.verification import critical

BASE = Scenario.from_query("policy=mix&policy.synthetic=0.9&n=20&generations=50&lineages=200&seed=1")
N, GENERATIONS = Dial("n", "Sample size", 5, 500, unit="examples"), Dial("generations", "Generations", 2, 100)
SYNTHETIC = Dial("policy.synthetic", "Synthetic fraction", 0.0, 1.0, percent=True)
MIXED = {"policy": "mix", "policy.synthetic": "0.9", "n": "20", "generations": "50", "curator": "none"}
MORE = {
    "policy": "Diet of the next model",
    "policy.synthetic": "Synthetic fraction",
    "curator": "What is let through",
    "curator.centre": "Centre",
    "curator.radius": "Radius",
    "curator.width": "Width",
    "curator.judges": "What is judged",
    "curator.tpr": "Synthetic data found",
    "curator.fpr": "Real data taken for synthetic",
    "curator.tail_fpr": "Real tails taken for synthetic",
    "curator.lost": "Real data logged as synthetic",
    "curator.slipped": "Synthetic data logged as real",
    "curator.rest": "Share kept of the rest",
    "curator.tries": "Pools drawn at most",
    "decoder.temperature": "Temperature",
    "decoder.top_p": "Top-p",
    "lineages": "Lineages",
    "seed": "Seed",
}
OFFERS = {
    "model": ("gaussian",),
    "world": ("normal",),
    "world.dimension": ("1",),
    "curator": (
        "none",
        "provenance",
        "verifier",
        "preference",
        "detector",
        "unfair-detector",
        "confidence",
        "surprise",
    ),
}
VERIFIED = {"policy": "replace", "curator": "verifier", "curator.judges": "made", "curator.centre": "0.5", "n": "200"}
PANELS = {
    "data": Panel(
        "Real data",
        BASE,
        (N, GENERATIONS, SYNTHETIC),
        (
            Preset("One new real example", "19 of 20 examples are synthetic", MIXED | {"policy.synthetic": "0.95"}),
            Preset(
                "One of a hundred",
                "The same one example, a fifth of the share, for twice as long",
                MIXED | {"policy.synthetic": "0.99", "n": "100", "generations": "100"},
            ),
            Preset("The same two for ever", "Two of the first 20 real examples, kept", MIXED | {"policy": "anchor"}),
            Preset("Keep everything", "Nothing is thrown away", {"policy": "accumulate", "curator": "none", "n": "20"}),
            Preset(
                "A log with errors",
                "Half of the pool is real; the log loses a twentieth of it, and a tenth of the rest slips in",
                MIXED
                | {
                    "policy.synthetic": "0.5",
                    "curator": "provenance",
                    "curator.lost": "0.05",
                    "curator.slipped": "0.1",
                },
            ),
        ),
        MORE,
        OFFERS,
    ),
    "human": Panel(
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
    ),
    "decoding": Panel(
        "Sampling parameters",
        Scenario.from_query("policy=replace&decoder.temperature=1.1&n=20&generations=30&lineages=200", BASE),
        (N, Dial("decoder.temperature", "Temperature", 0.5, 1.5, percent=True), GENERATIONS),
        (
            Preset("A little heat", "Temperature 1.1", {"decoder.temperature": "1.1", "decoder.top_p": "1.0"}),
            Preset("Too much heat", "Temperature 1.5", {"decoder.temperature": "1.5", "decoder.top_p": "1.0"}),
            Preset("Cooled", "Temperature 0.8", {"decoder.temperature": "0.8", "decoder.top_p": "1.0"}),
            Preset(
                "Top-p 0.95, large samples",
                "The outermost 5 % are cut off; 500 examples do not help",
                {"decoder.temperature": "1.0", "decoder.top_p": "0.95", "n": "500", "lineages": "40"},
            ),
        ),
        MORE,
        OFFERS,
    ),
    "detectors": Panel(
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
    ),
}
PREVALENCE = (0.01, 0.1, 0.5, 0.9)
NEVER_SURE = 1 - 1e-12  # no finite passage tells for certain, though the law may round to that
SPREADS, PASSAGES = (0.9, 0.5, 0.1), (1, 5, 20, 100)
ENOUGH = 2  # times as many pools may be drawn as are needed on average: then all of them are filled
COMPARED = 10  # groups of lineages from which on an interval says something
COOLED = (0.8, 0.9, 1.0, 1.1, 1.2)


class PreventionDesk(PanelDesk):
    """The panels of this page."""

    panels = PANELS


def nothing(s: Scenario) -> Scenario:
    """The same run without any measure: each model learns from nothing but its parent's output, as it speaks by itself."""
    return replace(s, policy=Mix(synthetic=1.0), curator=Everything(), decoder=Decoder())


def compared(view: View) -> None:
    """This run beside doing nothing, on the same noise where both ask for it, and the difference at the end with its interval."""
    s, run = view.result.scenario, view.result.trajectory
    other = trajectory_of(nothing(s))
    curves = {"with this measure": median(run.measure("variance")), "doing nothing": median(other.measure("variance"))}
    alike = np.array_equal(run.measure("log_variance")[:, 1], other.measure("log_variance")[:, 1])
    luck = view.text["compare.same" if alike else "compare.other"]
    note = f"{view.text['compare.note'].format(lineages=plural(s.lineages, 'lineage', 'lineages'))} {luck}"
    view.chart(several(s, "compare", curves, LOOKS["variance"], say=view.text["compare.say"], note=note), "compare")
    differences = difference(other, run, "log_variance").pairs
    if not differences.any():
        st.markdown(view.text["compare.nothing"])
        return
    pairs = differences[:, -1]
    groups = s.lineages // s.policy.group
    if groups >= COMPARED and np.isfinite(pairs).all():
        st.markdown(as_quote(ratio(float(pairs.mean()), error_of_mean(pairs, s.policy.group), groups, s.lineages)))


def ratio(mean: float, error: float, groups: int, lineages: int) -> str:
    """The geometric mean of a ratio of variances, from the mean of its logarithm and the standard error of that, by Student's t."""
    reach = float(student.ppf(0.975, groups - 1)) * error
    middle, low, high = (multiple(mean + z) for z in (0.0, -reach, reach))
    range_ = "alike in all of them" if error < 1e-9 * abs(mean) else f"95 % interval: {low} to {high} times"
    return (
        f"At the end a lineage has {middle} times the variance that it has without the measure, as the geometric mean over "
        f"{lineages:,} pairs ({range_})."
    )


def multiple(log: float) -> str:
    """A multiple in words, from its logarithm, however small or huge it is."""
    value = float(np.exp(np.clip(log, -700, 700)))
    return times(value) if value >= 1e-3 else power(value)


def data(view: View) -> None:
    """What each generation was fed, by where it is from."""
    s = view.result.scenario
    try:
        view.chart(provenance(s, noted(s, "ledger", lambda: ledger(s))), "ledger")
    except ImpossibleError:
        st.markdown(view.text["data.ledger.none"])


def human(view: View) -> None:
    """Where the middle goes, and what is known exactly of verifiers."""
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


def decoding(view: View) -> None:
    """Temperatures with endless data."""
    st.subheader(view.text["decoding.table"], anchor=False)
    table(("Temperature", "Variance left"), ((exactly(t), percent(t**9)) for t in COOLED))


def detectors(view: View) -> None:
    """Base rates, a detector that really looks, and the best that can be done."""
    tpr, fpr = rates(view.result.scenario)
    st.subheader(view.text["detectors.rates"], anchor=False)
    called = ((share, predictive_value(share, tpr, fpr)) for share in PREVALENCE)
    rows = ((percent(share), "nothing is called so" if np.isnan(right) else percent(right)) for share, right in called)
    table(("Share that is synthetic", "Of what is called synthetic, so much is"), rows)
    st.header(view.text["detectors.real.head"], anchor=False)
    st.markdown(view.text["detectors.real"])
    s = Scenario.from_query("world=alice&model=ngram&n=4000&generations=10&lineages=6&policy=replace&seed=1")
    test = LikelihoodRatioTest(items=6, passages=200)
    found = noted(s, "roc", lambda: test.followed(s, (2, 5, 10)))
    named = {f"generation {t}": roc for t, roc in found.items()}
    view.chart(characteristics(s, named, test.items), "characteristics")
    st.subheader(view.text["detectors.limit"], anchor=False)
    best = (
        (
            f"variance {exactly(v)} of the real one",
            *(percent(min(float(auroc_of_bell_curves(v, k)), NEVER_SURE)) for k in PASSAGES),
        )
        for v in SPREADS
    )
    table(("Model", *(f"passages of {plural(k, 'example', 'examples')}" for k in PASSAGES)), best)


PARTS = {"data": data, "human": human, "decoding": decoding, "detectors": detectors}


def placed(s: Scenario) -> dict[str, str]:
    """What the words of the panels are filled with."""
    share = s.policy.split(s.n)[0] / s.n
    tpr, fpr = rates(s)
    left, text = real_share(share, tpr, fpr), words("prevention")
    return {
        "n": f"{s.n:,}",
        "balance": f"{s.n / (s.n - 1):.3f}",
        "found": percent(tpr),
        "false": percent(fpr),
        "after": text["detectors.none"]
        if np.isnan(left)
        else text["detectors.before"].format(before=percent(share), after=percent(left)),
        "unfair": percent(unfair_variance(0.05, 0.6, 1.5)),
    }


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


def rest(view: View) -> None:
    opened = view.desk.opened
    st.header(view.text[f"{opened}.head"], anchor=False)
    st.markdown(view.text[opened].format(**placed(view.result.scenario)))
    left, right = st.columns(2, gap="large")
    with left:
        compared(view)
    with right:
        settles = settling(view.result.scenario)
        view.over_time(
            "variance", level=None if settles is None else ("where the mean settles in the long run, about", settles)
        )
    PARTS[opened](view)
    view.stages()
    popular("prevention")


LESSON = lesson_of(
    PreventionDesk,
    name="prevention",
    title="Prevention",
    hero="narrowing",
    picture=lambda result: narrowing(result.trajectory, result.lineage, result.params),
    rest=rest,
    metric="variance",
    sources=(SHUMAILOV, KAZDAN, FENG, YI, OURS),
)

if __name__ == "__main__":  # Streamlit runs the file; the book only reads it
    show(LESSON)
