"""Run a scenario: two hundred models in a row, each trained on nothing but the output of the one before."""

from collapse import Scenario, run
from collapse.bands import band

scenario = Scenario(n=20, generations=60, lineages=500)
variance = run(scenario).measure("variance")  # (lineages, generations + 1); column 0 is the real world
low, median, high = band(variance)
print("generation   5%     median  95%   of the real variance")
for t in (0, 1, 5, 20, 60):
    print(f"{t:10d}   {low[t]:.3f}   {median[t]:.3f}   {high[t]:.3f}")
