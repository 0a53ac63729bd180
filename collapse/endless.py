"""The loop with endless data: computed, not sampled.

Without the noise of samples, what is left is what a family cannot express and what a fit does not find.  A fit to endless data that
is a projection onto its family changes nothing more after the first generation; one that is not goes on.
"""

from collections.abc import Callable, Iterator

import numpy as np

from collapse.beliefs.base import Categories, Distribution, U
from collapse.beliefs.kernels import Kernels
from collapse.beliefs.normal import Normal
from collapse.beliefs.normals import Normals
from collapse.data import Array
from collapse.going_on import step_by_step
from collapse.laws.moments import only_replaces
from collapse.models import Model
from collapse.models.categorical import Categorical
from collapse.models.em import SMALLEST
from collapse.models.gaussian import Begun, Gaussian, GaussianParams
from collapse.models.kde import Kde
from collapse.models.mixture import Mixture, sliced
from collapse.models.ngram import Ngram
from collapse.models.weighted import fitted, passes
from collapse.scenario import ImpossibleError, Scenario
from collapse.worlds import TypesWorld

START = (np.arange(1000) + 0.5) / 1000  # levels of the examples from which a mixture without a parent starts


def endless(scenario: Scenario) -> tuple[Distribution, ...]:
    """What the generations 0…T of a scenario believe if endless data train each of them, T+1 single distributions; n does not count.

    Known where every model is fed with nothing but its parent's output: for Gaussians with every loss (in more than one dimension the
    likelihood only) and any number of steps; for kernel densities, of fixed bandwidth only in worlds of bell curves and finite data
    sets; for mixtures on a line; for types, and for n-grams.  ImpossibleError elsewhere, with the reason.
    """
    s = scenario
    if not only_replaces(s):
        raise ImpossibleError(f"policy={s.policy.kind} is not known with endless data: choose replace, and no curator")
    known = KNOWN.get(type(s.model))
    if known is None:
        raise ImpossibleError(
            f"model={s.model.kind} is not known with endless data: choose {' or '.join(model.kind for model in KNOWN)}"
        )
    if not s.decoder.neutral and not isinstance(s.model, Gaussian | Categorical):
        raise ImpossibleError(
            f"model={s.model.kind} is known with endless data only if its outputs are sampled as they are"
        )
    if s.world.d > 1 and isinstance(s.model, Kde | Mixture):
        raise ImpossibleError(f"model={s.model.kind} is known with endless data only in one dimension")
    life = known(s)
    return s.model.truth(s.world, s.n), *(next(life) for _ in step_by_step(range(s.generations)))


def effort(scenario: Scenario) -> int:
    """Numbers handled by `endless`, if every fit takes as long as it may; see `budget`."""
    s, each = scenario, 1
    if isinstance(s.model, Mixture):
        each = s.model.iterations * s.model.components**2
    elif isinstance(s.model, Gaussian):
        each = passes(s.model.loss, s.model.alpha) + s.world.d**2
    elif isinstance(s.world, TypesWorld):
        return s.generations * s.world.types
    return s.generations * each * len(U) + len(START)


def conditional_entropy(text: Array, order: int) -> float:
    """H(next token | the last `order` tokens) in nats of a text of token numbers (m,) read in a circle.

    With endless data an n-gram model of order k loses H_k on its own text, and H_k − H_K more than the order K for ever, because
    tables of what follows what are learnt again as they are.
    """

    def entropy(length: int) -> float:
        rows = np.stack([np.roll(text, -i) for i in range(length)], axis=1)
        share = np.unique(rows, axis=0, return_counts=True)[1] / len(text)
        return -float(np.sum(share * np.log(share)))

    return entropy(order + 1) - (entropy(order) if order else 0.0)


def _bells(s: Scenario) -> Iterator[Normal]:
    """A mean and a covariance each time, in which the whole fit of endless data lies; losses that weigh by quadrature."""
    model, seen = s.model, s.world.distribution
    assert isinstance(model, Gaussian)
    if model.rows and (s.world.d > 1 or s.decoder.truncates):
        raise ImpossibleError(
            f"model.loss={model.loss} is known with endless data only in one dimension, without top-p"
        )
    ancestor = model.ancestor(s.world, 1)
    parent: GaussianParams | None = None
    if ancestor is not None:
        parent = found = Begun(*(a[0] for a in ancestor))
        found.begin = GaussianParams(*found)
    while True:
        if model.rows:
            _, x, weight = seen.levels()
            held = parent[1:] if parent is not None and model.variance == "known" else None
            exact = GaussianParams(*fitted(x[:, None], weight, model.loss, model.alpha, held))
        else:
            law = seen if isinstance(seen, Normal) else Normal(seen.mean, seen.cov)
            exact = GaussianParams(law.mean, law.lower, law.log_diagonal)
        if parent is not None and model.variance == "known":
            exact = GaussianParams(exact.mean, *parent[1:])
        parent = model.approached(exact, parent) if model.steps else exact
        yield Normal.factored(*parent)
        shrink = s.decoder.shrink(s.world.d)
        seen = Normal.factored(parent.mean, parent.lower * np.sqrt(shrink), parent.log_diagonal + np.log(shrink) / 2)


def _blurred(s: Scenario) -> Iterator[Distribution]:
    """The world convolved with N(0, t h²); the other bandwidths vanish with endless data, and so does the blur."""
    model, law, groups = s.model, s.world.distribution, s.world.groups if s.world.blended else None
    assert isinstance(model, Kde)
    h2, t = float(law.total) * model.h**2 if model.bandwidth == "fixed" else 0.0, 0
    if h2 and not (isinstance(law, Normal) or groups is not None or law.points is not None):
        raise ImpossibleError(
            f"world={s.world.kind} is not known with a kernel density of fixed bandwidth and endless data: "
            "choose a world of bell curves, or a data set"
        )
    while True:
        t += 1
        if h2 == 0:
            yield law
        elif isinstance(law, Normal):
            yield Normal(law.mean, law.cov + t * h2)
        elif groups is not None:
            yield Normals(groups.weights, groups.means, groups.covs + t * h2)
        elif law.points is not None:
            yield Kernels(law.points.x, np.sqrt(t * h2))


def _mixtures(s: Scenario) -> Iterator[Normals]:
    """Expectation–maximisation on the nodes of what is seen, by the rules of the model: its start, its steps and its tolerance."""
    model, groups = s.model, s.world.groups
    assert isinstance(model, Mixture)
    ancestor = model.ancestor(s.world, 1)
    parent = None if ancestor is None else Normals(*(a[0] for a in ancestor))
    seen: Distribution = groups if s.world.blended and groups is not None else s.world.distribution
    while True:
        start = parent
        if parent is None or model.start == "cold":
            rows = np.asarray(seen.quantile(START))[None, :, None]
            start = Normals(*(a[0] for a in sliced(rows, model.components, diagonal=False)))
        assert start is not None
        parent = seen = _climbed(seen, start, model)
        yield parent


def _climbed(seen: Distribution, mixture: Normals, model: Mixture) -> Normals:
    """The mixture after the steps of EM on a distribution over the line."""
    _, x, weight = seen.levels()
    weight, last = weight / weight.sum(), -np.inf
    for _ in step_by_step(range(model.iterations)):
        terms = [w / sd * np.exp(-(((x - mean) / sd) ** 2) / 2) for w, mean, sd in mixture.parts()]
        density = np.sum(terms, axis=0)
        r = weight * np.array(terms) / np.maximum(density, SMALLEST)
        share = r.sum(axis=1)
        mean = r @ x / np.maximum(share, SMALLEST)
        var = np.sum(r * (x - mean[:, None]) ** 2, axis=1) / np.maximum(share, SMALLEST)
        mixture = Normals(share / share.sum(), mean[:, None], var[:, None, None])
        now = float(weight @ np.log(np.maximum(density, SMALLEST)))
        if abs(now - last) < model.tolerance:
            break
        last = now
    return mixture


def _types(s: Scenario) -> Iterator[Categories]:
    """Shares as they are spoken: what is added to every count is nothing beside endless counts."""
    assert isinstance(s.world, TypesWorld)
    p = s.world.p
    while True:
        yield Categories(p)
        p = s.decoder.reweight(p)


def _tables(s: Scenario) -> Iterator[Distribution]:
    """What follows what in the whole real text, for ever: a chain that speaks these tables is learnt again as the same tables."""
    while True:
        yield s.model.truth(s.world, s.n)


KNOWN: dict[type[Model], Callable[[Scenario], Iterator[Distribution]]] = {
    Gaussian: _bells,
    Kde: _blurred,
    Mixture: _mixtures,
    Categorical: _types,
    Ngram: _tables,
}
