"""What each curator does to a loop, by numbers: closed forms, published values, and plain twins that share no code with it."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from collapse import run
from collapse.budget import BUDGET, DIGITS, bounded, growth, worst_case_cost
from collapse.compose import offered
from collapse.curators import CURATORS
from collapse.curators.errors import Detector, Provenance, UnfairDetector
from collapse.curators.marked import Watermarked
from collapse.curators.ranked import Confidence, LikelihoodRatio, Surprise
from collapse.curators.taste import Preference, Verifier
from collapse.decoding import Decoder
from collapse.laws import curated
from collapse.laws.table import unknown
from collapse.models.categorical import Categorical
from collapse.models.gaussian import Gaussian
from collapse.models.kde import Kde
from collapse.models.ngram import Ngram
from collapse.policies import Accumulate, Mix
from collapse.pool import Pool
from collapse.recursion import Streams, evolve
from collapse.scenario import ImpossibleError, Scenario
from collapse.speech import percent
from collapse.worlds import Alice, NormalWorld, Penguins, Surnames

from .harness import agree, z_of_two, z_scores

N = 20


# ---- who errs: a detector and a log


def test_what_a_detector_lets_through_is_as_published():
    """α = 0.1, 80% found, 5% false alarms: α' = 0.345, v∞ = 0.783 → 0.916 at n = 20, for 7.27 instead of 2 real examples.

    Control: the rates exchanged.
    """
    share = curated.real_share(0.1, 0.8, 0.05)
    assert share == pytest.approx(0.345, abs=5e-4)
    assert curated.variance_left(0.1, 20) == pytest.approx(0.7831, abs=5e-5)
    assert curated.variance_left(share, 20) == pytest.approx(0.9157, abs=5e-5)
    assert 20 * 0.1 * curated.drawn_for_each(0.1, 0.8, 0.05) == pytest.approx(7.27, abs=5e-3)
    assert curated.variance_left(curated.real_share(0.1, 0.05, 0.8), 20) < 0.5
    assert curated.variance_left(0.0, 20) == 0.0
    assert np.isnan(curated.real_share(0.0, 1.0, 0.0))
    assert curated.drawn_for_each(0.0, 1.0, 0.0) == np.inf


def twin(lineages: int, generations: int, refill: bool) -> np.ndarray:
    """The variance of Gaussians that are fitted, raw point by raw point, to what a detector lets through of pools of 2 real and 18
    made; without a refill the few that have passed are repeated in order until there are 20.  (R, generations) after the first."""
    rng = np.random.default_rng(5)
    mean, sd, found = np.zeros(lineages), np.ones(lineages), []
    for t in range(generations + 1):
        points = rng.standard_normal((lineages, 1 if t == 0 else 8 if refill else 1, N))
        real = np.argsort(rng.random(points.shape), axis=-1) < (N if t == 0 else 2)
        x = np.where(real, points, mean[:, None, None] + sd[:, None, None] * points).reshape(lineages, -1)
        fine = rng.random(x.shape) < (1.0 if t == 0 else np.where(real, 0.95, 0.2).reshape(lineages, -1))
        for i in range(lineages):
            kept = [*x[i][fine[i]], *x[i][~fine[i]]][: min(max(int(fine[i].sum()), 2), N)]
            fed = (kept * N)[:N]
            mean[i], sd[i] = np.mean(fed), np.std(fed)
        found.append(sd**2)
    return np.stack(found[1:], axis=1)


@pytest.mark.parametrize(("tries", "published"), [(8, 0.9157), (1, 0.708)])
def test_a_detector_in_the_loop_leaves_what_a_plain_twin_leaves(tries, published):
    """The variance left after generation 8, a mean over seven generations in every lineage; false alarm 1e-5.  The published value,
    for examples that are real independently of each other, is not missed by more than 0.01: a pool has 2 real ones exactly.

    Controls: no detector, and the other way of drawing.
    """
    s = Scenario(policy=Mix(synthetic=0.9), curator=Detector(tries=tries), n=N, generations=15, lineages=1500)
    left = run(s).measure("variance")[:, 9:].mean(axis=1)
    plain = twin(1500, 14, refill=tries > 1)[:, 7:].mean(axis=1)
    assert agree(z_of_two(left, plain))
    assert left.mean() == pytest.approx(published, abs=0.01 + 4 * left.std() / len(left) ** 0.5)
    without = run(replace(s, curator=CURATORS["none"]())).measure("variance")[:, 9:].mean(axis=1)
    assert not agree(z_of_two(without, plain))
    assert (left.mean() > without.mean()) == (tries > 1), "without drawing again it does harm"


def test_a_log_of_origins_errs_as_told():
    """2 of 20 real; a share of (0.95 + 0.05·0.25)·0.1 against (0.1 + 0.9·0.25)·0.9 passes; 3000 lineages, false alarm 1e-5.

    Control: a log that is thought to keep nothing of the rest.
    """
    log = Provenance(tries=20, lost=0.05, slipped=0.1, rest=0.25)
    s = Scenario(policy=Mix(synthetic=0.9), curator=log, n=N, generations=2, lineages=3000)
    ledger = []
    list(islice(evolve(s, s.lineages, Streams(0, 0), ledger), 2))
    share = (ledger[0].passed < 0).mean(axis=1)
    real, made = 0.1 * (0.95 + 0.05 * 0.25), 0.9 * (0.1 + 0.9 * 0.25)
    assert agree(z_scores(share, real / (real + made)))
    assert not agree(z_scores(share, 0.1 * 0.95 / (0.1 * 0.95 + 0.9 * 0.1)))
    assert agree(z_scores(ledger[0].drawn, N / (real + made)))


def test_a_detector_that_is_unfair_to_the_tails_brings_the_collapse_it_should_prevent():
    """Endless data: the variance of the real examples that are kept, by quadrature; 5000 of them, 64 lineages, for two shares of real
    data; false alarm 1e-5.  Controls: a fair detector, and tails that begin elsewhere."""
    unfair = UnfairDetector(tries=10, tail_fpr=0.6, tail=1.5)
    kept = lambda x, power: x**power * (0.4 if abs(x) > 1.5 else 0.95) * stats.norm.pdf(x)  # noqa: E731
    a2, a = (2 * quad(kept, 0, 12, args=(power,), points=[1.5])[0] for power in (2, 0))
    law = curated.unfair_variance(0.05, 0.6, 1.5)
    assert law == pytest.approx(a2 / a, rel=1e-9)
    assert law < 0.85
    assert curated.unfair_variance(0.3, 0.3, 1.5) == pytest.approx(1.0)
    assert np.isnan(curated.unfair_variance(1.0, 1.0, 1.5))
    for synthetic in (0.5, 0.8):
        s = Scenario(policy=Mix(synthetic=synthetic), curator=unfair, n=5000, generations=16, lineages=64)
        left = run(s).measure("variance")[:, -1]
        assert agree(z_scores(left, law))
        assert not agree(z_scores(left, curated.unfair_variance(0.05, 0.6, 1.6)))
        fair = run(replace(s, curator=Detector(tries=10), lineages=16)).measure("variance")[:, -1]
        assert fair.mean() > 0.98


# ---- who has a taste: a verifier and a preference


def test_a_verifier_s_law_is_as_published_and_scipy_s():
    """60 endless rounds: c = 0.5, r = 1 end at a mean of 0.461 and a variance of 0.072; c = r = 2 at 1.08 and 0.094; with the
    variance held, 0.081, 0.291, 0.774 of the distance are left.  Control: with the variance held the mean would be 0.5."""
    for centre, radius, mean, variance in ((0.5, 1.0, 0.461, 0.072), (2.0, 2.0, 1.08, 0.094)):
        path = curated.verified(centre, radius, 60)
        assert path.mean[-1] == pytest.approx(mean, abs=5e-3 if mean > 1 else 5e-4)
        assert path.variance[-1] == pytest.approx(variance, abs=5e-4)
        assert abs(path.mean[-1] - centre) > 0.03
        m, v = 0.0, 1.0
        for t in range(4):
            cut = stats.truncnorm((centre - radius - m) / v**0.5, (centre + radius - m) / v**0.5, m, v**0.5)
            m, v = cut.mean(), cut.var()
            np.testing.assert_allclose([path.mean[t + 1], path.variance[t + 1]], [m, v], rtol=1e-9)
    far = curated.verified(3.0, 0.1, 60)
    assert 2.9 < far.mean[1] < 3.0 < far.mean[1] + 0.1
    assert [round(curated.held_factor(r), 3) for r in (0.5, 1.0, 2.0)] == [0.081, 0.291, 0.774]


def test_a_preference_s_law_is_as_published():
    """h = 2: 1/6 is left after 20 rounds; a fresh share of 0.2 keeps 0.6434.  Control: a share of 0.25."""
    alone = curated.preferred(0.0, 2.0, 20)
    np.testing.assert_allclose(alone.variance, 1 / (1 + np.arange(21) / 4), rtol=1e-12)
    mixed, other = (curated.preferred(0.0, 2.0, 300, share).variance[-1] for share in (0.2, 0.25))
    assert mixed == pytest.approx(0.6434, abs=5e-5)
    assert mixed**2 + mixed * (4 - 0.2 - 0.8 * 4) - 0.2 * 4 == pytest.approx(0.0, abs=1e-9)
    assert other > mixed + 0.02
    assert curated.preferred(1.0, 2.0, 20_000).mean[-1] == pytest.approx(1.0, abs=1e-3)
    assert curated.preferred(0.0, 2.0, 300, 0.2, refilled=True).variance[-1] > mixed


BIG = Scenario(n=5000, generations=16, lineages=64)


@pytest.mark.parametrize(
    ("curator", "policy", "law", "wrong"),
    [
        (Verifier(), Mix(synthetic=1.0), curated.verified(0.5, 1.0, 15), curated.verified(0.5, 1.05, 15)),
        (Preference(centre=0.3), Mix(synthetic=1.0), curated.preferred(0.3, 2.0, 15), curated.preferred(0.3, 2.1, 15)),
        (
            Preference(centre=0.3),
            Mix(synthetic=0.8),
            curated.preferred(0.3, 2.0, 15, 0.2, refilled=True),
            curated.preferred(0.3, 2.0, 15, 0.25, refilled=True),
        ),
    ],
    ids=["verifier", "preference", "preference-and-real"],
)
def test_taste_in_the_loop_follows_the_law_of_endless_data(curator, policy, law, wrong):
    """Mean and variance at the end of 5000 examples, 64 lineages; false alarm 1e-5.  Control: another radius, width or share."""
    s = replace(BIG, curator=curator, policy=policy)
    for found, known in zip(curated.curated(s), law, strict=True):
        found = found[1:]  # generation 0 is the world
        np.testing.assert_allclose(found, known, rtol=1e-12, err_msg="what a page says of this run is this law")
    assert f"leave {percent(law.variance[-1])} of the variance at the end" in unknown(s, "variance")
    assert f"{law.mean[-1] ** 2:.3g}" in unknown(s, "mean_drift")
    life = run(s).params
    last = np.stack([life.mean[:, -1, 0], life.lower[:, -1, 0, 0] ** 2], axis=1)
    assert agree(z_scores(last, [law.mean[-1], law.variance[-1]]))
    assert not agree(z_scores(last, [wrong.mean[-1], wrong.variance[-1]]))


def test_taste_is_measured_in_standard_deviations_of_the_world_along_every_axis():
    """Penguins in mm: what passes lies within the radius, and what does not lies outside; real ones pass unless all are judged."""
    world, seen = Penguins(), []

    class Watch(Verifier):
        def passes(self, pool, bench):
            seen.append((pool, super().passes(pool, bench)))
            return seen[-1][1]

    mean, sd = world.distribution.mean, np.sqrt(np.diag(world.distribution.cov))
    for judges in ("made", "all"):
        s = Scenario(
            world=world, curator=Watch(judges=judges, centre=0.2), policy=Mix(synthetic=0.5), n=60, generations=2
        )
        list(islice(evolve(s, 3, Streams(0, 0)), 2))
        pool, fine = seen.pop()
        z = (pool.data.x - mean) / sd
        near = np.sqrt(((z - 0.2) ** 2).mean(axis=-1)) <= 1.0
        np.testing.assert_array_equal(fine, near if judges == "all" else near | pool.real)
        assert 0.1 < near.mean() < 0.9


# ---- who asks the models


def step(curator, seed: int = 3) -> float:
    """By what one generation with a curator multiplies the variance of a Gaussian of 200,000 examples."""
    s = Scenario(curator=curator, n=200_000, generations=2, lineages=1, seed=seed)
    first, second = run(s).params.lower[0, :, 0, 0] ** 2
    return float(second / first)


def test_confidence_is_top_p_and_surprise_is_the_rest():
    """A Gaussian's central 90% have 0.6230 of its variance; of its outermost halves 1.857 is left (scipy).  4 SE are below 0.02 for
    200,000 examples.  Control: a tenth more is thrown away."""
    outer = 1 + 2 * stats.norm.isf(0.25) * stats.norm.pdf(stats.norm.isf(0.25)) / 0.5
    assert step(Confidence(discarded=0.1)) == pytest.approx(0.6230, abs=0.01)
    assert Decoder(top_p=0.9).shrink(1) == pytest.approx(0.6230, abs=5e-5)
    assert step(Surprise(discarded=0.5)) == pytest.approx(outer, abs=0.02)
    assert step(Confidence(discarded=0.2)) < 0.5
    assert step(Surprise(discarded=0.6)) > outer + 0.1


@pytest.mark.parametrize(
    "curator", [Confidence(discarded=0.6), Surprise(discarded=0.6), LikelihoodRatio(discarded=0.6)], ids=repr
)
def test_of_all_that_is_drawn_the_best_by_hand_pass(curator):
    """The scores of every candidate by scipy, or by counting; 50 of the 125 that count pass, from the third generation on."""
    for s in (
        Scenario(model=Kde(), curator=curator, policy=Mix(synthetic=0.6), n=50, generations=3, lineages=2),
        Scenario(Surnames(types=30), Categorical(), curator=curator, policy=Mix(synthetic=0.6), n=50, generations=3),
    ):
        seen = []

        class Watch(type(curator)):
            def score(self, pool, bench, seen=seen):
                seen.append((pool, bench))
                return super().score(pool, bench)

        life, ledger = [], []
        life.extend(islice(evolve(replace(s, curator=Watch(discarded=0.6)), 2, Streams(0, 0), ledger), 3))
        pool, bench = seen[-1]
        for i in range(2):
            x = pool.data.x[i].reshape(pool.size)
            if isinstance(s.model, Kde):
                last, first = (stats.gaussian_kde(p.centers[i]).logpdf(x) for p in (bench.parent, bench.reference))
            else:
                with np.errstate(divide="ignore"):
                    last, first = (np.log(p[0][i][x]) for p in (bench.parent, bench.reference))
            with np.errstate(invalid="ignore"):
                ratio = np.where(last == -np.inf, np.inf, first - last)
            score = {"confidence": last, "surprise": -last, "likelihood-ratio": ratio}[curator.kind]
            best = sorted(range(125), key=lambda j: (-round(float(score[j]), 9), j))[:50]
            assert ledger[-1].drawn[i] == 125
            assert sorted(ledger[-1].passed[i]) == sorted(pool.by[i][best])
            if isinstance(s.model, Kde):
                np.testing.assert_array_equal(np.sort(life[2].centers[i]), np.sort(x[best]))
            else:
                counts = np.bincount(x[best], minlength=30)
                np.testing.assert_allclose(life[2][0][i], counts / 50)


def test_of_a_text_the_passages_that_look_most_like_the_parent_go():
    """Whole passages of 200 characters, the half with the lowest ratio thrown away."""
    seen = []

    class Watch(LikelihoodRatio):
        def score(self, pool, bench):
            seen.append((pool, super().score(pool, bench)))
            return seen[-1][1]

    s = Scenario(Alice(), Ngram(order=2), n=4000, policy=Mix(synthetic=0.5), curator=Watch(), generations=3, lineages=1)
    life = list(islice(evolve(s, 1, Streams(0, 0)), 3))
    pool, score = seen[-1]
    starts = np.flatnonzero(pool.data.first[0])
    assert all(np.ptp(part) == 0 for part in np.split(score[0], starts[1:])), "one score for a passage"
    real = pool.real[0][starts]
    assert score[0][starts][real].mean() > score[0][starts][~real].mean() + 0.1, "it tells real passages"
    kept = {tuple(p) for p in np.split(life[2].x[0], np.flatnonzero(life[2].first[0])[1:])}
    order = np.argsort(-score[0][starts], kind="stable")
    parts = np.split(pool.data.x[0], starts[1:])
    assert {tuple(parts[j]) for j in order[:18]} <= kept
    assert not {tuple(parts[j]) for j in order[22:]} & kept


def test_a_real_detector_helps_where_it_has_something_to_read():
    """Passages of 200 characters, one in five real, four in five thrown away: of ten generations of text, most of what is let through
    is real, and the text is less strange to the last model; 12 lineages, z above 4.5.  Single numbers tell it nothing, and to cut off
    half of them by their ratio is to cut off a side of the curve: it does harm.  Control: confidence, which keeps what is made."""
    text = Scenario(Alice(), Ngram(order=3), policy=Mix(synthetic=0.8), n=4000, generations=10, lineages=12)
    curators = CURATORS["none"](), LikelihoodRatio(discarded=0.8), Confidence(discarded=0.8)
    nothing, detected, sure = (
        np.log(run(replace(text, curator=c), keep="perplexity").measure("perplexity")[:, -1]) for c in curators
    )
    assert z_of_two(nothing, detected)[0] > 4.5
    assert z_of_two(sure, nothing)[0] > 4.5
    passed = {}
    for c in curators[1:]:
        ledger = []
        list(islice(evolve(replace(text, curator=c), 2, Streams(0, 0), ledger), 6))
        passed[c.kind] = (ledger[-1].passed < 0).mean()
    assert passed["likelihood-ratio"] > 0.7
    assert passed["confidence"] < 0.05
    numbers = Scenario(policy=Mix(synthetic=0.8), n=50, generations=15, lineages=400)
    nothing, detected, sure, surprised = (
        run(replace(numbers, curator=c)).measure("variance")[:, -1] for c in (*curators, Surprise())
    )
    assert z_of_two(nothing, detected)[0] > 4.5
    assert z_of_two(nothing, sure)[0] > 4.5
    assert z_of_two(surprised, nothing)[0] > 4.5


# ---- what is refused, and what it may cost


def test_who_judges_by_place_judges_numbers_only_and_a_watermark_is_sought_in_texts():
    for s, kind in ((Scenario(Alice(), Ngram()), "alice"), (Scenario(Surnames(), Categorical()), "surnames")):
        for curator in (Verifier(), Preference(), UnfairDetector()):
            with pytest.raises(
                ImpossibleError, match=rf"curator={curator.kind} cannot judge world={kind}: it judges numbers"
            ):
                replace(s, curator=curator)
    with pytest.raises(
        ImpossibleError, match="it judges texts; choose one of none, detector, unfair-detector, provenance, veri"
    ):
        Scenario(curator=Watermarked())
    missing = {"verifier", "preference", "reward", "expert", "unfair-detector"}
    assert set(CURATORS) - set(offered(Scenario(Alice(), Ngram()), "curator")) == missing
    assert set(CURATORS) - set(offered(Scenario(Surnames(), Categorical()), "curator")) == missing | {
        "watermark",
        "phrase-frequency",
    }
    assert set(CURATORS) - set(offered(Scenario(), "curator")) == {"watermark", "phrase-frequency"}


def test_every_curator_can_be_chosen_on_the_default_page_within_the_budget():
    for kind in CURATORS:
        text = {"world": "alice", "model": "ngram", "lineages": "30"} if CURATORS[kind].spaces == ("text",) else {}
        s = Scenario.from_query({"curator": kind, "policy": "mix", **text})
        assert worst_case_cost(bounded(s)) <= BUDGET, kind
        assert Scenario.from_query(s.to_query()) == s


def test_what_is_too_surprising_for_too_long_is_refused():
    """What passes has at most 1/(1 − discarded) times the second moments: nothing that is let in overflows.  Control: no curator."""
    for policy in (Mix(synthetic=1.0), Mix(synthetic=0.9), Accumulate()):
        s = Scenario(curator=Surprise(discarded=0.9), policy=policy, n=100, generations=1000, lineages=1)
        with pytest.raises(ImpossibleError, match=r"at most generations=\d+ or lower curator\.discarded=0\.9"):
            bounded(s)
        assert growth(replace(s, curator=CURATORS["none"]())) <= DIGITS
        most = bounded(replace(s, generations=36))
        assert 1 < run(replace(most, model=Gaussian())).measure("variance").max() < 10.0**DIGITS


def test_a_detector_that_loses_all_that_is_real_cannot_make_a_heated_loop_overflow():
    s = Scenario(
        policy=Mix(synthetic=0.1), decoder=Decoder(temperature=5.0), curator=Detector(tpr=0.0, fpr=1.0), generations=200
    )
    assert growth(replace(s, curator=CURATORS["none"]())) < DIGITS < growth(s)


def test_a_pool_of_a_world_of_types_has_no_scale():
    for s, there in ((Scenario(Surnames(), Categorical()), False), (Scenario(NormalWorld(dimension=2)), True)):
        seen = []

        class Watch(Detector):
            def passes(self, pool, bench, seen=seen):
                assert isinstance(pool, Pool)
                seen.append(bench.scale)
                return super().passes(pool, bench)

        list(islice(evolve(replace(s, curator=Watch(), n=30), 2, Streams(0, 0)), 2))
        assert (seen[0] is not None) == there
