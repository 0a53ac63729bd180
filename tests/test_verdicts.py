"""What the word of a verdict and the head of a headline say, on runs at the edges; every expected value is by NumPy and SciPy."""

import numpy as np
import pytest
from scipy.stats import norm

from collapse.findings import Evidence, headline, verdict
from collapse.recursion import run
from collapse.scenario import Scenario
from collapse.stages import Rule


def word(link):
    s = Scenario.from_query(link)
    e = Evidence(run(s), Rule())
    return verdict(e), headline(e).text, e.trajectory


def test_groups_that_have_all_collapsed_are_not_called_healthy_or_merely_rarer():
    """A cold mixture is a few points at last: its variance is taken from its parameters here."""
    birds = "world=penguins&model=mixture&model.components=3&policy=mix&policy.synthetic=1&n=300&lineages=20"
    key, text, t = word(f"{birds}&generations=12&decoder.temperature=0.7")
    w, mean, cov = (np.asarray(a)[:, -1] for a in t.params[:3])
    middle = np.einsum("rk,rkd->rd", w, mean)
    apart = mean - middle[:, None]
    whole = np.einsum("rk,rkde->rde", w, cov) + np.einsum("rk,rkd,rke->rde", w, apart, apart)
    left = np.sqrt(np.maximum(np.linalg.det(whole), 0) / np.linalg.det(t.scenario.world.distribution.cov))
    assert np.median(left) < 0.1
    assert (key, "it has collapsed" in text) == ("late", True), text
    key, text, _ = word(f"{birds}&generations=12&decoder.temperature=1.3")
    assert key == "wide", text
    key, text, _ = word(f"{birds}&generations=1")
    assert key == "healthy", "the control"
    assert "variety" not in text


@pytest.mark.parametrize(
    ("link", "disappear"),
    [
        (
            "n=20&policy=accumulate&generations=60&lineages=300",
            False,
        ),  # bounded: at most a factor of π²/6 of the first error
        (
            "n=100&policy=mix&policy.synthetic=0.97&generations=200&lineages=300",
            False,
        ),  # steady since generation 60 or so
        ("world=bimodal&n=20000&policy=replace&generations=20&lineages=10", False),  # the family errs, once
        ("n=100&policy=replace&generations=60&lineages=300", True),
        ("n=200&policy=replace&generations=30&lineages=300", True),
    ],
)
def test_what_stands_still_does_not_disappear(link, disappear):
    key, text, t = word(link)
    assert ("are disappearing" in text) == disappear == (key == "early"), (key, text)
    mean, var = (np.asarray(a).reshape(t.scenario.lineages, -1) for a in (t.params.mean, t.params.cov))
    edge = 1.959963984540054
    if t.scenario.world.kind == "normal":  # the emptier tail, by SciPy
        z = np.stack([norm.cdf((-edge - mean) / np.sqrt(var)), norm.sf((edge - mean) / np.sqrt(var))]).min(axis=0)
        half = np.median(z[:, t.scenario.generations // 2 - 1])
        assert (np.median(z[:, -1]) < 0.75 * half) == disappear


def test_a_model_that_moves_has_its_rare_cases_on_the_other_side():
    """People pull the mean to 0.5 while the variance is held: outside of ±1.96 there is more than 5%, and less on one side."""
    key, text, _ = word(
        "model.variance=known&policy=mix&policy.synthetic=1&curator=verifier&curator.centre=0.5&curator.radius=1&n=200&generations=30"
        "&lineages=60"
    )
    assert norm.sf(1.96 - 0.5) + norm.cdf(-1.96 - 0.5) > 0.05
    assert (key, "rare cases on one side " in text.lower()) == ("side", True), text
    key, text, _ = word("policy=mix&policy.synthetic=1&n=200&generations=30&lineages=60")
    assert "one side" not in text, "the control"
