"""What we watch: every metric by name, and how it is measured."""

from collapse.metrics.base import Metric
from collapse.metrics.measuring import at_start, at_world, evaluate, listed, measurable, metric_named
from collapse.metrics.signs import signs
from collapse.metrics.table import METRICS

__all__ = ["METRICS", "Metric", "at_start", "at_world", "evaluate", "listed", "measurable", "metric_named", "signs"]
