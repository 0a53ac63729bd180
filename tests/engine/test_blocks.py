"""The split of lineages into blocks addresses the random streams, so it is part of what a link means."""

from dataclasses import dataclass, fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collapse import Scenario, run
from collapse.blocks import HELD, blocks, lineages_per_block
from collapse.data import Data
from collapse.metrics import measurable
from collapse.models import MODELS, Cost
from collapse.models.categorical import Categorical
from collapse.models.kde import Kde
from collapse.models.mixture import Mixture
from collapse.models.ngram import Ngram
from collapse.policies import AccumulateSubsample, Anchor, Mix, Policy, Supply
from collapse.twins import same_noise
from collapse.worlds import Alice, Digits, Flipper, NormalWorld, Penguins, Surnames

from .harness import scenarios


@pytest.mark.parametrize(
    ("scenario", "split"),
    [
        (Scenario(lineages=10_000), [10_000]),
        (Scenario(NormalWorld(dimension=16), lineages=600), [256, 256, 88]),
        (Scenario(Flipper(), n=5000, lineages=40), [16, 16, 8]),
        (Scenario(model=Kde(), n=1_000_000, lineages=3), [1, 1, 1]),
        (Scenario(policy=Anchor(), n=1500, lineages=100), [64, 36]),
        (Scenario(policy=AccumulateSubsample(), n=100, generations=50, lineages=40), [16, 16, 8]),
        (Scenario(Penguins(), Mixture(), n=200, lineages=300), [64, 64, 64, 64, 44]),
        (Scenario(Surnames(types=5000), Categorical(), n=1_000_000, lineages=40), [16, 16, 8]),
        (Scenario(Alice(), Ngram(), n=5000, lineages=20), [16, 4]),
        (Scenario(Alice(), Ngram(), n=2, lineages=150), [64, 64, 22]),
    ],
    ids=str,
)
def test_changing_these_splits_would_change_every_published_number(scenario, split):
    assert list(blocks(scenario)) == list(enumerate(split))


@given(scenarios())
def test_a_block_holds_a_power_of_four_of_lineages_and_not_too_many_numbers(scenario):
    size = lineages_per_block(replace(scenario, lineages=10_000))
    group = scenario.policy.group
    assert size in [max(4**k // group, 1) * group for k in range(7)] + [10_000]
    more = replace(scenario, lineages=10_000)
    held = more.model.held(more.world, more.decoder, more.n, more.single or more.policy.original)
    assert size <= group or size * held <= HELD


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda m: m.kind)
def test_what_a_model_costs_changes_no_number(monkeypatch, model):
    """Twice, or a hundred times the tariff: the same trajectories to the bit."""
    worlds = {"real": NormalWorld(), "types": Surnames(types=50), "text": Alice(), "images": Digits()}
    s = Scenario(worlds[model.space], model(), policy=Mix(synthetic=0.5), n=40, generations=2, lineages=30)
    metric = measurable(s)[0]
    before, cost = run(s, keep=metric).measure(metric), model.cost

    def dear(self, *asked):
        found = cost(self, *asked)
        return Cost(**{f.name: getattr(found, f.name) * (1 if f.name == "levers" else 100) for f in fields(found)})

    monkeypatch.setattr(model, "cost", dear)
    np.testing.assert_array_equal(run(s, keep=metric).measure(metric), before)


@given(st.integers(5, 700), st.integers(5, 700), st.integers(1, 60))
def test_twins_that_differ_a_little_in_sample_size_meet_the_same_noise(n, other, lineages):
    """Up to 60 lineages of up to 1500 numbers are one block, so n may differ without any loss of the common noise."""
    for s in (Scenario(lineages=lineages), Scenario(Flipper(), Kde(), lineages=lineages)):
        assert same_noise(replace(s, n=n), replace(s, n=other))


@dataclass(frozen=True)
class Circle(Policy):
    """Six lineages that may read one another; here they do not."""

    kind = "circle"
    group = 6

    def grow(self, supply: Supply) -> Data:
        return supply.synthetic(supply.n)


@pytest.mark.parametrize(("n", "split"), [(100, [48]), (5000, [12, 12, 12, 12]), (1_000_000, [6] * 8)])
def test_a_block_holds_whole_groups_of_lineages(n, split):
    assert [size for _, size in blocks(Scenario(Flipper(), policy=Circle(), n=n, lineages=48))] == split
