"""What popular accounts say of model collapse, in our own words, and how it stands: shown here, published, or not supported.

To add a statement, give it a line in the file of the page of the article that takes it up; the page lists it.
"""

from collapse.statements.base import MARKS, Statement
from collapse.statements.causes import CAUSES
from collapse.statements.consequences import CONSEQUENCES
from collapse.statements.prevention import PREVENTION
from collapse.statements.signs import SIGNS
from collapse.statements.what import WHAT

STATEMENTS: tuple[Statement, ...] = (*WHAT, *CAUSES, *SIGNS, *CONSEQUENCES, *PREVENTION)


def of_page(page: str) -> list[Statement]:
    """The statements that a page takes up, in their order."""
    return [s for s in STATEMENTS if s.page == page]


__all__ = ["MARKS", "STATEMENTS", "Statement", "of_page"]
