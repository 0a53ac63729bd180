"""Sweeps: a grid or a list of scenarios, computed by processes or a cluster to one tidy table; it can be stopped and gone on with."""

from collapse.sweeps.grid import Grid, read
from collapse.sweeps.places import GridError
from collapse.sweeps.report import Report

__all__ = ["Grid", "GridError", "Report", "read"]
