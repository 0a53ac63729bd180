"""The budget counts what is really handled: numbers seen by the kernel sums are counted on the way through."""

from dataclasses import replace

import numpy as np
import pytest

from collapse import Scenario, run
from collapse.beliefs import kernels
from collapse.budget import BUDGET, within, worst_case_cost
from collapse.data import Rows
from collapse.decoding import Decoder
from collapse.healthy import CEILING, charges, number
from collapse.metrics import METRICS, measurable
from collapse.models.categorical import Categorical
from collapse.models.kde import Kde
from collapse.models.mixture import Mixture
from collapse.policies import Accumulate, AccumulateSubsample, Mix, RandomShare
from collapse.worlds import NormalWorld, Surnames

KDE = Scenario(model=Kde(), n=40, generations=6, lineages=20)
CASES = {
    "neutral": KDE,
    "hot": replace(KDE, decoder=Decoder(temperature=1.2)),
    "mix": replace(KDE, policy=Mix(synthetic=0.5)),
    "growing": replace(KDE, policy=Accumulate()),
    "growing, hot": replace(KDE, policy=Accumulate(), decoder=Decoder(top_p=0.9)),
    "subsample": replace(KDE, policy=AccumulateSubsample()),
}


@pytest.fixture
def seen(monkeypatch):
    """How many numbers a kernel sum has looked at."""
    count = [0]
    whole = kernels.Kernels._over_kernels

    def counted(self, x, kernel):
        found = whole(self, x, kernel)
        count[0] += found.size * self.centers.shape[-1]
        return found

    lattice = kernels.Kernels._lattice

    def laid(self, centers, h, per=kernels.COARSE):
        count[0] += (
            2 * int(2 * kernels.REACH * per + 1) * len(centers)
        )  # a density and a distribution function at each place
        return lattice(self, centers, h, per)

    monkeypatch.setattr(kernels.Kernels, "_over_kernels", counted)
    monkeypatch.setattr(kernels.Kernels, "_lattice", laid)
    return count


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("metrics", [(), ("w1",), ("coverage",), ("w1", "coverage")], ids=str)
def test_kernel_sums_are_counted(seen, case, metrics):
    s = CASES[case]
    run(s, keep=metrics or ("variance",))
    assert seen[0] <= worst_case_cost(s, metrics), "more was handled than is charged"
    heavy = seen[0] > 0
    few = 14 if metrics else 2.2  # every integral is charged like the dearest of them
    assert not heavy or worst_case_cost(s, metrics) < few * seen[0] + 4 * worst_case_cost(s), "and not much less"
    assert heavy == bool(metrics or not s.decoder.neutral)


def test_what_is_dear_is_marked():
    """Everything whose time grows with the nodes of the belief is an integral; what is cheap is not."""
    params = Kde.Params(np.random.default_rng(1).standard_normal((3, 50)), np.full(3, 0.3))
    belief = Kde().belief(params)
    looked = []
    belief.levels = lambda: looked.append(1) or type(belief).levels(belief)
    belief.logpdf = lambda x: looked.append(1) or type(belief).logpdf(belief, x)
    belief._lattice = lambda *args: looked.append(1) or type(belief)._lattice(belief, *args)
    for name in measurable(KDE):
        looked.clear()
        METRICS[name].function(belief, KDE.world)
        assert bool(looked) == METRICS[name].integral, name


def test_what_takes_longer_is_charged_for():
    """Measured: a root of a covariance costs twice its numbers, a pick without putting back three draws, a tempered mixture on a line
    its grid, and every generation of a block 1500, however small it is, as much again where metrics are measured on the way, and 1000
    where a decoder is used."""
    plane = Scenario(NormalWorld(dimension=4), lineages=7, generations=5)
    assert worst_case_cost(plane) == 7 * (20 + 20 * 5) + 2 * 7 * 20 * 5 + 5 * 1500
    names = Scenario(Surnames(types=50), Categorical(), lineages=7, generations=5)
    assert worst_case_cost(names) == 7 * 50 * 6 + 5 * 2 * 1500
    for policy in (AccumulateSubsample(), RandomShare()):
        assert worst_case_cost(replace(names, policy=policy)) == 7 * 50 * (1 + 4 * 5) + 5 * 2 * 1500
    mixed = Scenario(model=Mixture(), n=40, lineages=7, generations=5)
    assert (
        worst_case_cost(replace(mixed, decoder=Decoder(top_p=0.9)))
        == worst_case_cost(mixed) + 7 * (385 * 3 * 33 + 4 * 40) * 5 + 5 * 1000
    )


@pytest.mark.parametrize(
    "query",
    [
        "policy=random-share&n=2017&generations=988&lineages=10000",
        "policy=random-share&n=1000000&generations=1000&lineages=5",
        "policy=random-share&n=300000&generations=900&lineages=1",
        "world=alice&model=ngram&n=2&lineages=10000&generations=2",
        "world=alice&model=ngram&n=2&generations=1000&lineages=3000",
        "world=alice&model=ngram&n=200&generations=1000&lineages=30",
        "world=alice&model=ngram&n=237&generations=1000&lineages=28&model.unit=words",
        "world=skewed&n=25001&generations=1000&lineages=1480",
    ],
)
def test_what_takes_minutes_is_refused(query):
    """Redrawing from the original data, counting many short texts, and stepping through many small blocks cost time, too."""
    with pytest.raises(ValueError, match="more than the 40,000,000 that one visitor may ask for: lower"):
        within(Scenario.from_query(query))


@pytest.mark.parametrize("policy", [RandomShare(synthetic=0.9), AccumulateSubsample()], ids=lambda p: p.kind)
@pytest.mark.parametrize("n", [50, 400])
def test_every_example_from_which_some_are_picked_is_counted(monkeypatch, policy, n):
    """Of the numbers from which rows are picked, half are charged at least: drawing one of them takes half as long as a draw."""
    looked = [0]
    whole = Rows.subsample

    def counted(self, m, rng):
        looked[0] += self.x.size
        return whole(self, m, rng)

    monkeypatch.setattr(Rows, "subsample", counted)
    s = Scenario(policy=policy, n=n, generations=12, lineages=30)
    run(s, keep=["variance"])
    assert looked[0] >= 11 * 30 * n
    assert worst_case_cost(s) >= looked[0] / 2


def test_too_much_measuring_is_refused():
    s = replace(KDE, n=1000, lineages=100, generations=100)
    assert worst_case_cost(s) <= BUDGET < worst_case_cost(s, ["w1"])
    assert within(s) is s
    with pytest.raises(ValueError, match=f"{worst_case_cost(s, ['w1']):,} numbers"):
        within(s, metrics=["w1"])
    gauss = Scenario(lineages=1200, generations=1000)
    assert within(gauss) is gauss
    with pytest.raises(ValueError, match="lower n"):
        within(gauss, metrics=["w1"])


def test_what_listens_to_a_text_for_long_is_charged_for():
    """30 000 numbers for a text in which real strings are looked up, or that is asked twenty times; nothing elsewhere."""
    text = Scenario.from_query("world=alice&model=ngram&n=100&generations=3&lineages=4")
    integral = text.model.cost(text.world, text.decoder, 100, False).integral
    for name, told in (("hallucination", 30_000 + integral), ("prompt_similarity", 30_000), ("monofacts", 0)):
        assert worst_case_cost(text, (name,)) == worst_case_cost(text) + 12 * told + 3 * 1500
    bell = Scenario(lineages=4, generations=3)
    assert worst_case_cost(bell, ("hallucination",)) == worst_case_cost(bell, ("w1",))


def test_healthy_models_that_take_longer_are_fewer():
    """As many as are charged for; at most the ceiling, also where every metric is an integral."""
    dear = ("hallucination", "entropy", "heldout_nll")
    for query in (
        "world=bimodal&model=kde&n=100",
        "world=alice&model=ngram&n=4000",
        "world=groups&model=mixture&n=100",
    ):
        s = Scenario.from_query(query)
        (plain,), (charged,) = charges(s).values(), charges(s, dear).values()
        assert number(s.world, s.model, s.n, s.n, dear) <= number(s.world, s.model, s.n, s.n)
        assert max(plain, charged) <= CEILING
