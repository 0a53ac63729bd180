"""What it is: what popular accounts say of it, in our own words, and how it stands."""

from collapse.sources import SCHAEFFER, SEDDIK, SHUMAILOV
from collapse.statements.base import EXACT, PUBLISHED, SIMULATED, UNSUPPORTED, Statement

WHAT = (
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
        "For bell curves that learn from nothing but the last one’s output, as it is; how soon depends on n and on the "
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
)
