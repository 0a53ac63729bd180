"""The engine beside an earlier commit, turn by turn on one machine: python -m benchmarks.beside PATH_OF_THE_OTHER_CHECKOUT.

Every case runs in a process of its own, first there, then here, three times; the shortest processor time of each counts.
"""

import os
import subprocess
import sys
from pathlib import Path

TURNS = 3
CASES = (  # (a scenario, metrics to keep, or none: the params are kept and the spread is measured afterwards)
    ("n=100&generations=50&lineages=2000", ""),
    ("n=20&generations=50&lineages=300", "variance,tail_mass"),
    ("world.dimension=8&n=60&generations=50&lineages=300", ""),
    ("policy=accumulate&n=100&generations=50&lineages=500", ""),
    ("world=surnames&world.types=1000&model=categorical&n=1000&generations=30&lineages=60", "types,entropy"),
    ("model=kde&n=100&generations=20&lineages=50", "variance"),
    ("model=kde&n=100&generations=20&lineages=50", "w1,coverage"),
    ("world=penguins&model=mixture&n=100&generations=50&lineages=20", "variance"),
    ("world=alice&model=ngram&n=5000&generations=6&lineages=4", "perplexity"),
)
SCRIPT = """
import sys, time
from collapse import Scenario, run
query, keep = sys.argv[1], sys.argv[2].split(",") if sys.argv[2] else None
best = float("inf")
for seed in range(4):
    scenario = Scenario.from_query(f"{query}&seed={seed}")
    start = time.process_time()
    run(scenario, keep=keep).measure(keep[0] if keep else "variance")
    best = min(best, time.process_time() - start)
print(best)
"""


def seconds(checkout: Path, query: str, keep: str) -> float:
    """The shortest of four runs in a fresh process."""
    one_thread = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, query, keep],
        cwd=checkout,
        env=one_thread,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def main() -> None:
    here, there = Path(__file__).parents[1], Path(sys.argv[1])
    for query, keep in CASES:
        turns = [(seconds(there, query, keep), seconds(here, query, keep)) for _ in range(TURNS)]
        before, now = (min(column) for column in zip(*turns, strict=True))
        print(f"{query:90s} {keep:20s} before {before:.3f} s, now {now:.3f} s: {now / before:.2f} ×", flush=True)


if __name__ == "__main__":
    main()
