"""The budget counts what is really handled: numbers seen by the kernel sums are counted on the way through."""

from dataclasses import replace

import numpy as np
import pytest

from collapse import Scenario, run
from collapse.beliefs import kernels
from collapse.decoding import Decoder
from collapse.metrics import METRICS, effort, measurable
from collapse.models.categorical import Categorical
from collapse.models.kde import Kde
from collapse.models.mixture import Mixture
from collapse.policies import Accumulate, AccumulateSubsample, Mix, RandomShare
from collapse.scenario import BUDGET
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

    monkeypatch.setattr(kernels.Kernels, "_over_kernels", counted)
    return count


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("metrics", [(), ("w1",), ("coverage",), ("w1", "coverage")], ids=str)
def test_kernel_sums_are_counted(seen, case, metrics):
    s = CASES[case]
    run(s, keep=metrics or ("variance",))
    assert effort(s, metrics) == s.effort(len(metrics))
    assert seen[0] <= effort(s, metrics), "more was handled than is charged"
    heavy = seen[0] > 0
    assert not heavy or effort(s, metrics) < 2.2 * seen[0] + 4 * s.work, "and not much less"
    assert heavy == bool(metrics or not s.decoder.neutral)


def test_what_is_dear_is_marked():
    """Everything whose time grows with the nodes of the belief is an integral; what is cheap is not."""
    params = Kde.Params(np.random.default_rng(1).standard_normal((3, 50)), np.full(3, 0.3))
    belief = Kde().belief(params)
    looked = []
    belief.levels = lambda: looked.append(1) or type(belief).levels(belief)
    belief.logpdf = lambda x: looked.append(1) or type(belief).logpdf(belief, x)
    for name in measurable(KDE):
        looked.clear()
        METRICS[name].function(belief, KDE.world)
        assert bool(looked) == METRICS[name].integral, name


def test_what_takes_longer_is_charged_for():
    """Measured: a root of a covariance is as dear as twice its numbers, a pick without putting back as three draws, and to cut a
    radius off as ten; but the split into blocks, and with it every number, stays what it was."""
    plane = Scenario(NormalWorld(dimension=4), lineages=7, generations=5)
    assert plane.work == 7 * (20 + 20 * 5) + 2 * 7 * 20 * 5
    names = Scenario(Surnames(types=50), Categorical(), lineages=7, generations=5)
    assert names.work == 7 * 50 * 6
    for policy in (AccumulateSubsample(), RandomShare()):
        assert replace(names, policy=policy).work == 7 * 50 * (1 + 4 * 5)
    mixed = Scenario(model=Mixture(), n=40, lineages=7, generations=5)
    assert replace(mixed, decoder=Decoder(top_p=0.9)).work == mixed.work + 7 * 10 * 40 * 5
    assert list(replace(plane, lineages=5000).blocks()) == [(0, 2500), (1, 2500)]


def test_too_much_measuring_is_refused():
    s = replace(KDE, n=1000, lineages=100, generations=100)
    assert s.work <= BUDGET < s.effort(1)
    assert s.within() is s
    with pytest.raises(ValueError, match=f"{s.effort(1):,} numbers"):
        s.within(integrals=1)
    gauss = Scenario(lineages=2000, generations=1000)
    assert gauss.within() is gauss
    with pytest.raises(ValueError, match="lower n"):
        gauss.within(integrals=1)
