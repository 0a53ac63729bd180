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
        Preset("One new real example", "19 of 20 examples are synthetic", MIXED | {"policy.synthetic": "0.95"}),
        Preset(
            "One of a hundred",
            "The same one example, a fifth of the share, for twice as long",
            MIXED | {"policy.synthetic": "0.99", "n": "100", "generations": "100"},
        ),
        Preset("The same two for ever", "Two of the first 20 real examples, kept", MIXED | {"policy": "anchor"}),
        Preset("Keep everything", "Nothing is thrown away", {"policy": "accumulate", "curator": "none", "n": "20"}),
        Preset(
            "A log with errors",
            "Half of the pool is real; the log loses a twentieth of it, and a tenth of the rest slips in",
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
