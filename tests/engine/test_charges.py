"""Whatever is allowed draws no more numbers, looks at no more rows and holds no more bytes than it is charged for: counted.

The scenarios are those that `benchmarks.adversary` tries, which times them too: the cases of the review and random ones, with a fixed
seed, each made as small as a test can afford.
"""

import random
import tracemalloc
import warnings

import numpy as np
import pytest

from benchmarks.adversary import REVIEW, anything, fitted
from collapse import Scenario, run
from collapse.blocks import blocks, lineages_per_block
from collapse.budget import COST_OF_A_STEP, bounded, typical_cost, within, worst_case_cost
from collapse.data import Rows
from collapse.findings import watched
from collapse.memory import LEAST, bytes_of
from collapse.metrics import METRICS
from collapse.models import em as em_module
from collapse.models.mixture import EFFORT, OVERHEAD
from collapse.models.ngram import Ngram
from collapse.recursion import Streams
from collapse.ui.book import BOOK, lesson

TRIED, WORK, SECONDS = 150, 600_000, 12
DRAWS = (
    "random", "standard_normal", "normal", "standard_gamma", "standard_t", "integers", "multinomial", "hypergeometric",
    "permutation", "binomial", "poisson", "exponential", "choice", "uniform",
)  # fmt: skip


class Counting:
    """A generator that counts what is drawn from it."""

    drawn = rows = 0

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def __getattr__(self, name: str) -> object:
        found = getattr(self.rng, name)
        if name not in DRAWS:
            return found

        def counted(*args, **kwargs):
            numbers = found(*args, **kwargs)
            Counting.drawn += np.size(numbers)
            return numbers

        return counted


@pytest.fixture
def counted(monkeypatch):
    """Counts the numbers that runs draw, and the rows from which some are picked."""
    addressed, chosen = Streams.__call__, Rows.subsample

    def subsample(self, m, rng):
        Counting.rows += self.x[..., 0].size if m < self.size else 0
        return chosen(self, m, rng)

    monkeypatch.setattr(Streams, "__call__", lambda *args: Counting(addressed(*args)))
    monkeypatch.setattr(Rows, "subsample", subsample)
    return Counting


def page_starts():
    """What every page begins with, and its presets."""
    for names in BOOK.values():
        for name in names:
            found = lesson(name)
            desk = found.desk(name, found.base, found.offers, found.base)
            yield found.base
            for preset in found.presets:
                yield desk.composed(preset.values, found.base)


def cases():
    rng = random.Random(15)
    for query in REVIEW:
        yield fitted(rng, Scenario.from_query(query), (), WORK)
    for s in page_starts():
        if s.model.patience == 1:  # what is watched while it is trained is asked for as it is
            yield fitted(rng, s, (), WORK)
    for _ in range(TRIED):
        if (s := anything(rng)) is not None:
            try:
                yield fitted(rng, bounded(s), (), WORK)
            except ValueError:
                continue


def held(s: Scenario) -> int:
    """The most bytes that a run of it holds at once, after what is made once for all."""
    names = watched(s.world.space)
    tiny = Scenario.from_query({"generations": "1", "lineages": str(min(s.lineages, 2))}, s)
    run(tiny, keep=None if s.model.compact else names)
    Counting.drawn = Counting.rows = 0
    tracemalloc.start()
    try:
        found = run(s, keep=None if s.model.compact else names)
        for name in names if s.model.compact else ():
            if not METRICS[name].refusal(s):
                found.measure(name)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.filterwarnings("ignore")
def test_no_more_is_drawn_and_held_than_is_charged(counted):
    warnings.simplefilter("ignore")
    tried, wrong = 0, []
    for s in cases():
        if s is None:
            continue
        tried += 1
        query = "&".join(f"{k}={v}" for k, v in s.to_query().items())
        most = held(s)
        handled, charged = max(Counting.drawn, Counting.rows), worst_case_cost(s)
        if handled > charged:
            wrong.append(f"{query}: {handled:,} numbers, charged {charged:,}")
        if most > bytes_of(s):
            wrong.append(f"{query}: {most / 1e6:.0f} MB, charged {bytes_of(s) / 1e6:.0f} MB")
    assert wrong == []
    assert tried > 100


@pytest.mark.parametrize("name", [name for names in BOOK.values() for name in names])
def test_every_preset_and_every_end_of_a_slider_is_allowed_where_a_page_starts(name):
    """Sliders show the range that is usually wanted, so nothing in it may be refused: cost only rises from one end to the other."""
    found = lesson(name)
    desk = found.desk(name, found.base, found.offers, found.base)
    tried = [desk.composed(preset.values, found.base) for preset in found.presets]
    for dial in found.dials:
        tried += [desk.composed({dial.key: f"{end:g}"}, found.base) for end in (dial.low, dial.high)]
    assert [within(s, metrics=desk.watches) for s in tried] == tried


@pytest.mark.filterwarnings("ignore")
def test_no_start_and_no_preset_is_charged_far_too_much(counted, monkeypatch):
    """At most ten times the numbers that are drawn, or handled by sweeps of EM and tables of a text, and ten times the bytes.

    Small things excepted: half a million numbers and a megabyte, and what every step and every run is charged.
    Networks and images are not counted here, since they multiply matrices.
    """
    swept, read = [], []
    loop = em_module.step_by_step
    monkeypatch.setattr(
        em_module, "step_by_step", lambda steps: (swept.append(steps.start) or step for step in loop(steps))
    )
    fit = Ngram.fit
    monkeypatch.setattr(
        Ngram, "fit", lambda model, data, *rest: read.append(data.x.size * (model.order + 1)) or fit(model, data, *rest)
    )
    wrong, tried, noticed = [], 0, 0
    for s in page_starts():
        if s.world.space == "images":
            continue
        s, tried = fitted(random.Random(1), s, (), 3_000_000), tried + 1
        swept.clear()
        read.clear()
        most = held(s)
        size = (s.world.d + 1) * (s.world.d + 2) * getattr(s.model, "components", 0)
        block = min(s.lineages, lineages_per_block(s))
        handled = Counting.drawn + Counting.rows + sum(read) + sum(swept) * size * (s.n * block // EFFORT + OVERHEAD)
        charged = typical_cost(s) - 3 * COST_OF_A_STEP * s.generations * len(list(blocks(s)))
        noticed += charged > 1_000_000
        if charged > 10 * handled + 500_000:
            wrong.append(f"{s.to_query()}: {handled:,} numbers, charged {charged:,}")
        if bytes_of(s) - LEAST > 10 * most + 1_000_000:
            wrong.append(f"{s.to_query()}: {most / 1e6:.1f} MB, charged {(bytes_of(s) - LEAST) / 1e6:.1f} MB")
    assert wrong == []
    assert tried > 40
    assert noticed > 10


def test_bytes_are_not_only_what_everything_is_charged(counted):
    """Control: a run of many rows holds more than the least, and nearly what it is charged."""
    s = Scenario(n=20, generations=500, lineages=800)
    assert LEAST < held(s) <= bytes_of(s) < 3 * held(s) + LEAST


@pytest.mark.parametrize(
    "query",
    [
        "model=kde&decoder.top_p=.05&n=2&lineages=1022",
        "model=kde&decoder.temperature=2&n=9&lineages=2000",
        "model=kde&decoder.temperature=2&n=2&lineages=1500&curator=verifier&curator.tries=1",
        "model=mixture&model.components=4&decoder.top_p=.5&n=2&lineages=256",
        "model=mixture&model.components=1&decoder.temperature=2&n=2&lineages=4000",
        "model=mixture&model.components=8&world.dimension=2&decoder.top_p=.5&n=2&lineages=256",
        "model=mixture&model.components=8&world.dimension=8&model.iterations=1&decoder.top_p=.5&n=10000&lineages=1",
        "model=mixture&model.components=8&world.dimension=8&model.iterations=1&decoder.temperature=2&n=200&lineages=64",
        "model=histogram&decoder.top_p=.5&n=400000&lineages=1",
        "world=surnames&model=categorical&world.types=5000&decoder.top_p=.5&n=50&lineages=200",
        "world=alice&model=ngram&model.unit=words&model.order=1&decoder.temperature=.5&decoder.top_p=.5&n=2000&lineages=16",
        "world=digits&model=linear-vae&decoder.temperature=2&n=500&lineages=2",
        "world=digits&model=linear-vae&n=60000&lineages=1",
        "world=digits&model=linear-vae&n=2000&lineages=16",
        "curator=reward&curator.tries=1&curator.comparisons=10000&n=2&lineages=200",
        "curator=reward&curator.comparisons=10000&model=kde&n=20&lineages=40",
    ],
)
def test_what_a_decoder_needs_in_memory_is_charged(query):
    """A density that is tempered or cut is looked at in many places, of all lineages of a block at once, however little they say."""
    s = Scenario.from_query(query + "&generations=2")
    assert held(s) <= bytes_of(s)


@pytest.mark.parametrize("query", [
    "model=kde&decoder.top_p=.05&n=2&lineages=2000",
    "model=mixture&model.components=4&decoder.top_p=.5&n=2&lineages=256",
])  # fmt: skip
def test_what_a_decoder_needs_is_not_charged_far_too_high(query):
    s = Scenario.from_query(query + "&generations=2")
    assert 3 * LEAST < bytes_of(s) < 2 * held(s) + LEAST
    plain = Scenario.from_query({"decoder.top_p": "1"}, s)
    assert bytes_of(plain) < bytes_of(s) / 2


@pytest.mark.parametrize(
    "query",
    [
        "n=20&generations=1000&lineages=9900",
        "world=own-numbers&policy=accumulate-subsample&n=900&generations=900&lineages=40",
    ],
)
def test_what_holds_too_much_is_refused_in_a_sentence(query):
    """F4 of the review: 1.3 GB for rows of a run, which handled few numbers."""
    with pytest.raises(
        ValueError, match=r"would hold [\d,]+ MB in memory, more than the 200 MB that one visitor may ask for|numbers"
    ):
        within(Scenario.from_query(query))


def test_measuring_in_several_dimensions_holds_no_more_than_is_charged():
    """By lineages in parts, as on a line: at once it is 2.9 times as much as is charged."""
    s = Scenario.from_query("world=groups&world.dimension=2&world.rare=0.001&model=mixture&n=2&lineages=189")
    found = run(s)
    tracemalloc.start()
    try:
        found.measure("heldout_nll")
        assert tracemalloc.get_traced_memory()[1] < bytes_of(s, ("heldout_nll",))
    finally:
        tracemalloc.stop()
