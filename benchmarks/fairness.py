"""A light visitor beside heavy ones: python -m benchmarks.fairness [seconds] [root].

One server, one process.  Three visitors open one of the heaviest pages that are allowed after the other, each with another seed; a
fourth changes a slider of the usual page every half second.  Told are how long that takes, from the moment it was due to the last
chart, alone and beside them, and how much memory the server takes.  Everything stays on 127.0.0.1.
"""

import asyncio
import sys
import time
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import numpy as np

from benchmarks import servers
from benchmarks.visitor import arrive, leave

PAUSE = 0.5
HEAVY = (
    "n=20&generations=1000&lineages=1200",
    "policy=random-share&n=9000&generations=100&lineages=60",
    "world=skewed&n=5000&generations=100&lineages=70",
)


async def light(url: str, seconds: float) -> list[float]:
    """Seconds from when each change was due to its last chart."""
    visitor, found = await arrive(url), []
    await visitor.open()
    due = time.perf_counter()
    end = due + seconds
    number = 0
    while due < end:
        number += 1
        last, _ = await visitor.change(20 + number % 60)
        found.append(last - due)
        due = max(due + PAUSE, time.perf_counter())
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    await leave([visitor])
    return found


async def heavy(url: str, query: str, end: float) -> int:
    """Open a heavy page with one seed after the other; how many were opened."""
    number = 0
    while time.perf_counter() < end:
        number += 1
        link = urlencode(dict(parse_qsl(query)) | {"seed": str(number)})
        visitor = await arrive(url, link)
        await visitor.open()
        await leave([visitor])
    return number


async def measured(server: servers.Server, seconds: float) -> None:
    await light(server.url, 2.0)
    alone = await light(server.url, seconds)
    end = time.perf_counter() + seconds
    before = server.cpu()
    opened, beside = await asyncio.gather(
        asyncio.gather(*(heavy(server.url, query, end) for query in HEAVY)), light(server.url, seconds)
    )
    for name, found in (("alone", alone), ("beside three heavy visitors", beside)):
        p50, p95 = np.quantile(found, (0.5, 0.95))
        print(f"{name}: p50 {p50:.3f} s, p95 {p95:.3f} s, at most {max(found):.3f} s, {len(found)} changes")
    print(
        f"heavy pages opened: {opened}; cores used: {(server.cpu() - before) / seconds:.2f}; {server.resident():.0f} MB"
    )


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    root = Path(sys.argv[2]) if len(sys.argv) > 2 else servers.ROOT
    with servers.ours(1, root) as server:
        asyncio.run(measured(server, seconds))


if __name__ == "__main__":
    main()
