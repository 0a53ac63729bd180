"""Work for a client over HTTP, in a thread, for as long as the client is there."""

from collections.abc import Callable
from threading import Event

import anyio
import anyio.lowlevel
from starlette.types import Receive

Answer = Callable[[str, str, Callable[[], bool]], bytes | None]  # (page, query, has the client hung up?) → an answer


async def while_connected(
    receive: Receive, ask: Callable[[Callable[[], bool]], bytes | None], limiter: anyio.CapacityLimiter
) -> bytes | None:
    """What `ask` answers in a thread; it is told when the client hangs up, and not begun if that was so before."""
    gone, found = Event(), None
    async with anyio.create_task_group() as group:

        async def listen() -> None:
            while (await receive())["type"] != "http.disconnect":
                await anyio.lowlevel.checkpoint()
            gone.set()
            group.cancel_scope.cancel()  # ends the waiting for a thread, and not the thread, which asks `gone`

        group.start_soon(listen)
        found = await anyio.to_thread.run_sync(ask, gone.is_set, limiter=limiter)
        group.cancel_scope.cancel()
    return found
