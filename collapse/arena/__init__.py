"""Measures against collapse, combined and compared by what they cost and how long models survive with them."""

from collapse.arena.measures import MEASURES, Arena, Combination, combinations
from collapse.arena.prices import Purse, Usage
from collapse.arena.search import ALGORITHM, Found, Search, Tried, asked, on_new_noise, search, tried
from collapse.arena.standing import (
    WAYS,
    Endurance,
    Standing,
    best,
    front,
    interval,
    listed,
    lost_by_chance,
    ranked,
    standing,
    standings,
    survived,
)

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
    "listed",
    "lost_by_chance",
    "on_new_noise",
    "ranked",
    "search",
    "standing",
    "standings",
    "survived",
    "tried",
]
