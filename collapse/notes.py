"""What was made once and is kept, weighed in bytes: of somebody's data with the data, so that it goes when they go."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Any

import numpy as np

from collapse.spec import Spec

DERIVED, KEPT = 24, 50_000_000  # things, and bytes of them, that are kept with one data set


def weight(content: Any) -> int:
    """Bytes of all arrays and texts that can be reached from `content`: each counts once, and worlds, which are shared, do not."""
    if isinstance(content, np.ndarray) and content.base is None:  # nearly all of what is weighed
        return content.nbytes
    seen: set[int] = set()
    todo, total = [content], 0
    while todo:
        thing = todo.pop()
        if id(thing) in seen or isinstance(thing, Spec):
            continue
        seen.add(id(thing))
        if isinstance(thing, np.ndarray):
            if thing.base is None:
                total += thing.nbytes
            else:
                todo.append(thing.base)
        elif isinstance(thing, str | bytes):
            total += len(thing)
        elif isinstance(thing, dict):
            todo += thing.values()
        elif isinstance(thing, list | tuple | set | frozenset):
            todo += thing
        if hasattr(thing, "__dict__"):
            todo += vars(thing).values()
    return total


class Notes:
    """What was made, by the question: at most so many things and bytes of them; what was asked for longest ago goes first, and the
    newest stays, however heavy it is."""

    def __init__(self, things: int, bytes: int) -> None:
        self.things, self.bytes = things, bytes
        self.found: OrderedDict[Hashable, Any] = OrderedDict()

    def once(self, question: Hashable, make: Callable[[], Any]) -> Any:
        """What was made of it, made now if it is asked for the first time, or has gone."""
        found = self.found.get(question)
        if found is None:
            found = make()
            self.found[question] = found
            weights = {key: weight(thing) for key, thing in list(self.found.items())}
            while len(weights) > 1 and (len(weights) > self.things or sum(weights.values()) > self.bytes):
                oldest = next(iter(weights))
                del weights[oldest]
                self.found.pop(oldest, None)
        else:
            with suppress(KeyError):  # another thread may just have let it go
                self.found.move_to_end(question)
        return found


class Keeps:
    """Data with `derived`, what was made of them."""

    derived: Notes

    def once(self, question: Hashable, make: Callable[[], Any]) -> Any:
        """What is derived from these data, made when it is first asked for; it goes with them, or when more than 24 things or 50 MB
        were asked for since."""
        return self.derived.once(question, make)


def notes() -> Notes:
    """An empty place for what is derived from one data set."""
    return Notes(DERIVED, KEPT)
