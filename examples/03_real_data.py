"""How much real data is enough? The same link with five synthetic fractions, on the same noise."""

from dataclasses import replace

from collapse import Scenario, sweep
from collapse.bands import median
from collapse.policies import Mix

shares = (1.0, 0.99, 0.95, 0.9, 0.5)
base = Scenario(n=100, generations=100, lineages=200)
for share, found in zip(shares, sweep(replace(base, policy=Mix(synthetic=s)) for s in shares), strict=True):
    print(
        f"{share:4.0%} synthetic: {median(found.measure('variance'))[-1]:.3f} of the variance is left after 100 generations"
    )
