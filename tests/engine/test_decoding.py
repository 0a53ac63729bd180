"""Temperature, then top-p: against hand computation, plain Python, scipy.stats and published values."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from collapse.decoding import DECODERS, Decoder, shares
from collapse.laws import law_for
from collapse.models import MODELS
from collapse.models.categorical import Categorical
from collapse.scenario import ImpossibleError, Scenario
from collapse.spec import knob
from collapse.worlds import Alice, Digits, NormalWorld, Surnames

from .harness import ALARM, agree, variants, z_scores


def plain(p: list[float], temperature: float, top_p: float, top_k: int = 0) -> list[float]:
    """What a student would write: p^(1/τ), normalise, take the k largest, normalise, take the largest until top_p is reached."""
    if temperature == 0:
        return [float(i == p.index(max(p))) for i in range(len(p))]
    warm = [(x / max(p)) ** (1 / temperature) for x in p]
    best = sorted(range(len(p)), key=lambda i: -warm[i])[: top_k or len(p)]
    warm = [x if i in best else 0.0 for i, x in enumerate(warm)]
    warm = [x / math.fsum(warm) for x in warm]
    kept, mass = set(), 0.0
    for i in sorted(range(len(p)), key=lambda i: -warm[i]):
        if mass >= top_p - 1e-12:
            break
        kept.add(i)
        mass += warm[i]
    cut = [x if i in kept else 0.0 for i, x in enumerate(warm)]
    return [x / math.fsum(cut) for x in cut]


@pytest.mark.parametrize(
    ("temperature", "top_p", "expected"),
    [
        (1.0, 1.0, [0.4, 0.3, 0.2, 0.1]),
        (1.0, 0.7, [4 / 7, 3 / 7, 0, 0]),
        (1.0, 0.71, [4 / 9, 3 / 9, 2 / 9, 0]),
        (1.0, 0.05, [1, 0, 0, 0]),
        (0.5, 1.0, [16 / 30, 9 / 30, 4 / 30, 1 / 30]),
        (0.5, 0.8, [16 / 25, 9 / 25, 0, 0]),
        (0.5, 0.85, [16 / 29, 9 / 29, 4 / 29, 0]),
    ],
)
def test_four_types_by_hand(temperature, top_p, expected):
    """The sixth line tells the order: truncating to 80% first would have kept three types."""
    found = Decoder(temperature=temperature, top_p=top_p).reweight(np.array([0.4, 0.3, 0.2, 0.1]))
    np.testing.assert_allclose(found, expected, atol=1e-15)


@pytest.mark.parametrize(
    ("decoder", "expected"),
    [
        (Decoder(temperature=0.0), [0, 1, 0, 0]),
        (Decoder(temperature=0.0, top_k=3, top_p=0.9), [0, 1, 0, 0]),
        (Decoder(top_k=1), [0, 1, 0, 0]),
        (Decoder(top_k=2), [3 / 7, 4 / 7, 0, 0]),
        (Decoder(top_k=4), [0.3, 0.4, 0.2, 0.1]),
        (Decoder(top_k=100_000), [0.3, 0.4, 0.2, 0.1]),
        (Decoder(top_k=3, top_p=0.75), [3 / 7, 4 / 7, 0, 0]),
        (Decoder(top_p=0.75), [3 / 9, 4 / 9, 2 / 9, 0]),
        (Decoder(temperature=0.5, top_k=3), [9 / 29, 16 / 29, 4 / 29, 0]),
        (Decoder(temperature=0.5, top_k=3, top_p=0.5), [0, 1, 0, 0]),
        (Decoder(temperature=2.0, top_k=2, top_p=0.6), [3**0.5 / (2 + 3**0.5), 2 / (2 + 3**0.5), 0, 0]),
    ],
    ids=str,
)
def test_top_k_by_hand(decoder, expected):
    """(0.3, 0.4, 0.2, 0.1); the seventh line tells the order: of the three that are left, two hold 7/9 > 0.75 of the mass."""
    np.testing.assert_allclose(decoder.reweight(np.array([0.3, 0.4, 0.2, 0.1])), expected, atol=1e-15)


def test_of_equals_the_first_is_greedy_s_and_top_k_s():
    p = np.array([0.1, 0.3, 0.3, 0.3])
    np.testing.assert_array_equal(Decoder(temperature=0.0).reweight(p), [0, 1, 0, 0])
    np.testing.assert_allclose(Decoder(top_k=2).reweight(p), [0, 0.5, 0.5, 0])


@given(
    st.lists(st.lists(st.integers(1, 9), max_size=6), min_size=1, max_size=6).filter(any),
    st.sampled_from([0.0, 0.5, 1.0, 3.0]),
    st.integers(0, 7),
    st.floats(0.05, 1),
)
def test_rows_of_any_length_are_reweighted_one_by_one(rows, temperature, top_k, top_p):
    """Ragged rows of counts, some of them empty, against the plain algorithm."""
    decoder = Decoder(temperature=temperature, top_p=top_p, top_k=top_k)
    ends = np.cumsum([0, *map(len, rows)])
    found = decoder.reweight_rows(np.array([x for row in rows for x in row], float), ends)
    for row, a, b in zip(rows, ends, ends[1:], strict=False):
        if row:
            options = [plain(row, temperature, min(max(top_p + e, 1e-9), 1.0), top_k) for e in (0, -1e-9, 1e-9)]
            assert any(np.allclose(found[a:b], o, atol=1e-9) for o in options)


@pytest.mark.parametrize(("top_p", "kept"), [(0.4, 1), (0.5, 2), (0.6, 2), (0.7, 3), (0.8, 4), (0.9, 5), (0.95, 6)])
def test_the_nucleus_of_a_row_does_not_depend_on_the_rows_before_it(top_p, kept):
    """300 000 times (0.4, 0.2, 0.1, 0.1, 0.1, 0.1): where masses meet top_p, a sum that runs over all rows is too coarse."""
    rows = 300_000
    found = Decoder(top_p=top_p).reweight_rows(np.tile([4.0, 2, 1, 1, 1, 1], rows), np.arange(0, 6 * rows + 1, 6))
    assert (np.count_nonzero(found.reshape(rows, 6), axis=1) == kept).all()


@pytest.mark.parametrize("temperature", [1e-300, 1e-12, 0.01])
def test_the_coldest_temperatures_are_greedy_without_a_warning(temperature):
    np.testing.assert_allclose(
        Decoder(temperature=temperature).reweight(np.array([0.1, 0.6, 0.3])), [0, 1, 0], atol=1e-12
    )


def test_temperature_comes_first():
    p = np.array([0.4, 0.3, 0.2, 0.1])
    cool, cut = Decoder(temperature=0.5), Decoder(top_p=0.8)
    both = Decoder(temperature=0.5, top_p=0.8).reweight(p)
    np.testing.assert_allclose(both, cut.reweight(cool.reweight(p)), atol=1e-15)
    assert np.abs(both - cool.reweight(cut.reweight(p))).max() > 0.05


def test_cooling_again_and_again_is_the_published_entropy():
    """Derived beforehand: entropy 1.259, 0.911, 0.313 after 1, 10 and 20 generations at τ = 0.9."""
    p, entropies = np.array([0.4, 0.3, 0.2, 0.1]), []
    for _ in range(20):
        p = Decoder(temperature=0.9).reweight(p)
        entropies.append(stats.entropy(p))
    assert [round(entropies[t - 1], 3) for t in (1, 10, 20)] == [1.259, 0.911, 0.313]


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=9).filter(lambda p: sum(p) > 1e-3),
    st.floats(0.05, 5),
    st.floats(0.05, 1),
)
def test_reweighting_is_the_plain_algorithm(p, temperature, top_p):
    """Up to ties and to masses that meet top_p within rounding, where either cut is right."""
    p = [x / math.fsum(p) for x in p]
    found = Decoder(temperature=temperature, top_p=top_p).reweight(np.array(p))
    assert found.sum() == pytest.approx(1)
    expected = sorted(plain(p, temperature, top_p))
    slack = [sorted(plain(p, temperature, min(max(top_p + e, 1e-9), 1.0))) for e in (-1e-9, 1e-9)]
    assert any(np.allclose(np.sort(found), e, atol=1e-9) for e in (expected, *slack))


def test_every_lineage_is_reweighted_by_itself():
    p = np.random.default_rng(1).dirichlet(np.ones(6), size=(3, 4))
    decoder = Decoder(temperature=0.7, top_p=0.6)
    found = decoder.reweight(p)
    for index in np.ndindex(3, 4):
        np.testing.assert_allclose(found[index], plain(p[index].tolist(), 0.7, 0.6), atol=1e-12)


def test_a_lost_type_stays_lost_and_equal_types_stay_equal():
    found = Decoder(temperature=3.0).reweight(np.array([0.5, 0.5, 0.0]))
    np.testing.assert_array_equal(found, [0.5, 0.5, 0.0])


def test_neutral_changes_nothing():
    p = np.random.default_rng(2).dirichlet(np.ones(9), size=5)
    for kind in DECODERS.values():
        assert kind().neutral
        assert kind().reweight(p) is p
        assert kind().shrink(1) == kind().shrink(7) == 1.0
        z = kind().standard_normal((4, 5, 2), np.random.default_rng(3))
        np.testing.assert_array_equal(z, np.random.default_rng(3).standard_normal((4, 5, 2)))
        assert all(v.neutral == (v == kind()) for v in variants(kind)), "every knob that is turned does something"


@pytest.mark.parametrize(("top_p", "rho"), [(0.95, 0.758842), (0.99, 0.9248), (0.9, 0.6230)])
def test_published_shrinkage(top_p, rho):
    c = stats.norm.ppf((1 + top_p) / 2)
    assert Decoder(top_p=top_p).shrink(1) == pytest.approx(1 - 2 * c * stats.norm.pdf(c) / top_p, rel=1e-12)
    assert Decoder(top_p=top_p).shrink(1) == pytest.approx(rho, abs=5e-5)
    assert Decoder(top_p=0.95).shrink(1) == pytest.approx(0.758842, abs=5e-7)
    assert Decoder(temperature=0.3, top_p=top_p).shrink(1) == pytest.approx(0.3 * Decoder(top_p=top_p).shrink(1))


@pytest.mark.parametrize("d", [1, 2, 3, 16])
@pytest.mark.parametrize("top_p", [0.05, 0.5, 0.95, 0.999])
def test_shrinkage_by_quadrature(d, top_p):
    """E[r² | r² ≤ c]/d with r² ~ χ²_d, by adaptive quadrature."""
    c = stats.chi2.ppf(top_p, d)
    inside = quad(lambda s: 2 * s * s * s * stats.chi2.pdf(s * s, d), 0, math.sqrt(c))[0] / top_p / d
    assert Decoder(top_p=top_p).shrink(d) == pytest.approx(inside, rel=1e-8)


@pytest.mark.parametrize("top_p", [0.3, 0.95])
def test_one_dimension_is_the_truncated_normal(top_p):
    """Kolmogorov–Smirnov against scipy's truncnorm, 40 000 draws, level 1e-5; control: a little less truncated."""
    z = Decoder(top_p=top_p, temperature=0.49).standard_normal((100, 400, 1), np.random.default_rng(4)).ravel() / 0.7
    c = stats.norm.ppf((1 + top_p) / 2)
    assert np.abs(z).max() <= c
    assert stats.kstest(z, stats.truncnorm(-c, c).cdf).pvalue > ALARM
    wide = stats.norm.ppf((1 + top_p + 0.04) / 2)
    assert stats.kstest(z, stats.truncnorm(-wide, wide).cdf).pvalue < ALARM


@pytest.mark.parametrize("d", [2, 5])
def test_many_dimensions_are_a_ball_in_every_direction(d):
    """Radius: truncated χ²_d (KS, 40 000, level 1e-5; control d+1). Direction: mean 0, covariance I/d (false alarm 1e-5)."""
    z = Decoder(top_p=0.8).standard_normal((40_000, d), np.random.default_rng(d))
    squared = (z * z).sum(axis=1)
    assert squared.max() <= stats.chi2.ppf(0.8, d)
    assert stats.kstest(squared, lambda r: np.minimum(stats.chi2.cdf(r, d) / 0.8, 1)).pvalue > ALARM
    assert stats.kstest(squared, lambda r: np.minimum(stats.chi2.cdf(r, d + 1) / 0.8, 1)).pvalue < ALARM
    direction = z / np.sqrt(squared)[:, None]
    upper = np.triu_indices(d, 1)
    assert agree(z_scores(direction, 0.0))
    assert agree(z_scores((direction[:, :, None] * direction[:, None, :])[:, *upper], 0.0))
    assert agree(z_scores(direction[:, 0] ** 2, 1 / d))
    assert agree(z_scores(squared / d, Decoder(top_p=0.8).shrink(d)))


# ---- every decoder, and one that only these tests have


@dataclass(frozen=True)
class Eta(Decoder):
    """Leaves out what is less likely than a fixed share."""

    kind, says = "eta", "outputs are drawn from those that are likely enough"
    least: float = knob(0.0, "the smallest probability that is kept", label="least", low=0.0, high=0.2)

    @property
    def listed(self) -> str:
        return "least" if self.least else super().listed

    def truncated(self, p, begin, row):
        p = super().truncated(p, begin, row)
        least = np.minimum(self.least, np.maximum.reduceat(p, begin)[row])
        return shares(np.where(p >= least, p, 0.0), begin, row)


RAGGED = [[4, 3, 2, 1], [], [9], [1, 1, 1, 1, 1, 1, 1], [5, 0, 5], [60, 30, 5, 3, 1, 1]]
EVERY = [v for kind in (*DECODERS.values(), Eta) for v in variants(kind)]


@pytest.mark.parametrize("decoder", EVERY, ids=repr)
def test_every_decoder_gives_shares_row_by_row_and_prefers_what_is_likelier(decoder):
    """Each row sums to 1 and is decoded as it is alone; the likeliest is never lost, the impossible never comes, the order stays."""
    weights, ends = np.array([x for row in RAGGED for x in row], float), np.cumsum([0, *map(len, RAGGED)])
    found = decoder.reweight_rows(weights, ends)
    for row, a, b in zip(RAGGED, ends, ends[1:], strict=False):
        if row:
            mine = found[a:b]
            np.testing.assert_allclose(mine, decoder.reweight_rows(weights[a:b], np.array([0, b - a])), atol=1e-12)
            assert mine.sum() == pytest.approx(1)
            assert mine[np.argmax(row)] > 0
            assert not mine[np.array(row) == 0].any()
            assert all(mine[i] >= mine[j] - 1e-12 for i in range(b - a) for j in range(b - a) if row[i] > row[j])
    assert decoder.truncates or decoder.temperature == 0 or ((found > 0) == (weights > 0)).all()


def test_another_rule_comes_after_the_others_and_leaves_out_what_it_says():
    p = np.array([0.4, 0.3, 0.2, 0.1])
    np.testing.assert_allclose(Eta(least=0.15).reweight(p), [4 / 9, 3 / 9, 2 / 9, 0])
    np.testing.assert_allclose(Eta(least=0.2, top_k=2).reweight(p), [4 / 7, 3 / 7, 0, 0])
    np.testing.assert_allclose(Eta(least=0.2, temperature=0.5).reweight(p), [16 / 25, 9 / 25, 0, 0])
    np.testing.assert_array_equal(Eta().reweight(p), p)


@pytest.mark.parametrize("decoder", [v for v in EVERY if v.listed], ids=repr)
def test_a_rule_for_a_list_is_refused_by_its_name_where_there_is_none(decoder):
    for model in MODELS.values():
        world = {"real": NormalWorld(), "types": Surnames(types=10), "text": Alice(), "images": Digits()}[model.space]
        if model().mute(decoder):
            with pytest.raises(
                ImpossibleError, match=rf"decoder\.{decoder.listed}=.* with model={model.kind}.*: give 0"
            ):
                Scenario(world, model(), decoder)
        else:
            assert model.space != "real"
            assert Scenario(world, model(), decoder).decoder is decoder
    assert any(model().mute(decoder) for model in MODELS.values())


def test_no_law_of_a_temperature_is_claimed_where_outcomes_are_left_out():
    heated = Scenario(Surnames(types=10), Categorical(), Eta(temperature=0.9), n=1_000_000, generations=5)
    assert law_for(heated, "entropy") is not None, "only heated, it is like any other"
    for decoder in (Eta(temperature=0.9, least=0.1), Decoder(temperature=0.9, top_k=3)):
        assert law_for(replace(heated, decoder=decoder), "entropy") is None
