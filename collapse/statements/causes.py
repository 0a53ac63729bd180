"""Its causes: what popular accounts say of it, in our own words, and how it stands."""

from collapse.sources import BASU, OURS, SHUMAILOV
from collapse.statements.base import EXACT, UNSUPPORTED, Statement

CAUSES = (
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
)
