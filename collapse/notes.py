"""What was made once and is kept, weighed in bytes: of somebody's data with the data, so that it goes when they go."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Self

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
    newest stays, however heavy it is.

    Threads may share them.  Questions are compared by code in Python, in the middle of which another thread may go on, so whoever
    looks something up or makes room is alone.  Two who ask for the same at once may both make it, and get the one that was ready
    first.  A copy in another process begins empty.
    """

    def __init__(self, things: int, bytes: int) -> None:
        self.things, self.bytes = things, bytes
        self.found: OrderedDict[Hashable, Any] = OrderedDict()
        self._alone = Lock()

    def __reduce__(self) -> tuple[type[Self], tuple[int, int]]:
        return type(self), (self.things, self.bytes)

    def once(self, question: Hashable, make: Callable[[], Any]) -> Any:
        """What was made of it, made now if it is asked for the first time, or has gone."""
        with self._alone:
            found = self.found.get(question)
            if found is not None:
                self.found.move_to_end(question)
                return found
        made = make()
        with self._alone:
            made = self.found.setdefault(question, made)
            self.found.move_to_end(question)
            weights = [weight(thing) for thing in self.found.values()]
            total = sum(weights)
            for oldest in weights[:-1]:
                if len(self.found) <= self.things and total <= self.bytes:
                    break
                self.found.popitem(last=False)
                total -= oldest
        return made


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
