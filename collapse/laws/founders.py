"""Which types are alive: how many of the real examples that were ever drawn have descendants in a generation.

If all counts are Poisson, that of a type is a branching process with immigration.  A type of share p is then lost in generation
t with probability e^{−p L_t}, where L_t is the expected number of real examples whose line of copies is alive.  A fixed number of
examples makes counts less variable, so that fewer are lost: 1 − e^{−p L_t} is a lower bound of the chance that it is alive.
"""

import numpy as np

from collapse.laws.base import Curve, Law, Special
from collapse.laws.moments import moments, only_replaces
from collapse.policies import Accumulate, Anchor, Mix, Replace, Shared
from collapse.scenario import Scenario
from collapse.sources import GALTON, OURS, SURESH
from collapse.worlds import TypesWorld


def founders(scenario: Scenario) -> Curve:
    """L_t for t = 0…T, (T+1,), infinite at 0; None for a diet that picks, or draws again from the originals.

    Followed back from generation t, with θ = ∞ there, E e^{−θX} of the count X of a generation is that of the one before: copies that
    replace an archive of N by k make it u·k/N, u = 1 − e^{−θ}, and copies added to it θ + u·k/N.  On the way m fresh examples add
    m·u to L_t; m that are kept for ever add their θ to a sum, which counts once, at the first generation.  With nothing but n copies,
    this is n·g_t of `extinction`.
    """
    s, n = scenario, scenario.n
    if not all(
        type(phase) in (Replace, Mix, Anchor, Accumulate) or (isinstance(phase, Shared) and phase.split(n)[1] == n)
        for phase in s.policy.phases
    ):
        return None
    archive = s.policy.amounts(n, s.generations)  # of generation g at g − 1
    kept = max((phase.split(n)[0] for phase in s.policy.phases if isinstance(phase, Anchor)), default=0)
    theta, anchored, found = np.full(s.generations + 1, np.inf), *np.zeros((2, s.generations + 1))
    for g in range(s.generations, 1, -1):
        now, then = s.policy.at(g), slice(g, None)  # of all generations from g on at once
        (m, k), gone = now.split(n), -np.expm1(-theta[then])
        if isinstance(now, Accumulate):
            theta[then] += gone * k / archive[g - 2]
            continue
        if isinstance(now, Mix):
            found[then] += m * gone
        elif isinstance(now, Anchor):
            anchored[then] += theta[then]
        theta[then] = gone * k / archive[g - 2]
    found += (n - kept) * -np.expm1(-theta) + kept * -np.expm1(-theta - anchored)
    found[0] = np.inf
    return found


def types(scenario: Scenario) -> Curve:
    """Σ_i (1 − e^{−p_i L_t}): exact for Poisson counts, a lower bound for a fixed n, and close to it; `founders` has L_t."""
    s = scenario
    if not isinstance(s.world, TypesWorld) or s.curator.single or moments(s) is None:
        return None
    lines = founders(s)
    return None if lines is None else np.asarray(-np.expm1(-s.world.p[:, None] * lines).sum(axis=0))


LINE = Law(
    "types",
    types,
    "Σ_i (1 − e^{−p_i L_t}), L_t the expected number of real examples whose line of copies is alive",
    "types, no smoothing, plain sampling; replace, mix, anchor, accumulate, and delayed between any two of them",
    (SURESH, GALTON, OURS),
    "lower bound",
    special=(Special("Σ_i (1 − e^{−n p_i g_t}), g_{t+1} = 1 − e^{−g_t}", "replace", only_replaces),),
)
