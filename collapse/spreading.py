"""Many tasks on whatever computes them: results in the order of the tasks, and never more of them on the way than a window holds.

An executor has either `submit(function, task)`, which returns something with a `result()` (`concurrent.futures`, the `Client` of
Dask, `mpi4py.futures`), or an order-keeping `map` (`multiprocessing.Pool`, joblib behind `sweeps.executors.Joblib`).  Only the first
is asked for a bounded number of results at a time; a `map` decides for itself how far it runs ahead.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import chain, islice
from typing import Any, Protocol, TypeVar

WINDOW = 64  # chunks that are on the way at once
Task = TypeVar("Task")
Found = TypeVar("Found")


class Executor(Protocol):
    """Anything with an order-keeping `map`: `concurrent.futures`, `multiprocessing.Pool`, a cluster, a progress bar."""

    def map(self, function: Callable[..., Any], tasks: Iterable[Any], /) -> Iterable[Any]: ...


class Serial:
    """One task after the other, in this thread."""

    def map(self, function: Callable[..., Any], tasks: Iterable[Any], /) -> Iterable[Any]:
        return map(function, tasks)


def spread(
    function: Callable[[Task], Found],
    tasks: Iterable[Task],
    executor: Executor | None = None,
    *,
    chunk: int = 1,
    window: int = WINDOW,
) -> Iterator[Found]:
    """The result of every task, in their order, each as soon as it and all before it are there.

    `chunk`: so many tasks travel together, which saves the way there and back where each takes only milliseconds.  `window`: so many
    chunks are on the way at most, so memory does not depend on the number of tasks.  Who stops iterating stops the work: what
    has not begun is called off.  Errors: those of the function, where its result would be; ValueError if chunk or window is below 1.
    """
    if chunk < 1 or window < 1:
        raise ValueError(f"chunk={chunk} and window={window} are not possible: both are at least 1")
    work = partial(_several, function)
    parts, executor = _parts(iter(tasks), chunk), executor or Serial()
    found = (
        _submitted(executor.submit, work, parts, window) if hasattr(executor, "submit") else executor.map(work, parts)
    )
    yield from chain.from_iterable(found)


def _parts(tasks: Iterator[Task], chunk: int) -> Iterator[tuple[Task, ...]]:
    """The tasks in pieces of equal size; the last may be shorter."""
    while part := tuple(islice(tasks, chunk)):
        yield part


def _several(function: Callable[[Task], Found], tasks: tuple[Task, ...]) -> list[Found]:
    return [function(task) for task in tasks]


def _submitted(
    submit: Callable[..., Any], work: Callable[..., Any], parts: Iterator[Any], window: int
) -> Iterator[Any]:
    """The results of parts in their order, at most `window` of them asked for and not yet taken."""
    waiting = deque(submit(work, part) for part in islice(parts, window))
    try:
        while waiting:
            yield waiting.popleft().result()
            waiting.extend(submit(work, part) for part in islice(parts, 1))
    finally:
        for future in waiting:
            with suppress(Exception):  # one that is lost need not be called off
                future.cancel()
