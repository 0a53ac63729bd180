"""What a statement of a popular account is, and how it may stand."""

from typing import NamedTuple

from collapse.sources import Source

EXACT = "shown here exactly"
SIMULATED = "shown here by simulation"
PUBLISHED = "published elsewhere"
UNSUPPORTED = "not supported"
MARKS = (EXACT, SIMULATED, PUBLISHED, UNSUPPORTED)


class Statement(NamedTuple):
    """`page` that takes it up; `says`: the statement; `mark`: one of `MARKS`; `because`: why, and where to see "
    "it; `source`."""

    page: str
    says: str
    mark: str
    because: str
    source: Source
