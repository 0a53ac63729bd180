"""Everything at once, and then a process dies: python -m benchmarks.disaster [visitors] [seconds].

Two processes behind the Caddy configuration that we ship.  So many visitors come, each of whom changes a slider every two seconds;
every fourth sends a file of its own now and then, and fetches an answer of the page; three more open one of the heaviest pages that
are allowed after the other.  In the middle one process is killed, and started again as its host would.  Asked is that nothing is lost
that was not in the dead process: whoever was in the other one goes on over the same line, all files are taken and all answers come
whole, and whoever was in the dead one is back where the address bar says.  Everything stays on 127.0.0.1.
"""

import asyncio
import random
import subprocess
import sys
import time
from dataclasses import dataclass, field
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen
from uuid import uuid4

import numpy as np
import websockets

from benchmarks import servers
from benchmarks.classroom import ENTRY, LAST, PERIOD
from benchmarks.fairness import HEAVY, heavy
from benchmarks.report import high
from benchmarks.servers import Server
from benchmarks.visitor import DOORS, Visitor, arrive, asked, leave

FILE = b"length,depth\n" + b"39.1,18.7\n46.5,17.9\n" * 5_000  # 100 kB
LIVE = "live/home?n=20&generations=50"
EVERY = 4  # which visitor brings files
OFTEN = 0.5  # of the changes of such a visitor, a file is sent and one fetched instead
RESTART = 1.0  # s, as in deploy/systemd
LOST = (OSError, EOFError, websockets.WebSocketException)


@dataclass
class Told:
    """What everybody met.  `files`: whether each was answered well, when it was sent, and how."""

    latency: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    files: list[tuple[bool, float, str]] = field(default_factory=list)
    back: list[float] = field(default_factory=list)  # seconds until whoever was in the dead process was back
    wrong: list[str] = field(default_factory=list)
    whole: bytes = b""  # what LIVE answers
    dead: str = ""  # the cookie of the process that was killed
    killed: float = float("inf")
    up: float = float("nan")  # s until that process answered again
    heavy: int = 0


class Guest:
    """Somebody with a browser, which keeps the address and the cookie."""

    def __init__(self, url: str, visitor: Visitor, cookie: str, told: Told) -> None:
        self.url, self.visitor, self.cookie, self.told, self.returned = url, visitor, cookie, told, False

    async def change(self, value: int, due: float) -> None:
        try:
            chart, _ = await self.visitor.change(value)
            self.told.latency.append(chart - due)
        except LOST as error:
            await self.come_back(error)

    async def come_back(self, error: Exception) -> None:
        """Go on from the address bar, as a browser does when its line has come back and nobody knows it."""
        told, start = self.told, time.perf_counter()
        told.dead = told.dead or self.cookie
        if self.cookie != told.dead or self.returned or start < told.killed:
            told.wrong.append(f"a line to a process that lives was lost: {error!r}")
        before = self.visitor
        while True:
            try:
                visitor = await arrive(self.url, before.query, self.cookie, before.session)
                await visitor.open()
                break
            except LOST:
                await asyncio.sleep(1)
        fresh = visitor.socket.response.headers.get("Set-Cookie", "").partition(";")[0]
        self.visitor, self.cookie, self.returned = visitor, fresh or self.cookie, True
        told.back.append(time.perf_counter() - start)
        if visitor.query != before.query:
            told.wrong.append(f"{before.query} came back as {visitor.query}")

    async def files(self) -> None:
        """Send a file of one's own, and fetch one."""
        path, edge = f"_stcore/upload_file/{self.visitor.session}/{uuid4()}", uuid4().hex
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="mine.csv"\r\n\r\n'
        body = head.encode() + FILE + f"\r\n--{edge}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        for request in (
            Request(self.url + path, body, kind | {"Cookie": self.cookie}, method="PUT"),
            Request(self.url + LIVE, headers={"Cookie": self.cookie}),
        ):
            start, cookie, fresh = time.perf_counter(), self.cookie, self.returned
            status, found = await asyncio.get_running_loop().run_in_executor(DOORS, answer, request)
            fine = status == 204 if request.data else (status, found) == (200, self.told.whole)
            dead = self.told.killed < float("inf") and not fresh and cookie == self.told.dead
            self.told.files.append((fine, start, request.get_method()))
            if not fine and not dead:
                self.told.wrong.append(
                    f"{request.get_method()} of a visitor of the living process: {status}, {len(found)} bytes"
                )


def answer(request: Request) -> tuple[int, bytes]:
    try:
        with urlopen(request, timeout=60) as found:
            return found.status, found.read()
    except HTTPError as error:
        return error.code, b""
    except (URLError, OSError):
        return 0, b""


async def enter(url: str, query: str, delay: float, told: Told) -> Guest | None:
    await asyncio.sleep(delay)
    start = time.perf_counter()
    status, cookie = await asked(url)
    if status != 200:
        told.refused.append(time.perf_counter() - start)
        return None
    guest = Guest(url, await arrive(url, query, cookie), cookie, told)
    await guest.visitor.open()
    return guest


async def learn(guest: Guest, rng: random.Random, due: float, end: float, brings: bool) -> None:
    """Change the control whenever it is due, and now and then send a file."""
    low, high = guest.visitor.low, guest.visitor.high
    while due < end:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        if brings and rng.random() < OFTEN:
            await guest.files()
        else:
            await guest.change(round(low * (high / low) ** rng.random()), due)
        due += PERIOD
        if guest.returned:
            due = max(due, time.perf_counter())


async def weigh_down(url: str, query: str, end: float, told: Told) -> None:
    """One heavy page after the other, whatever happens."""
    while time.perf_counter() < end:
        try:
            told.heavy += await heavy(url, query, end)
        except LOST:
            await asyncio.sleep(1)


async def disaster(server: Server, at: float, told: Told) -> subprocess.Popen[bytes]:
    """Kill one process, and start it again as its host does."""
    await asyncio.sleep(at)
    victim = server.behind[0]
    told.killed = time.perf_counter()
    victim.kill()
    victim.wait()
    await asyncio.sleep(RESTART)
    silent = subprocess.DEVNULL
    again = subprocess.Popen(victim.args, cwd=servers.ROOT, stdout=silent, stderr=silent)
    health = f"http://127.0.0.1:{victim.args[-1]}/_stcore/health"
    while answer(Request(health))[0] != 200:
        await asyncio.sleep(0.1)
    told.up = time.perf_counter() - told.killed
    return again


async def lived(server: Server, visitors: int, seconds: float) -> Told:
    told, rng = Told(), random.Random(0)
    for _ in range(8):
        _, cookie = await asked(server.url)
        guest = Guest(server.url, await arrive(server.url, "", cookie), cookie, told)
        await guest.visitor.open()
        await leave([guest.visitor])
    told.whole = answer(Request(server.url + LIVE))[1]
    came = await asyncio.gather(
        *(enter(server.url, f"seed={1000 + i}", ENTRY * i / visitors, told) for i in range(visitors))
    )
    guests = [guest for guest in came if guest]
    print(f"{len(guests)} of {visitors} were let in, on {len({guest.cookie for guest in guests})} processes")
    start = time.perf_counter()
    end = start + seconds
    killing = asyncio.create_task(disaster(server, seconds / 2, told))
    heavies = [asyncio.create_task(weigh_down(server.url, query, end, told)) for query in HEAVY]
    work = [
        asyncio.create_task(learn(guest, random.Random(i), start + rng.uniform(0, PERIOD), end, i % EVERY == 0))
        for i, guest in enumerate(guests)
    ]
    done, late = await asyncio.wait([*work, *heavies], timeout=seconds + LAST)
    for task in late:
        task.cancel()
    for task in done:
        task.result()
    if missing := sum(task in late for task in work):
        told.wrong.append(f"{missing} visitors wait still")
    again = await killing
    await leave([guest.visitor for guest in guests])
    again.terminate()
    again.wait(20)
    return told


def main() -> int:
    given = [int(a) for a in sys.argv[1:]]
    visitors, seconds = (*given, *(200, 40)[len(given) :])
    with servers.caddy(2) as server:
        told = asyncio.run(lived(server, visitors, seconds))
    fine = [fine for fine, _, _ in told.files]
    print(
        f"changes: {len(told.latency)}, p50 {float(np.median(told.latency)):.3f} s, p95 {high(told.latency):.3f} s; "
        f"heavy pages: {told.heavy}; files: {sum(fine)} of {len(fine)} whole"
    )
    if told.refused:
        print(
            f"told that it is full: {len(told.refused)}, p95 {high(told.refused):.3f} s, at most {max(told.refused):.3f} s"
        )
    print(f"the killed process answered again after {told.up:.1f} s")
    if told.back:
        print(f"back from the dead one: {len(told.back)}, p95 {high(told.back):.1f} s, at most {max(told.back):.1f} s")
    print("\n".join(dict.fromkeys(told.wrong)) or "nothing was lost that was not in the dead process")
    return len(told.wrong)


if __name__ == "__main__":
    sys.exit(main())
