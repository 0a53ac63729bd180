"""What a change and a visitor cost the server, beside an earlier commit: `python -m benchmarks.changes PATH_OF_THE_OTHER_CHECKOUT`.

Thirty visitors open the first page of either, each with a seed of their own, and change the sample size in turns, one visitor at a
time, now here, now there.  What counts is the processor time of the server, which bears a busy machine much better than a clock
does, and the memory that it grew by while they came in.
"""

import argparse
import asyncio
import random
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks import servers
from benchmarks.report import Line, Report
from benchmarks.servers import Server
from benchmarks.visitor import Visitor, arrive, leave

VISITORS = 30
AT_ONCE = 10  # changes on one side before it is the other's turn
MOST = 100  # turns
CALM = 0.01  # s after an answer, in which the server puts away what it needed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("other", type=Path, help="another checkout")
    parser.add_argument("--turns", type=int, default=20, help=f"turns of {AT_ONCE} changes each")
    parser.add_argument("--json", type=Path, metavar="FILE")
    asked = parser.parse_args()
    if not 1 <= asked.turns <= MOST:
        parser.error(f"1 to {MOST} turns")
    report = Report("One change, beside an earlier commit", {"visitors": VISITORS, "changes": AT_ONCE * asked.turns})
    with ExitStack() as stack:
        both = [stack.enter_context(servers.ours(root=root)) for root in (servers.ROOT, asked.other)]
        asyncio.run(compare(both, asked.turns, report))
    return report.finish(asked.json)


async def compare(both: list[Server], turns: int, report: Report) -> None:
    """Let the visitors of both sides in, then let them change something, side by side."""
    came = [await entered(server) for server in both]
    costs: list[list[float]] = [[], []]
    for turn in range(turns):
        for server, (room, _, _), cost in zip(both, came, costs, strict=True):
            luck = random.Random(turn)  # the same values on either side
            for i in range(AT_ONCE):
                visitor = room[(AT_ONCE * turn + i) % VISITORS]
                value = round(visitor.low * (visitor.high / visitor.low) ** luck.random())
                start = spent(server)
                await visitor.change(value)
                await asyncio.sleep(CALM)
                cost.append(spent(server) - start)
    (_, *ours), (_, *theirs) = came
    report.add(Line("processor time of the server a change", "s", costs[0], costs[1]))
    report.add(Line("processor time of the server a visitor who comes in", "s", ours[:1], theirs[:1]))
    report.add(Line("memory a visitor", "MB", ours[1:], theirs[1:]))
    for room, _, _ in came:
        await leave(room)


async def entered(server: Server) -> tuple[list[Visitor], float, float]:
    """The visitors, and what each has cost: seconds of the processor, and megabytes."""
    for _ in range(2):  # so that the server is warm
        visitor = await arrive(server.url)
        await visitor.open()
        await visitor.change(round((visitor.low + visitor.high) / 2))
        await leave([visitor])
    await asyncio.sleep(1)
    start, before, room = spent(server), server.resident(), []
    for i in range(VISITORS):
        room.append(await arrive(server.url, f"seed={1000 + i}"))
        await room[-1].open()
    await asyncio.sleep(1)
    return room, (spent(server) - start) / VISITORS, (server.resident() - before) / VISITORS


def spent(server: Server) -> float:
    """Processor seconds of a server so far, to the nanosecond: the clock that Linux keeps of another process."""
    return time.clock_gettime(~server.process.pid << 3 | 2)


if __name__ == "__main__":
    sys.exit(main())
