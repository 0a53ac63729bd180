"""Pooling is concatenation, and picking is drawing without replacement."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, multivariate_hypergeom, multivariate_normal

from collapse.data import Counts, Data, Items, Moments, Nothing, Rows, joined
from collapse.passages import Tokens
from collapse.pool import Pool
from collapse.scatter import Scatter

from .harness import ALARM, agree, moments_of, z_scores

SOME = np.arange(12.0).reshape(2, 3, 2)
KINDS = [
    Rows(SOME),
    Moments.of(SOME),
    Scatter.of(SOME),
    Counts(np.array([[3, 0, 2], [1, 1, 3]])),
    Tokens(np.array([[3, 0, 2], [1, 1, 3]]), np.array([[True, False, True]] * 2)),
    Items(np.array([[0, 0, 2], [1, 2, 2]]), 3),
    Pool.of(Rows(SOME), 4),
]


def exact_moments(x: np.ndarray) -> tuple[list[Fraction], list[list[Fraction]]]:
    """Mean and scatter of rows x (n, d) in rational arithmetic, without any rounding."""
    rows = [[Fraction(float(v)) for v in row] for row in x]
    n, d = len(rows), len(rows[0])
    mean = [sum(r[j] for r in rows) / n for j in range(d)]
    return mean, [[sum((r[i] - mean[i]) * (r[j] - mean[j]) for r in rows) for j in range(d)] for i in range(d)]


def largest_error(found: Moments, x: np.ndarray) -> float:
    """The largest error of a scatter entry relative to √(S_ii S_jj), against the exact moments of rows x."""
    mean, scatter = exact_moments(x)
    d = len(mean)
    size = [float(scatter[j][j]) ** 0.5 for j in range(d)]
    assert found.size == len(x)
    np.testing.assert_allclose(found.mean, np.array(mean, dtype=float), rtol=1e-14, atol=1e-300)
    return max(
        float(abs(Fraction(float(found.scatter[i, j])) - scatter[i][j])) / (size[i] * size[j])
        for i in range(d)
        for j in range(d)
    )


@pytest.mark.parametrize(
    ("scale", "offset", "tolerance"),
    [
        (1.0, 0.0, 1e-14),
        (1e-15, 0.0, 1e-14),
        (1e-150, 0.0, 1e-14),
        (1e100, 0.0, 1e-14),
        (1.0, 1e8, 1e-7),
        (1e-6, 1.0, 1e-9),
        (1e-12, 1.0, 1e-3),
    ],
)
def test_pooled_moments_are_the_moments_of_all_rows(scale, offset, tolerance):
    """Against rational arithmetic; the rows themselves carry the rounding of their offset, the pooling adds little."""
    rng = np.random.default_rng(1)
    a, b, c = (offset + scale * rng.standard_normal((n, 3)) @ rng.standard_normal((3, 3)) for n in (2, 7, 40))
    pooled = Moments.of(a) + Moments.of(b) + Moments.of(c)
    assert isinstance(pooled, Moments)
    assert largest_error(pooled, np.concatenate([a, b, c])) < tolerance


def test_raw_second_moments_would_have_failed():
    """The control: Σx² − n x̄² loses everything at an offset of 1e8, so the comparison above has teeth."""
    rng = np.random.default_rng(1)
    x = 1e8 + rng.standard_normal((47, 1))
    raw = moments_of(len(x), x.mean(axis=0), (x.T @ x) - len(x) * np.outer(x.mean(axis=0), x.mean(axis=0)))
    assert largest_error(raw, x) > 1e-3


def test_a_variance_of_1e_30_survives_pooling_at_mean_one():
    tiny = moments_of(10, np.ones((1, 1)), np.full((1, 1, 1), 1e-29))
    assert (tiny + tiny).scatter.item() == pytest.approx(2e-29)
    wide = tiny + moments_of(10, np.ones((1, 1)) * 3, np.full((1, 1, 1), 1e-29))
    assert (wide.mean.item(), wide.scatter.item()) == pytest.approx((2.0, 20.0))


@given(st.lists(st.integers(1, 6), min_size=2, max_size=5), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_the_order_of_pooling_does_not_matter(sizes, d, seed):
    rng = np.random.default_rng(seed)
    parts = [Moments.of(rng.standard_normal((2, n, d))) for n in sizes]
    left, right = parts[0], parts[-1]
    for p in parts[1:]:
        left = left + p
    for p in parts[-2::-1]:
        right = p + right
    assert left.size == right.size == sum(sizes)
    np.testing.assert_allclose(left.mean, right.mean, atol=1e-12)
    np.testing.assert_allclose(left.scatter, right.scatter, atol=1e-11)


def test_moments_of_rows_are_numpy_s():
    x = np.random.default_rng(2).standard_normal((4, 9, 3))
    found = Moments.of(x)
    np.testing.assert_allclose(found.mean, x.mean(axis=1))
    np.testing.assert_allclose(found.scatter, [np.cov(block.T, bias=True) * 9 for block in x])


@pytest.mark.parametrize("still", [(0,), (0, 1, 2), (3,), (7,), (1, 4)], ids=str)
@pytest.mark.parametrize("n", [2, 4, 5, 8, 9, 30])
def test_coordinates_that_never_vary_cost_no_variance(n, still):
    """Few rows in eight dimensions, some of them constant: the scatter is NumPy's, alone and pooled; and so if one is a copy."""
    rng = np.random.default_rng(n)
    for copied in (False, True):
        x = rng.standard_normal((3, n, 8)) + 2.0
        x[..., list(still)] = 5.0
        if copied:
            x[..., 6] = x[..., 5]
        expected = [np.cov(block.T, bias=True) * n for block in x]
        np.testing.assert_allclose(Moments.of(x).scatter, expected, atol=1e-12)
        if n >= 4:
            np.testing.assert_allclose((Moments.of(x[:, :2]) + Moments.of(x[:, 2:])).scatter, expected, atol=1e-12)


def test_scatters_pool_to_that_of_all_rows():
    a, b = (np.random.default_rng(n).standard_normal((4, n, 5)) + n for n in (3, 8))
    for found in (Scatter.of(a) + Scatter.of(b), Scatter.of(np.concatenate([a, b], axis=1))):
        assert found.size == 11
        rows = np.concatenate([a, b], axis=1)
        np.testing.assert_allclose(found.mean, rows.mean(axis=1))
        np.testing.assert_allclose(found.scatter, [np.cov(block.T, bias=True) * 11 for block in rows])


def test_rows_pool_by_standing_behind_each_other():
    a, b = np.arange(6.0).reshape(1, 3, 2), np.arange(4.0).reshape(1, 2, 2)
    pooled = Rows(a) + Rows(b)
    assert pooled.size == 5
    np.testing.assert_array_equal(pooled.x[0], [[0, 1], [2, 3], [4, 5], [0, 1], [2, 3]])


def test_counts_pool_by_adding():
    pooled = Counts(np.array([[1, 0, 2]])) + Counts(np.array([[0, 4, 1]]))
    assert pooled.size == 8
    np.testing.assert_array_equal(pooled.k, [[1, 4, 3]])


@pytest.mark.parametrize("data", KINDS, ids=lambda d: type(d).__name__)
def test_nothing_changes_nothing(data):
    assert data + Nothing() is data
    assert Nothing() + data is data
    assert (Nothing() + Nothing()).size == 0
    assert Nothing().size == 0


def test_every_kind_of_data_is_tested_here():
    assert {type(d) for d in KINDS} | {Nothing} == set(Data.__subclasses__()) - {
        k for k in Data.__subclasses__() if not k.__module__.startswith("collapse.")
    }


def test_a_summary_cannot_be_split_and_says_so():
    for data in (KINDS[1], Nothing()):
        for ask in (
            lambda data: data.subsample(1, np.random.default_rng(0)),
            lambda data: data.chosen(np.zeros((2, 1), dtype=int)),
            lambda data: data.apart(),
            lambda data: data.begins(),
        ):
            with pytest.raises(TypeError, match=f"{type(data).__name__} cannot be split into single examples"):
                ask(data)


# ---- chosen examples

PLACES = np.array([[2, 0, 0], [1, 2, 0]])


@pytest.mark.parametrize(
    "data", [d for d in KINDS if not isinstance(d, Moments | Scatter)], ids=lambda d: type(d).__name__
)
def test_what_is_taken_apart_and_put_together_is_the_same(data):
    back = data.apart().together()
    assert type(back) is {Items: Counts, Pool: Rows}.get(type(data), type(data))
    assert back.size == data.apart().size == data.size
    assert type(data.chosen(PLACES)) is type(data)
    assert data.chosen(PLACES).size == 3
    if isinstance(data, Counts):
        np.testing.assert_array_equal(back.k, data.k)
    assert data.subsample(2, np.random.default_rng(1)).size == 2


def test_chosen_rows_stand_in_the_order_in_which_they_were_chosen():
    found = Rows(SOME).chosen(PLACES).x
    np.testing.assert_array_equal(found[0], SOME[0][[2, 0, 0]])
    np.testing.assert_array_equal(found[1], SOME[1][[1, 2, 0]])


def test_examples_of_types_are_counted_in_the_order_of_the_types():
    """(3, 0, 2) is 0 0 0 2 2, of which the last two and the first are chosen; then 1 1 3 of (1, 1, 3)."""
    counts = Counts(np.array([[3, 0, 2], [1, 1, 3]]))
    np.testing.assert_array_equal(counts.apart().x, [[0, 0, 0, 2, 2], [0, 1, 2, 2, 2]])
    np.testing.assert_array_equal(counts.chosen(np.array([[3, 4, 0], [1, 1, 3]])).k, [[1, 0, 2], [0, 2, 1]])


def test_a_text_that_is_cut_begins_anew_after_every_gap():
    """No n-gram reaches over what was left out, and every passage that is taken whole is as it was."""
    text = Tokens(np.arange(6)[None], np.array([[True, False, False, True, False, False]]))
    np.testing.assert_array_equal(text.begins(), [[0, 0, 0, 3, 3, 3]])
    for places, first in (
        ([3, 4, 5, 0, 1, 2], [1, 0, 0, 1, 0, 0]),
        ([1, 2, 3, 4, 5], [1, 0, 1, 0, 0]),
        ([0, 1, 4, 5], [1, 0, 1, 0]),
        ([0, 1, 0, 1], [1, 0, 1, 0]),
    ):
        found = text.chosen(np.array([places]))
        np.testing.assert_array_equal(found.x, [places])
        np.testing.assert_array_equal(found.first, np.array([first], dtype=bool))


def test_many_data_sets_are_pooled_in_their_order():
    parts = [Rows(np.full((1, m, 1), float(m))) for m in (1, 2, 3, 4, 5)]
    for k in range(1, 6):
        np.testing.assert_array_equal(
            joined(parts[:k]).x.ravel(), np.concatenate([part.x.ravel() for part in parts[:k]])
        )


# ---- examples with their origin


def test_a_pool_knows_where_each_example_is_from():
    pool = Pool.of(Rows(SOME), 0, judged=True) + Pool.of(Rows(SOME + 100), 3) + Pool.of(Rows(SOME + 200), -4)
    assert isinstance(pool, Pool)
    np.testing.assert_array_equal(pool.by, [[0] * 3 + [3] * 3 + [-4] * 3] * 2)
    np.testing.assert_array_equal(pool.real, pool.by <= 0)
    mixed = pool.subsample(9, np.random.default_rng(2))
    np.testing.assert_array_equal(mixed.data.x[..., 0] // 100, np.select([mixed.by == 3, mixed.by == -4], [1, 2], 0))
    assert not np.array_equal(mixed.by, pool.by)
    old, new = mixed.split()
    assert (old.size, new.size) == (3, 6)
    assert old.judged.all()
    assert not new.judged.any()
    assert new.passed().judged.all()
    assert set(new.by.ravel().tolist()) == {3, -4}


def test_the_first_of_a_pool_are_those_with_the_smallest_keys():
    pool = Pool.of(Rows(SOME), 1)
    found = pool.first(2, np.array([[3, 1, 2], [5, 5, 4]])).data.x
    np.testing.assert_array_equal(found, [SOME[0][[1, 2]], SOME[1][[2, 0]]])


def test_passages_are_judged_as_a_whole():
    """A key of a passage is that of its first token; a mean is over all of its tokens; the last passage may be cut."""
    text = Tokens(np.array([[7, 8, 9, 4, 5, 6]]), np.array([[True, True, False, False, True, False]]))
    pool = Pool.of(text, 2)
    np.testing.assert_array_equal(pool.of_item(np.array([[5, 3, 9, 9, 1, 9]])), [[5, 3, 3, 3, 1, 1]])
    np.testing.assert_allclose(pool.mean_of_item(np.array([[5.0, 3, 9, 3, 1, 2]])), [[5, 5, 5, 5, 1.5, 1.5]])
    kept = pool.first(4, np.array([[5, 3, 9, 9, 1, 9]]))
    np.testing.assert_array_equal(kept.data.x, [[5, 6, 8, 9]])
    np.testing.assert_array_equal(kept.data.first, [[True, False, True, False]])


# ---- picking without replacement

TYPES = np.array([7, 0, 3, 12, 1])


@pytest.mark.parametrize("m", [0, 1, 5, 22, 23])
def test_picked_counts_are_possible_and_exactly_m(m):
    k = np.tile(TYPES, (500, 1))
    taken = Counts(k).subsample(m, np.random.default_rng(m))
    assert isinstance(taken, Counts)
    assert taken.k.shape == k.shape
    assert (taken.k.sum(axis=-1) == m).all()
    assert (taken.k >= 0).all()
    assert (taken.k <= k).all()
    assert m < TYPES.sum() or (taken.k == k).all()
    assert (Counts(k).k == np.tile(TYPES, (500, 1))).all(), "the archive is not touched"


def spread_out(taken: np.ndarray) -> np.ndarray:
    """First and second moments of each row, the statistics that the comparisons below look at."""
    upper = np.triu_indices(taken.shape[-1])
    return np.concatenate([taken, (taken[..., :, None] * taken[..., None, :])[..., upper[0], upper[1]]], axis=-1)


def expected(m: int) -> np.ndarray:
    mean, cov = multivariate_hypergeom.mean(TYPES, m), multivariate_hypergeom.cov(TYPES, m)
    return np.concatenate([mean, (cov + np.outer(mean, mean))[np.triu_indices(len(TYPES))]])


@pytest.mark.parametrize("m", [4, 15])
def test_picked_counts_have_hypergeometric_moments(m):
    """Mean and every second moment against scipy.stats, 30 000 lineages; false alarm 1e-5.

    Control: the multinomial law (drawing *with* replacement) is rejected.
    """
    rng = np.random.default_rng(10 + m)
    taken = Counts(np.tile(TYPES, (30_000, 1))).subsample(m, rng).k
    varies = spread_out(taken).std(axis=0) > 0
    assert agree(z_scores(spread_out(taken)[:, varies], expected(m)[varies]))
    np.testing.assert_array_equal(spread_out(taken)[:, ~varies].mean(axis=0), expected(m)[~varies])
    wrong = rng.multinomial(m, TYPES / TYPES.sum(), size=30_000)
    assert not agree(z_scores(spread_out(wrong)[:, varies], expected(m)[varies]))


def test_picked_counts_have_the_hypergeometric_law():
    """Pearson's χ² over the whole support of a small case; false alarm 1e-5; the multinomial is the control."""
    k, m, lineages = np.array([3, 2, 4]), 4, 20_000
    support = [(a, b, m - a - b) for a in range(4) for b in range(3) if 0 <= m - a - b <= 4]
    p = np.array([multivariate_hypergeom.pmf(s, k, m) for s in support])
    assert p.sum() == pytest.approx(1)
    rng = np.random.default_rng(3)
    taken = Counts(np.tile(k, (lineages, 1))).subsample(m, rng).k
    for draw, right in ((taken, True), (rng.multinomial(m, k / 9, lineages), False)):
        seen = np.array([(draw == s).all(axis=1).sum() for s in support])
        statistic = ((seen - lineages * p) ** 2 / (lineages * p)).sum()
        assert (chi2.sf(statistic, len(p) - 1) > ALARM) == right


def test_lineages_are_picked_independently_of_each_other():
    """The covariance of two lineages' counts is 0; false alarm 1e-5; a shared pick is the control."""
    rng = np.random.default_rng(4)
    pairs = np.stack([Counts(np.tile(TYPES, (2, 1))).subsample(5, rng).k[:, 0] for _ in range(2000)]).astype(float)
    centred = pairs - multivariate_hypergeom.mean(TYPES, 5)[0]
    assert agree(z_scores(centred[:, 0] * centred[:, 1], 0.0))
    assert not agree(z_scores(centred[:, 0] * centred[:, 0], 0.0))


def test_picked_rows_are_rows_and_none_is_picked_twice():
    x = np.arange(5 * 11 * 2, dtype=float).reshape(5, 11, 2)
    for m in (0, 1, 6, 10, 11):
        taken = Rows(x).subsample(m, np.random.default_rng(m))
        assert isinstance(taken, Rows)
        assert taken.x.shape == (5, m, 2)
        for lineage, rows in enumerate(taken.x):
            assert {tuple(r) for r in rows} <= {tuple(r) for r in x[lineage]}
            assert len({tuple(r) for r in rows}) == m


def test_every_pair_of_rows_is_picked_equally_often():
    """Pearson's χ² over the 10 pairs of 5 rows; false alarm 1e-5.  Control: drawing with replacement."""
    x = np.broadcast_to(np.arange(5.0)[:, None], (20_000, 5, 1))
    rng = np.random.default_rng(5)
    for draw, right in ((Rows(x).subsample(2, rng).x[..., 0], True), (rng.integers(5, size=(20_000, 2)), False)):
        draw = np.sort(draw, axis=-1)
        seen = np.array([(draw == pair).all(axis=1).sum() for pair in combinations(range(5), 2)])
        assert (chi2.sf(((seen - 2000) ** 2 / 2000).sum(), 9) > ALARM) == right


def test_picking_rows_and_picking_their_moments_agree():
    """E x̄ and E scatter of m of N fixed rows: (m−1)/(N−1) of the scatter; false alarm 1e-5."""
    x = multivariate_normal(cov=[[2, 1], [1, 3]]).rvs(9, random_state=6)
    taken = Moments.of(Rows(np.broadcast_to(x, (20_000, 9, 2))).subsample(4, np.random.default_rng(7)).x)
    whole = Moments.of(x)
    assert agree(z_scores(taken.mean, whole.mean))
    assert agree(z_scores(taken.scatter.reshape(-1, 4), (whole.scatter * 3 / 8).ravel()))
    assert not agree(z_scores(taken.scatter.reshape(-1, 4), (whole.scatter * 4 / 9).ravel())), "with replacement"
