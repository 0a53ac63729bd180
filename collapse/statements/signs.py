"""Its signs: what popular accounts say of it, in our own words, and how it stands."""

from collapse.sources import KALAI, OURS, SHUMAILOV
from collapse.statements.base import SIMULATED, UNSUPPORTED, Statement

SIGNS = (
    Statement(
        "signs",
        "Answers to different prompts begin to sound alike; images share one composition.",
        SIMULATED,
        "This was tried with a small model of text, which continues 20 openings in every generation, and with images of ten digits.",
        OURS,
    ),
    Statement(
        "signs",
        "Knowledge of niche topics, rare diseases and dialects is lost.",
        SIMULATED,
        "This was tried with rare names, rare words and rare groups, which stand in for them. Reasoning is not modelled here.",
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
)
