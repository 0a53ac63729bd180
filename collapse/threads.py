"""One thread for linear algebra: our matrices are small, and a second thread only waits for the first.

BLAS libraries begin a thread for every core and let them wait in busy loops.  Where several visitors, or several processes, share the
cores, that makes a small product of matrices up to eighty times slower (docs/performance.md).
"""

from contextlib import suppress
from functools import cache

import scipy.linalg  # noqa: F401 - brings a BLAS of its own, which must be here to be limited


@cache
def one_thread() -> None:
    """Let every BLAS library of this process use one thread from now on; for programs of ours, not for somebody else's notebook.

    It takes threadpoolctl, which comes with the pages.  Without it the command line works as well, but may be slower.
    """
    with suppress(ModuleNotFoundError):
        from threadpoolctl import threadpool_limits

        threadpool_limits(1, "blas")
