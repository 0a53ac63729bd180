"""What must happen: every law by the metric whose mean it gives, with its formula, its sources and where it holds."""

from collapse.laws.base import Law, Special
from collapse.laws.table import LAWS, law_for, unknown

__all__ = ["LAWS", "Law", "Special", "law_for", "unknown"]
