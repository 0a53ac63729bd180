"""What is let through: a new curator is a file here, or a definition in one, and a name in this table."""

from collapse.curators.base import MOST_POOLS, Bench, Curator, Everything, Sieve, Verdict, reviewed
from collapse.curators.errors import Detector, Provenance, UnfairDetector
from collapse.curators.marked import Watermarked
from collapse.curators.ranked import Confidence, LikelihoodRatio, PhraseFrequencies, Surprise
from collapse.curators.reward import Reward
from collapse.curators.taste import Expert, Preference, Verifier
from collapse.spec import table

CURATORS = table(
    Everything,
    Detector,
    UnfairDetector,
    Provenance,
    Watermarked,
    Verifier,
    Preference,
    Reward,
    Expert,
    Confidence,
    Surprise,
    LikelihoodRatio,
    PhraseFrequencies,
)

__all__ = ["CURATORS", "MOST_POOLS", "Bench", "Curator", "Everything", "Sieve", "Verdict", "reviewed"]
