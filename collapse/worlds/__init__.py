"""What is real: named distributions and real data sets.

To add a world, write a class with a `kind` in `shapes.py`, `groups.py` or `real.py` and give it a place in this table.
"""

from collapse.spec import table
from collapse.worlds.base import TypesWorld, World
from collapse.worlds.groups import Groups
from collapse.worlds.own import OwnNumbers, OwnTypes
from collapse.worlds.real import Flipper, Penguins, Surnames
from collapse.worlds.shapes import Bimodal, HeavyTailed, NormalWorld, Skewed, Uniform

WORLDS = table(NormalWorld, Bimodal, Skewed, HeavyTailed, Uniform, Groups, Flipper, Penguins, Surnames, OwnNumbers, OwnTypes)

__all__ = ["WORLDS", "Bimodal", "Flipper", "Groups", "HeavyTailed", "NormalWorld", "OwnNumbers", "OwnTypes", "Penguins", "Skewed",
           "Surnames", "TypesWorld", "Uniform", "World"]
