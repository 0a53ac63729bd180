"""Eight definitions of model collapse: each has a run for which it holds and one for which it does not."""

from dataclasses import replace

import numpy as np
import pytest

from collapse import Scenario, run
from collapse.definitions import Case, scorecard
from collapse.stages import Rule, classify


def case(query: str) -> Case:
    s = Scenario.from_query(query)
    result = run(s)
    return Case(result, classify(result, Rule()), Rule(), run(replace(s, n=4 * s.n)))


COLLAPSING = "n=20&generations=60&lineages=300&seed=1"
HEALTHY = "n=400&generations=20&lineages=300&seed=1&policy=mix&policy.synthetic=0.0"
HOT = "n=100&generations=10&lineages=300&seed=1&decoder.temperature=1.3"


def test_every_definition_has_a_case_that_holds_and_one_that_does_not() -> None:
    collapsing, healthy, hot = (scorecard(case(query)) for query in (COLLAPSING, HEALTHY, HOT))
    names = [verdict.name for verdict in collapsing]
    assert len(set(names)) == 8
    for i, name in enumerate(names):
        found = {verdicts[i].holds for verdicts in (collapsing, healthy, hot)}
        if "groups" in name:
            assert found == {None}, "this world has one hump"
        elif "without bound" in name:
            assert {True} <= found <= {True, None}
        else:
            assert {True, False} <= found, name


def test_the_numbers_of_the_verdicts() -> None:
    """Against the run: the medians of the loss, of 300 lineages the 150th, and the shares of lineages."""
    c = case(COLLAPSING)
    loss = c.run.measure("kl_world_model")
    said = {verdict.name: verdict.because for verdict in scorecard(c)}
    first, last = (np.sort(loss[:, t])[149] for t in (1, -1))
    assert f"goes from {first:.2g} to {last:.3g} nats" in said["Catastrophic increase of the loss on real data"]
    assert f"{int((loss[:, -1] > loss[:, 1]).sum())} of 300 chains" in said["Any increase of the loss on real data"]


def test_the_law_of_growth_by_its_closed_form() -> None:
    """E KL(world ‖ model) = ½[(4/3)(aᵗ − 1) + t·d], a = n/(n − 3), with the divisor n (SCIENCE: A1)."""
    from scipy.special import digamma

    verdict = next(v for v in scorecard(case("n=100&generations=5&lineages=20")) if "without bound" in v.name)
    n, t = 100, 200
    value = 0.5 * (4 / 3 * ((n / (n - 3)) ** t - 1) + t * (digamma((n - 1) / 2) + np.log(2 / n)))
    assert verdict.holds
    assert f"{value:,.0f} nats after 200" in verdict.because


@pytest.mark.parametrize(
    "query",
    [
        "n=50&generations=1&lineages=1",
        "n=50&generations=3&lineages=2&policy=accumulate",
        "n=50&generations=3&lineages=40&policy=shared&policy.group=50",  # not one whole group
        "n=50&generations=3&lineages=60&policy=shared&policy.group=50",  # one, of which no standard error is known
    ],
)
def test_the_smallest_runs_have_verdicts_too(query: str) -> None:
    for verdict in scorecard(case(query)):
        assert verdict.because.endswith((".", ")"))
        assert "nan" not in verdict.because
