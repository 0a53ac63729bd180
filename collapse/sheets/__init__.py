"""Pasted or uploaded text as a table of numbers and categories."""

from collapse.sheets.reading import LIMITS, MAX_BYTES, SEPARATORS, Sheet, categories, decoded, numbers, read, read_back

__all__ = ["LIMITS", "MAX_BYTES", "SEPARATORS", "Sheet", "categories", "decoded", "numbers", "read", "read_back"]
