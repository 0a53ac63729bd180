"""Rules that turn numbers into true sentences."""

from collapse.findings.base import RULES, Evidence, Finding, Inference, findings, headline, watched

__all__ = [
    "RULES",
    "Evidence",
    "Finding",
    "Inference",
    "findings",
    "headline",
    "watched",
]
