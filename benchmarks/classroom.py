"""A class on one server: many visitors, each of whom changes a control every two seconds: `python -m benchmarks.classroom`.

Latency runs from the moment a change was due to the arrival of the last chart that it brings; a visitor whose last change is
still unanswered waits, and the wait counts.  Everything stays on 127.0.0.1, is limited in number and time, and ends by itself.
"""

import argparse
import asyncio
import os
import random
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import servers
from benchmarks.report import Line, Report, high, say
from benchmarks.servers import Server
from benchmarks.visitor import Visitor, arrive, asked, leave

PERIOD = 2.0  # s between two changes of one visitor
ENTRY = 2.0  # s within which everybody opens the link
LAST = 20.0  # s that the last answers may take
MOST = 300  # visitors


@dataclass
class Lesson:
    """What one class met; seconds, and megabytes a visitor."""

    latency: list[float] = field(default_factory=list)  # due → last chart
    finished: list[float] = field(default_factory=list)  # due → end of the run
    opening: list[float] = field(default_factory=list)  # link → complete page
    memory: float = float("nan")  # after everybody has arrived
    later: float = float("nan")  # at the end of the lesson
    cpu: float = float("nan")  # of the server, a change
    client: float = 0.0  # share of one core that this script used
    unanswered: int = 0
    refused: list[float] = field(default_factory=list)  # link → told that all seats are taken


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--small", type=int, default=30, help="visitors of one process")
    parser.add_argument("--large", type=int, default=100, help="visitors of two processes")
    parser.add_argument(
        "--caddy", type=int, nargs="+", default=(30, 100, 160, 200), help="visitors of two processes behind Caddy"
    )
    parser.add_argument("--seats", type=int, default=1000, help="LAB_VISITORS of each process")
    parser.add_argument("--only", choices=("small", "large", "caddy"), action="append")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--root", type=Path, default=servers.ROOT, help="another checkout to measure")
    told = parser.parse_args()
    os.environ["LAB_VISITORS"] = str(told.seats)
    if max(told.small, told.large, *told.caddy) > MOST or told.seconds > 300:
        parser.error(f"at most {MOST} visitors and 300 seconds")
    report = Report("A class, beside the bare page", {"seconds": told.seconds, "a change every": f"{PERIOD:.0f} s"})
    wanted = told.only or ("small", "large", "caddy")
    if "small" in wanted:
        bare = taught("bare", 1, told.small, told.seconds, False, told.root)
        ours = taught("ours", 1, told.small, told.seconds, False, told.root)
        same = taught("ours", 1, told.small, told.seconds, True, told.root)
        tell(report, f"{told.small} visitors, 1 process", ours, bare, 0.25)
        add(report, f"{told.small} visitors, 1 process, all with the same values", same, bare, 0.25)
    if "large" in wanted:
        bare = taught("bare", 1, told.large, told.seconds, False, told.root)
        ours = taught("ours", 2, told.large, told.seconds, False, told.root)
        tell(report, f"{told.large} visitors, 2 processes (bare: 1)", ours, bare, 0.5)
    if "caddy" in wanted:
        for visitors in told.caddy:
            behind(report, visitors, taught("caddy", 2, visitors, told.seconds, False, told.root))
    return report.finish(told.json)


def taught(side: str, workers: int, visitors: int, seconds: float, same: bool, root: Path) -> Lesson:
    say(
        f"{side}: {visitors} visitors, {workers} process{'es' * (workers > 1)}, {'the same values' if same else 'all different'}"
    )
    with {
        "bare": servers.bare,
        "ours": lambda: servers.ours(workers, root),
        "caddy": lambda: servers.caddy(workers, root),
    }[side]() as server:
        lesson = asyncio.run(lecture(server, workers, visitors, seconds, same))
    say(f"  p95 {high(lesson.latency):.3f} s, {len(lesson.latency)} changes, {lesson.unanswered} unanswered")
    return lesson


async def lecture(server: Server, workers: int, visitors: int, seconds: float, same: bool) -> Lesson:
    """Warm up, let everybody in, teach, and let everybody go."""
    await warm(server, workers)
    lesson, rng = Lesson(), random.Random(0)
    before = server.resident()
    queries = ["" if same else f"seed={1000 + i}" for i in range(visitors)]  # a seed of one's own: no run is shared
    came = await asyncio.gather(
        *(enter(server, query, ENTRY * i / visitors, lesson) for i, query in enumerate(queries))
    )
    room = [visitor for visitor in came if visitor]
    await asyncio.sleep(1)
    lesson.memory = (server.resident() - before) / visitors
    steps = int(seconds / PERIOD) + 1
    script = [rng.random() for _ in range(steps)]
    plans = [script if same else [rng.random() for _ in range(steps)] for _ in room]
    cpu, own, start = server.cpu(), time.process_time(), time.perf_counter()
    work = [
        asyncio.create_task(learn(visitor, plan, start + rng.uniform(0, PERIOD), start + seconds, lesson))
        for visitor, plan in zip(room, plans, strict=True)
    ]
    done, late = await asyncio.wait(work, timeout=seconds + LAST)
    for task in late:
        task.cancel()
    for task in done:
        task.result()  # a failure is a failure
    took = time.perf_counter() - start
    lesson.unanswered = len(late)
    lesson.client = (time.process_time() - own) / took
    lesson.cpu = (server.cpu() - cpu) / max(1, len(lesson.latency))
    lesson.later = (server.resident() - before) / visitors
    await leave(list(room))
    return lesson


async def warm(server: Server, workers: int) -> None:
    """A few visits before anything is counted, so that every process has served one."""
    await asyncio.sleep(3 * (workers - 1))
    for _ in range(1 if workers == 1 else 4 * workers):
        visitor = await arrive(server.url)
        await visitor.open()
        await visitor.change(round((visitor.low + visitor.high) / 2))
        await leave([visitor])
    await asyncio.sleep(1)


async def enter(server: Server, query: str, delay: float, lesson: Lesson) -> Visitor | None:
    await asyncio.sleep(delay)
    start = time.perf_counter()
    status, cookie = await asked(server.url) if server.behind else (200, "")
    if status != 200:
        lesson.refused.append(time.perf_counter() - start)
        return None
    visitor = await arrive(server.url, query, cookie)
    await visitor.open()
    lesson.opening.append(time.perf_counter() - start)
    return visitor


async def learn(visitor: Visitor, plan: list[float], due: float, end: float, lesson: Lesson) -> None:
    """Change the control whenever it is due."""
    for part in plan:
        if due >= end:
            return
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        chart, finished = await visitor.change(round(visitor.low * (visitor.high / visitor.low) ** part))
        lesson.latency.append(chart - due)
        lesson.finished.append(finished - due)
        due += PERIOD


def add(report: Report, who: str, ours: Lesson, bare: Lesson, limit: float) -> None:
    """The line that matters: change → last chart."""
    met = high(ours.latency) <= limit and not ours.unanswered
    note = (
        f"{len(ours.latency)} changes (bare {len(bare.latency)}), {ours.unanswered} visitors unanswered at the end "
        f"(bare {bare.unanswered}); slowest {max(ours.latency):.2f} s (bare {max(bare.latency):.2f} s); "
        f"the load itself took {100 * ours.client:.0f}% of a core (bare {100 * bare.client:.0f}%)"
    )
    report.add(
        Line(f"{who}: change → last chart", "s", ours.latency, bare.latency, f"p95 at most {limit:g} s", met, note)
    )


def tell(report: Report, who: str, ours: Lesson, bare: Lesson, limit: float) -> None:
    add(report, who, ours, bare, limit)
    report.add(Line(f"{who}: change → end of the run", "s", ours.finished, bare.finished))
    report.add(
        Line(f"{who}: everybody opens the link within {ENTRY:.0f} s → complete page", "s", ours.opening, bare.opening)
    )
    report.add(Line(f"{who}: processor time of the server a change", "s", [ours.cpu], [bare.cpu]))
    report.add(
        Line(
            f"{who}: memory a visitor",
            "MB",
            [ours.memory],
            [bare.memory],
            "at most 1 MB",
            ours.memory <= 1,
            f"growth of all server processes when everybody has arrived; at the end of the lesson {ours.later:.2f} MB "
            f"(bare {bare.later:.2f} MB), caches included",
        )
    )


def behind(report: Report, visitors: int, lesson: Lesson) -> None:
    """What a class meets where two processes stand behind Caddy, with nothing beside it."""
    who, met = f"{visitors} visitors, 2 processes behind Caddy", high(lesson.latency) <= 0.5 and not lesson.unanswered
    note = f"{len(lesson.latency)} changes, {lesson.unanswered} visitors unanswered at the end; "
    note += f"slowest {max(lesson.latency):.2f} s; the load itself took {100 * lesson.client:.0f}% of a core"
    report.add(Line(f"{who}: change → last chart", "s", lesson.latency, target="p95 at most 0.5 s", met=met, note=note))
    report.add(Line(f"{who}: link → complete page", "s", lesson.opening))
    if lesson.refused:
        told = max(lesson.refused) < 1
        note = f"{len(lesson.refused)} of {visitors}"
        report.add(
            Line(
                f"{who}: link → told that it is full",
                "s",
                lesson.refused,
                target="within a second",
                met=told,
                note=note,
            )
        )
    report.add(Line(f"{who}: processor time of all of it a change", "s", [lesson.cpu]))
    report.add(Line(f"{who}: memory a visitor", "MB", [lesson.memory]))


if __name__ == "__main__":
    sys.exit(main())
