"""What a process keeps of distinct runs: python -m benchmarks.kept [runs of every page] [seed] [pages…].

Every page is asked for its picture and its findings, of so many runs, one after the other.  They differ by seed and sizes, those
of the Laboratory by everything; most are small, one in 400 is as large as a visitor may ask for.  Told are the bytes that
stand on the shelves and in the notes of the engine, and how much the process has grown.
"""

import gc
import logging
import random
import resource
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from benchmarks.adversary import anything, fitted
from collapse import healthy
from collapse.budget import BUDGET, TooMuchError, bounded, within
from collapse.notes import weight
from collapse.scenario import Scenario
from collapse.stages import Rule
from collapse.ui.book import BOOK, lesson
from collapse.ui.runs import Outcome, trajectory_of
from collapse.ui.shelf import JUDGED, LIVES, NOTES, OWN, RUNS
from collapse.worlds import Alice

MOST = 300e6  # bytes
SMALL, LARGE, SELDOM = 100_000, BUDGET, 400  # numbers that a run handles at most, and every which one may be large
AMOUNTS = 60  # of data, of each page: for each of them healthy models are drawn
SHELVES = {"runs": RUNS, "lives": LIVES, "notes": NOTES, "own": OWN, "judged": JUDGED}


def other(rng: random.Random, page: str, number: int) -> Scenario | None:
    """A run of a page, or None if what was drawn does not go together."""
    base = lesson(page).base
    if page == "laboratory" and number % 2:
        base = anything(rng)
        if base is None:
            return None
    s = base
    sizes = {
        "n": 2 + min(2 * base.n, 20_000) * rng.randint(0, AMOUNTS) // AMOUNTS,
        "generations": rng.randint(1, 50),
        "lineages": rng.randint(1, 500),
    }
    s = replace(s, seed=number, **({"generations": 2, "lineages": 1} if s.model.patience > 1 else sizes))
    large = number % SELDOM == SELDOM - 1 and s.model.patience == 1
    try:
        if large:
            s = replace(bounded(s), lineages=10_000)
            with suppress(TooMuchError):
                return within(s)
        s = fitted(rng, bounded(s), (), LARGE if large else SMALL)
        return s if s is None else within(s)
    except ValueError:
        return None


def looked_at(page: str, s: Scenario) -> None:
    """What the page computes for its picture and its first sentences."""
    found = Outcome(trajectory_of(s), Rule(), "typical")
    lesson(page).worded(found)
    if s.world.space == "text":
        assert len(found.beliefs) == s.generations + 1
    elif s.world.space != "images":
        assert found.params is not None
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
    given = [int(a) for a in sys.argv[1:3]]
    many, seed = (*given, *(2000, 1)[len(given) :])
    logging.disable()  # Streamlit warns in every line that no page is served
    rng, worst, runs, start = random.Random(seed), 0, 0, time.monotonic()
    for page in sys.argv[3:] or [name for names in BOOK.values() for name in names]:
        done = tried = 0
        while done < many:
            tried += 1
            s = other(rng, page, tried)
            if s is None:
                continue
            looked_at(page, s)
            done += 1
            if done % 100 == 0:
                worst = max(worst, sum(kept().values()))
        gc.collect()
        found, runs = kept(), runs + done
        worst = max(worst, sum(found.values()))
        size = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
        print(
            f"{page:14s} {runs:6,d} runs: {sum(found.values()) / 1e6:4.0f} MB kept, the process has {size / 1e6:4.0f} MB",
            flush=True,
        )
    print({name: f"{size / 1e6:.1f} MB" for name, size in found.items()})
    print(f"at most {worst / 1e6:.0f} MB kept, of {MOST / 1e6:.0f}; {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
