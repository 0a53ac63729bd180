"""A classifier that learns from verified labels: published numbers, and scikit-learn's ridge regression on the same examples."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from collapse.budget import BUDGET
from collapse.verification import RIDGE, Verification, critical, wrong_after

from .harness import agree, z_scores


def test_the_critical_share_is_as_published():
    """φ = 0.9, ψ = 0.3: 0.75; φ = 0.7, ψ = 0.05: 0.933; without a verifier ½.  There, right and wrong labels are kept alike."""
    assert critical(0.9, 0.3) == pytest.approx(0.75)
    assert critical(0.7, 0.05) == pytest.approx(0.933, abs=5e-4)
    assert critical(1.0, 1.0) == 0.5
    for right, wrong in ((0.9, 0.3), (0.7, 0.05)):
        assert wrong_after(critical(right, wrong), right, wrong) == pytest.approx(0.5)
        assert wrong_after(critical(right, wrong) - 0.1, right, wrong) < 0.5
    assert np.isnan([critical(0.0, 0.0), wrong_after(1.0, 1.0, 0.0)]).all()
    assert Verification().critical == critical(0.9, 0.3)


@pytest.mark.parametrize(
    ("right", "kept", "shares", "published"),
    [
        (0.9, 0.3, (0.65, 0.72, 0.75, 0.78, 0.85), (0.935, 0.810, 0.493, 0.199, 0.061)),
        (0.7, 0.05, (28 / 30 - 0.1, 28 / 30 - 0.03, 28 / 30, 28 / 30 + 0.03), (0.942, 0.844, 0.506, 0.146)),
    ],
)
def test_the_change_from_truth_to_its_contrary_is_as_published(right, kept, shares, published):
    """20,000 examples in 20 dimensions, 20 repetitions; the published means have about the same error, so that 0.05 is 4 SE of the
    difference at the critical share and more elsewhere.  What is expected without simulation is as near.  Control: no
    verifier."""
    rng = np.random.default_rng(1)
    cases = [Verification(wrong=p, keep_right=right, keep_wrong=kept, n=20_000) for p in shares]
    np.testing.assert_allclose([v.accuracies(20, rng).mean() for v in cases], published, atol=0.05)
    np.testing.assert_allclose([v.expected() for v in cases], published, atol=0.05)
    without = [Verification(wrong=p, keep_right=1.0, keep_wrong=1.0, n=20_000).expected() for p in shares]
    assert max(without) < 0.1 < max(published)


def test_with_fewer_examples_the_change_is_more_gradual():
    """5000 examples: over 0.82 a tenth before the critical share, under 0.16 a tenth after it, and within 0.07 of ½ at it."""
    rng = np.random.default_rng(2)
    before, at, after = (Verification(wrong=p).accuracies(20, rng).mean() for p in (0.65, 0.75, 0.85))
    assert before > 0.82
    assert after < 0.16
    assert abs(at - 0.5) < 0.07
    wide, narrow = (Verification(wrong=0.72, n=n).expected() for n in (2000, 50_000))
    assert 0.6 < wide < 0.7 < 0.85 < narrow


def test_the_formula_for_finite_n_is_what_many_repetitions_find():
    """To a hundredth, where the ridge and the lengths of the examples do not matter; control: with ten times as many."""
    v = Verification(wrong=0.7, n=20_000)
    found = v.accuracies(200, np.random.default_rng(3))
    assert found.mean() == pytest.approx(v.expected(), abs=0.01)
    assert agree(z_scores(found, found.mean()))
    assert abs(found.mean() - Verification(wrong=0.7, n=100_000).expected()) > 0.03


def test_the_classifier_is_scikit_learn_s():
    """Ridge regression of the labels, without an intercept, on the examples that are drawn, in the order in which they are drawn."""
    v = Verification(wrong=0.6, n=400, dimension=5)
    rng = np.random.default_rng(4)
    x, false, luck = rng.standard_normal((400, 5)), rng.random(400) < 0.6, rng.random(400)
    kept = luck < np.where(false, 0.3, 0.9)
    y = np.sign(x[:, 0]) * np.where(false, -1, 1)
    ridge = Ridge(alpha=RIDGE * (kept.sum() + 1), fit_intercept=False).fit(x[kept], y[kept])
    new = np.random.default_rng(5).standard_normal((400_000, 5))
    by_hand = (np.sign(new @ ridge.coef_) == np.sign(new[:, 0])).mean()
    found = v.accuracies(1, np.random.default_rng(4))[0]
    assert found == pytest.approx(by_hand, abs=4 * 0.5 / 400_000**0.5)
    assert abs(v.accuracies(1, np.random.default_rng(6))[0] - by_hand) > 0.005


def test_a_verifier_that_keeps_nothing_teaches_nothing():
    assert Verification(wrong=1.0, keep_wrong=0.0).accuracies(2, np.random.default_rng(1)).tolist() == [0.5, 0.5]
    assert 0.5 < Verification(n=10, wrong=0.1).accuracies(200, np.random.default_rng(1)).mean() < 0.8
    assert Verification(n=100_000, dimension=100).cost(20) > BUDGET
    assert Verification().cost(100) < BUDGET
