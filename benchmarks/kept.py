"""What a process keeps of distinct runs: python -m benchmarks.kept [runs of every page] [seconds].

Every page is asked for its picture and its findings, of so many runs that differ by their seed and their size, one after the other.
Told are the bytes that stand on the shelves and in the notes of the engine, and how much the process has grown.
"""

import gc
import resource
import sys
import time
from dataclasses import replace

from collapse import healthy
from collapse.notes import weight
from collapse.scenario import Scenario
from collapse.stages import Rule
from collapse.ui.book import BOOK, lesson
from collapse.ui.runs import Outcome, trajectory_of
from collapse.ui.shelf import JUDGED, LIVES, NOTES, OWN, RUNS
from collapse.worlds import Alice

MOST = 300e6  # bytes
SHELVES = {"runs": RUNS, "lives": LIVES, "notes": NOTES, "own": OWN, "judged": JUDGED}


def smaller(s: Scenario, number: int) -> Scenario:
    """A run like it with luck of its own, and a size that few others have; models that must be trained are small."""
    return replace(
        s,
        seed=number,
        n=max(2, s.n - number % 7),
        **({"generations": 2, "lineages": 1} if s.model.patience > 1 else {}),
    )


def looked_at(page: str, s: Scenario) -> None:
    """What the page computes for its picture and its first sentences."""
    found = Outcome(trajectory_of(s), Rule(), "typical")
    lesson(page).worded(found)
    if s.world.space != "images":
        assert found.findings


def kept() -> dict[str, int]:
    """Bytes by where they are kept."""
    found = {name: sum(weight(place.content) for place in shelf.content.values()) for name, shelf in SHELVES.items()}
    corpora = [Alice().corpus(unit).derived.found for unit in ("chars", "words")]
    return found | {
        "healthy": weight(dict(healthy.KEPT.found)),
        "texts": sum(weight(dict(corpus)) for corpus in corpora),
    }


def main() -> None:
    many, seconds = (*map(int, sys.argv[1:]), *(2000, 10_000)[len(sys.argv) - 1 :])
    pages = [name for names in BOOK.values() for name in names]
    worst, start = 0, time.monotonic()
    for page in pages:
        begun, base, done = time.monotonic(), lesson(page).base, 0
        while done < many and time.monotonic() < begun + seconds / len(pages):
            looked_at(page, smaller(base, done))
            done += 1
            if done % 50 == 0:
                worst = max(worst, sum(kept().values()))
        gc.collect()
        found = kept()
        worst = max(worst, sum(found.values()))
        size = int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()  # noqa: SIM115
        print(
            f"{page:14s} {done:5d} runs: {sum(found.values()) / 1e6:4.0f} MB kept, the process has {size / 1e6:4.0f} MB",
            flush=True,
        )
    print({name: f"{size / 1e6:.1f} MB" for name, size in found.items()})
    print(f"at most {worst / 1e6:.0f} MB kept, of {MOST / 1e6:.0f}; {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
