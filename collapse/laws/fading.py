"""What must happen to a linear VAE whose decoder means are passed on, if every model learns from endless data.

The means of a decoder have the covariance U diag(s) Uᵀ, and no noise.  The next model finds the eigenvalues s_i; it subtracts the
noise σ² that it keeps, so every latent loses σ² a generation, and is dead when nothing is left:  s_i(t) = max(s_i − (t − 1)σ², 0).  A
model that refits its noise finds none, subtracts none, and loses nothing more.  At a temperature τ the means have variance τ s_i.
"""

import numpy as np

from collapse.beliefs.pictures import Factors
from collapse.data import Array
from collapse.laws.base import Curve, Law
from collapse.laws.moments import only_replaces
from collapse.metrics import pictures
from collapse.models.linear_vae import LinearVae, principal
from collapse.scenario import Scenario
from collapse.sources import LUCAS, OURS, TIPPING
from collapse.worlds import Digits


def faded(cov: Array, latents: int, generations: int, *, refitted: bool = False, temperature: float = 1.0) -> Factors:
    """The linear VAEs of generations 1, 2, …, `generations` that learn from endless decoder means, the first from a world of
    covariance `cov` (d, d); a belief with one axis of generations."""
    first = principal(np.zeros(len(cov)), cov, latents)
    signal, noise = [first.signal], [first.noise]
    for _ in range(generations - 1):
        noise.append(np.zeros(()) if refitted else first.noise)
        signal.append(np.maximum(temperature * signal[-1] - noise[-1], 0.0))
    t = generations
    mean, axes = np.broadcast_to(first.mean, (t, len(cov))), np.broadcast_to(first.axes, (t, *first.axes.shape))
    return Factors(mean, axes, np.array(signal), np.array(noise), loud=False, z=np.zeros((0, latents)))


def chain(scenario: Scenario) -> Factors | None:
    """The models of generations 1 to T of a scenario if each had endless data; None where that is not known."""
    s = scenario
    if not (
        isinstance(s.model, LinearVae)
        and isinstance(s.world, Digits)
        and not s.model.loud
        and only_replaces(s)
        and not s.decoder.truncates
    ):
        return None
    refitted = s.model.noise == "refitted"
    return faded(
        s.world.distribution.cov, s.model.latents, s.generations, refitted=refitted, temperature=s.decoder.temperature
    )


def _curve(scenario: Scenario, name: str) -> Curve:
    """A metric of the models with endless data, (T+1,), beginning with the first of them: generation 0 as the family sees it."""
    belief, world = chain(scenario), scenario.world
    if belief is None:
        return None
    assert isinstance(world, Digits)
    values = getattr(pictures, name)(belief, world)
    return np.concatenate([values[:1], values])


def signal(scenario: Scenario) -> Curve:
    """Σ_i s_i(t) with s_i(1) = λ_i − σ² and s_i(t + 1) = max(τ s_i(t) − σ², 0); σ² is 0 from the second fit on if it is refitted."""
    return _curve(scenario, "signal")


def active_latents(scenario: Scenario) -> Curve:
    """How many latents have s_i(t) > 0.01 (s_i(t) + σ²)."""
    return _curve(scenario, "active_latents")


def effective_rank(scenario: Scenario) -> Curve:
    """exp(H) of p_i ∝ √s_i(t)."""
    return _curve(scenario, "effective_rank")


def participation(scenario: Scenario) -> Curve:
    """(Σ s_i(t))² / Σ s_i(t)²."""
    return _curve(scenario, "participation")


def latent_nats(scenario: Scenario) -> Curve:
    """½ Σ ln(1 + s_i(t)/σ²); none if the noise is refitted, since without noise it is infinite."""
    refitted = isinstance(scenario.model, LinearVae) and scenario.model.noise == "refitted"
    return None if refitted else _curve(scenario, "latent_nats")


_COVERS = "images, a linear VAE that passes on decoder means, replace, any temperature, no top-p"
_KEPT = f"{_COVERS}, noise kept"
_STATES = "s_i(t) = max(τ s_i(t−1) − σ², 0), s_i(1) = λ_i − σ²"
_SOURCES = (TIPPING, LUCAS, OURS)
LINES = tuple(
    Law(curve.__name__, curve, f"{formula}, {_STATES}", covers, _SOURCES, "with endless data", endless=True)
    for curve, formula, covers in (
        (signal, "Σ s_i(t)", _COVERS),
        (active_latents, "how many s_i(t) > 0.01 (s_i(t) + σ²)", _COVERS),
        (effective_rank, "exp(H) of p_i ∝ √s_i(t)", _COVERS),
        (participation, "(Σ s_i(t))² / Σ s_i(t)²", _COVERS),
        (latent_nats, "½ Σ ln(1 + s_i(t)/σ²)", _KEPT),
    )
)
