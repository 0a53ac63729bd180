"""What popular accounts say of model collapse, in our own words, and how it stands: shown here, published, or not supported.

To add a statement, give it a line in `STATEMENTS`; the page of the article that it belongs to lists it.
"""

from typing import NamedTuple

from collapse.sources import (
    BASU,
    BESIROGLU,
    KALAI,
    KAZDAN,
    MARCHI,
    OURS,
    SADASIVAN,
    SCHAEFFER,
    SEDDIK,
    SHUMAILOV,
    WRIGHT,
    YI,
    Source,
)

EXACT = "shown here exactly"
SIMULATED = "shown here by simulation"
PUBLISHED = "published elsewhere"
UNSUPPORTED = "not supported"
MARKS = (EXACT, SIMULATED, PUBLISHED, UNSUPPORTED)


class Statement(NamedTuple):
    """`page` that takes it up; `says`: the statement; `mark`: one of `MARKS`; `because`: why, and where to see "
    "it; `source`."""

    page: str
    says: str
    mark: str
    because: str
    source: Source


STATEMENTS = (
    Statement(
        "what",
        "Models that are trained on generated data lose information, generation after generation.",
        EXACT,
        "For a bell curve of the greatest likelihood and for counted types that learn from their own output only, "
        "the average variety left after t generations is (1 − 1/n)ᵗ; see “One bell curve” and “Surnames”.",
        SHUMAILOV,
    ),
    Statement(
        "what",
        "It was first highlighted in Nature in 2024, by researchers from Oxford, Cambridge and Toronto.",
        PUBLISHED,
        "It was not the first: a version of that paper, and work by others, appeared in 2023. One author was at "
        "Imperial College London.",
        SHUMAILOV,
    ),
    Statement(
        "what",
        "It was proved for large language models, variational autoencoders and Gaussian mixtures.",
        UNSUPPORTED,
        "What is proved there is for discrete and Gaussian models. The three families are experiments, and so are "
        "ours.",
        SHUMAILOV,
    ),
    Statement(
        "what",
        "The grasp of the real distribution is degraded permanently.",
        EXACT,
        "True for models that count, where nothing real is added: a name that is lost cannot come back. With fresh "
        "real data it can.",
        SEDDIK,
    ),
    Statement(
        "what",
        "Early stage: rare events, fringe topics and the views of minorities disappear.",
        SIMULATED,
        "Tails, rare names, rare words and the rarest species stand in for them; the stage strip tells them from "
        "chance.",
        SHUMAILOV,
    ),
    Statement(
        "what",
        "Late stage: the model becomes uniform, and its variance falls to near zero.",
        EXACT,
        "For a bell curve that is fed nothing but its own output, as it is; how soon depends on n and on the "
        "estimator, which are printed. A heated one widens instead.",
        SHUMAILOV,
    ),
    Statement(
        "what",
        "Late outputs repeat themselves, or are gibberish.",
        SIMULATED,
        "Both exist in “A language model reads itself”: loops where it is cooled, letter soup where it looks back "
        "on little. But such a model writes letter soup from the start, whatever it reads.",
        SHUMAILOV,
    ),
    Statement(
        "what",
        "The late stage is called semantic drift, or AI cannibalism.",
        UNSUPPORTED,
        "Popular accounts use these names; “semantic drift” also means something else in linguistics. Papers say "
        "“model collapse”, for at least eight different things.",
        SCHAEFFER,
    ),
    Statement(
        "causes",
        "It is no failure of hardware, but a statistical bottleneck.",
        EXACT,
        "The sampling panel has no error but a finite sample, and follows its law.",
        SHUMAILOV,
    ),
    Statement(
        "causes",
        "A finite sample often leaves out events of low probability.",
        EXACT,
        "An event of probability p is missing from n examples with probability (1 − p)ⁿ.",
        SHUMAILOV,
    ),
    Statement(
        "causes",
        "A model of limited expressiveness puts probability where there should be none.",
        EXACT,
        "The expressivity panel measures it in the valley between two humps, where there should be little, and "
        "computes it for endless data.",
        SHUMAILOV,
    ),
    Statement(
        "causes",
        "Small distortions at generation zero are out of control by generation five.",
        UNSUPPORTED,
        "Alone, and with a fit that is a projection, this error costs once and then stands still. It grows with "
        "sampling noise, or with a fit that is no projection, such as a kernel density of fixed width.",
        OURS,
    ),
    Statement(
        "causes",
        "Optimisation and training objectives add errors of their own.",
        EXACT,
        "Gradient steps and weighted losses have exact laws in the approximation panel.",
        SHUMAILOV,
    ),
    Statement(
        "causes",
        "A loss that favours common clusters narrows the model.",
        EXACT,
        "For a bell curve and endless data: weights that are the density to the power α divide the variance by 1 + "
        "α each time; with a correction they do not.",
        BASU,
    ),
    Statement(
        "causes",
        "An overfitted model inevitably turns noise into facts.",
        UNSUPPORTED,
        "In these families overfitting repeats what it has read, and underfitting puts probability into empty "
        "places: compare the two presets.",
        OURS,
    ),
    Statement(
        "signs",
        "Answers to different prompts begin to sound alike; images share one composition.",
        SIMULATED,
        "For a small model of text, which continues 20 openings in every generation, and for the images of ten digits.",
        OURS,
    ),
    Statement(
        "signs",
        "Knowledge of niche topics, rare diseases and dialects is lost.",
        SIMULATED,
        "For rare names, rare words and rare groups, which stand in for them. Reasoning is not modelled here.",
        SHUMAILOV,
    ),
    Statement(
        "signs",
        "The model says what is false with a high degree of certainty.",
        SIMULATED,
        "It rises for names, by an exact law, and for text. For one bell curve on its own output it mostly falls. "
        "Even a healthy model that is well calibrated must err at times.",
        KALAI,
    ),
    Statement(
        "signs",
        "Entropy in latent space is inflated or compressed, and shows that the space is saturated.",
        SIMULATED,
        "Both directions are shown: recursion compresses, and heat inflates some models. “Saturated” has no agreed "
        "meaning, and is not shown.",
        OURS,
    ),
    Statement(
        "signs",
        "Perplexity on authentic human data climbs rapidly.",
        SIMULATED,
        "It climbs while the perplexity on its own text falls; how rapidly depends on n and on the length of memory.",
        SHUMAILOV,
    ),
    Statement(
        "signs",
        "Early warning signs let engineers intervene in time.",
        UNSUPPORTED,
        "The alarms ring within a few generations here, but whoever watches for long also hears false ones. "
        "Whether an intervention then comes in time is not shown.",
        OURS,
    ),
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


def of_page(page: str) -> list[Statement]:
    """The statements that a page takes up, in their order."""
    return [s for s in STATEMENTS if s.page == page]
