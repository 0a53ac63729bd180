"""Rules that turn numbers into true sentences: a rule, the numbers it looked at, and the wording."""

from collapse.findings.base import ENOUGH, Evidence, Finding, Inference, watched
from collapse.findings.headline import headline
from collapse.findings.table import RULES, findings, inferred

__all__ = ["ENOUGH", "RULES", "Evidence", "Finding", "Inference", "findings", "headline", "inferred", "watched"]
