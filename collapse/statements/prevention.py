"""Its prevention: what popular accounts say of it, in our own words, and how it stands."""

from collapse.sources import FERBACH, GAO, HE, KAZDAN, MARCHI, OURS, SADASIVAN, YI
from collapse.statements.base import EXACT, SIMULATED, UNSUPPORTED, Statement

PREVENTION = (
    Statement(
        "prevention",
        "Clean repositories of original data, with logged provenance, keep synthetic data out.",
        SIMULATED,
        "What helps is the number of real examples that still arrive. A log with errors lets some AI-made data slip in.",
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
        "Choosing what people prefer makes each generation better.",
        EXACT,
        "Better liked, yes: with endless data the mean liking of a bell curve rises towards the most that is possible. Its variance "
        "falls just as surely, to 1 ÷ (1 + t/h²) after t rounds without real data, h the width of the liking.",
        FERBACH,
    ),
    Statement(
        "prevention",
        "A reward model that is trained on people’s comparisons can stand in for people.",
        SIMULATED,
        "With 300 comparisons in each generation of 200 examples it nearly can. With ten it is wrong, the loop follows its errors, "
        "and where people like best what lies at 0.5, they come to like the outputs less than at first.",
        GAO,
    ),
    Statement(
        "prevention",
        "Experts who correct mistakes stop the collapse.",
        UNSUPPORTED,
        "They keep the middle in its place, at a price. But they check one example at a time, and take what is unusual for wrong: "
        "where they replace all beyond two standard deviations, a bell curve narrows faster than without them.",
        OURS,
    ),
    Statement(
        "prevention",
        "A higher temperature slows the narrowing.",
        SIMULATED,
        "A little above 1 it does, for a while; how much is needed depends on n. With endless data only 1 is neutral: above it the "
        "spread of a bell curve that learns from nothing real grows without end, and a lost word never comes back.",
        MARCHI,
    ),
    Statement(
        "prevention",
        "Tweaking top-p or top-k makes the model draw from less likely zones.",
        UNSUPPORTED,
        "Both can only cut them off. Switching them off slows the narrowing.",
        OURS,
    ),
    Statement(
        "prevention",
        "Detectors find and isolate what machines have made before it contaminates the data.",
        SIMULATED,
        "They help if the pool is filled up again, and if they are fair. Without a watermark they work best on models that "
        "have collapsed, and fail on good ones.",
        SADASIVAN,
    ),
    Statement(
        "prevention",
        "The golden ratio of real to synthetic data prevents collapse.",
        UNSUPPORTED,
        "It is the best weight for as many of both, if fresh real data arrive without end. Any weight above 0 prevents it then, "
        "and with equal weights the error is 8% larger.",
        HE,
    ),
    Statement(
        "prevention",
        "The defects of collapse are irreversible.",
        UNSUPPORTED,
        "Its spread comes back with fresh real data, however late, and lost names come back with them. A dead component of "
        "a mixture that starts from its parent does not.",
        OURS,
    ),
)
