"""Model collapse, small enough to read: what happens to a model trained, again and again, on its own output.

from collapse import Scenario, run
run(Scenario(n=20, generations=50)).measure("variance")        # (lineages, generations + 1)
"""

__version__ = "0.1.0"

from collapse import curators, decoding, metrics, models, policies, worlds
from collapse.recursion import run, sweep
from collapse.scenario import Scenario

__all__ = [
    "Scenario",
    "__version__",
    "curators",
    "decoding",
    "metrics",
    "models",
    "policies",
    "run",
    "sweep",
    "worlds",
]
