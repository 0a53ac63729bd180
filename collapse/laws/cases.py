"""Scenarios for which a law has a simpler formula, as the table of laws asks for them."""

from collapse.laws.moments import affine, known_variance, only_replaces
from collapse.laws.sieved import rates
from collapse.models.gaussian import Gaussian
from collapse.models.histogram import Histogram
from collapse.scenario import Scenario


def plain(scenario: Scenario) -> bool:
    """Replace, V fitted as it is, and spoken as it was fitted."""
    return only_replaces(scenario) and affine(scenario, scenario.n) == (1.0, 0.0, 1.0)


def plain_line(scenario: Scenario) -> bool:
    """Plain, and in one dimension."""
    return plain(scenario) and scenario.world.d == 1


def fair(scenario: Scenario) -> bool:
    """Replace, plain sampling, and a Gaussian that divides by n − 1, or whose variance is known."""
    model = scenario.model
    return (
        only_replaces(scenario)
        and scenario.decoder.neutral
        and isinstance(model, Gaussian)
        and (model.estimator == "unbiased" or known_variance(scenario))
        and model.spread(scenario.n) is not None
    )


def approaches(scenario: Scenario) -> bool:
    """A Gaussian whose fits take gradient steps."""
    return isinstance(scenario.model, Gaussian) and scenario.model.steps > 0


def binned(scenario: Scenario) -> bool:
    """A histogram."""
    return isinstance(scenario.model, Histogram)


def sieved(scenario: Scenario) -> bool:
    """A curator that errs alike with all examples of one origin."""
    return rates(scenario.curator) is not None
