"""What is real: named distributions and real data sets.

To add a world, write a class with a `kind` in one of the files here and give it a place in this table.
"""

from collapse.spec import table
from collapse.worlds.base import TypesWorld, World
from collapse.worlds.digits import Digits
from collapse.worlds.groups import Groups
from collapse.worlds.own import OwnNumbers, OwnTypes
from collapse.worlds.real import Flipper, Penguins, Surnames
from collapse.worlds.shapes import Bimodal, HeavyTailed, NormalWorld, Skewed, Uniform
from collapse.worlds.text import Alice, OwnText, Text

WORLDS = table(
    NormalWorld,
    Bimodal,
    Skewed,
    HeavyTailed,
    Uniform,
    Groups,
    Flipper,
    Penguins,
    Surnames,
    Alice,
    Digits,
    OwnNumbers,
    OwnTypes,
    OwnText,
)

__all__ = [
    "WORLDS",
    "Alice",
    "Bimodal",
    "Digits",
    "Flipper",
    "Groups",
    "HeavyTailed",
    "NormalWorld",
    "OwnNumbers",
    "OwnText",
    "OwnTypes",
    "Penguins",
    "Skewed",
    "Surnames",
    "Text",
    "TypesWorld",
    "Uniform",
    "World",
]
