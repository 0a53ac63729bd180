"""What computes a sweep: processes of this machine, Dask, or joblib; each a few lines over that library's own.

`spreading.spread` takes a pool of `concurrent.futures` or the `Client` of Dask as they are.  What stands here besides starts them
with one thread for linear algebra in every worker, and ends them.  Dask and joblib are imported when they are asked for, and never
by a page.
"""

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context, parent_process
from typing import Any

LOCAL = "local"  # as a scheduler: a cluster of Dask on this machine
THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Processes that are started inside compute matrices in one thread each: said before they import NumPy."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


@contextmanager
def processes(workers: int | None = None) -> Iterator[ProcessPoolExecutor]:
    """A pool of processes, by default one a core; they end with this one, also if it is killed."""
    with one_thread_each(), ProcessPoolExecutor(workers, get_context("spawn"), _end_with_parent) as pool:
        try:
            yield pool
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _end_with_parent() -> None:
    """Without a parent a worker would wait for its next task for ever."""
    parent = parent_process()

    def watch() -> None:
        assert parent is not None
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


class Dask:
    """A `distributed.Client` whose tasks are not named by their content, which would cost more than a short run."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def submit(self, function: Callable[..., Any], task: Any) -> Any:
        """The future of a task, which has a `result`."""
        return self.client.submit(function, task, pure=False)

    def map(self, function: Callable[..., Any], tasks: Iterable[Any], /) -> list[Any]:
        """The results of a few tasks at once, in their order."""
        return list(self.client.gather(self.client.map(function, list(tasks), pure=False)))

    @property
    def workers(self) -> int:
        """How many there are at this moment."""
        return len(self.client.scheduler_info(n_workers=-1)["workers"])


@contextmanager
def dask(scheduler: str = LOCAL, workers: int | None = None) -> Iterator[Dask]:
    """Dask's scheduler at an address (`tcp://…`), or a cluster of worker processes on this machine, as an executor.

    A worker that dies is replaced, and what it had is computed by another.  Errors: ImportError without `distributed`; OSError if
    nobody answers at the address.
    """
    from distributed import Client, LocalCluster

    if scheduler != LOCAL:
        with Client(scheduler, set_as_default=False) as client:
            yield Dask(client)
        return
    with (
        one_thread_each(),
        LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield Dask(client)


class Joblib:
    """joblib's `Parallel` as an executor, with any of its backends; `round`: so many tasks are there at a time, in memory."""

    def __init__(self, workers: int = -1, round: int = 64) -> None:
        from joblib import Parallel

        self.round = round
        with one_thread_each():
            self.parallel = Parallel(n_jobs=workers)

    def map(self, function: Callable[..., Any], tasks: Iterable[Any], /) -> Iterator[Any]:
        """The results in the order of the tasks, one round after the other."""
        from joblib import delayed

        source, work = iter(tasks), delayed(function)
        with self.parallel:
            while some := list(islice(source, self.round)):
                yield from self.parallel(work(task) for task in some)
