"""What is known of curators that judge by where an example lies: nothing for few examples, and a path for endless ones."""

import numpy as np

from collapse.curators.errors import UnfairDetector
from collapse.laws.curated import curated, unfair_variance
from collapse.models.gaussian import Gaussian
from collapse.policies import Mix
from collapse.scenario import Scenario
from collapse.speech import percent
from collapse.worlds import NormalWorld


def endless_variance(scenario: Scenario) -> str:
    """Why no law of the variance is drawn with a curator that judges by place, with what is known; or an empty text."""
    s, c = scenario, scenario.curator
    found = curated(s)
    if found is not None:
        return f"{_why(s)}; endless ones would leave {percent(float(found.variance[-1]))} of the variance at the end."
    plain = isinstance(s.model, Gaussian) and s.model.spread(s.n) is not None and s.decoder.neutral and s.world.d == 1
    if isinstance(c, UnfairDetector) and plain and isinstance(s.world, NormalWorld) and type(s.policy) is Mix:
        left = unfair_variance(c.fpr, c.tail_fpr, c.tail)
        if s.policy.split(s.n)[0] and not np.isnan(left):
            return f"{_why(s)}; endless ones would end with {percent(left)} of the variance."
    return ""


def endless_drift(scenario: Scenario) -> str:
    """Why no law of the squared drift is drawn with a curator that judges by place, with what is known; or an empty text."""
    found = curated(scenario)
    if found is None:
        return ""
    return f"{_why(scenario)}; of endless ones the mean would end at a squared distance of {found.mean[-1] ** 2:.3g}."


def _why(scenario: Scenario) -> str:
    return f"No formula is known for this curator and n = {scenario.n:,} examples"
