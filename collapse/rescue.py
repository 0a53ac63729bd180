"""How late is too late: the same run, with measures that begin in one generation or another.

All of them are one run until the first of them begins, so the models up to there are fitted once.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

import numpy as np

from collapse.blocks import blocks
from collapse.data import Array
from collapse.laws import law_for
from collapse.laws.moments import affine
from collapse.metrics import evaluate, metric_named
from collapse.policies import Delayed
from collapse.recursion import Diary, Streams, evolve
from collapse.scenario import ImpossibleError, Scenario
from collapse.trajectory import stacked


def beginning(scenario: Scenario, generation: int) -> Scenario:
    """The scenario with measures that begin in another generation; after the last one they never do.

    Errors: ImpossibleError for a policy that does not change on the way.
    """
    if not isinstance(scenario.policy, Delayed):
        raise ImpossibleError(f"policy={scenario.policy.kind} has no beginning: choose policy=delayed")
    return replace(scenario, policy=replace(scenario.policy, begin=generation))


def ends(scenario: Scenario, begins: Sequence[int], metric: str) -> Array:
    """A metric of the last generation if the measures begin in each of these generations, (len(begins), R), as `run` would have it.

    Example: `ends(Scenario(policy=Delayed()), (2, 10, 40), "variance").mean(axis=1)`.
    """
    s = scenario
    name = metric_named(metric, s).name
    never = beginning(s, s.generations + 1)
    found = []
    for number, lineages in blocks(s):
        life = evolve(never, lineages, Streams(s.seed, number))
        past = list(islice(life, min(max(begins) - 1, s.generations)))
        grow = any(a.shape != b.shape for a, b in zip(past[0], past[-1], strict=True))  # which cannot be stacked
        for begin in begins:
            late = beginning(s, begin)
            diary = Diary((s.generations,), learnt=None if grow else stacked(past[: begin - 1]))
            life = evolve(late, lineages, Streams(s.seed, number), diary=diary)
            found.append(evaluate(late, next(islice(life, s.generations - 1, None)), (name,))[name])
    parts = [np.concatenate(found[i :: len(begins)]) for i in range(len(begins))]
    return np.stack(parts)


def lawful_ends(scenario: Scenario, begins: Sequence[int], metric: str) -> Array | None:
    """The law of the mean of a metric in the last generation for each beginning, (len(begins),); None where none is known."""
    curves = [law_for(beginning(scenario, begin), metric) for begin in begins]
    known = [curve[-1] for curve in curves if curve is not None]
    return np.array(known) if len(known) == len(curves) else None


def settles(scenario: Scenario) -> bool | None:
    """Does the mean variance settle once the measures act, whatever lies before? False if it grows without end, None if unknown.

    Of k of n examples that are made, with variance λv, the two moments of `laws.moments` turn by a matrix: they settle if no
    eigenvalue of it reaches 1.  Without such a law it settles if models widen nothing that they say, as long as real data arrive.
    """
    s, n = scenario.at(scenario.generations + 1), scenario.n
    m, k = s.policy.split(n)
    fits = affine(s, n)
    if fits is None:
        return True if m and s.decoder.shrink(1) <= 1 else None
    a, _, lam = fits
    turn = np.array([[a * (n - 1) * k * lam, a * m * k], [k * lam, k * k]]) / n**2
    return bool(np.abs(np.linalg.eigvals(turn)).max() < 1)


def made_up(scenario: Scenario) -> int | None:
    """In how many generations a rescue makes up half of its delay: of what the same measures would have kept if they had begun in
    generation 2, by the law of the mean variance; None where no law is known, or it does not do so within the run."""
    assert isinstance(scenario.policy, Delayed)
    late, soon = law_for(scenario, "variance"), law_for(beginning(scenario, 2), "variance")
    if late is None or soon is None or scenario.policy.begin > scenario.generations:
        return None
    missing = (soon - late)[scenario.policy.begin - 1 :]
    there = np.flatnonzero(missing <= missing[0] / 2)
    return int(there[0]) if missing[0] > 0 and there.size else None
