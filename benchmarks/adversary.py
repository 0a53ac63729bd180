"""Look for runs that cost more than they are charged: python -m benchmarks.adversary [seconds] [seed] [work].

A seeded search over everything that the Laboratory allows, which is everything: first the cases of the review, then random scenarios,
and changed ones of the worst that were found.  Promised is at most 50 ms and 100 ns of processor time for a number of the work that
is charged, and at most the bytes that are charged; the worst ratios to that are told.  Each run has a process of its own, is as much
work as `work` says (by default 4 million numbers, since ratios hardly depend on it), and is stopped when it has had 8 times what it
may.  Others on the machine make processors slower, so whatever is over its time is run five times, and the least counts; and before
and after each run a small known one is timed, which tells by how much the processor was slower than in its best moment.  Seconds are
those of processors, so that a search tries as much on a busy machine.
"""

import multiprocessing
import os
import random
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from collapse import run
from collapse.budget import bounded, worst_case_cost
from collapse.findings import watched
from collapse.going_on import StoppedError, asked
from collapse.memory import BYTES, bytes_of
from collapse.metrics import METRICS, measurable
from collapse.scenario import Scenario
from collapse.spec import Knob

ALLOWED, A_NUMBER = 0.05, 100e-9  # seconds
PATIENCE, AGAIN = 8, 5
SIZES = ("n", "generations", "lineages")
REVIEW = (  # the reported cases, made smaller until they are as much work as the others
    "policy=random-share&n=1000000&generations=1000&lineages=39",
    "policy=random-share&n=2017&generations=988&lineages=10000",
    "policy=random-share&n=300000&generations=900&lineages=1",
    "world=alice&model=ngram&n=2&lineages=10000&generations=2",
    "world=alice&model=ngram&n=7&lineages=10000&generations=47",
    "world=alice&model=ngram&n=2&lineages=7976&generations=12",
    "world=alice&model=ngram&n=200&generations=1000&lineages=30",
    "world=alice&model=ngram&model.unit=words&n=237&generations=1000&lineages=28",
    "world=surnames&model=categorical&world.types=5000&n=1000&generations=1000&lineages=1",
    "n=20&generations=1000&lineages=9900",
    "world=skewed&n=25001&generations=1000&lineages=1480",
)


@dataclass(frozen=True)
class Tried:
    """A run: how much work it is charged, the processor time and the bytes that it took, and those as a share of what is allowed."""

    query: str
    metrics: tuple[str, ...]
    work: int
    charged: int
    seconds: float
    bytes: int
    stopped: bool
    pace: float

    best = float("inf")  # the quickest pace so far, in seconds

    @property
    def kind(self) -> object:
        """What is searched on from only once."""
        s = Scenario.from_query(self.query)
        return s.world.kind, s.model.kind, s.curator.kind, s.policy.kind, self.metrics

    @property
    def ratio(self) -> float:
        return self.seconds * Tried.best / self.pace / (ALLOWED + A_NUMBER * self.work)

    @property
    def share(self) -> float:
        """Of the bytes that are charged, those that were held."""
        return self.bytes / self.charged

    @property
    def over(self) -> bool:
        return self.ratio > 1 or self.share > 1


def value(rng: random.Random, rule: Knob, kind: type) -> str:
    """A value of a knob: an end of its range as often as anything between."""
    if rule.choices:
        return rng.choice(list(rule.choices))
    low, high = float(rule.low or 0), float(rule.high or 0)
    share = rng.choice((0.0, 1.0, rng.random(), rng.random()))
    found = low * (high / low) ** share if rule.log and low > 0 else low + (high - low) * share
    return str(round(found) if kind is int else float(f"{min(max(found, low), high):.4g}"))


def anything(rng: random.Random, base: Scenario | None = None) -> Scenario | None:
    """A random scenario, or one that differs from `base` in one to three knobs; None if its parts do not go together."""
    query: dict[str, str] = {}
    if base is None:
        query = {part: rng.choice(list(table)) for part, table in Scenario.parts().items() if rng.random() < 0.6}
        fitting = [kind for kind, model in Scenario.parts()["model"].items() if model.space == _space(query)]
        query["model"] = rng.choice(fitting)
    try:
        found = Scenario.from_query(query, base or Scenario())
        rules = [key for key in found.to_query() if key not in ("v", "seed", "world.data", *Scenario.parts())]
        chosen = rng.sample(rules, min(len(rules), rng.randint(1, 3) if base else len(rules)))
        for key in chosen:
            if base is not None or rng.random() < 0.6:
                name, _, inner = key.partition(".")
                spec = type(getattr(found, name)) if inner else Scenario
                given = getattr(getattr(found, name), inner) if inner else getattr(found, name)
                try:
                    found = Scenario.from_query({key: value(rng, spec.knobs()[inner or name], type(given))}, found)
                except ValueError:
                    continue
        return found
    except ValueError:
        return None


def _space(query: dict[str, str]) -> str:
    table: Any = Scenario.parts()["world"]
    return str(table[query.get("world", "normal")].space)


def fitted(rng: random.Random, s: Scenario, metrics: tuple[str, ...], work: int) -> Scenario | None:
    """The scenario with smaller numbers, one after the other in random order, until it is not too much work; None if it never is."""

    def allowed(s: Scenario) -> bool:
        return worst_case_cost(s, metrics) <= work and bytes_of(s, metrics) <= BYTES

    for key in rng.sample(SIZES, 3):
        least = 2 if key == "n" else 1
        while not allowed(s) and (now := getattr(s, key)) > least:
            s = Scenario.from_query({key: str(max(least, int(now * rng.choice((0.3, 0.7, 0.9)))))}, s)
    return s if allowed(s) else None


def pace() -> float:
    """Seconds that a small run takes in this moment."""
    taken = []
    for _ in range(3):
        start = time.process_time()
        run(Scenario(n=20, generations=20, lineages=100), keep="variance")
        taken.append(time.process_time() - start)
    return min(taken)


def _run(pipe: Any, query: str, metrics: tuple[str, ...], most: float) -> None:
    s = Scenario.from_query(query)
    names = (*watched(s.world.space), *metrics)
    tiny = Scenario.from_query({"n": "8", "generations": "2", "lineages": "2"}, s)
    run(
        tiny, keep=None if s.model.compact else [n for n in names if not METRICS[n].refusal(tiny)]
    )  # what is made once for all
    slow = pace()
    before, start, stopped = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time(), False
    try:
        with asked(lambda: "enough" if time.process_time() - start > most else ""):
            found = run(s, keep=None if s.model.compact else names)
            for name in names if s.model.compact else ():
                if not METRICS[name].refusal(s):
                    found.measure(name)
    except StoppedError:
        stopped = True
    seconds = time.process_time() - start
    most_held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pipe.send((seconds, (most_held - before) * 1024, stopped, min(slow, pace())))


def tried(s: Scenario, metrics: tuple[str, ...]) -> Tried:
    """Run it in a process of its own."""
    work = worst_case_cost(s, metrics)
    query = "&".join(f"{key}={text}" for key, text in s.to_query().items())
    ours, theirs = multiprocessing.get_context("fork").Pipe()
    most = PATIENCE * (ALLOWED + A_NUMBER * work)
    child = multiprocessing.get_context("fork").Process(target=_run, args=(theirs, query, metrics, most))
    child.start()
    theirs.close()
    try:
        seconds, size, stopped, slow = ours.recv()
    except EOFError:  # killed: out of memory
        seconds, size, stopped, slow = most, sys.maxsize, True, Tried.best
    child.join()
    Tried.best = min(Tried.best, slow)
    return Tried(query, metrics, work, bytes_of(s, metrics), seconds, size, stopped, slow)


def surely(s: Scenario, metrics: tuple[str, ...]) -> Tried:
    """Run it again and again while it takes more time than it may; the quickest counts."""
    best = tried(s, metrics)
    for _ in range(AGAIN - 1):
        if best.ratio <= 1:
            break
        best = min(best, tried(s, metrics), key=lambda t: t.ratio)
    return best


def told(t: Tried) -> str:
    """A line about a run, with what is not as usual in it."""
    s, parts = Scenario.from_query(t.query), Scenario.parts()
    chosen = {key: text for key, text in s.to_query().items() if key in parts}
    usual = (
        Scenario().to_query()
        | Scenario.from_query(chosen).to_query()
        | {part: Scenario().to_query()[part] for part in parts}
    )
    query = "&".join(f"{key}={text}" for key, text in s.to_query().items() if usual.get(key) != text)
    size = f"{t.bytes / 1e6:4.0f} of {t.charged / 1e6:4.0f} MB"
    much = f"{t.ratio:5.2f}{'+' if t.stopped else ' '} {t.seconds:6.2f} s {size}, work {t.work:>11,}"
    return f"{much} {query} {' '.join(t.metrics)}"


def the_worst(found: list[Tried], measure: Callable[[Tried], float]) -> list[Tried]:
    """The worst of each kind, the worst first."""
    best = {t.kind: t for t in sorted(found, key=measure)}
    return sorted(best.values(), key=measure, reverse=True)


def main() -> None:
    given = [int(a) for a in sys.argv[1:]]
    seconds, seed, work = (*given, *(180, 1, 4_000_000)[len(given) :])
    rng, found = random.Random(seed), []
    Tried.best = min(pace() for _ in range(20))
    todo = [Scenario.from_query(query) for query in REVIEW]
    while sum(os.times()[:4]) < seconds:
        worst = the_worst(found, rng.choice((lambda t: t.ratio, lambda t: t.share)))[:12]
        base = Scenario.from_query(rng.choice(worst).query) if len(found) > 40 and rng.random() < 0.5 else None
        s = todo.pop(0) if todo else anything(rng, base)
        if s is None:
            continue
        dear = [name for name in measurable(s) if METRICS[name].integral or METRICS[name].told]
        metrics = (rng.choice(dear),) if dear and rng.random() < 0.3 else ()
        try:
            small = fitted(rng, bounded(s), metrics, work)
        except ValueError:
            continue
        if small is not None:
            found.append(surely(small, metrics))
            if found[-1].over:
                print(told(found[-1]), flush=True)
    print(
        f"{len(found)} runs, {sum(t.over for t in found)} of them over what is allowed; the most time of what is charged:"
    )
    for t in the_worst(found, lambda t: t.ratio)[:20]:
        print(told(t))
    print("the most bytes of what is charged:")
    for t in the_worst(found, lambda t: t.share)[:12]:
        print(told(t))


if __name__ == "__main__":
    main()
