"""What the panels of prevention share: their controls, and a run beside doing nothing."""

from dataclasses import replace

import numpy as np
import streamlit as st
from scipy.stats import t as student

from collapse.arena.measures import nothing
from collapse.bands import error_of_mean, median
from collapse.curators import Everything
from collapse.figures.several import several
from collapse.figures.timeline import LOOKS
from collapse.laws.moments import known_variance
from collapse.policies import POLICIES
from collapse.scenario import Scenario
from collapse.speech import plural, times
from collapse.twins import difference
from collapse.ui.controls import Dial
from collapse.ui.lesson import View
from collapse.ui.prose import as_quote
from collapse.ui.runs import trajectory_of

BASE = Scenario.from_query("policy=mix&policy.synthetic=0.9&n=20&generations=50&lineages=200&seed=1")
N, GENERATIONS = Dial("n", "Training examples", 5, 500, unit="examples"), Dial("generations", "Generations", 2, 100)
SYNTHETIC = Dial("policy.synthetic", "AI-made data (synthetic)", 0.0, 1.0, percent=True)
MIXED = {"policy": "mix", "policy.synthetic": "0.9", "n": "20", "generations": "50", "curator": "none"}
MORE = {
    "policy": "What the next model learns from (training data)",
    "policy.synthetic": "AI-made data (synthetic)",
    "curator": "What is let through",
    "curator.centre": "Centre",
    "curator.radius": "Radius",
    "curator.width": "Width",
    "curator.judges": "What is judged",
    "curator.comparisons": "Comparisons",
    "curator.noise": "Noise of the comparisons",
    "curator.corrected": "Corrected",
    "curator.tpr": "AI-made data found",
    "curator.fpr": "Real data taken for AI-made",
    "curator.tail_fpr": "Real tails taken for AI-made",
    "curator.lost": "Real data logged as AI-made",
    "curator.slipped": "AI-made data logged as real",
    "curator.rest": "Share kept of the rest",
    "curator.tries": "Pools drawn at most",
    "decoder.temperature": "Temperature",
    "decoder.top_p": "Top-p",
    "lineages": "Chains",
    "seed": "Seed",
}
OFFERS = {
    "model": ("gaussian",),
    "world": ("normal",),
    "world.dimension": ("1",),
    "policy": tuple(kind for kind in POLICIES if kind != "delayed"),  # which has a panel of its own
    "curator": (
        "none",
        "provenance",
        "verifier",
        "preference",
        "reward",
        "expert",
        "detector",
        "unfair-detector",
        "confidence",
        "surprise",
    ),
}

RATIOS = (
    "Beside doing nothing, the variance at the end is",
    "Beside the same run in which everything is let through, it is",
)
COMPARED = 10  # groups of lineages from which on an interval says something


def compared(view: View, n: int | None = None) -> None:
    """This run beside doing nothing, on the same noise where both ask for it, and the difference at the end with its interval; `n`:
    the sample size where nothing is done, if it is another one.  Where a judge and real data act together, a third run has the data
    alone, lest the judge get the credit for them."""
    s, run = view.result.scenario, view.result.trajectory
    n = n or s.n
    other = trajectory_of(replace(nothing(s), n=n))
    others = {"doing nothing": other}
    unjudged = trajectory_of(replace(s, curator=Everything()))
    if s.curator.single and not np.array_equal(unjudged.measure("variance"), other.measure("variance")):
        others["the same, but everything is let through"] = unjudged
    curves = {name: median(each.measure("variance")) for name, each in {"this run": run, **others}.items()}
    alike = np.array_equal(run.measure("log_variance")[:, 1], other.measure("log_variance")[:, 1])
    luck = view.text["compare.same" if alike else "compare.other" if s.n == n else "compare.sizes"]
    note = f"{view.text['compare.note'].format(lineages=plural(s.lineages, 'chain', 'chains'))} {luck}"
    view.chart(several(s, "compare", curves, LOOKS["variance"], say=view.text["compare.say"], note=note), "compare")
    if not difference(other, run, "log_variance").pairs.any():
        view.tell("compare.held" if known_variance(s) else "compare.nothing")
        return
    groups, told = s.lineages // s.policy.group, []
    for said, each in zip(RATIOS, others.values(), strict=False):
        pairs = difference(each, run, "log_variance").pairs[:, -1]
        if groups >= COMPARED and np.isfinite(pairs).all():
            error = error_of_mean(pairs, s.policy.group)
            told.append(f"{said} {ratio(float(pairs.mean()), error, groups, s.lineages)}")
    if told:
        st.markdown(as_quote(" ".join(told)))


def ratio(mean: float, error: float, groups: int, lineages: int) -> str:
    """The geometric mean of a ratio of variances, from the mean of its logarithm and the standard error of that, by Student's t."""
    reach = float(student.ppf(0.975, groups - 1)) * error
    middle, low, high = (multiple(mean + z) for z in (0.0, -reach, reach))
    range_ = "alike in all of them" if error < 1e-9 * abs(mean) else f"95% interval: {low} to {high} times"
    return f"{middle} times as large, as the geometric mean over {lineages:,} pairs ({range_})."


def multiple(log: float) -> str:
    """A multiple in words, from its logarithm, however small or huge it is."""
    return times(float(np.exp(np.clip(log, -700, 700))))


def introduced(view: View, **places: str) -> None:
    """The heading of the open panel and its words, whose {placeholders} are filled with `places`."""
    opened = view.desk.opened
    st.header(view.text[f"{opened}.head"], anchor=False)
    view.tell(opened, **places)


def beside_nothing(view: View, n: int | None = None) -> None:
    """The run beside doing nothing, and its variance by its law; `n`: the sample size where nothing is done, if it is another one."""
    left, right = st.columns(2, gap="large")
    with left:
        compared(view, n)
    with right:
        view.over_time("variance")
