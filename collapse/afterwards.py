"""What popular accounts say of the consequences of model collapse and of its prevention, in our own words; `statements` has them all.

To add one, give it a line.
"""

from collapse.marks import SIMULATED, UNSUPPORTED, Statement
from collapse.sources import BESIROGLU, KAZDAN, MARCHI, OURS, SADASIVAN, SHUMAILOV, WRIGHT, YI

AFTERWARDS = (
    Statement(
        "consequences",
        "Outputs lose all creativity and default to the average of historical data.",
        UNSUPPORTED,
        "Variety is lost, but each history freezes at a place of its own, not at the average; in a common pool all become alike.",
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
    Statement(
        "prevention",
        "Clean repositories of original data, with logged provenance, keep synthetic data out.",
        SIMULATED,
        "What helps is the number of real examples that still arrive. A log with errors lets some synthetic data slip in.",
        KAZDAN,
    ),
    Statement(
        "prevention",
        "Human feedback rewards factual precision and contextual richness.",
        UNSUPPORTED,
        "A verifier rewards what it holds right, and preference what is liked: without real data both narrow the "
        "model, and its middle moves towards theirs.",
        YI,
    ),
    Statement(
        "prevention",
        "A higher temperature slows the narrowing.",
        SIMULATED,
        "For a while, by a value that depends on n. With endless data only 1 is neutral: above it the spread of a "
        "bell curve grows without end, and a lost word never comes back.",
        MARCHI,
    ),
    Statement(
        "prevention",
        "Tweaking top-p or top-k makes the model draw from less likely zones.",
        UNSUPPORTED,
        "Both can only cut them off: they slow the narrowing by being switched off.",
        OURS,
    ),
    Statement(
        "prevention",
        "Detectors find and isolate what machines have made before it contaminates the data.",
        SIMULATED,
        "They help if the pool is filled up again, and if they are fair. They work best on models that have "
        "collapsed, and fail on good ones.",
        SADASIVAN,
    ),
)
