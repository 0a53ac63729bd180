"""Surnames as types: the rare ones die first, and no later generation can bring one back."""

from collapse import Scenario, run
from collapse.models.categorical import Categorical
from collapse.worlds import Surnames

scenario = Scenario(world=Surnames(types=500), model=Categorical(), n=1000, generations=20, lineages=50)
found = run(scenario)
alive, rare = found.measure("types").mean(axis=0), found.measure("rare_types").mean(axis=0)
print("generation   names alive   rare names alive")
for t in (0, 1, 2, 5, 10, 20):
    print(f"{t:10d}   {alive[t]:11.1f}   {rare[t]:16.1%}")
