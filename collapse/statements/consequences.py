"""Its consequences: what popular accounts say of it, in our own words, and how it stands."""

from collapse.sources import BESIROGLU, OURS, SHUMAILOV, WRIGHT
from collapse.statements.base import SIMULATED, UNSUPPORTED, Statement

CONSEQUENCES = (
    Statement(
        "consequences",
        "Outputs lose all creativity and default to the average of historical data.",
        UNSUPPORTED,
        "Variety is lost, but each chain freezes at a place of its own, not at the average; in a common pool all become alike.",
        OURS,
    ),
    Statement(
        "consequences",
        "Minority data are filtered out, and biases are amplified exponentially.",
        UNSUPPORTED,
        "By sampling alone the mean share of a minority stays; the chance that it is gone grows by an exact law. "
        "A temperature below 1 does amplify.",
        WRIGHT,
    ),
    Statement(
        "consequences",
        "Models drift from the truth, and produce what is fluent but ungrounded.",
        SIMULATED,
        "A classifier that learns from later generations of models on their own output is wrong more often, and "
        "surer than it is right.",
        SHUMAILOV,
    ),
    Statement(
        "consequences",
        "Millions are spent on retraining with diminishing returns.",
        UNSUPPORTED,
        "No documented case is known to us. What a retraining returns is shown for prices that you set, and what "
        "less data cost by a published law.",
        BESIROGLU,
    ),
)
