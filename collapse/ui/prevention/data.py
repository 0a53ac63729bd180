"""Real data: how many a generation gets, and a ledger of where everything is from."""

from collapse.figures.ledger import provenance
from collapse.ledger import ledger
from collapse.scenario import ImpossibleError
from collapse.ui.controls import Preset
from collapse.ui.lesson import View
from collapse.ui.panels import Panel
from collapse.ui.prevention.measures import (
    BASE,
    GENERATIONS,
    MIXED,
    MORE,
    OFFERS,
    SYNTHETIC,
    N,
    beside_nothing,
    introduced,
)
from collapse.ui.shelf import noted


def shown(view: View) -> None:
    """What each generation was fed, by where it is from."""
    introduced(view)
    beside_nothing(view)
    s = view.result.scenario
    try:
        view.chart(provenance(s, noted(s, "ledger", lambda: ledger(s))), "ledger")
    except ImpossibleError:
        view.tell("data.ledger.none")


PANEL = Panel(
    "Real data",
    BASE,
    (N, GENERATIONS, SYNTHETIC),
    (
        Preset(
            "Is one new real example enough?",
            "Of the 20 examples of every generation, 19 were made by the model before, and one is new and real.",
            MIXED | {"policy.synthetic": "0.95"},
        ),
        Preset(
            "Is one in a hundred enough?",
            "Of the 100 examples of every generation one is new and real, for 100 generations.",
            MIXED | {"policy.synthetic": "0.99", "n": "100", "generations": "100"},
        ),
        Preset(
            "Are the same two real examples enough?",
            "Two of the first 20 real examples are kept, and every model learns from them as well.",
            MIXED | {"policy": "anchor"},
        ),
        Preset(
            "What if nothing is thrown away?",
            "Every model learns from all data so far, real and AI-made.",
            {"policy": "accumulate", "curator": "none", "n": "20"},
        ),
        Preset(
            "What if the log of origins has errors?",
            "Half of the pool is real. The log loses a twentieth of that, and takes a tenth of the rest for real.",
            MIXED
            | {
                "policy.synthetic": "0.5",
                "curator": "provenance",
                "curator.lost": "0.05",
                "curator.slipped": "0.1",
            },
        ),
    ),
    MORE,
    OFFERS,
)
