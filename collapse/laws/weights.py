"""What is known of the variance where there is no law for few examples: what endless ones would keep."""

from collapse.laws.moments import only_replaces
from collapse.models.gaussian import Gaussian
from collapse.models.weighted import limit
from collapse.scenario import Scenario
from collapse.speech import percent
from collapse.worlds import NormalWorld


def endless_only(scenario: Scenario) -> str:
    """Why no law of the variance is drawn for a Gaussian whose loss weighs examples, with what is known; or an empty text."""
    s = scenario
    if not (isinstance(s.model, Gaussian) and s.model.rows):
        return ""
    why = f"No formula is known for this loss and n = {s.n:,} examples"
    if s.model.steps or not s.decoder.neutral or not isinstance(s.world, NormalWorld) or not only_replaces(s):
        return f"{why}, so there is only the simulation."
    return f"{why}; endless ones would keep {percent(limit(s.model.loss, s.model.alpha))} of the variance in each generation."
