"""Do visitors meet who must not?  python -m benchmarks.collide [visitors] [seconds] [seed] [pages…].

One process, whose threads change places fifty thousand times a second instead of two hundred, so that two of them are soon in the
middle of the same thing.  Visitors open pages, change how many examples there are, and go.  Asked is that nobody reads of an error,
and that the log has none.  It finds what a test of one thing alone does not think of; how long anything takes means nothing here.
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from pathlib import Path

import websockets

from benchmarks import servers
from benchmarks.visitor import arrive, leave
from collapse.ui.book import BOOK

SWITCH = 2e-5  # s; Python's own is 5e-3
WORLDS = ("", "world=bimodal", "world=heavy-tailed", "policy=accumulate", "policy=mix&policy.synthetic=0.9")
SEEDS = 20  # so few that visitors ask for the same now and then
MOST = 300  # examples
CHANGES = 7  # of one visit, at most
PATIENCE = 90.0  # s for one answer, since all are slow
APP = f"import sys; sys.setswitchinterval({SWITCH}); from asgi import app"


async def visit(url: str, name: str, rng: random.Random, end: float) -> int:
    """Open a page and change it; how often it was changed."""
    query = f"seed={rng.randrange(SEEDS)}" + (f"&{rng.choice(WORLDS)}" if name in ("home", "laboratory") else "")
    visitor = await arrive(url, query.rstrip("&"), name=name)
    await asyncio.wait_for(visitor.open(), PATIENCE)
    wanted, made = rng.randint(1, CHANGES) if visitor.control else 0, 0
    while made < wanted and time.perf_counter() < end:
        value = round(visitor.low + (min(visitor.high, MOST) - visitor.low) * rng.random() ** 2)
        await asyncio.wait_for(visitor.change(value), PATIENCE)
        made += 1
    await leave([visitor])
    return made


async def guest(url: str, names: list[str], rng: random.Random, end: float, wrong: list[str]) -> list[int]:
    """One visit after the other; the changes of each."""
    made = []
    while time.perf_counter() < end:
        name = rng.choice(names)
        try:
            made.append(await visit(url, name, rng, end))
        except (RuntimeError, OSError, EOFError, TimeoutError, websockets.WebSocketException) as error:
            wrong.append(f"{name}: {error!r}")
    return made


async def crowd(url: str, visitors: int, seconds: float, seed: int, names: list[str]) -> tuple[list[int], list[str]]:
    end, wrong = time.perf_counter() + seconds, list[str]()
    found = await asyncio.gather(
        *(guest(url, names, random.Random(1000 * seed + i), end, wrong) for i in range(visitors))
    )
    return [changes for one in found for changes in one], wrong


def main() -> int:
    visitors, seconds, seed = (int(a) for a in (*sys.argv[1:4], *("24", "60", "1")[len(sys.argv[1:4]) :]))
    names = sys.argv[4:] or [name for names in BOOK.values() for name in names]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "hasty.py").write_text(APP, encoding="utf-8")
        log = Path(folder, "log")
        os.environ |= {"PYTHONPATH": os.pathsep.join([folder, str(servers.ROOT)]), "LAB_VISITORS": "400"}
        with servers.ours(app="hasty:app", log=log) as server:
            made, wrong = asyncio.run(crowd(server.url, visitors, seconds, seed, names))
        wrong += [line for line in log.read_text(encoding="utf-8").splitlines() if "Error" in line]
    print(f"{len(made)} visits, {sum(made)} changes, {len(wrong)} errors", *dict.fromkeys(wrong), sep="\n")
    return len(wrong)


if __name__ == "__main__":
    sys.exit(main())
