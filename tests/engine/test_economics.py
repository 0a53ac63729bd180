"""Prices and worth: by hand, by simulation, and the commons by a firm that tries every share."""

import numpy as np
import pytest

from collapse.economics import Commons, Prices, account
from collapse.recursion import run
from collapse.scenario import Scenario

from .harness import agree, z_scores

PRICES = Prices(real=2.0, synthetic=0.1, fitting=0.05, epochs=3)


def of(query: str) -> Scenario:
    return Scenario.from_query(f"n=50&generations=40&{query}")


def test_the_bill_by_hand():
    """50 examples: 2·50 + 3·.05·50 = 107.5 at first; then by what is new, and an archive is read whole."""
    cases = {
        "": [107.5, 12.5, 12.5],
        "policy=mix&policy.synthetic=0.9": [107.5, 0.1 * 45 + 2 * 5 + 7.5, 22.0],
        "policy=anchor&policy.synthetic=0.9": [107.5, 0.1 * 45 + 7.5, 12.0],
        "policy=accumulate": [107.5, 5 + 15.0, 5 + 22.5],
        "policy=accumulate-subsample": [107.5, 12.5, 12.5],
        "policy=shared&policy.others=0.5": [107.5, 12.5, 12.5],
    }
    for query, bill in cases.items():
        found = account(of(query), PRICES)
        assert found is not None
        np.testing.assert_allclose(found.price[:3], bill)
        np.testing.assert_allclose(found.paid[:3], np.cumsum(bill))


def test_when_a_retraining_is_worth_less_than_it_costs():
    """n_eff = 1/(1 − (1 − 1/n)^t), found again generation by generation; and t = (2 + .15)/(.1 + .15) = 8.6 where n is large."""
    found = account(of(""), PRICES)
    expected = next(t for t in range(1, 41) if 2.15 / (1 - 0.98**t) < 12.5)
    assert found.break_even == expected
    for n in range(2, 300):
        assert account(Scenario(n=n, generations=2), Prices()).break_even != 1, "the first is worth just what it costs"
    large = account(Scenario(n=1_000_000, generations=40), PRICES)
    assert large.break_even == 9
    assert large.last_gain == 1
    assert account(of("policy=mix&policy.synthetic=0.5"), Prices()).break_even is None
    np.testing.assert_allclose(found.worth[[0, 9]], [50, 1 / (1 - 0.98**10)])
    assert found.worth[9] == pytest.approx(5.467, abs=1e-3)
    np.testing.assert_allclose(found.each, found.paid / found.worth)
    assert found.marginal.sum() == pytest.approx(found.value[-1])


def test_what_it_is_worth_by_simulation():
    """A fresh share of α is worth n(2α − α²) + 1 − α in the end (19.9 for n = 100, α = .1): the drift of 4000 lineages is 1 ÷ n_eff,
    false alarm 1e-5; control: n_eff = 25."""
    s = Scenario.from_query("n=100&generations=60&lineages=4000&policy=mix&policy.synthetic=0.9")
    found = account(s, PRICES)
    assert found.worth[-1] == pytest.approx(100 * 0.19 + 0.9, rel=1e-4)
    drift = run(s, keep="mean_drift").measure("mean_drift")[:, -1]
    assert agree(z_scores(drift, 1 / found.worth[-1]))
    assert not agree(z_scores(drift, 1 / 25))
    measured = account(s, PRICES, examples=np.full(60, 20.0))
    assert (measured.value == 20 * 2.15).all()


def test_no_law_no_account():
    assert account(Scenario.from_query("model=kde&decoder.top_p=0.9"), PRICES) is None


def test_prices_have_bounds_and_links():
    assert Prices.from_query("real=3&epochs=10").of(1, 1, 1) == pytest.approx(0.05 + 3 + 0.1)
    with pytest.raises(ValueError, match="real='-1' is not possible"):
        Prices.from_query("real=-1")
    assert Commons.from_query("firms=3").firms == 3


@pytest.mark.parametrize(
    "commons", [Commons(), Commons(firms=2, saving=0.4), Commons(firms=5, n=20, saving=0.05, value=2.0)]
)
def test_the_commons_by_trying_every_share(commons):
    """Best answers again and again end at `alone`; the best common share is found on the same grid; it is never less."""
    grid = np.linspace(0, 1, 20_001)
    others = 0.9
    for _ in range(400):
        answer = grid[commons.profit(grid, others).argmax()]
        others += (answer - others) / commons.firms
    assert others == pytest.approx(commons.alone, abs=2e-3)
    assert grid[commons.profit(grid, grid).argmax()] == pytest.approx(commons.best, abs=1e-4)
    assert commons.best >= commons.alone
    assert commons.lost == pytest.approx(
        float(commons.profit(grid, grid).max() - commons.profit(others, others)), rel=0.02
    )


def test_limits_of_the_commons():
    """One firm does what is best; nobody generates where nothing is saved; everybody does where quality is worth nothing."""
    assert Commons(firms=1).lost == 0
    assert Commons(saving=0.0).alone == Commons(saving=0.0).best == pytest.approx(0.995)
    assert Commons(value=0.0).best == 0
    assert Commons(value=0.0, saving=0.0).best == 1
    assert Commons(firms=1000).alone == 0
    assert Commons(n=100).worth(1.0) == 100
    assert Commons(n=100).worth(0.1) == pytest.approx(19.9)
