"""Measures against collapse, combined and compared by what they cost and how long models survive with them."""

from collapse.arena.measures import MEASURES, Arena, Combination, combinations
from collapse.arena.prices import Purse, Usage
from collapse.arena.search import ALGORITHM, Found, Search, Tried, asked, search
from collapse.arena.standing import WAYS, Endurance, Standing, best, front, interval, ranked, standings, survived

__all__ = [
    "ALGORITHM",
    "MEASURES",
    "WAYS",
    "Arena",
    "Combination",
    "Endurance",
    "Found",
    "Purse",
    "Search",
    "Standing",
    "Tried",
    "Usage",
    "asked",
    "best",
    "combinations",
    "front",
    "interval",
    "ranked",
    "search",
    "standings",
    "survived",
]
