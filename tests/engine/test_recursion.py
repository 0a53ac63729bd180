"""Time: the same numbers on any machine, the same noise in twin worlds, and every combination runs."""

import tracemalloc
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from multiprocessing import get_context

import numpy as np
import pytest

from collapse.blocks import HELD, blocks
from collapse.decoding import Decoder
from collapse.metrics import measurable
from collapse.models.gaussian import Gaussian
from collapse.models.kde import Kde
from collapse.policies import POLICIES, Accumulate, AccumulateSubsample, Anchor, Mix, RandomShare, Replace
from collapse.recursion import PURPOSES, Streams, evolve, replay, run, sweep
from collapse.scenario import Scenario
from collapse.spreading import Serial
from collapse.worlds import Flipper, NormalWorld, Skewed

from .harness import agree, named, z_scores

MANY = [
    Scenario(world=Flipper(), n=HELD // 20, lineages=45, generations=3),
    Scenario(
        decoder=Decoder(top_p=0.9), policy=Anchor(synthetic=0.5), n=HELD // 20, lineages=45, generations=3, seed=5
    ),
    Scenario(policy=AccumulateSubsample(), n=HELD // 60, lineages=45, generations=3),
]


def same(a, b) -> bool:
    """Equal to the bit, and the same sort of params."""
    return type(a) is type(b) and all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


@pytest.fixture(scope="module")
def processes():
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


@pytest.mark.parametrize("scenario", MANY, ids=named)
def test_serial_threads_and_processes_agree_to_the_bit(scenario, processes):
    assert len(list(blocks(scenario))) > 2
    alone = run(scenario)
    with ThreadPoolExecutor(2) as threads:
        for executor in (Serial(), threads, processes):
            assert same(run(scenario, executor=executor).params, alone.params)
            kept = run(scenario, keep=("variance", "w1"), executor=executor)
            assert np.array_equal(kept.measure("variance"), alone.measure("variance"))
            assert np.array_equal(kept.measure("w1"), alone.measure("w1"))


def test_an_executor_only_needs_a_map():
    class Backwards:
        def map(self, function, tasks):
            done = {i: function(task) for i, task in reversed(list(enumerate(tasks)))}
            return [done[i] for i in sorted(done)]

    assert same(run(MANY[0], executor=Backwards()).params, run(MANY[0]).params)


def test_a_sweep_keeps_its_order_whoever_runs_it(processes):
    scenarios = [Scenario(n=n, lineages=5, generations=4) for n in (50, 2, 10)]
    for executor in (None, Serial(), processes):
        found = list(sweep(scenarios, keep=("variance",), executor=executor))
        assert [f.scenario for f in found] == scenarios
        assert all(
            np.array_equal(f.measure("variance"), run(s).measure("variance"))
            for f, s in zip(found, scenarios, strict=True)
        )
    assert [f.params.mean.shape for f in sweep(scenarios)] == [(5, 4, 1)] * 3


@pytest.mark.parametrize("scenario", [*MANY, Scenario(lineages=5, generations=3)], ids=named)
def test_one_lineage_played_again_is_itself(scenario):
    whole = run(scenario).params
    sizes = [size for _, size in blocks(scenario)]
    for lineage in {0, sizes[0] - 1, sizes[0] % scenario.lineages, scenario.lineages - 1}:
        assert same(replay(scenario, lineage), type(whole)(*(a[lineage] for a in whole)))


def test_a_lineage_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match=r"lineage=5 .* has 0|lineage=.* is not possible: this run has 5"):
        replay(Scenario(lineages=5, generations=1), 5)


# ---- streams


def test_every_stream_is_its_own_and_the_same_every_time():
    keys = [
        (seed, block, t, purpose)
        for seed in (0, 1, 999_999_999)
        for block in (0, 1)
        for t in (1, 2)
        for purpose in PURPOSES
    ]
    first = {key: tuple(Streams(*key[:2])(*key[2:]).random(3)) for key in keys}
    assert len(set(first.values())) == len(keys) > 50
    assert all(tuple(Streams(*key[:2])(*key[2:]).random(3)) == first[key] for key in keys)


def test_a_stream_is_addressed_in_any_order():
    """One `Streams` moves between generations and purposes and always lands on the same numbers."""
    walker = Streams(3, 1)
    for t, purpose in [(1, "fit"), (2, "fit"), (1, "fresh"), (1, "fit"), (900, "pick"), (2, "fit"), (2, "fit")]:
        draws = [
            (g.random(5), g.standard_normal(3), g.integers(7, size=3))
            for g in (walker(t, purpose), Streams(3, 1)(t, purpose))
        ]
        for a, b in zip(*draws, strict=True):
            np.testing.assert_array_equal(a, b)


def test_neighbouring_streams_are_not_correlated():
    """Generations, blocks and seeds side by side: 2000 pairs each, |r| below 4.4/√n; control: a stream with itself."""

    def normals(seed, block, t):
        return Streams(seed, block)(t, "synthetic").standard_normal(2000)

    base = normals(0, 0, 5)
    for other in (
        normals(0, 0, 6),
        normals(0, 1, 5),
        normals(1, 0, 5),
        Streams(0, 0)(5, "fresh").standard_normal(2000),
    ):
        assert abs(np.corrcoef(base, other)[0, 1]) < 4.42 / np.sqrt(2000)
    assert np.corrcoef(base, normals(0, 0, 5))[0, 1] > 0.99


def test_the_purposes_are_pinned():
    """Their order is part of every published number: append, never insert."""
    assert PURPOSES[:7] == ("original", "fresh", "synthetic", "curate", "redraw", "pick", "fit")


def test_another_seed_is_another_history_and_seed_0_is_a_seed():
    runs = [run(Scenario(seed=seed, lineages=4, generations=3)).params.mean for seed in (0, 1, 2, 0)]
    assert np.array_equal(runs[0], runs[3])
    assert not np.isin(runs[0], runs[1]).any()
    assert not np.isin(runs[1], runs[2]).any()


@pytest.mark.parametrize("scenario", MANY, ids=named)
def test_no_two_lineages_are_alike_not_even_in_two_blocks(scenario):
    mean = run(scenario).params.mean[:, 1:]
    assert len(set(mean.ravel().tolist())) == mean.size


@pytest.mark.parametrize("policy", [Replace(), Mix(synthetic=0.7), Accumulate()], ids=repr)
def test_the_loop_by_hand(policy):
    """Four generations written out: who is fed with what, and which stream of which generation it is drawn from."""
    s = Scenario(policy=policy, n=10, generations=4, lineages=6, seed=3)
    model, streams, plain = s.model, Streams(3, 0), s.decoder
    diet = model.observe(s.world, 6, 10, streams(1, "original"))
    life = [model.fit(diet, None, streams(1, "fit"))]
    for t in (2, 3, 4):
        said = {m: model.emit(life[-1], m, plain, streams(t, "synthetic")) for m in (7, 10)}
        if isinstance(policy, Mix):
            diet = model.observe(s.world, 6, 3, streams(t, "fresh")) + said[7]
        else:
            diet = diet + said[10] if isinstance(policy, Accumulate) else said[10]
        life.append(model.fit(diet, life[-1], streams(t, "fit")))
    params = run(s).params
    for t, by_hand in enumerate(life):
        np.testing.assert_array_equal(params.mean[:, t], by_hand.mean)
        np.testing.assert_array_equal(params.cov[:, t], by_hand.cov)


def test_every_generation_meets_new_noise():
    params = run(Scenario(lineages=50, generations=20, n=10)).params
    steps = params.cov[:, 1:, 0, 0] / params.cov[:, :-1, 0, 0]
    assert len(set(steps.ravel().tolist())) == steps.size


def test_no_seed_is_taken_from_the_global_state():
    np.random.seed(1)  # noqa: NPY002
    a = run(Scenario(lineages=3, generations=2)).params
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    b = run(Scenario(lineages=3, generations=2)).params
    assert same(a, b)
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


# ---- twin worlds


def test_mixing_in_nothing_is_replacing():
    base = Scenario(n=30, lineages=20, generations=8)
    a, b = run(replace(base, policy=Replace())), run(replace(base, policy=Mix(synthetic=1.0)))
    assert same(a.params, b.params)
    kept = [run(replace(base, policy=p(synthetic=1.0))).params for p in (Anchor, RandomShare)]
    assert same(kept[0], kept[1])


@pytest.mark.parametrize("model", [Scenario().model, Kde()], ids=["gaussian", "kde"])
def test_twins_are_born_alike(model):
    """The same first real data, whatever comes after; and the same voice as long as the parents are alike."""
    base = Scenario(model=model, n=12, lineages=5, generations=2)
    policies = [Replace(), Mix(synthetic=0.5), Accumulate()]
    first = [next(evolve(replace(base, policy=p), 5, Streams(0, 0))) for p in policies]
    assert same(first[0], first[1])
    assert same(first[0], first[2])
    second = [list(islice(evolve(replace(base, policy=p), 5, Streams(0, 0)), 2))[1] for p in policies]
    if isinstance(model, Kde):
        np.testing.assert_array_equal(second[0].centers, second[2].centers[:, 12:])


def test_the_seed_is_the_noise_and_not_the_policy():
    """Twins are positively correlated after ten generations, strangers are not: the point of common random numbers."""
    base = Scenario(n=20, lineages=2000, generations=10)
    a, twin, stranger = (
        run(s, keep=("log_variance",)).measure("log_variance")[:, -1]
        for s in (base, replace(base, decoder=Decoder(temperature=0.9)), replace(base, seed=1))
    )
    assert np.corrcoef(a, twin)[0, 1] > 0.99
    assert abs(np.corrcoef(a, stranger)[0, 1]) < 5 / np.sqrt(2000)


# ---- what is kept, and what it costs


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario(n=8, lineages=6, generations=4),
        Scenario(world=NormalWorld(dimension=3), n=8, lineages=6),
        MANY[0],
        Scenario(world=Skewed(), model=Kde(), n=8, lineages=6, generations=3),
    ],
    ids=named,
)
def test_measuring_on_the_way_is_measuring_afterwards(scenario):
    names = measurable(scenario)
    assert len(names) > 5
    later, kept = run(scenario), run(scenario, keep=names)
    assert kept.params is None
    for name in names:
        np.testing.assert_array_equal(kept.measure(name), later.measure(name))


@pytest.mark.parametrize(
    ("keep", "word"), [(("types",), "types"), (("spread",), "spread"), (("variance", ""), "metric=''")]
)
def test_keeping_what_cannot_be_measured_is_refused_before_the_work(keep, word):
    with pytest.raises(ValueError, match=word):
        run(Scenario(lineages=2, generations=2), keep=keep)


def peak(action) -> int:
    """The most memory that numpy and Python held at once, in bytes."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("policy", [Replace(), Mix(), Accumulate()], ids=repr)
def test_a_million_examples_cost_a_gaussian_no_more_than_ten(policy):
    few, many = (
        peak(lambda n=n: run(Scenario(policy=policy, n=n, lineages=50, generations=20))) for n in (10, 1_000_000)
    )
    assert many < 1.5 * few + 100_000
    assert many < 3_000_000


def test_keeping_one_metric_keeps_memory_small():
    wide = Scenario(world=NormalWorld(dimension=16), lineages=100, generations=60)
    assert peak(lambda: run(wide, keep=("variance",))) < peak(lambda: run(wide)) / 3


def test_blocks_bound_the_memory_of_rows():
    """Twice the lineages, the same peak: rows live for one block only."""
    small, large = (
        peak(lambda r=r: run(Scenario(world=Flipper(), n=HELD // 10, lineages=r, generations=2))) for r in (20, 60)
    )
    assert large < 1.3 * small


@pytest.mark.parametrize("policy", POLICIES)
def test_the_control_has_as_much_data_and_all_of_it_is_real(policy):
    """The unbiased variance of N real numbers has mean 1 and variance 2/(N − 1): both tell of the control that it is fitted to N
    real ones.  4 standard errors: false alarm below 1e-3 over all policies.  Under replace the run itself must fail."""
    s = Scenario(model=Gaussian("unbiased"), policy=POLICIES[policy](), n=12, generations=9, lineages=2000, seed=4)
    size = s.n * (s.generations if policy == "accumulate" else 1)

    def as_real(params):
        variance = params.lower[:, -1, 0, 0] ** 2
        return agree(z_scores(variance, 1.0)) and agree(z_scores((variance - 1) ** 2, 2 / (size - 1)))

    assert as_real(run(s, control=True).params)
    assert policy != "replace" or not as_real(run(s).params)


def test_a_control_of_what_only_accumulates_is_what_fresh_data_would_add():
    """Rows of the control under accumulate are n·t real ones: the first generation is that of the run, and no lineage dies."""
    s = Scenario(policy=POLICIES["accumulate"](), n=10, generations=5, lineages=50, seed=1)
    mine, real = run(s).params, run(s, control=True).params
    np.testing.assert_array_equal(mine.mean[:, 0], real.mean[:, 0])
    assert not np.allclose(mine.mean[:, 1:], real.mean[:, 1:])


def test_nothing_synthetic_is_its_own_control():
    s = Scenario(policy=POLICIES["mix"](synthetic=0.0), n=10, generations=5, lineages=20, seed=1)
    mine, real = run(s).params, run(s, control=True).params
    assert all(np.array_equal(a, b) for a, b in zip(mine, real, strict=True))
