"""Hold a run against its law: E v_t = (1 − 1/n)^t, and how many standard errors the simulation is away from it."""

import numpy as np

from collapse import Scenario, run
from collapse.laws import LAWS, law_for

scenario = Scenario(n=20, generations=10, lineages=4000)
variance, law = run(scenario).measure("variance"), law_for(scenario, "variance")
assert law is not None
print(LAWS["variance"].stated(scenario))
for t in (1, 2, 5, 10):
    error = variance[:, t].std(ddof=1) / np.sqrt(scenario.lineages)
    print(
        f"generation {t:2d}: law {law[t]:.4f}, mean {variance[:, t].mean():.4f}, z = {(variance[:, t].mean() - law[t]) / error:+.1f}"
    )
