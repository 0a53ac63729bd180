"""A text as tokens, and its counted n-grams."""

from collapse.text.corpus import UNITS, Corpus
from collapse.text.grams import Grams

__all__ = ["UNITS", "Corpus", "Grams"]
