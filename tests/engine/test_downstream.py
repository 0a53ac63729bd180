"""The classifier that learns from models: against scikit-learn, the best there can be, and what it must show."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.metrics import accuracy_score, recall_score
from sklearn.naive_bayes import GaussianNB

from collapse.downstream import SHAPES, cost, examine, examine_digits, learn
from collapse.models.mixture import Mixture
from collapse.recursion import aside, run
from collapse.scenario import Scenario
from collapse.worlds import WORLDS, Digits, Flipper, Groups, Penguins

from .harness import agree, z_of_two

BIRDS = Scenario(world=Penguins(), model=Mixture(), n=60, generations=20, lineages=60)
RUN = run(BIRDS)
EXAM = examine(RUN)


class Quadratic(QuadraticDiscriminantAnalysis):
    """With the divisor n in every version of scikit-learn; early ones divide by n − 1."""

    def fit(self, x, y):
        super().fit(x, y)
        of_group = [x[y == g] for g in self.classes_]
        ratio = [s.sum() / np.var(some, axis=0).sum() for s, some in zip(self.scalings_, of_group, strict=True)]
        self.scalings_ = [s / r for s, r in zip(self.scalings_, ratio, strict=True)]
        return self


PEERS = {
    "full": Quadratic,
    "shared": lambda: LinearDiscriminantAnalysis(solver="lsqr"),
    "diagonal": lambda: GaussianNB(var_smoothing=0.0),
}


def drawn(lineages: int, m: int, d: int = 2, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Rows and labels of three groups that overlap, one of them rare."""
    rng = np.random.default_rng(seed)
    labels = np.concatenate([np.tile([0, 1, 2], 5), rng.choice(3, m - 15, p=[0.5, 0.35, 0.15])])
    labels = np.stack([rng.permutation(labels) for _ in range(lineages)])
    turn = rng.standard_normal((3, d, d))
    rows = np.einsum("gij,rmj->rmgi", turn, rng.standard_normal((lineages, m, d)))
    return np.take_along_axis(rows, labels[..., None, None], axis=2)[:, :, 0] + labels[..., None] * 1.5, labels


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("d", [1, 2, 4])
def test_posteriors_are_those_of_scikit_learn(shape, d):
    rows, labels = drawn(4, 80, d)
    fresh = drawn(1, 50, d, seed=8)[0][0]
    found = learn(rows, labels, 3, shape).posterior(fresh)
    for i in range(4):
        peer = PEERS[shape]().fit(rows[i], labels[i])
        np.testing.assert_allclose(found[i], peer.predict_proba(fresh), atol=2e-8)
    other = PEERS[SHAPES[SHAPES.index(shape) - 1]]().fit(rows[0], labels[0])
    assert d == 1 or np.abs(found[0] - other.predict_proba(fresh)).max() > 0.01


@pytest.mark.parametrize("shape", SHAPES)
def test_an_exam_by_hand(shape):
    """One generation of the run: what lineage 7 says, labelled by the densities of the groups, learnt and graded by scikit-learn."""
    from scipy.stats import multivariate_normal

    exam, groups = examine(RUN, 50, shape=shape, at=[2]), BIRDS.world.groups
    params = type(RUN.params)(*(a[:, 1] for a in RUN.params))
    rows = BIRDS.model.sample(params, 50, BIRDS.decoder, aside(BIRDS.seed + 2))[7]
    density = [
        w * multivariate_normal(m, c).pdf(rows)
        for w, m, c in zip(groups.weights, groups.means, groups.covs, strict=True)
    ]
    labels = np.argmax(density, axis=0)
    assert np.bincount(labels, minlength=3).min() > 2, "no group is so small that the shared covariance steps in"
    peer = PEERS[shape]().fit(rows, labels)
    birds, truth = BIRDS.world.labelled
    assert exam.right[7, 0] == pytest.approx(accuracy_score(truth, peer.predict(birds)))
    np.testing.assert_allclose(1 - exam.errors[7, 0], recall_score(truth, peer.predict(birds), average=None))
    assert exam.sure[7, 0] == pytest.approx(peer.predict_proba(birds).max(axis=1).mean(), abs=1e-6)
    assert exam.disparity[7, 0] == pytest.approx(np.ptp(exam.errors[7, 0]))


def test_the_calibration_curve_is_that_of_scikit_learn():
    """All answers of generation 20, in bins from 1/3 to 1, which there are bins from 0 to 1."""
    curve, birds = EXAM.curve, BIRDS.world.labelled
    params = type(RUN.params)(*(a[:, 19] for a in RUN.params))
    rows = BIRDS.model.sample(params, 60, BIRDS.decoder, aside(BIRDS.seed + 20))
    least = 1e-9 * np.var(birds[0], axis=0).mean()
    p = learn(rows, BIRDS.world.groups.recognised(rows), 3, least=least).posterior(birds[0])
    hit, scaled = (p.argmax(axis=-1) == birds[1]).ravel(), ((p.max(axis=-1) - 1 / 3) * 1.5).ravel().clip(0, 1)
    right, sure = calibration_curve(hit, scaled, n_bins=10)
    there = curve.number[20] > 0
    np.testing.assert_allclose(curve.right[20][there], right, atol=0.01)
    np.testing.assert_allclose((curve.sure[20][there] - 1 / 3) * 1.5, sure, atol=0.01)
    assert curve.number.sum(axis=1).tolist() == [60 * len(birds[1])] * 21


def test_the_real_test_set():
    """Held out, of the right species: as the file says; of made groups the rows that are held out anyway."""
    rows, truth = Penguins().labelled
    assert (rows == Penguins().held_out.rows).all()
    assert (rows[:, 0] == Penguins().held_out.rows[:, 0]).all()
    assert np.bincount(truth).tolist() == [30, 24, 14]
    assert (Groups(dimension=2).labelled[0] == Groups(dimension=2).held_out.rows).all()
    far = Groups(separation=50.0)
    assert (far.groups.recognised(far.labelled[0]) == far.labelled[1]).all()
    assert len(Flipper().labelled[1]) == 68
    known = {kind for kind, world in WORLDS.items() if world().labelled is not None}
    assert known == {"groups", "flipper", "penguins"}
    assert all(WORLDS[kind]().groups is not None for kind in known)


def test_the_best_classifier_of_made_groups():
    """Two groups 2 standard deviations apart, one rare: the best rule errs by its formula; 4000 real examples come within 1%.

    With log odds c = ln((1 − p)/p) the boundary lies 1 + c/2 from the common group: errors Φ(−1 − c/2) and Φ(−1 + c/2).
    """
    from scipy.special import ndtr

    world = Groups(count=2, separation=2.0, rare=0.2)
    exam = examine(
        run(Scenario(world=world, model=Mixture(components=2), n=50, generations=1, lineages=3)), 4000, at=[0]
    )
    c, truth = np.log(4) / 2, world.labelled[1]
    best = ndtr(-1 - c), ndtr(-1 + c)
    error = np.sqrt([b * (1 - b) / n for b, n in zip(best, np.bincount(truth), strict=True)])
    assert np.all(np.abs(exam.errors.mean(axis=(0, 1)) - best) < 4 * error + 0.01)
    assert exam.minority == 1


def test_the_minority_pays_first_and_confidence_stays():
    """After 20 generations of 60 birds: the rarest species is misjudged far more often, while confidence grows: fluent and wrong.

    60 lineages, false alarm 1e-5 each; control: between generations 0 and 1 no such fall is found."""
    right, errors, sure = EXAM.right, EXAM.errors, EXAM.sure
    assert EXAM.labels[EXAM.minority] == "Chinstrap"
    assert not agree(z_of_two(right[:, :1], right[:, 20:]))
    assert not agree(z_of_two(errors[:, 20, 2:], errors[:, 20, :1]))
    assert sure[:, 20].mean() > 0.95 > right[:, 20].mean() + 0.2
    assert EXAM.curve.gap[20] > 5 * EXAM.curve.gap[0]
    assert agree(z_of_two(right[:, :1], right[:, 1:2]))
    assert EXAM.disparity[:, 20].mean() > 2 * EXAM.disparity[:, 0].mean()


def test_a_species_that_is_no_longer_said_is_never_recognised():
    lost = np.argwhere(RUN.params.weights[:, 19].min(axis=-1) == 0)
    exam = examine(RUN, 200, at=[20])
    assert len(lost) > 3
    assert (exam.errors.max(axis=(1, 2)) == 1).sum() >= len(lost) / 2
    rows = np.random.default_rng(0).standard_normal((2, 30, 2))
    p = learn(rows, np.zeros((2, 30), dtype=int), 3).posterior(rows[0])
    assert (p[..., 1:] == 0).all()


def test_digits_class_by_class():
    """Five digits, naive Bayes on 90 real images each: as scikit-learn's; decoder means of ten generations are worse."""
    digits = (0, 1, 3, 7, 8)
    of_one = {
        d: run(Scenario.from_query(f"world=digits&world.digits={d}&model=linear-vae&n=100&generations=10&lineages=4"))
        for d in digits
    }
    exam = examine_digits(of_one, 90, at=[0, 1, 10])
    rows = np.concatenate([of_one[d].scenario.world.sample((4, 90), aside(0))[2] for d in digits])
    least = 1e-9 * np.var(Digits(digits=13780).unread, axis=0)
    peer = GaussianNB(var_smoothing=least.mean() / np.var(rows, axis=0).max()).fit(rows, np.repeat(digits, 90))
    whole = Digits(digits=13780)
    assert exam.right[2, 0] == pytest.approx(accuracy_score(whole.unread_labels, peer.predict(whole.unread)), abs=0.003)
    assert exam.labels == ("0", "1", "3", "7", "8")
    assert examine_digits(of_one, at=[0]).right.mean() > 0.9, "few of each: the variances of all digits together"
    with pytest.raises(ValueError, match="digit 3 has another world"):
        examine_digits({3: of_one[1], 1: of_one[1]})
    with pytest.raises(ValueError, match="two or more"):
        examine_digits({3: of_one[3]})


def test_what_cannot_be_examined_is_refused():
    with pytest.raises(ValueError, match="no groups are known in normal"):
        examine(run(Scenario(generations=1, lineages=2)))
    with pytest.raises(ValueError, match="not kept"):
        examine(run(replace(BIRDS, generations=1), keep="variance"))
    with pytest.raises(ValueError, match="generation 21 is not possible"):
        examine(RUN, at=[21])
    with pytest.raises(ValueError, match="shape='round' is not known"):
        learn(*drawn(1, 20), 3, "round")
    assert cost(BIRDS, 60, 21) > 60 * 21 * 60
    assert cost(Scenario(), 60, 21) == 0
