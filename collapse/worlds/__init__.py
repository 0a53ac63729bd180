"""What is real: named distributions and real data sets.

To add a world, write a class with a `kind` in `shapes.py`, `real.py` or `text.py` and give it a place in this table.
"""

from collapse.spec import table
from collapse.worlds.base import World
from collapse.worlds.real import Flipper, Surnames
from collapse.worlds.shapes import Bimodal, HeavyTailed, NormalWorld, Skewed, Uniform
from collapse.worlds.text import Alice, OwnText, Text

WORLDS = table(NormalWorld, Bimodal, Skewed, HeavyTailed, Uniform, Flipper, Surnames, Alice, OwnText)

__all__ = ["WORLDS", "Alice", "Bimodal", "Flipper", "HeavyTailed", "NormalWorld", "OwnText", "Skewed", "Surnames", "Text",
           "Uniform", "World"]
