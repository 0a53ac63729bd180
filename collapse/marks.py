"""A statement that popular accounts make, and the four marks of how it stands."""

from typing import NamedTuple

from collapse.sources import Source

EXACT = "shown here exactly"
SIMULATED = "shown here by simulation"
PUBLISHED = "published elsewhere"
UNSUPPORTED = "not supported"
MARKS = (EXACT, SIMULATED, PUBLISHED, UNSUPPORTED)


class Statement(NamedTuple):
    """What is said, and how it stands.

    `page`: the one that takes it up; `says`: the statement; `mark`: one of `MARKS`; `because`: why, and where to see it; `source`.
    """

    page: str
    says: str
    mark: str
    because: str
    source: Source
