"""How a statistical test is made here: a standard error, a stated false-alarm rate, and a control that must fail.

A comparison of means passes when |z| < `limit(m)`, where z = (mean − truth) / SE and m is how many comparisons the
test makes.  `limit` is Bonferroni's: if everything is right, the whole test rejects with probability 1e-5 or less
(one comparison: 4.4 standard errors; a hundred: 5.3).  Seeds are fixed, so a test that passes once always does.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st
from scipy.stats import norm

from collapse.beliefs.normal import Normal
from collapse.curators import CURATORS, Everything
from collapse.data import Moments
from collapse.decoding import DECODERS, Decoder
from collapse.models import MODELS
from collapse.models.gaussian import GaussianParams
from collapse.policies import POLICIES
from collapse.scenario import Scenario
from collapse.worlds import WORLDS

ALARM = 1e-5
PLAIN = Decoder()
TABLES = {"world": WORLDS, "model": MODELS, "decoder": DECODERS, "curator": CURATORS, "policy": POLICIES}


def limit(comparisons: int) -> float:
    """The |z| that the largest of `comparisons` exceeds with probability ALARM at most; 4.4 or more."""
    return float(norm.isf(ALARM / (2 * comparisons)))


def z_scores(sample: Any, truth: Any) -> np.ndarray:
    """(mean − truth)/SE over the first axis of a sample; a sample that does not vary is refused."""
    sample = np.asarray(sample, dtype=float)
    error = sample.std(axis=0, ddof=1) / np.sqrt(len(sample))
    assert np.all(error > 0), "no spread, no standard error: compare exactly instead"
    return np.atleast_1d((sample.mean(axis=0) - truth) / error)


def z_of_two(a: Any, b: Any) -> np.ndarray:
    """(mean a − mean b)/SE over the first axes of two independent samples."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    error = np.sqrt(a.var(axis=0, ddof=1) / len(a) + b.var(axis=0, ddof=1) / len(b))
    assert np.all(error > 0), "no spread, no standard error: compare exactly instead"
    return np.atleast_1d((a.mean(axis=0) - b.mean(axis=0)) / error)


def agree(z: np.ndarray) -> bool:
    """Are all of these z-scores as small as chance allows?"""
    return bool(np.all(np.isfinite(z)) and np.abs(z).max() < limit(z.size))


def bells(mean: Any, cov: Any) -> GaussianParams:
    """The params of Gaussians with means (…, d) and covariances (…, d, d)."""
    law = Normal(np.asarray(mean, dtype=float), np.asarray(cov, dtype=float))
    return GaussianParams(law.mean, law.lower, law.log_diagonal)


def moments_of(n: int, mean: Any, scatter: Any) -> Moments:
    """The moments of n rows with this mean (…, d) and scatter (…, d, d)."""
    return Moments(n, *bells(mean, scatter))


def variants(kind: type[Any]) -> Iterator[Any]:
    """A Spec at its default, and with each knob in turn at either end or at each of its choices."""
    yield kind()
    for name, rule in kind.knobs().items():
        for value in rule.choices or (rule.low, rule.high):
            yield kind(**{name: value})


def values_of(kind: type[Any], name: str) -> st.SearchStrategy[Any]:
    """Any value that a knob allows."""
    rule = kind.knobs()[name]
    if rule.choices:
        return st.sampled_from(rule.choices)
    if type(kind.__dataclass_fields__[name].default) is int:
        return st.integers(int(rule.low), int(rule.high))
    return st.floats(rule.low, rule.high)


@st.composite
def specs(draw: st.DrawFn, kind: type[Any]) -> Any:
    """Any Spec of a kind."""
    return kind(**{name: draw(values_of(kind, name)) for name in kind.knobs()})


PLACED = {
    "verifier",
    "preference",
    "reward",
    "expert",
    "unfair-detector",
}  # judge by the place where it lies, among numbers
READERS = ("watermark", "phrase-frequency")  # curators of texts


def possible(parts: dict[str, Any]) -> bool:
    """Do a world, a model, a decoder and a curator go together?  Said again here, so that the program's own rule has a witness."""
    world, model = parts["world"], parts["model"]
    curator = parts.get("curator", Everything())
    if world.space != model.space or not (model.density or curator.likelihoods == 0):
        return False
    if (curator.kind in PLACED and world.space != "real") or (curator.kind in READERS and world.space != "text"):
        return False
    if world.space == "types":
        return not getattr(parts.get("decoder", PLAIN), "strength", 0)  # a watermark needs an order
    return world.space not in ("real", "images") or (
        world.d <= model.dimensions and parts.get("decoder", PLAIN) == curbed(parts)
    )


def curbed(parts: dict[str, Any]) -> Any:
    """The decoder as a bell curve can hear it: without top-k or any other rule for a list, and never quite greedy."""
    decoder = parts.get("decoder", PLAIN)
    decoder = replace(decoder, top_k=0, temperature=max(decoder.temperature, 0.05))
    return replace(decoder, **{decoder.listed: getattr(type(decoder)(), decoder.listed)}) if decoder.listed else decoder


def together(parts: dict[str, Any], draw: st.DrawFn) -> dict[str, Any]:
    """The parts, with what does not go together replaced: first the model, then the world's knobs, then the curator and
    the decoder."""
    plain = type(parts["world"])()
    if not possible({"world": plain, "model": parts["model"]}):
        parts["model"] = draw(st.one_of([specs(m) for m in MODELS.values() if possible({"world": plain, "model": m})]))
    if not possible({"world": parts["world"], "model": parts["model"]}):
        parts["world"] = type(parts["world"])()
    if not possible({name: parts[name] for name in ("world", "model", "curator")}):
        parts["curator"] = Everything()
    return parts if possible(parts) else parts | {"decoder": curbed(parts)}


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Any scenario at all."""
    parts = {name: draw(st.one_of([specs(kind) for kind in table.values()])) for name, table in TABLES.items()}
    parts = together(parts, draw)
    knobs = {name: draw(values_of(Scenario, name)) for name in Scenario.knobs()}
    return Scenario(**parts, **knobs)


def combinations(**knobs: Any) -> Iterator[Scenario]:
    """Every possible world × model × policy with its default knobs."""
    for world in WORLDS.values():
        for model in MODELS.values():
            if possible({"world": world(), "model": model()}):
                yield from (
                    Scenario(world=world(), model=model(), policy=policy(), **knobs) for policy in POLICIES.values()
                )


def named(thing: Any) -> str:
    """A readable test id."""
    if isinstance(thing, Scenario):
        return "-".join((thing.world.kind, thing.model.kind, thing.policy.kind))
    return str(thing)
