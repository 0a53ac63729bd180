"""Rules that turn numbers into true sentences."""

from collapse.findings.base import (
    RULES,
    Evidence,
    Finding,
    Inference,
    count,
    findings,
    headline,
    percent,
    power,
    times,
    watched,
)

__all__ = [
    "RULES",
    "Evidence",
    "Finding",
    "Inference",
    "count",
    "findings",
    "headline",
    "percent",
    "power",
    "times",
    "watched",
]
