"""The engine against a plain loop, side by side in one run: `python -m benchmarks.engine`.

Both do the same work: the same number of lineages, generations and examples, and the same numbers of every generation.
Ours and the plain loop take turns, so that a busy moment of the machine hits both.  Plain loops that would take minutes
run a few lineages and are scaled up to all of them (lineages are independent and cost the same).
"""

import argparse
import json
import math
import random
import subprocess
import sys
import tracemalloc
import warnings
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from benchmarks import dictionary
from benchmarks.report import Line, Report, high, middle, say
from collapse import Scenario, run
from collapse.arena import Arena, asked, search
from collapse.beliefs.language import PASSAGE, SCORED
from collapse.models.categorical import Categorical
from collapse.models.mixture import Mixture
from collapse.models.ngram import Ngram
from collapse.phase import drawn, fill
from collapse.policies import Mix
from collapse.stages import Rule
from collapse.worlds import Alice, Groups, Penguins, Surnames

SIZES = (100, 1_000, 10_000, 100_000, 1_000_000)
PEOPLE = (1_000, 10_000, 100_000)
KEEP = ("types", "effective_types")
LABORATORY = Scenario(
    policy=Mix(synthetic=0.95), n=50, generations=25, lineages=300, seed=1
)  # what that page opens with
ARENA_PAGE = Scenario(generations=50, seed=1)  # what the arena opens with
FEW = 4  # lineages of a loop over scikit-learn; the rest is extrapolated
ALPHA = 5.0  # standard errors: both must agree this well, else nothing is compared
FLAT = 1.25  # 10 000 times the examples may cost this much more
PENGUINS_PAGE = Scenario(
    Penguins(), Mixture(iterations=15), policy=Mix(synthetic=1.0), n=200, generations=100, lineages=24, seed=13
)
SOME = 2  # lineages of a plain categorical loop; the rest is extrapolated


def gaussian(n: int = 1000) -> Scenario:
    return Scenario(n=n, lineages=400, generations=100)


def surnames(n: int) -> Scenario:
    return Scenario(world=Surnames(types=5000), model=Categorical(), n=n, lineages=200, generations=50)


def plain_gaussian(s: Scenario, seed: int) -> np.ndarray:
    """The variances (lineages, generations) by drawing rows: what most people would write."""
    rng = np.random.default_rng(seed)
    found = np.empty((s.lineages, s.generations))
    for lineage in range(s.lineages):
        mean, sd = 0.0, 1.0
        for generation in range(s.generations):
            x = rng.normal(mean, sd, s.n)
            mean, sd = x.mean(), x.std()
            found[lineage, generation] = sd * sd
    return found


def numpy_categorical(s: Scenario, lineages: int, seed: int) -> np.ndarray:
    """Surviving and effective types of the last generation, (lineages, 2), one lineage after the other."""
    rng = np.random.default_rng(seed)
    world, found = s.world.p, []  # type: ignore[attr-defined]
    for _ in range(lineages):
        p = world
        for _ in range(s.generations):
            p = np.bincount(rng.choice(len(p), s.n, p=p), minlength=len(p)) / s.n
            alive = p[p > 0]
            types, effective = len(alive), math.exp(-(alive * np.log(alive)).sum())
        found.append((types, effective))
    return np.array(found)


def python_categorical(s: Scenario, lineages: int, seed: int) -> np.ndarray:
    """The same without NumPy: `random.choices` over the types that are left, counted by a `Counter`."""
    rng = random.Random(seed)
    world, found = dict(enumerate(s.world.p.tolist())), []  # type: ignore[attr-defined]
    for _ in range(lineages):
        weights: dict = world
        for _ in range(s.generations):
            weights = Counter(rng.choices(list(weights), weights=list(weights.values()), k=s.n))
            types = len(weights)
            effective = math.exp(-sum(k / s.n * math.log(k / s.n) for k in weights.values()))
        found.append((types, effective))
    return np.array(found)


def line_mixture() -> Scenario:
    """Three overlapping groups on a line, and an EM that stops like scikit-learn's by default."""
    model = Mixture(tolerance=1e-3, iterations=100)
    return Scenario(world=Groups(separation=3.0), model=model, n=1000, lineages=20, generations=30)


def plane_mixture() -> Scenario:
    return Scenario(world=Penguins(), model=Mixture(), n=300, lineages=50, generations=30)


def scikit_mixture(s: Scenario, lineages: int, seed: int) -> np.ndarray:
    """Log variances of the last generation: a loop over scikit-learn fits, each from its parent, with the same tolerance."""
    from sklearn.mixture import GaussianMixture

    model, groups, rng, found = s.model, s.world.groups, np.random.default_rng(seed), []
    assert isinstance(model, Mixture)
    assert groups is not None
    for _ in range(lineages):
        x = s.world.sample((s.n,), rng)
        start = groups.weights, groups.means, np.linalg.inv(groups.covs)
        for _ in range(s.generations):
            fit = GaussianMixture(
                model.components,
                tol=model.tolerance,
                max_iter=model.iterations,
                reg_covar=0.0,
                weights_init=start[0],
                means_init=start[1],
                precisions_init=start[2],
                random_state=int(rng.integers(2**31)),
            ).fit(x)
            start = fit.weights_, fit.means_, fit.precisions_
            variance = x.var(axis=0).sum()
            x = fit.sample(s.n)[0]
        found.append(np.log(variance / s.world.total))
    return np.array(found)


def mixture(report: Report, repeats: int) -> None:
    """EM over all lineages at once against one fit after the other, and the runs that a page must afford."""
    s = line_mixture()
    run(s)
    ours, loop = [], []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn warns where it stops before it has converged
        for seed in range(repeats):
            took, trajectory = timed(lambda: run(s))
            ours.append(took)
            took, few = timed(lambda k=seed: scikit_mixture(s, FEW, k))
            loop.append(took * s.lineages / FEW)
    agree("mixture on a line", trajectory.measure("log_variance")[:, -1], np.asarray(few))  # type: ignore[attr-defined]
    factor = middle(loop) / middle(ours)
    report.add(
        Line(
            "1-D mixture of 3, n = 1000, 20 lineages × 30 generations, against a loop over scikit-learn",
            "s",
            ours,
            loop,
            "10 ×",
            factor >= 10,
            f"warm starts and tolerance 0.001 on both sides; extrapolated from {FEW} of 20 lineages",
        )
    )
    for name, scenario, most in (
        ("2-D mixture of 3, n = 300, 50 lineages × 30 generations (penguins)", plane_mixture(), 3.0),
        ("what the page Penguins starts with", PENGUINS_PAGE, 0.5),
    ):
        run(scenario)
        times = [timed(lambda s=scenario: run(s))[0] for _ in range(repeats)]
        report.add(Line(name, "s", times, target=f"at most {most:g} s", met=high(times) <= most, note="one thread"))


def timed(work: Callable[[], object]) -> tuple[float, object]:
    start = perf_counter()
    result = work()
    return perf_counter() - start, result


def agree(what: str, ours: np.ndarray, plain: np.ndarray) -> None:
    """Stop if the two do not tell the same story: two samples of lineages, means within ALPHA standard errors."""
    scale = math.hypot(ours.std() / math.sqrt(len(ours)), max(plain.std(), ours.std()) / math.sqrt(len(plain)))
    gap = abs(ours.mean() - plain.mean())
    if gap > ALPHA * scale:
        means = f"ours {ours.mean():.4g}, plain {plain.mean():.4g}"
        raise SystemExit(f"{what}: {means}: they differ by {gap / scale:.1f} standard errors")


def against_loop(report: Report, repeats: int) -> None:
    """400 lineages × 100 generations of a Gaussian."""
    s = gaussian()
    run(s)
    ours, plain = [], []
    for seed in range(repeats):
        took, trajectory = timed(lambda: run(s).measure("variance"))
        ours.append(took)
        took, variances = timed(lambda k=seed: plain_gaussian(s, k))
        plain.append(took)
    agree("Gaussian", np.log(np.asarray(trajectory)[:, -1]), np.log(np.asarray(variances)[:, -1]))
    factor = middle(plain) / middle(ours)
    report.add(
        Line(
            "Gaussian, 400 lineages × 100 generations, n = 1000, against a NumPy loop",
            "s",
            ours,
            plain,
            "200 ×",
            factor >= 200,
            "plain: a loop over lineages and generations that draws rows, then mean and std",
        )
    )


def flat(report: Report, repeats: int) -> None:
    """The cost of a Gaussian run must not depend on n."""
    times: dict[int, list[float]] = {n: [] for n in SIZES}
    for n in SIZES:
        run(gaussian(n))
    for _ in range(repeats):
        for n in SIZES:
            times[n].append(timed(lambda n=n: run(gaussian(n)))[0])
    medians = {n: middle(t) for n, t in times.items()}
    ratio = max(medians.values()) / min(medians.values())
    each = ", ".join(f"n = {n:,}: {1000 * m:.1f} ms" for n, m in medians.items())
    report.add(
        Line(
            "Gaussian, slowest n ÷ fastest n, from 10² to 10⁶",
            "×",
            [ratio],
            target=f"at most {FLAT} ×",
            met=ratio <= FLAT,
            note=each,
        )
    )


def memory(report: Report) -> None:
    """Peak of what Python and NumPy allocate during a run, and growth of a fresh process that runs it."""
    cases = (
        ("Gaussian, n = 10⁶, params kept", gaussian(SIZES[-1]), None),
        ("5000 types, n = 10⁵, two metrics kept", surnames(PEOPLE[-1]), KEEP),
    )
    for name, s, keep in cases:
        run(s, keep=keep)
        tracemalloc.start()
        run(s, keep=keep)
        peak = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
        report.add(
            Line(
                f"peak memory, {name}",
                "MB",
                [peak],
                target="below 50 MB",
                met=peak < 50,
                note=f"what Python and NumPy have allocated at once; {child(s, keep)}",
            )
        )


GROWTH = """
import json, sys
from pathlib import Path
from collapse import Scenario, run
top = lambda: int(next(w for w in Path("/proc/self/status").read_text().splitlines() if w.startswith("VmHWM")).split()[1])
scenario, keep = Scenario.from_query(json.loads(sys.argv[1])), json.loads(sys.argv[2])
before = top()
run(scenario, keep=keep)
print((top() - before) / 1024)
"""


def child(s: Scenario, keep: tuple[str, ...] | None) -> str:
    """By how much a fresh process grows over its imports (Linux)."""
    command = [sys.executable, "-c", GROWTH, json.dumps(s.to_query()), json.dumps(keep)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (
        f"a fresh process grows by {float(done.stdout):.1f} MB"
        if done.returncode == 0
        else "not measured in a fresh process"
    )


def categorical(report: Report, repeats: int) -> None:
    """5000 types × 200 lineages × 50 generations at three population sizes."""
    for n in PEOPLE:
        s = surnames(n)
        run(s, keep=KEEP)
        serial, two, loop, pure = [], [], [], []
        with ThreadPoolExecutor(2) as threads:
            for seed in range(repeats):
                two.append(timed(lambda s=s: run(s, keep=KEEP, executor=threads))[0])
                took, few = timed(lambda s=s, k=seed: numpy_categorical(s, SOME, k))
                loop.append(took * s.lineages / SOME)
                took, trajectory = timed(lambda s=s: run(s, keep=KEEP))
                serial.append(took)
                took, fewer = timed(lambda s=s, k=seed: python_categorical(s, 1, k))
                pure.append(took * s.lineages)
        for i, metric in enumerate(KEEP):
            ours = trajectory.measure(metric)[:, -1]  # type: ignore[attr-defined]
            agree(f"{metric}, {n} people, NumPy loop", ours, few[:, i])  # type: ignore[index]
            agree(f"{metric}, {n} people, Python loop", ours, fewer[:, i])  # type: ignore[index]
        name = f"5000 types × 200 lineages × 50 generations, {n:,} people"
        met = middle(loop) / middle(two) >= 20 and high(two) < 10
        report.add(
            Line(
                f"{name}, two threads, against a NumPy loop",
                "s",
                two,
                loop,
                "below 10 s and 20 ×",
                met,
                f"plain: rng.choice and bincount; extrapolated from {SOME} of 200 lineages",
            )
        )
        report.add(
            Line(
                f"{name}, two threads, against a Python loop",
                "s",
                two,
                pure,
                "20 ×",
                middle(pure) / middle(two) >= 20,
                "plain: random.choices and Counter; extrapolated from 1 of 200 lineages",
            )
        )
        report.add(Line(f"{name}, one thread, against a NumPy loop", "s", serial, loop))


def phase_map(report: Report, repeats: int) -> None:
    """The map that the Laboratory opens with: 25 × 25 cells, each a run of 40 lineages."""
    rule = Rule()
    taken = []
    for _ in range(repeats + 1):
        took, cells = timed(
            lambda: sum(1 for _ in fill(drawn(LABORATORY, ("n", "policy.synthetic"), "variance", rule)))
        )
        taken.append(took)
    assert cells == 625
    report.add(
        Line(
            "phase map of the Gaussian, 25 × 25 cells × 40 lineages",
            "s",
            taken[1:],
            target="below 1 s",
            met=middle(taken[1:]) < 1.0,
            note=f"{LABORATORY.generations} generations; sample size × synthetic fraction",
        )
    )


def arena(report: Report, repeats: int) -> None:
    """The search that the arena opens with: 100 combinations, each a run of 40 lineages, one after the other on one core."""
    whole, worked, first, tenth = [], [], [], []
    for _ in range(repeats + 1):
        start, busy = perf_counter(), process_time()
        wanted = asked(Arena(), ARENA_PAGE)
        reached = [perf_counter() - start for _ in search(wanted)]
        worked.append(process_time() - busy)
        whole.append(reached[-1])
        first.append(reached[0])
        tenth.append(reached[9])
    assert (len(wanted.combinations), wanted.lineages) == (100, 40)
    what = f"{ARENA_PAGE.generations} generations; all measures, the order of the search"
    report.add(
        Line(
            "arena, 100 combinations × 40 lineages",
            "s",
            whole[1:],
            target="at most 5 s",
            met=middle(whole[1:]) <= 5.0,
            note=what,
        )
    )
    report.add(Line("arena, the same in processor time", "s", worked[1:]))
    for name, taken in (("first", first), ("tenth", tenth)):
        report.add(
            Line(f"arena, until the {name} is there", "s", taken[1:], target="below 1 s", met=middle(taken[1:]) < 1.0)
        )


def alice(order: int) -> Scenario:
    return Scenario(world=Alice(), model=Ngram(order=order), n=50_000, generations=10, lineages=1)


def plain_ngram(s: Scenario, seed: int) -> np.ndarray:
    """The loss on held-out text of every generation, with dictionaries: learn, score, speak, learn again."""
    rng = random.Random(seed)
    corpus, order = s.world.corpus("chars"), s.model.order  # type: ignore[attr-defined]
    train, held = corpus.train.tolist(), corpus.held_out[:SCORED].tolist()
    starts = rng.sample(range(0, len(train) - PASSAGE, PASSAGE), s.n // PASSAGE)
    passages, found = [train[i : i + PASSAGE] for i in starts], []
    for generation in range(s.generations):
        model = dictionary.learn(passages, order)
        found.append(np.mean(dictionary.surprise(model, order, held, corpus.types)))
        if generation + 1 < s.generations:
            passages = dictionary.speak(model, order, s.n, PASSAGE, rng)
    return np.array(found)


def language(report: Report, repeats: int) -> None:
    """A language model that reads itself: 10 generations of 50 000 characters, and the loss on held-out text at each."""
    keep = ("heldout_nll",)
    for order, limit in ((3, 0.5), (5, 2.0)):
        fast = run(replace(alice(order), lineages=16), keep=keep).measure("heldout_nll")[:, -1]
        ours, plain, slow = [], [], []
        for seed in range(repeats):
            ours.append(timed(lambda o=order, k=seed: run(replace(alice(o), seed=k), keep=keep))[0])
            took, losses = timed(lambda o=order, k=seed: plain_ngram(alice(o), k))
            plain.append(took)
            slow.append(losses[-1])  # type: ignore[index]
        agree(f"loss at order {order}", fast, np.array(slow))
        met = high(ours) <= limit and (order != 3 or middle(plain) / middle(ours) >= 30)
        target = f"at most {limit:g} s" + (" and 30 ×" if order == 3 else "")
        name = f"language model, order {order}, 10 generations × 50 000 characters, against dictionaries"
        report.add(
            Line(
                name,
                "s",
                ours,
                plain,
                target,
                met,
                "one lineage; plain: a Counter for each context, and random.choices",
            )
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument(
        "--only",
        choices=("loop", "flat", "memory", "categorical", "mixture", "language", "map", "arena"),
        nargs="+",
        help="may be repeated",
    )
    parser.add_argument("--json", type=Path, metavar="FILE")
    asked = parser.parse_args()
    report = Report("Engine against a plain loop", {"repeats": asked.repeats})
    parts = {
        "loop": lambda: against_loop(report, asked.repeats),
        "flat": lambda: flat(report, asked.repeats),
        "memory": lambda: memory(report),
        "categorical": lambda: categorical(report, max(1, asked.repeats // 3)),
        "mixture": lambda: mixture(report, max(1, asked.repeats // 3)),
        "map": lambda: phase_map(report, asked.repeats),
        "arena": lambda: arena(report, asked.repeats),
        "language": lambda: language(report, max(3, asked.repeats // 2)),
    }
    for name in asked.only or parts:
        say(name)
        parts[name]()
    return report.finish(asked.json)


if __name__ == "__main__":
    sys.exit(main())
