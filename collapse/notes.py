"""What was derived from somebody's data, kept with the data, so that it goes when they go."""

from collections.abc import Callable
from typing import Any

DERIVED = 24


class Keeps:
    """Data with a dict `derived` of what was made of them."""

    derived: dict[Any, Any]

    def once(self, question: Any, make: Callable[[], Any]) -> Any:
        """What is derived from these data, made when it is first asked for; it goes with them, or when 24 others came."""
        found = self.derived.get(question)
        if found is None:
            found = self.derived[question] = make()
            for old in list(self.derived)[:-DERIVED]:
                self.derived.pop(old, None)
        return found
