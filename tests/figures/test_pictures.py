"""Every picture that the pages can show: sound plotly, true numbers, words for those who cannot see it."""

import importlib
import inspect
import json
import pkgutil
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, cached_property
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
import pytest
from scipy.stats import binom, norm
from sklearn.metrics import roc_auc_score

from collapse import figures
from collapse.alarms import by_chance, gauges, metrics_of, watch
from collapse.arena import Arena, Endurance, Found, Purse, Search, combinations, front, search, standings
from collapse.bands import lineage_at
from collapse.beliefs.normals import Normals
from collapse.closeup import beliefs as closeup
from collapse.closeup import measured, perplexities
from collapse.detection import Scores, roc
from collapse.downstream import Exam, examine
from collapse.economics import Commons, Prices, account
from collapse.figures import palette
from collapse.figures.accuracy import commons_picture, regression_errors
from collapse.figures.alarms import alarm_board
from collapse.figures.arena import arena_picture
from collapse.figures.consequences import alikeness, calibration, group_errors, price_and_worth
from collapse.figures.directions import directions, effective_number
from collapse.figures.drift import conservation, swarm
from collapse.figures.ensemble import apart, beside
from collapse.figures.floors import learnt, memoriser, synthetic_labels
from collapse.figures.groups import ellipses
from collapse.figures.language import next_token, zipf
from collapse.figures.latents import digits_drawn, latent_plane, spectrum
from collapse.figures.ledger import provenance
from collapse.figures.longtail import quiz_table
from collapse.figures.loss import losses
from collapse.figures.maps import cell_map, phase_map
from collapse.figures.monitor import monitor_picture
from collapse.figures.names import indices, lifelines, ranks
from collapse.figures.people import liked, tipping, toward, variance_left
from collapse.figures.picture import Film, Picture, encode, pack
from collapse.figures.preview import preview
from collapse.figures.rescue import Ends, too_late
from collapse.figures.ridge import narrowing
from collapse.figures.roc import characteristics, filtering, green_scores, power
from collapse.figures.several import several
from collapse.figures.signs import VARIETY, second_view, signs, variety
from collapse.figures.spacing import spaced
from collapse.figures.strip import strip
from collapse.figures.switches import shares, worlds
from collapse.figures.timeline import LOOKS, Look, over_time
from collapse.figures.weighting import weighing
from collapse.figures.weights import survival, weights
from collapse.figures.words import parameters
from collapse.findings import watched
from collapse.healthy import Alarms
from collapse.latents import classes, plane, spectra
from collapse.laws import LAWS, law_for
from collapse.laws.curated import Path as Curated
from collapse.laws.ensembles import effective_directions
from collapse.laws.moments import apart as shared_law
from collapse.ledger import ledger
from collapse.longtail import Quiz, quiz
from collapse.metrics import METRICS, at_start, measurable
from collapse.metrics.reader import read
from collapse.metrics.signs import signs as signs_of
from collapse.metrics.text import foreign
from collapse.models.categorical import Categorical
from collapse.monitor import monitor
from collapse.passed_on import passed_on
from collapse.phase import Axis, Filled, Map, fill
from collapse.policies import Mix
from collapse.recursion import lives, replay, run
from collapse.regression import Regression, errors
from collapse.scenario import Scenario
from collapse.sharing import parted
from collapse.stages import EARLY, HEALTHY, LATE, NAMES, Rule, classify, thresholds
from collapse.switchboard import FAMILIES, decomposed
from collapse.trajectory import Trajectory
from collapse.twins import difference, same_noise
from collapse.verification import Verification
from collapse.versions import EXAMPLE, EXAMPLE_HEALTHY, history
from collapse.weighting import Weighting
from collapse.worlds import OwnNumbers, OwnTypes
from collapse.worlds.own import Brought
from tests.reading import reads

SPECIES = ("Adelie", "Gentoo", "Chinstrap")
KINDS = {"f4", "f8", "i1", "u1", "i2", "u2", "i4", "u4"}  # what the browser's side can unpack
COLOR = re.compile(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)|hsla?\([^)]*\)")


# ---- runs ------------------------------------------------------------------------------------------------------------------


class Case(NamedTuple):
    """A run as a page has it: with the lineage shown, and that lineage's params (T, …)."""

    trajectory: Trajectory
    lineage: int
    params: Any
    rule: Rule

    @property
    def scenario(self) -> Scenario:
        return self.trajectory.scenario

    @property
    def generations(self) -> int:
        return self.scenario.generations

    @property
    def law(self) -> Callable[[str], np.ndarray | None]:
        return lambda metric: law_for(self.scenario, metric)


RUNS = {
    name: Scenario.from_query(query)
    for name, query in {
        "home": "n=20&generations=50&lineages=60&seed=1",
        "saved": "policy=mix&policy.synthetic=0.9&n=20&generations=20&lineages=40",
        "kept": "policy=accumulate&n=20&generations=20&lineages=40",
        "no law": "decoder.top_p=0.7&policy=accumulate-subsample&world=bimodal&n=20&generations=10&lineages=30",
        "skewed": "world=skewed&n=20&generations=20&lineages=30",
        "heavy": "world=heavy-tailed&world.df=3&model.estimator=unbiased&n=20&generations=20&lineages=30",
        "uniform": "world=uniform&n=20&generations=20&lineages=30",
        "penguins": "world=flipper&n=20&generations=20&lineages=30",
        "hot": "decoder.temperature=3&n=20&generations=40&lineages=30",
        "to nothing": "n=2&generations=200&lineages=30",
        "shortest": "n=2&generations=1&lineages=1",
        "two": "n=5&generations=2&lineages=2",
        "longest": "n=100&generations=1000&lineages=2",
        "flat": "world.dimension=4&n=10&generations=30&lineages=30",
        "many planes": "world.dimension=2&n=60&generations=10&lineages=300",
        "flatter": "world.dimension=16&n=5&generations=10&lineages=10",
        "birds": "world=penguins&model=mixture&n=60&generations=30&lineages=30&seed=2",
        "saved birds": "world=penguins&world.measured=body&model=mixture&policy=mix&policy.synthetic=0.5&generations=10&lineages=20",
        "two curves": "world=penguins&model=mixture&model.components=2&model.start=cold&n=50&generations=10&lineages=20",
        "eight curves": "world=penguins&model=mixture&model.components=8&n=20&generations=20&lineages=10",
        "one bird": "world=penguins&model=mixture&n=2&generations=1&lineages=1",
        "humps": "world=groups&model=mixture&n=20&generations=20&lineages=20",
        "town": "world=surnames&world.types=300&model=categorical&n=200&generations=30&lineages=30",
        "village": "world=surnames&world.types=20&model=categorical&n=10&generations=1&lineages=1",
        "nobody dies": "world=surnames&world.types=50&model=categorical&model.smoothing=1&n=1000&generations=5&lineages=10",
        "bills": "world=own-numbers&n=20&generations=10&lineages=20",
        "species": "world=own-types&model=categorical&n=20&generations=10&lineages=10",
        "alice": "world=alice&model=ngram&n=4000&generations=4&lineages=3",
        "alice in loops": "world=alice&model=ngram&model.order=2&decoder.temperature=0.5&n=4000&generations=8&lineages=3",
        "alice in words": "world=alice&model=ngram&model.unit=words&model.order=1&policy=accumulate&n=4000&generations=3&lineages=2",
        "a word of alice": "world=alice&model=ngram&model.order=5&n=2&generations=1&lineages=1",
        "digits": "world=digits&model=vae&model.epochs=2&n=300&generations=4&lineages=3",
        "linear digits": "world=digits&model=linear-vae&policy=replace&n=300&generations=30&lineages=5",
        "one digit": "world=digits&world.digits=7&model=vae&model.epochs=1&model.latents=1&n=2&generations=1&lineages=1",
        "readers": "policy=shared&policy.others=0.5&n=20&generations=20&lineages=40",
        "cooled town": "world=surnames&world.types=300&model=categorical&decoder.temperature=0.8&policy=accumulate&n=200&lineages=9",
    }.items()
}


@cache
def case(name: str) -> Case:
    scenario = RUNS[name]
    space = scenario.world.space
    whole = space in ("real", "images")
    trajectory = run(scenario, keep=None if whole else watched(space))
    width = trajectory.measure("variance" if whole else "effective_types")[:, -1]
    lineage = lineage_at(width, 0.5)
    return Case(trajectory, lineage, (lives if space == "text" else replay)(scenario, lineage), Rule())


def of(metric: str) -> Callable[[Case], Picture]:
    """The timeline of a metric, as the pages draw it."""
    return lambda c: over_time(c.trajectory, metric, c.lineage, say="Say.", note="Note.")


class Kind(NamedTuple):
    """How a builder is called, in which worlds, and the numbers that its alternative text must hold."""

    builder: Any
    draw: Callable[[Case], Picture]
    spaces: tuple[str, ...]
    spoken: Callable[[Case], list[float]]
    laws: tuple[str, ...] = ()
    line: bool = False  # one dimension only
    mixture: bool = False


def middle_of(values: np.ndarray) -> np.ndarray:
    """The median over lineages: of an even number the lower one, whatever it is."""
    return np.sort(values, axis=0)[(len(values) - 1) // 2]


def spoken_timeline(metric: str) -> Callable[[Case], list[float]]:
    def numbers(c: Case) -> list[float]:
        values = c.trajectory.measure(metric)
        median, middle, law = middle_of(values), (c.generations + 1) // 2, c.law(metric)
        return [
            median[0],
            median[middle],
            middle,
            median[-1],
            values[:, -1].mean(),
            *([] if law is None else [law[-1]]),
        ]

    return numbers


def moments_of(c: Case) -> list[tuple[int, float, float]]:
    """(t, variance, tail mass) of the lineage shown, at the start, in the middle and at the end."""
    return [
        (t, *(float(c.trajectory.measure(m)[c.lineage, t]) for m in ("variance", "tail_mass")))
        for t in (0, (c.generations + 1) // 2, c.generations)
    ]


def examples(c: Case) -> tuple[np.ndarray, np.ndarray] | None:
    return passed_on(c.scenario, c.lineage, c.trajectory.params)


def spoken_narrowing(c: Case) -> list[float]:
    real = float(c.trajectory.measure("tail_mass")[0, 0])
    return [x for t, v, p in moments_of(c) for x in ([0.0, real] if t == 0 else [t, np.sqrt(v), p, real])]


def spoken_plane(c: Case) -> list[float]:
    seen = plane(c.scenario, c.params)
    sizes = [
        np.sqrt(cloud.var(axis=0).sum() / seen.real.var(axis=0).sum()) for cloud in (seen.drawn[0], seen.drawn[-1])
    ]
    return [len(seen.real), seen.drawn.shape[1], 1, sizes[0], c.generations, sizes[1]]


def spoken_spectrum(c: Case) -> list[float]:
    wide = np.sqrt(c.scenario.model.belief(c.params).spectrum[:, : c.scenario.model.latents])
    return [1, (wide[0] > 1).sum(), (wide[-1] > 1).sum(), wide[0].max(), wide[-1].max()]


def spoken_digits(c: Case) -> list[float]:
    """The digits in what the last generation draws, counted one by one."""
    s = c.scenario
    real, drawn = s.model.truth(s.world, s.n).samples(()), s.model.belief(c.params).samples((c.generations - 1,))
    alive = [[d for d in range(10) if (read(x).argmax(axis=1) == d).sum() >= 0.01 * len(x)] for x in (real, drawn)]
    return [len(alive[0]), 0, len(alive[1]), *alive[1]]


def spoken_losses(c: Case) -> list[float]:
    first, last = c.params.losses[0], c.params.losses[-1]
    return [1, first[0], first[-1], c.generations, last[0], last[-1]]


def spoken_swarm(c: Case) -> list[float]:
    sd = np.exp(c.trajectory.measure("log_variance") / 2)[:150]
    world = c.scenario.world
    mean = (c.trajectory.params.mean[:150, :, 0] - world.distribution.mean[0]) / np.sqrt(world.distribution.cov[0, 0])
    return [
        x
        for t in ((c.generations + 1) // 2, c.generations)
        for x in (
            [t, float(middle_of(sd[:, t])), *([float(np.std(mean[:, t - 1]))] if len(sd) > 1 else [])] if t else [0]
        )
    ]


def spoken_strip(c: Case) -> list[float]:
    stages = classify(c.trajectory, c.rule)
    onsets = [np.flatnonzero(2 * (stages >= s).sum(axis=0) >= len(stages)) for s in (EARLY, LATE)]
    shares = [(stages[:, -1] == s).mean() for s in (HEALTHY, EARLY, LATE)]
    return [c.scenario.lineages, *shares, *(at[0] for at in onsets if len(at))]


def spoken_directions(c: Case) -> list[float]:
    eigenvalues = np.maximum(np.linalg.eigvalsh(c.trajectory.params.cov[:, -1]), 0.0)
    with np.errstate(divide="ignore"):
        geometric = np.exp(np.log(eigenvalues).mean(axis=-1))
    return [float(middle_of(x)) for x in (eigenvalues.mean(axis=-1), geometric, eigenvalues[:, 0])]


def spoken_effective_number(c: Case) -> list[float]:
    """By the eigenvalues of every lineage; in which generation the simulation ends, by the growth of its spread."""
    s, ratio = c.scenario, (c.scenario.n + 1) / (c.scenario.n - 1)
    last = max([0, *(t for t in range(s.generations + 1) if ratio**t < s.lineages / 100)])
    values = np.linalg.eigvalsh(c.trajectory.params.cov)
    runs = (values.sum(axis=-1) ** 2).mean(axis=0) / (values**2).sum(axis=-1).mean(axis=0)
    law = effective_directions(s)
    return [s.world.d, runs[last - 1] if last else s.world.d, last, law[last], law[-1]]


def spoken_ranks(c: Case) -> list[float]:
    alive = [c.scenario.world.types, *np.count_nonzero(c.params.p, axis=1)]
    return [
        c.lineage + 1,
        *(x for t in ((c.generations + 1) // 2, c.generations) for x in (t, alive[t], c.scenario.world.types)),
    ]


def spoken_indices(c: Case) -> list[float]:
    values = map(c.trajectory.measure, ("types", "effective_types", "entropy", "simpson"))
    return [float(middle_of(v[:, -1]) / v[0, 0]) for v in values]


@cache
def other(scenario: Scenario) -> Trajectory:
    """The same question with other luck."""
    return run(replace(scenario, seed=scenario.seed + 1), keep=("tail_mass",))


def on_real_birds(c: Case) -> Trajectory | None:
    """The control of a mixture that knows its groups."""
    return run(c.scenario, control=True) if c.scenario.model.components == 3 else None


def spoken_beside(c: Case) -> list[float]:
    ends = [t.measure("tail_mass")[:, -1] for t in (other(c.scenario), c.trajectory)]
    return [float(np.sort(v)[(len(v) - 1) // 2]) for v in ends]


def spoken_apart(c: Case) -> list[float]:
    gap = (other(c.scenario).measure("tail_mass") - c.trajectory.measure("tail_mass"))[:, -1]
    groups = gap.reshape(-1, c.scenario.policy.group).mean(axis=1)
    return [gap.mean(), groups.std(ddof=1) / np.sqrt(len(groups))] if len(groups) > 1 else [float(gap[0])]


@cache
def small_map(scenario: Scenario) -> Filled:
    shows = "variance" if scenario.world.space == "real" else "effective_types"
    *_, full = fill(Map(scenario, Axis("n", (5, 9), True), Axis("generations", (1, 2), True), shows))
    return full


def spoken_map(c: Case) -> list[float]:
    seen = sorted(small_map(c.scenario).value.ravel().tolist())
    return [2, 2, 1.0, seen[0], seen[-1], (seen[1] + seen[2]) / 2]


@cache
def small_arena(scenario: Scenario) -> Found:
    """Seven combinations of little work."""
    off = dict.fromkeys(("originals", "everything", "detector", "verifier", "heat"), "off")
    *_, full = search(Search(tuple(combinations(Arena(**off), replace(scenario, lineages=9, generations=12))[:7])))  # type: ignore[arg-type]
    return full


def spoken_arena(c: Case) -> list[float]:
    best = front(standings(small_arena(c.scenario), Purse(), Endurance()))
    said = [
        [*(float(x) / 100 for x in re.findall(r"\d+", each.tried.combination.says)), each.price, each.median]
        for each in best
    ]
    return [7, 7, *(number for each in said for number in each)]


def spoken_preview(c: Case) -> list[float]:
    world = c.scenario.world
    if world.space == "types":
        return [world.types, float(world.p[0])]
    x = world.distribution.levels()[1]
    return [len(x), x.min(), x.max(), float(np.median(x))]


def called(c: Case) -> list[str]:
    """What the components are called: the species, if there are three."""
    k = c.params.weights.shape[1]
    return [f"began as {name}" for name in SPECIES] if k == 3 else [f"component {i + 1}" for i in range(k)]


def told(c: Case, w: np.ndarray) -> list[float]:
    """Shares as they are told, with the number in the name of a component that has no other."""
    return [x for i, share in enumerate(w) for x in ([] if len(w) == 3 else [i + 1]) + [float(share)]]


def birds(c: Case) -> np.ndarray:
    """Of the draws of each generation, the share taken for each species, (T + 1, 3)."""
    world = c.scenario.world
    mine = Normals(c.params.weights, c.params.mean, c.params.cov)
    return np.vstack([world.groups.taken_for(world.groups), mine.taken_for(world.groups)])


def spoken_ellipses(c: Case) -> list[float]:
    n, numbers = c.scenario.n, [c.lineage + 1, 274]
    for t in ((c.generations + 1) // 2, c.generations):
        numbers += [t, *(x for x in (n * birds(c)[t]).tolist() if x >= 1), n]
    return numbers


def beliefs(c: Case) -> list[Any]:
    s = c.scenario
    return [s.model.truth(s.world, s.n), *(s.model.shown(p, s.n) for p in c.params)]


def spoken_zipf(c: Case) -> list[float]:
    told = [[w for p in b.words(c.scenario.world.corpus(c.scenario.model.unit))[0] for w in p] for b in beliefs(c)]
    return [x for t in (0, (c.generations + 1) // 2, c.generations) for x in (t, len(set(told[t])), len(told[t]))]


def spoken_next_token(c: Case) -> list[float]:
    """How many tokens follow the context, in the text itself; a context that was never read is shortened."""
    corpus, order = c.scenario.world.corpus(c.scenario.model.unit), c.scenario.model.order
    samplers = 4 if c.scenario.decoder.neutral else 5
    kinds = []
    for b in (beliefs(c)[0], beliefs(c)[-1]):
        x, first = b.read.x[0].tolist(), b.read.first[0].tolist()
        prompt = corpus.number(CONTEXT[c.scenario.model.unit]).tolist()[-order:] if order else []
        while True:
            k = len(prompt)
            after = {x[i] for i in range(k, len(x)) if x[i - k : i] == prompt and not any(first[i - k + 1 : i + 1])}
            if after or not prompt:
                break
            prompt = prompt[1:]
        kinds.append(len(after) or len(set(x)))
    return [11, samplers, 0, kinds[0], c.generations, kinds[1]]


def spoken_signs(c: Case) -> list[float]:
    median = {m: middle_of(c.trajectory.measure(m)) for m in watched("text")}
    rare = median["tail_mass"]
    return [
        *([rare[-1] / rare[0]] if rare[0] else []),
        median["effective_types"][-1] / median["effective_types"][0],
        median["gibberish"][-1],
        median["repetition"][-1],
    ]


def spoken_second_view(c: Case) -> list[float]:
    found = []
    for b in (beliefs(c)[0], beliefs(c)[-1]):
        told = zip(foreign(b, c.scenario.world), b.excerpt.first, strict=True)
        found.append([[p.mean() for p in np.split(loss, np.flatnonzero(first)[1:])] for loss, first in told])
    middle, high = ([float(np.mean([np.exp(np.quantile(loss, q)) for loss in f])) for f in found] for q in (0.5, 0.95))
    return [0, *middle, 0.95, *high]


def spoken_variety(c: Case) -> list[float]:
    found = [
        float(np.squeeze(METRICS[m].function(beliefs(c)[-1], c.scenario.world)))
        for m in ("distinct_1", "distinct_2", "distinct_3", "self_bleu", "copied")
    ]
    return [value for value in found if np.isfinite(value)]


@cache
def alarmed(scenario: Scenario) -> tuple[Any, Any]:
    """The alarms of a run, and how often they ring by chance."""
    return watch(run(scenario, keep=metrics_of(gauges(scenario)))), by_chance(scenario)


def spoken_alarms(c: Case) -> list[float]:
    """From the values and the thresholds, without the program's own counting; the alarms in the order of their medians."""
    found = []
    for alarm in alarmed(c.scenario)[0]:
        values = run(c.scenario, keep=alarm.gauge.metric).measure(alarm.gauge.metric)[:, 1:]
        rings = (values < alarm.low) | (values > alarm.high)
        firsts = sorted(next((t + 1 for t, r in enumerate(row) if r), np.inf) for row in rings)
        m, end = len(firsts), rings[:, -1].mean()
        k = next((k for k in range(m) if binom.cdf(k, m, 0.5) >= 0.025), 0)
        low, high = (firsts[k - 1], firsts[m - k]) if k else (1, np.inf)
        median, ever = firsts[(m - 1) // 2], rings.any(axis=1).sum()
        said = [ever, m, end] if np.isinf(median) else [median, low, *([high] if np.isfinite(high) else []), end]
        found.append((median, -ever / m, said))
    return [c.scenario.lineages, *(x for _, _, said in sorted(found, key=lambda f: f[:2]) for x in said)]


def spoken_quiz(c: Case) -> list[float]:
    """How many rare things are asked for, and known in the end: in one, two and so many sets made by hand."""
    s, names = c.scenario, quiz(c.scenario, c.params).names
    if s.world.space == "types":
        places = [s.world.labels.index(name) for name in names]
        alive = [(p[places] > 0).sum() for p in (c.params.p[0], c.params.p[-1])]
    elif s.world.space == "text":
        told = [
            s.model.belief(p).words(s.world.corpus(s.model.unit), whole=True)[0] for p in (c.params[0], c.params[-1])
        ]
        alive = [sum(any(name in passage for passage in text) for name in names) for text in told]
    else:
        order = np.argsort(-s.world.groups.weights)
        shares = Normals(c.params.weights, c.params.mean, c.params.cov).taken_for(s.world.groups)[:, order]
        alive = [(share >= 0.01).sum() for share in (shares[0], shares[-1])]
    known = quiz(s, c.params).known[-1]
    return [len(names), 1, *alive, *(int(n.split()[1]) for n, k in zip(names, known, strict=True) if k and " " in n)]


MONITORED = monitor(history(EXAMPLE), EXAMPLE_HEALTHY)


def with_variety(c: Case) -> Picture:
    return variety(c.scenario, measured(c.scenario, beliefs(c), VARIETY))


def with_perplexities(c: Case) -> Picture:
    return second_view(c.scenario, perplexities(c.scenario, beliefs(c)))


CONTEXT = {"chars": "the ", "words": "said the"}
DAMAGE = np.random.default_rng(4).random((2, 2, 2, 50)).cumsum(0).cumsum(1).cumsum(2)
FAMILY = FAMILIES["bell curve"]


def two_curves(c: Case) -> dict[str, np.ndarray]:
    return {name: c.trajectory.measure(name).mean(axis=0) for name in ("variance", "mean_drift")}


def spoken_several(c: Case) -> list[float]:
    return [x for curve in two_curves(c).values() for x in (curve[1], 1, curve[-1])]


def spoken_worlds(c: Case) -> list[float]:
    on = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1)]
    return [DAMAGE[place].mean() for place in on]


def spoken_shares(c: Case) -> list[float]:
    """By the mean over the orders in which the three can be turned on."""
    mean, parts = DAMAGE.mean(axis=-1), np.zeros(3)
    for order in permutations(range(3)):
        place = [0, 0, 0]
        for cause in order:
            before = mean[tuple(place)]
            place[cause] = 1
            parts[cause] += (mean[tuple(place)] - before) / 6
    return list(parts / (mean[1, 1, 1] - mean[0, 0, 0]))


@cache
def examined(scenario: Scenario) -> Exam:
    return examine(run(scenario))


def spoken_calibration(c: Case) -> list[float]:
    e = examined(c.scenario)
    return [e.right[:, 0].mean(), e.sure[:, 0].mean(), c.generations, e.right[:, -1].mean(), e.sure[:, -1].mean()]


def spoken_group_errors(c: Case) -> list[float]:
    """By group, which may have a number for a name; and how far the groups of a lineage lie apart."""
    errors = examined(c.scenario).errors
    mean, gap = errors.mean(axis=0), np.ptp(errors, axis=2).mean(axis=0)
    return [
        x
        for k in range(mean.shape[1])
        for x in ([k + 1] if c.scenario.world.kind == "groups" else []) + [mean[0, k], mean[-1, k]]
    ] + [gap[0], gap[-1]]


def spoken_alikeness(c: Case) -> list[float]:
    """Within: the mean variance; together: of a mixture of all eight models of a group, by the law of total variance."""
    p = c.trajectory.params
    v, mean = p.cov[:, -1, 0, 0].reshape(-1, 8), p.mean[:, -1, 0].reshape(-1, 8)
    together = (v.mean(axis=1) + mean.var(axis=1)).mean()
    return [v.mean(), together, 1 - v.mean() / together]


def spoken_price(c: Case) -> list[float]:
    found = account(c.scenario, Prices())
    crossed = [found.break_even] if found.break_even else []
    return [found.price[0], found.value[0], found.price[-1], found.value[-1], *crossed]


REGRESSION = Regression(dimension=5, examples=20, generations=10, lineages=300)
WRONG = errors(REGRESSION)
FIRMS = Commons(firms=8, saving=0.15)
LOOKED = np.random.default_rng(5).normal(
    np.reshape([0.7, 0.0], (2, 1, 1)), size=(2, 9, 90)
)  # scores of made and of real passages


def spoken_ledger(c: Case) -> list[float]:
    """By the mixture itself: of 20 examples 2 are fresh and 18 made; of an archive of T samples one is real and one is the last."""
    t = c.generations
    return [1 / t, 0, 1 / t, (t - 2) / t] if c.scenario.policy.kind == "accumulate" else [0, 0.1, 0.9, 0]


def spoken_detection(c: Case) -> list[float]:
    """By scikit-learn, in the middle of the lineages."""
    areas = [roc_auc_score(np.repeat([1, 0], 90), np.append(made, real)) for made, real in zip(*LOOKED, strict=True)]
    return [0.5, 1, 7, np.median(areas)]


FILTERED = 9 + np.random.default_rng(6).random((2, 9, 51)) * [[[3]], [[1]]]  # perplexities without and with a filter


def spoken_power(c: Case) -> list[float]:
    """By scikit-learn: in generation 1 nothing can be told, at the end what was looked at."""
    return [1, c.generations, 0.5, spoken_detection(c)[-1]]


def spoken_green(c: Case) -> list[float]:
    made, real = LOOKED
    return [2, np.mean(real >= 2), norm.sf(2), np.mean(made >= 2)]


FLOORS = ("memoriser", "synthetic_labels")  # sums, and no runs


def spoken_memoriser(c: Case) -> list[float]:
    """Written out type by type: what is left unread after ten million examples."""
    p = np.arange(1, 100_001) ** -1.5
    p /= p.sum()
    head = np.where(np.arange(100_000) < 1000, p, 0) / p[:1000].sum()
    read = [p, head, 0.01 * p + 0.99 * head]
    return [1e7, *(float(np.sum(p * (1 - q) ** 1e7)) for q in read), p[1000:].sum()]


LEFT = 2 * np.random.default_rng(7).random(
    (3, 40)
)  # what 40 lineages have left of a rescue that begins in one of 3 generations
VERIFIERS = {
    "nobody": Verification(keep_right=1, keep_wrong=1),
    "a reader": Verification(keep_right=0.8, keep_wrong=0.4),
}
JUDGED = {name: (v, v.tipping(np.array([0.3, 0.6, 0.9]), 3, np.random.default_rng(8))) for name, v in VERIFIERS.items()}
WEIGHTED = Weighting(real=10, made=30, weight=0.7)


def endless(c: Case) -> Curated | None:
    """Where endless data would keep mean and variance, where a law is known."""
    return None if c.law("variance") is None else Curated(np.zeros(c.generations + 1), np.ones(c.generations + 1))


def spoken_tipping(c: Case) -> list[float]:
    """Right answers first and last, and where what is kept of right and wrong labels balances (Feng et al., 2024)."""
    tips = [v.keep_right / (v.keep_right + v.keep_wrong) for v, _ in JUDGED.values()]
    return [x for (_, points), tip in zip(JUDGED.values(), tips, strict=True) for x in (*points.right[[0, -1]], tip)]


def spoken_weighing(c: Case) -> list[float]:
    """By the fixed point e = w² + (1 − w)²(e + k) of one round, with k real examples for each made one; the best w on a fine grid."""
    k = 10 / 30

    def error(w: float | np.ndarray) -> Any:
        return (w**2 + (1 - w) ** 2 * k) / (1 - (1 - w) ** 2)

    grid = np.linspace(0.01, 1, 99_001)
    best = float(grid[error(grid).argmin()])
    return [x for w in (best, k / (1 + k), 0.7) for x in (w, error(w))]


PICTURES = {
    "ends": Kind(
        too_late,
        lambda c: too_late(
            c.scenario,
            {"fresh data": Ends((2, 9, 51), LEFT, (2, 51), None if endless(c) is None else np.array([0.9, 0.1]))},
            LOOKS["variance"],
            name="ends",
            say="Say.",
            note="Note.",
        ),
        ("real",),
        lambda c: [c.generations, LEFT[0].mean(), 2, LEFT[2].mean(), 51],
        ("variance",),
    ),
    "toward": Kind(
        toward,
        lambda c: toward({"fitted": c.trajectory, "again": c.trajectory}, [endless(c)] * 2, 0.5, "Say.", "Note."),
        ("real",),
        lambda c: [*[middle_of(c.trajectory.params.mean[:, -1, 0])] * 2, 0.5],
        ("variance",),
    ),
    "liking": Kind(
        liked,
        lambda c: liked({"known": c.trajectory, "learnt": c.trajectory}, endless(c), 0.5, 2.0, "Say.", "Note."),
        ("real",),
        lambda c: [
            -1.25 / 8,
            *[-((c.trajectory.params.mean[:, -1] - 0.5) ** 2 + c.trajectory.params.cov[:, -1, 0]).mean() / 8] * 2,
        ],
        ("variance",),
    ),
    "variance_left": Kind(
        variance_left,
        lambda c: variance_left({"known": c.trajectory, "learnt": c.trajectory}, endless(c), "Say.", "Note."),
        ("real",),
        lambda c: [1.0, *[middle_of(c.trajectory.params.cov[:, -1, 0, 0])] * 2],
        ("variance",),
    ),
    "tipping": Kind(tipping, lambda c: tipping(JUDGED, "Say.", "Note."), ("real",), spoken_tipping, ("variance",)),
    "weighing": Kind(
        weighing,
        lambda c: weighing(WEIGHTED, {0.3: LEFT[0], 0.7: LEFT[1]}),
        ("real",),
        spoken_weighing,
        ("variance",),
    ),
    "memoriser": Kind(memoriser, lambda c: memoriser(learnt(1000), 1000), ("real",), spoken_memoriser, ("variance",)),
    "synthetic_labels": Kind(
        synthetic_labels,
        lambda c: synthetic_labels((0.0, 0.1)),
        ("real",),
        lambda c: [1e7, 0, 10 / 1e7, 0.1, 10 / 1e7 + 0.01],
    ),
    "power": Kind(
        power,
        lambda c: power(c.scenario, {"looks": {1: np.full(9, 0.5), c.generations: roc(*LOOKED).auroc}}, 20),
        ("real",),
        spoken_power,
    ),
    "green_scores": Kind(
        green_scores,
        lambda c: green_scores(c.scenario, Scores(*LOOKED), 20, 2.0),
        ("real",),
        spoken_green,
        ("variance",),  # the normal law, known in every run
    ),
    "filtering": Kind(
        filtering,
        lambda c: filtering(c.scenario, {"no filter": FILTERED[0], "looks": FILTERED[1]}),
        ("real",),
        lambda c: [np.median(FILTERED[0, :, 1]), 50, *np.median(FILTERED[:, :, -1], axis=1)],
    ),
    "regression_errors": Kind(
        regression_errors,
        lambda c: regression_errors(REGRESSION, WRONG),
        ("real",),
        lambda c: [WRONG[:, 1].mean(), 10, WRONG[:, 10].mean(), 10 * 5 / 14],
        ("variance",),  # known in the run that it is shown beside
    ),
    "commons": Kind(
        commons_picture,
        lambda c: commons_picture(FIRMS),
        ("real",),
        lambda c: [FIRMS.alone, FIRMS.best, FIRMS.lost, float(FIRMS.profit(FIRMS.best, FIRMS.best))],
    ),
    "ledger": Kind(provenance, lambda c: provenance(c.scenario, ledger(c.scenario)), ("real",), spoken_ledger),
    "characteristics": Kind(
        characteristics,
        lambda c: characteristics(c.scenario, {"generation 7": roc(*LOOKED)}, 20),
        ("real",),
        spoken_detection,
    ),
    "calibration": Kind(
        calibration, lambda c: calibration(c.scenario, examined(c.scenario)), ("real",), spoken_calibration
    ),
    "group_errors": Kind(
        group_errors, lambda c: group_errors(c.scenario, examined(c.scenario)), ("real",), spoken_group_errors
    ),
    "alikeness": Kind(
        alikeness,
        lambda c: alikeness(c.scenario, parted(c.trajectory), shared_law(c.scenario)),
        ("real",),
        spoken_alikeness,
        ("variance",),
    ),
    "price_and_worth": Kind(
        price_and_worth, lambda c: price_and_worth(c.scenario, account(c.scenario, Prices())), ("real",), spoken_price
    ),
    "several": Kind(
        several,
        lambda c: several(
            c.scenario,
            "several",
            two_curves(c),
            Look("share"),
            say="Two curves?",
            note="The horizontal axis counts generations, and the vertical axis shows shares.",
        ),
        ("real",),
        spoken_several,
    ),
    "worlds": Kind(worlds, lambda c: worlds(FAMILY, DAMAGE, (1, 0, 1)), ("real",), spoken_worlds),
    "shares": Kind(shares, lambda c: shares({FAMILY.name: decomposed(DAMAGE)}, FAMILY), ("real",), spoken_shares),
    "alarms": Kind(
        alarm_board,
        lambda c: alarm_board(c.scenario, *alarmed(c.scenario)),
        ("real", "types", "text"),
        spoken_alarms,
    ),
    "quiz": Kind(
        quiz_table, lambda c: quiz_table(c.scenario, quiz(c.scenario, c.params)), ("real", "types", "text"), spoken_quiz
    ),
    "monitor": Kind(
        monitor_picture,
        lambda c: monitor_picture(MONITORED),
        ("real",),
        lambda c: [3, 4, 8, 8, 6, 6, 8, 8, 6, 8, 8, 8],
    ),
    "narrowing": Kind(
        narrowing,
        lambda c: narrowing(c.trajectory, c.lineage, c.params, examples(c)),
        ("real",),
        spoken_narrowing,
        line=True,
    ),
    "variance": Kind(over_time, of("variance"), ("real",), spoken_timeline("variance"), ("variance",)),
    "tail_mass": Kind(over_time, of("tail_mass"), ("real", "types"), spoken_timeline("tail_mass"), ("tail_mass",)),
    "log_variance": Kind(
        over_time,
        of("log_variance"),
        ("real",),
        spoken_timeline("log_variance"),
        ("log_variance",),
    ),
    "stages": Kind(
        strip,
        lambda c: strip(c.trajectory, classify(c.trajectory, c.rule), c.rule, Alarms(9, 200)),
        ("real", "types", "text", "images"),
        spoken_strip,
    ),
    "drift": Kind(swarm, lambda c: swarm(c.trajectory, c.lineage), ("real",), spoken_swarm),
    "conservation": Kind(
        conservation,
        lambda c: conservation(c.trajectory),
        ("real",),
        lambda c: [float(c.trajectory.measure(m)[:, -1].mean()) for m in ("variance", "mean_drift")],
        ("variance", "mean_drift"),
    ),
    "directions": Kind(directions, lambda c: directions(c.trajectory), ("real",), spoken_directions, ("log_variance",)),
    "effective_number": Kind(
        effective_number,
        lambda c: effective_number(c.trajectory, effective_directions(c.scenario)),
        ("real",),
        spoken_effective_number,
        ("variance",),  # known wherever this one is
    ),
    "latent_plane": Kind(
        latent_plane, lambda c: latent_plane(c.scenario, plane(c.scenario, c.params)), ("images",), spoken_plane
    ),
    "spectrum": Kind(
        spectrum,
        lambda c: spectrum(c.scenario, *spectra(c.scenario, c.params)),
        ("images",),
        spoken_spectrum,
        ("signal",),
    ),
    "digits_drawn": Kind(
        digits_drawn, lambda c: digits_drawn(c.scenario, classes(c.scenario, c.params)), ("images",), spoken_digits
    ),
    "losses": Kind(losses, lambda c: losses(c.scenario, c.params.losses), ("images",), spoken_losses),
    "ellipses": Kind(
        ellipses,
        lambda c: ellipses(c.trajectory, c.lineage, c.params, birds(c)),
        ("real",),
        spoken_ellipses,
        mixture=True,
    ),
    "weights": Kind(
        weights,
        lambda c: weights(c.trajectory, c.lineage, c.params),
        ("real",),
        lambda c: [c.lineage + 1, *told(c, c.params.weights[-1])],
        mixture=True,
    ),
    "survival": Kind(
        survival,
        lambda c: survival(c.trajectory, on_real_birds(c)),
        ("real",),
        lambda c: [
            *told(c, (c.trajectory.params.weights[:, -1] > 0).mean(axis=0)),
            *([] if (alone := on_real_birds(c)) is None else [alone.measure("rarest_alive")[:, -1].mean()]),
            *([] if c.law("rarest_alive") is None else [c.law("rarest_alive")[-1]]),
        ],
        ("rarest_alive",),
        mixture=True,
    ),
    "minority_share": Kind(
        over_time,
        of("minority_share"),
        ("real",),
        spoken_timeline("minority_share"),
        ("minority_share",),
        mixture=True,
    ),
    "ranks": Kind(ranks, lambda c: ranks(c.trajectory, c.params.p, c.lineage), ("types",), spoken_ranks),
    "lifelines": Kind(lifelines, lambda c: lifelines(c.trajectory, c.params.p), ("types",), lambda c: []),
    "mean_drift": Kind(
        over_time,
        lambda c: over_time(c.trajectory, "mean_drift", c.lineage),
        ("real",),
        spoken_timeline("mean_drift"),
        ("mean_drift",),
    ),
    "beside": Kind(
        beside, lambda c: beside(other(c.scenario), c.trajectory, "tail_mass"), ("real", "types"), spoken_beside
    ),
    "apart": Kind(
        apart,
        lambda c: apart(difference(c.trajectory, other(c.scenario), "tail_mass"), c.scenario, True),
        ("real", "types"),
        spoken_apart,
    ),
    "phase-map": Kind(
        phase_map,
        lambda c: phase_map(small_map(c.scenario), c.scenario),
        ("real", "types"),
        spoken_map,
    ),
    "arena": Kind(
        arena_picture,
        lambda c: arena_picture(small_arena(c.scenario), Purse(), Endurance(), c.scenario),
        ("real",),
        spoken_arena,
    ),
    "preview": Kind(preview, lambda c: preview(c.scenario.world), ("real", "types"), spoken_preview),
    "perplexity": Kind(over_time, of("perplexity"), ("text",), spoken_timeline("perplexity")),
    "zipf": Kind(zipf, lambda c: zipf(c.scenario, beliefs(c)), ("text",), spoken_zipf),
    "next_token": Kind(
        next_token,
        lambda c: next_token(c.scenario, beliefs(c), CONTEXT[c.scenario.model.unit]),
        ("text",),
        spoken_next_token,
    ),
    "signs": Kind(signs, lambda c: signs(c.trajectory), ("text",), spoken_signs),
    "variety": Kind(
        variety, lambda c: variety(c.scenario, measured(c.scenario, beliefs(c), VARIETY)), ("text",), spoken_variety
    ),
    "second_view": Kind(
        second_view,
        lambda c: second_view(c.scenario, perplexities(c.scenario, beliefs(c))),
        ("text",),
        spoken_second_view,
    ),
    "indices": Kind(indices, lambda c: indices(c.trajectory), ("types",), spoken_indices, ("types",)),
}


FEW = {  # what takes long, does not depend on the run, or is known for few
    "ends": ("home", "no law"),
    "toward": ("home", "no law"),
    "liking": ("home", "no law"),
    "variance_left": ("home", "no law"),
    "tipping": ("home",),
    "weighing": ("home",),
    "ledger": ("saved", "kept"),
    "characteristics": ("home",),
    "arena": ("home", "saved"),
    "memoriser": ("home",),
    "synthetic_labels": ("home",),
    "power": ("home",),
    "green_scores": ("home",),
    "filtering": ("home",),
    "calibration": ("birds", "humps"),
    "group_errors": ("birds", "humps"),
    "alikeness": ("readers",),
    "regression_errors": ("home",),
    "commons": ("home",),
    "price_and_worth": ("home", "saved", "kept", "readers"),
    "alarms": ("home", "two", "shortest", "saved", "flat", "humps", "town", "village", "alice", "a word of alice"),
    "quiz": ("birds", "humps", "one bird", "town", "village", "alice", "alice in words"),
    "monitor": ("home",),
    "worlds": ("home",),
    "shares": ("home",),
}


def fits(name: str, scenario: Scenario) -> bool:
    """Can this picture be drawn of this run?  In many dimensions the log of a singular covariance has no timeline."""
    kind = PICTURES[name]
    if scenario.world.space not in kind.spaces or (kind.line and scenario.world.d > 1):
        return False
    if name in FEW and scenario not in [RUNS[run_] for run_ in FEW[name]]:
        return False
    if name == "losses" and scenario.model.kind != "vae":
        return False  # nothing is trained
    if name == "effective_number":
        return scenario.world.d > 1 and effective_directions(scenario) is not None
    if name in ("drift", "directions") and scenario.model.kind == "mixture":
        return False  # a mixture has many means
    if name == "directions" and scenario.world.kind in ("flipper", "own-numbers"):
        return False  # in millimetres, not in standard deviations of the world
    if kind.mixture and (scenario.model.kind != "mixture" or scenario.world.kind != "penguins"):
        return False
    if name == "preview":
        return scenario.world.finite and scenario.world.kind != "penguins"
    return not (name == "log_variance" and (scenario.world.d >= scenario.n or scenario.model.kind == "mixture"))


PAIRS = [(name, run_) for name in PICTURES for run_, scenario in RUNS.items() if fits(name, scenario)]
PROMISES: list[Callable[[str, str], None]] = []


def promise(function: Callable[[str, str], None]) -> Callable[[str, str], None]:
    """What every picture keeps; asked of a picture and its run, one promise after the other."""
    PROMISES.append(function)
    return function


@cache
def drawn(name: str, run_: str) -> Picture:
    return PICTURES[name].draw(case(run_))


@cache
def travelled(name: str, run_: str) -> dict[str, Any]:
    """What arrives in the browser."""
    return json.loads(pack(drawn(name, run_)))


def numbers(value: Any) -> np.ndarray:
    """Plotly's typed arrays, or plain lists, as float64."""
    if isinstance(value, dict):
        assert value["dtype"] in KINDS, value["dtype"]
        flat = np.frombuffer(b64decode(value["bdata"]), dtype="<" + value["dtype"])
        if "shape" not in value:
            return flat.astype(float)
        height, *wide = (int(n) for n in value["shape"].split(","))
        rows = flat.reshape(-1, *wide)
        return rows[np.minimum(np.arange(height), len(rows) - 1)].astype(float)  # the last repeats
    return np.asarray(value, float)


class Shown:
    """A picture's traces by name, as the browser gets them."""

    def __init__(self, name: str, run_: str) -> None:
        self.traces = {t["name"]: t for t in travelled(name, run_)["figure"]["data"]}

    def y(self, name: str) -> np.ndarray:
        return numbers(self.traces[name]["y"])

    @cached_property
    def laws(self) -> list[str]:
        return [name for name in self.traces if name.startswith("law")]


# ---- every picture ---------------------------------------------------------------------------------------------------------


def builders() -> Iterator[Any]:
    """Every public function in collapse.figures that gives a Picture, but for what a map and a sweep are both drawn by."""
    for module in pkgutil.iter_modules(figures.__path__):
        here = importlib.import_module(f"{figures.__name__}.{module.name}")
        for name, function in inspect.getmembers(here, inspect.isfunction):
            ours = function.__module__ == here.__name__ and not name.startswith("_")
            if ours and function.__annotations__.get("return") is Picture and function is not cell_map:
                yield function


def test_every_builder_is_tested() -> None:
    assert {kind.builder for kind in PICTURES.values()} == set(builders())
    assert {name for name, _ in PAIRS} == set(PICTURES)


@promise
def plotly_accepts_it(name: str, run_: str) -> None:
    picture = drawn(name, run_)
    again = picture.plotly()
    assert len(again.data) == len(picture.figure["data"]) > 0
    names = [t.name for t in again.data]
    assert all(names)
    assert len(set(names)) == len(names)


@promise
def it_has_words(name: str, run_: str) -> None:
    picture = drawn(name, run_)
    assert picture.name == name
    for field in ("say", "note", "alt", "name", "caption"):
        text = getattr(picture, field)
        assert text.strip() == text != ""
        assert not re.search(r"\b(nan|inf|None|Array|array)\b|  ", text), text
    assert picture.alt[-1] == "."
    assert picture.alt not in (picture.say, picture.note)


@promise
def its_caption_repeats_the_run(name: str, run_: str) -> None:
    title, _, query = drawn(name, run_).caption.partition(" · ")
    assert title == "Model Collapse Lab"
    if name in (
        "preview",
        "monitor",
        "worlds",
        "shares",
        "regression_errors",
        "commons",
        "tipping",
        "weighing",
        *FLOORS,
    ):
        return  # there is no run, or none of ours
    assert Scenario.from_query(query) == RUNS[run_]


@promise
def its_numbers_travel_as_typed_arrays(name: str, run_: str) -> None:
    for trace in travelled(name, run_)["figure"]["data"]:
        lengths = set()
        for axis in "xy":
            values = trace[axis]
            assert isinstance(values, dict) or len(values) <= 3, f"{trace['name']}: {axis} is a long list"
            lengths.add(numbers(values).size)
        assert len(lengths) == 1, f"{trace['name']}: x and y differ in length"
        assert not np.isinf(numbers(trace["y"])).any()
        assert len(trace.get("text", range(*lengths))) in lengths


@promise
def its_axes_are_fixed_and_hold_the_picture(name: str, run_: str) -> None:
    layout = travelled(name, run_)["figure"]["layout"]
    for axis in ("xaxis", "yaxis"):
        low, high = layout[axis]["range"]
        assert np.isfinite([low, high]).all()
        assert low < high
        assert layout[axis]["title"]["text"] or name in ("narrowing", "lifelines", "monitor")
    assert layout["uirevision"] == "keep"
    assert layout["height"] >= 200


@promise
def its_film_has_every_generation(name: str, run_: str) -> None:
    picture, body = drawn(name, run_), travelled(name, run_)
    film, frames = body["film"], RUNS[run_].generations + 1
    if picture.film is None:
        assert film is None
        return
    assert film["start"] == frames - 1
    assert len(film["captions"]) == frames
    for t, caption in enumerate(film["captions"]):
        assert re.match(rf"Generation {t}\b", caption), caption
    for index, moving in film["traces"].items():
        trace = body["figure"]["data"][int(index)]
        for axis, values in moving.items():
            if axis == "text":
                assert [len(words) for words in values] == frames * [len(trace[axis])]
                assert values[-1] == trace[axis]
                continue
            assert isinstance(values, dict)
            assert numbers(values).shape[0] == frames
            assert not np.isinf(numbers(values)).any()
            assert np.array_equal(numbers(values)[-1], numbers(trace[axis]), equal_nan=True), (
                "the still is the last frame"
            )


@promise
def its_colours_are_the_palette(name: str, run_: str) -> None:
    body = travelled(name, run_)
    ours = {*palette.DARK, "rgba(0,0,0,0)"}
    texts = json.dumps(
        [{k: v for k, v in t.items() if k not in ("x", "y", "text", "name")} for t in body["figure"]["data"]]
    )
    used = set(COLOR.findall(texts + json.dumps(body["figure"]["layout"])))
    assert used <= ours, used - ours
    assert body["dark"] == {c: palette.DARK[c] for c in used if c in palette.DARK}


@promise
def its_alternative_text_tells_the_numbers(name: str, run_: str) -> None:
    c, alt = case(run_), drawn(name, run_).alt
    if name == "lifelines":
        lost, total = map(int, re.findall(r"\d+", alt)[:2])
        assert alt.startswith(f"{lost} of these {total} names are lost: ")
        named = alt.partition(": ")[2].rstrip(".").split(", ")
        assert named == ["none"] if lost == 0 else len(named) == lost
        return
    reads(re.sub(r"\(trace ÷ d\)|distinct-\d", "", alt), *PICTURES[name].spoken(c))


@promise
def a_law_is_drawn_exactly_where_one_is_known(name: str, run_: str) -> None:
    kind, shown = PICTURES[name], Shown(name, run_)
    known = [m for m in kind.laws if case(run_).law(m) is not None]
    assert bool(shown.laws) == (known == list(kind.laws) != [])
    for law in shown.laws:
        assert shown.traces[law]["line"]["dash"] in ("dash", "dot"), "theory is dashed"
        assert shown.traces[law]["line"]["color"] == palette.THEORY
    others = [t["line"] for n, t in shown.traces.items() if n not in shown.laws and t.get("mode") == "lines"]
    assert all(line.get("dash", "solid") == "solid" or line["color"] != palette.THEORY for line in others), (
        "dashed ink is theory"
    )


@promise
def it_travels_once_and_the_same(name: str, run_: str) -> None:
    picture = drawn(name, run_)
    body, packed = encode(picture), json.loads(pack(picture, key="a", group="g"))
    assert packed == body | {"key": "a", "group": "g"}
    again = PICTURES[name].draw(case(run_))
    assert encode(again)["revision"] == body["revision"]
    other = Picture(**{**vars(picture), "alt": picture.alt + "!"})
    assert encode(other)["revision"] != body["revision"]


@pytest.mark.parametrize(("name", "run_"), PAIRS)
def test_every_picture_keeps_every_promise(name: str, run_: str) -> None:
    for kept in PROMISES:
        kept(name, run_)


def test_plotly_refuses_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="Invalid property"):
        go.Figure({"data": [{"type": "scatter", "colour": "red"}]})


# ---- what single pictures promise ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "run_"), [p for p in PAIRS if PICTURES[p[0]].builder is over_time])
def test_the_band_of_a_timeline(name: str, run_: str) -> None:
    c, shown = case(run_), Shown(name, run_)
    scale = 1.0 if name in ("log_variance", "perplexity", "mean_drift") else 100.0
    values = c.trajectory.measure(name) * scale
    ordered = np.sort(values, axis=0)
    low, median, high = (shown.y(n) for n in ("5–95% of chains, low", "median", "5–95% of chains, high"))
    slack = 1e-5 * (1 + np.abs(high))
    assert np.all(low <= median + slack)
    assert np.all(median <= high + slack)
    for q, line in ((0.05, low), (0.5, median), (0.95, high)):
        assert np.allclose(line, ordered[int(np.ceil(q * len(values) - 1e-9)) - 1], rtol=1e-5, atol=1e-6)
    assert np.allclose(shown.y("mean"), values.mean(axis=0), rtol=1e-5, atol=1e-6)
    assert np.allclose(shown.y("this chain"), values[c.lineage], rtol=1e-5, atol=1e-6)
    for law in shown.laws:
        assert LAWS[name].standing in law
        assert np.allclose(shown.y(law), c.law(name) * scale, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("name", "run_"), [p for p in PAIRS if PICTURES[p[0]].builder is over_time and p[0] in LOOKS])
def test_a_timeline_says_when_its_axis_changes(name: str, run_: str) -> None:
    """The lines that carry the message are inside, and an axis that is not the usual one is announced."""
    picture, shown = drawn(name, run_), Shown(name, run_)
    low, high = travelled(name, run_)["figure"]["layout"]["yaxis"]["range"]
    usual = {
        "log_variance": [-8.0, 1.0],
        "tail_mass": [0.0, 20.0],
        "perplexity": [0.0, 20.0],
        "minority_share": [0.0, 50.0],
    }.get(name, [0.0, 200.0])
    for line in ("median", "mean", *shown.laws):
        assert shown.y(line).max() <= high * 1.000001
        assert shown.y(line).min() >= low * 1.000001
    assert ("longer than usual" in picture.note) == ([low, high] != usual)
    assert ("No formula is known" in picture.note) == (shown.laws == [])
    assert ("goes off the chart" in picture.note) == bool(shown.y("5–95% of chains, high").max() > high * 1.000001)


@pytest.mark.parametrize("run_", [r for n, r in PAIRS if n == "stages"])
def test_a_stage_is_named_inside_its_area(run_: str) -> None:
    """No words where another stage is, nor where there is no room for them."""
    c, shown = case(run_), Shown("stages", run_)
    upper = np.cumsum([shown.y(name) for name in NAMES], axis=0)
    words = shown.traces["names of the areas"]
    for k, (x, y, text) in enumerate(zip(numbers(words["x"]), numbers(words["y"]), words["text"], strict=True)):
        assert bool(text) == bool(np.isfinite(x))
        if text:
            assert NAMES[k] in text
            edges = [
                np.interp(x, np.arange(c.generations + 1), edge) for edge in (upper[k] - shown.y(NAMES[k]), upper[k])
            ]
            half = 7.4 * len(text.split("<br>"))
            assert edges[0] <= y - half
            assert y + half <= edges[1]
        else:
            assert shown.y(NAMES[k]).min() < 100, "an area that fills the picture has its name"


@pytest.mark.parametrize("run_", [r for n, r in PAIRS if n == "stages"])
def test_a_line_where_half_have_entered_crosses_no_stage_below_it(run_: str) -> None:
    """It begins at the edge of its stage, at most half of the way up, and so no name below is crossed."""
    shown = Shown("stages", run_)
    lines, words = shown.traces["half have entered"], shown.traces["names of the areas"]
    said = shown.traces["when half have entered"]["text"]
    for k, (at, foot) in enumerate(zip(numbers(lines["x"])[::3], numbers(lines["y"])[::3], strict=True)):
        stage = next(i for i, name in enumerate(NAMES) if name in said[k])
        below = sum(shown.y(name)[int(at)] for name in NAMES[:stage])
        assert foot == pytest.approx(below, abs=1e-4)
        assert foot <= 50.0001
        for x, y in list(zip(numbers(words["x"]), numbers(words["y"]), strict=True))[:stage]:
            assert not (x == at and y > foot)


@pytest.mark.parametrize("run_", [r for n, r in PAIRS if n == "stages"])
def test_the_stage_shares_make_a_hundred(run_: str) -> None:
    c, shown = case(run_), Shown("stages", run_)
    share = np.stack([shown.y(name) for name in NAMES])
    assert np.allclose(share.sum(axis=0), 100, atol=1e-4)
    assert np.all(share >= 0)
    tails, width = (c.trajectory.measure(sign)[:, 1:] for sign in signs_of(c.scenario))
    low, narrow = thresholds(c.scenario, c.rule)
    late = np.pad(width < narrow, ((0, 0), (1, 0)))
    early = ~late & np.pad(tails < low, ((0, 0), (1, 0)))
    assert np.allclose(share[1:], [100 * early.mean(axis=0), 100 * late.mean(axis=0)], atol=1e-4)
    assert len({shown.traces[name]["fillpattern"]["shape"] for name in NAMES}) == 3, "colour is not the only channel"


@pytest.mark.parametrize("run_", [r for n, r in PAIRS if n == "conservation"])
def test_what_is_lost_inside_reappears_between(run_: str) -> None:
    c, shown = case(run_), Shown("conservation", run_)
    inside, between = [n for n in shown.traces if n not in shown.laws]
    assert np.allclose(shown.y(inside), 100 * c.trajectory.measure("variance").mean(axis=0), rtol=1e-5, atol=1e-6)
    assert np.allclose(shown.y(between), 100 * c.trajectory.measure("mean_drift").mean(axis=0), rtol=1e-5, atol=1e-6)
    if shown.laws and getattr(c.scenario.model, "estimator", "ml") == "ml" and c.scenario.decoder.neutral:
        assert np.allclose(shown.y("law, inside + between"), 100, atol=1e-3)


@pytest.mark.parametrize("run_", [r for n, r in PAIRS if n == "directions"])
def test_the_directions_are_ordered(run_: str) -> None:
    shown = Shown("directions", run_)
    trace, geometric, smallest = (shown.y(n) for n in shown.traces if n not in shown.laws)
    assert np.all(trace >= geometric * 0.999999)
    assert np.all(geometric >= smallest * 0.999999)
    assert trace[0] == geometric[0] == smallest[0] == 100


@pytest.mark.parametrize("run_", [r for n, r in PAIRS if n == "narrowing"])
def test_the_curves_narrow_as_the_model_says(run_: str) -> None:
    c, film = case(run_), travelled("narrowing", run_)["film"]["traces"]["2"]
    x, y = numbers(film["x"]), numbers(film["y"])
    assert np.all(np.diff(x, axis=1) >= 0)
    assert np.isnan(y[0]).all(), "generation 0 is the real world, which stands behind"
    assert y[1:].min() >= 0
    assert y[1:].max() <= 1
    assert np.allclose(y[1:].max(axis=1), 0.92, atol=1e-3), "every curve is drawn equally high"
    sd = np.sqrt(c.scenario.model.belief(c.params).total)
    assert np.allclose(np.ptp(x[1:], axis=1), 8 * sd, rtol=1e-3, atol=1e-5 * np.abs(x).max())


@pytest.mark.parametrize("run_", [r for n, r in PAIRS if n == "ranks"])
def test_every_name_is_alive_or_lost(run_: str) -> None:
    c, film = case(run_), travelled("ranks", run_)["film"]["traces"]
    alive, lost = numbers(film["1"]["y"]), numbers(film["2"]["y"])
    assert np.all(np.isnan(alive) != np.isnan(lost))
    rank = numbers(Shown("ranks", run_).traces["real share"]["x"]).astype(int) - 1
    share = 100 * np.concatenate([c.scenario.world.p[None], c.params.p])[:, rank]
    assert np.allclose(np.nan_to_num(alive), share, rtol=1e-5)
    low, _ = travelled("ranks", run_)["figure"]["layout"]["yaxis"]["range"]
    assert np.nanmin(np.where(np.isnan(lost), np.inf, lost)) > 10**low, (
        "the lost ones lie on the floor, inside the picture"
    )


@pytest.mark.parametrize("run_", [r for n, r in PAIRS if n == "lifelines"])
def test_a_life_ends_when_the_name_is_lost(run_: str) -> None:
    c, shown = case(run_), Shown("lifelines", run_)
    names = travelled("lifelines", run_)["figure"]["layout"]["yaxis"]["ticktext"]
    rank = [int(n.rsplit("(", 1)[1][:-1].replace(",", "")) - 1 for n in names]
    p = c.params.p[:, rank]
    alive, ends = (
        p[-1] > 0,
        1 + np.array([max([0, *(t for t, share in enumerate(life, 1) if share > 0)]) for life in p.T]),
    )
    assert numbers(shown.traces["lost"]["x"]).tolist() == ends[~alive].tolist()
    assert shown.traces["lost"]["text"] == [n for n, a in zip(names, alive, strict=True) if not a]


@pytest.mark.parametrize("run_", [r for n, r in PAIRS if n == "ellipses"])
def test_an_ellipse_is_where_its_component_is(run_: str) -> None:
    """Every point of an ellipse has the Mahalanobis distance it is said to have; a dead component has a cross and no ellipse."""
    c, body = case(run_), travelled("ellipses", run_)
    film = {body["figure"]["data"][int(i)]["name"]: moving for i, moving in body["film"]["traces"].items()}
    for k, name in enumerate(called(c)):
        for radius in (1, 2):
            edge = np.stack([numbers(film[f"{name}, {radius} sd"][axis]) for axis in "xy"], axis=-1)[1:]
            for t, (w, mean, cov) in enumerate(zip(*(a[:, k] for a in c.params), strict=True)):
                assert np.isnan(edge[t]).all() == (w == 0)
                if w > 0 and np.linalg.eigvalsh(cov)[0] > 1e-6:
                    gap = edge[t] - mean
                    assert np.allclose(np.einsum("mi,ij,mj->m", gap, np.linalg.inv(cov), gap), radius**2, rtol=0.05)
        path = np.stack(
            [
                numbers(Shown("ellipses", run_).traces["paths of the centres"][axis]).reshape(len(called(c)), -1)[
                    k, 1:-1
                ]
                for axis in "xy"
            ],
            axis=-1,
        )
        assert np.allclose(
            path,
            np.where((c.params.weights[:, k] > 0)[:, None], c.params.mean[:, k], np.nan),
            rtol=1e-5,
            equal_nan=True,
        )
        centre, cross = (
            np.stack([numbers(film[n][axis])[1:, k] for axis in "xy"], axis=-1)
            for n in ("centres", "where a component died")
        )
        dead = c.params.weights[:, k] == 0
        assert np.isnan(centre[dead]).all()
        assert np.isnan(cross[~dead]).all()
        assert np.allclose(np.where(dead[:, None], cross, centre), c.params.mean[:, k], rtol=1e-5)


@pytest.mark.parametrize("run_", [r for n, r in PAIRS if n == "weights"])
def test_the_weights_make_a_hundred(run_: str) -> None:
    c, shown = case(run_), Shown("weights", run_)
    share = np.stack([shown.y(name) for name in called(c)], axis=1)
    assert np.allclose(share[1:], 100 * c.params.weights, atol=1e-4)
    assert np.allclose(share[1:].sum(axis=1), 100, atol=1e-3)
    assert np.isnan(share[0]).all() == (len(called(c)) != 3)
    styles = [(t["line"]["color"], t["line"]["dash"], t["fillpattern"]["shape"]) for t in shown.traces.values()]
    assert len(set(styles)) == len(styles) == len({s[2] for s in styles})


@pytest.mark.parametrize("run_", [r for n, r in PAIRS if n == "survival"])
def test_survival_counts_the_living(run_: str) -> None:
    c, shown = case(run_), Shown("survival", run_)
    for k, name in enumerate(called(c)):
        assert np.allclose(
            shown.y(name), [100, *100 * (c.trajectory.params.weights[:, :, k] > 0).mean(axis=0)], rtol=1e-5
        )
    for law in shown.laws:
        assert np.allclose(shown.y(law), 100 * c.law("rarest_alive"), rtol=1e-5)
        assert "Chinstrap" in law
        assert LAWS["rarest_alive"].standing in law
    picture, alone = drawn("survival", run_), on_real_birds(c)
    assert ("In the control" in picture.alt) == ("dotted blue line" in picture.note) == (alone is not None)
    if alone is not None:
        rarest = alone.params.weights[:, :, c.scenario.world.groups.weights.argmin()]
        assert np.allclose(shown.y("the same in the control"), [100, *100 * (rarest > 0).mean(axis=0)], rtol=1e-5)
    assert ("No law" in picture.note) == ("dashed law" not in picture.say) == (shown.laws == [])
    assert ("thick line" in picture.say) == (shown.laws == [] and len(called(c)) == 3)
    if shown.laws:
        reads(picture.note, float(c.scenario.world.groups.overlap()))


# ---- words and small parts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("run_", RUNS)
def test_a_caption_can_be_run_again(run_: str) -> None:
    s = RUNS[run_]
    assert parameters(s).endswith("&".join(f"{k}={v}" for k, v in s.to_query().items()))


def test_the_lineage_of_a_percentile() -> None:
    values = np.random.default_rng(1).permutation(201).astype(float)
    assert [values[lineage_at(values, q)] for q in (0.05, 0.5, 0.95)] == [10, 100, 190]
    assert lineage_at(np.array([3.0]), 0.95) == 0
    assert lineage_at(np.full(5, 2.0), 0.5) in range(5)


def test_a_film_that_does_not_fit_is_refused() -> None:
    figure = palette.figure(
        [{"type": "scatter", "name": "a", "x": np.arange(3.0), "y": np.arange(3.0)}], palette.base_layout()
    )
    words = {"say": "s", "note": "n", "alt": "a", "name": "broken", "caption": "c"}
    for film in (
        Film(("one",), {0: {"y": np.zeros((2, 3))}}),
        Film(("one",), {1: {"y": np.zeros((1, 3))}}),
        Film((), {0: {"y": np.zeros((0, 3))}}),
        Film(("one",), {0: {"z": np.zeros((1, 3))}}),
        Film(("one",), {0: {"y": np.zeros(3)}}),
        Film(("one",), {0: {"y": np.zeros((1, 3))}}, start=1),
    ):
        with pytest.raises(ValueError, match="broken"):
            encode(Picture(figure, film=film, **words))


# ---- pictures of any metric, of pairs and of maps ---------------------------------------------------------------------------


@pytest.mark.parametrize("metric", ["kl_world_model", "heldout_nll", "log_variance", "self_bleu"])
@pytest.mark.parametrize(
    "query",
    [
        "n=2&generations=60&lineages=9",
        "world=flipper&n=3&generations=9&lineages=5",
        "world=own-types&model=categorical&n=2&generations=9&lineages=5",
        "world=alice&model=ngram&n=150&generations=2&lineages=3",
    ],
)
def test_what_is_infinite_or_unknown_leaves_a_gap_and_is_said(metric: str, query: str) -> None:
    s = Scenario.from_query(query)
    if metric not in measurable(s):
        return
    t = run(s, keep=[metric])
    picture = over_time(t, metric, 0)
    for trace in json.loads(pack(picture))["figure"]["data"]:
        assert not np.isinf(numbers(trace["y"])).any()
    infinite = np.isinf(t.measure(metric)[:, -1]).mean()
    assert ("infinite at the end" in picture.note) == bool(infinite)
    assert ("100% of the chains it cannot be measured" in picture.note) == bool(
        np.isnan(t.measure(metric)[:, -1]).all()
    )
    assert not re.search(r"\b(nan|inf)\b", picture.alt + picture.note)


def test_self_bleu_of_a_single_passage_is_a_gap_and_not_a_nothing() -> None:
    """150 characters are one passage, which has no other to be like."""
    s = Scenario.from_query("world=alice&model=ngram&n=150&generations=2&lineages=1")
    picture = variety(s, measured(s, closeup(s, lives(s, 0)), VARIETY))
    drawn = {trace["name"]: trace["y"] for trace in picture.figure["data"]}
    assert np.isnan(drawn["Self-BLEU"]).all()
    assert np.isfinite(drawn["distinct-2"]).all()
    assert "Self-BLEU not to be measured" in picture.alt
    assert "Self-BLEU needs two passages" in picture.note
    assert "nan" not in picture.alt + picture.note


def test_a_scenario_beside_itself_is_a_flat_line() -> None:
    c = case("home")
    t = run(c.scenario)
    picture = apart(difference(c.trajectory, t, "variance"), c.scenario, same_noise(c.scenario, t.scenario))
    for trace in picture.figure["data"]:
        assert not np.any(trace["y"])
    assert "0 with a standard error of 0" in picture.alt
    assert "the same noise" in picture.note


def test_a_map_in_the_making_is_whole_and_says_so() -> None:
    asked = Map(
        RUNS["two"], Axis("n", tuple(range(2, 12)), True), Axis("policy.synthetic", (0.0, 0.5, 1.0), False), "variance"
    )
    asked = replace(asked, scenario=replace(RUNS["two"], policy=Mix()))
    going = fill(asked)
    for _ in range(8):
        half = next(going)
    picture = phase_map(half, asked.scenario)
    assert "27% computed" in picture.alt
    body = json.loads(pack(picture))
    cells, here = body["figure"]["data"][0], body["figure"]["data"][-1]
    assert len(cells["customdata"]) == numbers(cells["x"]).size == np.isfinite(half.painted()).sum() > 8
    assert {len(column) for column in body["table"]["columns"]} == {8}, (
        "the table has what was computed, not what stands in for it"
    )
    assert [numbers(here["x"]).item(), numbers(here["y"]).item()] == [3.0, 2.0], "the cells nearest to n = 5 and 0.9"
    for index, x, base in zip(cells["customdata"], numbers(cells["x"]), numbers(cells["base"]), strict=True):
        assert divmod(index, 10) == (base + 0.5, x)


def test_a_map_of_a_text_reaches_as_far_as_its_generation_0() -> None:
    """Generation 0 of a text is as its reader sees it, so a map of texts asks for both."""
    s = Scenario.from_query("world=alice&model=ngram&policy=mix&n=300&generations=2&lineages=3")
    *_, filled = fill(
        Map(s, Axis("n", (100, 300), True), Axis("policy.synthetic", (0.0, 1.0), False), "effective_types")
    )
    picture = phase_map(filled, s)
    ends = picture.figure["data"][0]["marker"]
    assert (ends["cmin"], ends["cmax"]) == (0, at_start(s, "effective_types"))


def test_an_onset_that_never_comes_is_a_cell_of_its_own() -> None:
    asked = Map(RUNS["saved"], Axis("n", (3, 1000), True), Axis("policy.synthetic", (0.0, 1.0), False), "late onset")
    *_, full = fill(asked)
    picture = phase_map(full, RUNS["saved"])
    never = next(t for t in picture.figure["data"] if t["name"] == "never in this time")
    assert len(never["x"]) == np.isinf(full.value).sum() > 0
    assert picture.table is not None
    assert "infinite" in picture.table.columns[2]


def test_a_cell_that_cannot_be_measured_says_why() -> None:
    s = Scenario(n=5, generations=2, lineages=3)
    asked = Map(s, Axis("world.dimension", (1, 2, 3), False), Axis("n", (5, 9), True), "w1")
    *_, full = fill(asked)
    picture = phase_map(full, s)
    cells, empty = (next(t for t in picture.figure["data"] if t["name"] == name) for name in ("cells", "empty"))
    assert set(cells["x"].tolist()) == {0.0}
    assert sorted(empty["customdata"]) == [1, 2, 4, 5]
    for index, text in zip(empty["customdata"], empty["text"], strict=True):
        assert text.startswith(f"dimensions {index % 3 + 1}<br>training examples {(5, 9)[index // 3]}<br>")
        assert "it is for one dimension" in text.replace("<br>", " ")
    assert picture.table is not None
    assert sum("one dimension" in str(cell) for cell in picture.table.columns[2]) == 4
    assert "An empty cell has no number" in picture.note
    nothing = phase_map(Filled.empty(replace(asked, x=Axis("world.dimension", (2, 3), False))), s)
    assert "No cell has a value" in nothing.alt


def test_names_from_strangers_are_text_in_a_picture() -> None:
    evil = OwnTypes(
        Brought.of(["<b>x</b>", "<a href='javascript:alert(1)'>y</a>", "z"] * 9, ("<img src=x onerror=alert(1)>",))
    )
    line = OwnNumbers(Brought.of([[float(i % 7)] for i in range(30)], ("<script>alert(1)</script>",)))
    plane = OwnNumbers(Brought.of([[float(i % 7), float(i % 5)] for i in range(30)], ("<b>a</b>", "<i>b</i>")))
    s = Scenario(world=evil, model=Categorical(), n=5, generations=2, lineages=3)
    p = replay(s, 0).p
    t = run(s, keep=watched("types"))
    whole = Scenario(world=line, n=5, generations=2, lineages=3)
    lines = run(whole)
    pictures = [preview(evil), preview(line), preview(plane), ranks(t, p, 0), lifelines(t, p)]
    pictures.append(narrowing(lines, 0, replay(whole, 0)))
    told = history("version,<b>loss</b>,<i>x</i>\n<script>a</script>,1,2\nb,2,2\nc,1,1\n<img src=x>,9,9")
    pictures += [
        monitor_picture(monitor(told)),
        quiz_table(s, Quiz(("<b>x</b>", "<script>y"), np.ones((3, 2), dtype=bool))),
    ]
    for picture in pictures:
        assert not re.search(r"<(b|a|i|img|script)\b", json.dumps(encode(picture)["figure"])), picture.name


def test_names_of_components_do_not_stand_on_one_another() -> None:
    """Wherever they are, while the picture has room; a name that is alone stays where it is."""
    rng = np.random.default_rng(0)
    for many in (1, 2, 3):
        across, up = rng.uniform(0, 1, (2000, many)), rng.uniform(0, 0.9, (2000, many))
        placed = spaced(across, up, 0.46, 0.085, (0.0, 1.0))
        assert placed.min() >= 0
        assert placed.max() <= 1 - 0.085
        for k in range(many):
            for j in range(k):
                near = (np.abs(across[:, k] - across[:, j]) < 0.46) & (np.abs(up[:, k] - up[:, j]) < 0.08)
                assert near.sum() > 20, "the control: without it they do"
                assert not (
                    (np.abs(across[:, k] - across[:, j]) < 0.46) & (np.abs(placed[:, k] - placed[:, j]) < 0.08)
                ).any()
    assert np.array_equal(spaced(across[:, :1], up[:, :1], 0.46, 0.085, (0.0, 1.0)), up[:, :1])


def test_the_board_of_alarms_says_who_sleeps_and_what_chance_does() -> None:
    """A narrowing bell curve says less that is far off; the hills are the shares; the order is that of the medians."""
    s = Scenario(n=20, generations=60, lineages=100)
    alarms, chance = alarmed(s)
    picture = alarm_board(s, alarms, chance)
    drawn_ = {trace["name"]: trace for trace in picture.figure["data"]}
    rows = picture.figure["layout"]["yaxis"]["ticktext"]
    asleep = {a.gauge.sign for a in alarms if a.asleep}
    assert {row.partition("<br>")[0] for row in rows if "sleeps" in row} == asleep
    assert len(asleep) == 1
    assert "hallucination" in picture.alt.rpartition(";")[0].rpartition(".")[2]
    assert picture.alt.endswith("and sleeps.")
    for alarm in alarms:
        hill, floor = drawn_[alarm.gauge.sign]["y"], drawn_[f"{alarm.gauge.sign}, floor"]["y"]
        assert (hill - floor)[1:] / 0.72 == pytest.approx(alarm.share)
    medians = drawn_["first ring: median over chains"]["x"]
    assert np.array_equal(medians, np.sort(medians), equal_nan=True)
    assert "first ring by chance" in drawn_
    assert "at least once in 100% of the runs" in picture.note
    assert "first ring by chance" not in {trace["name"] for trace in alarm_board(s, alarms).figure["data"]}


def test_the_quiz_shows_every_answer_once() -> None:
    c = case("town")
    asked = quiz(c.scenario, c.params)
    known, forgotten = quiz_table(c.scenario, asked).figure["data"]
    assert len(known["x"]) == asked.known.sum()
    assert len(known["x"]) + len(forgotten["x"]) == asked.known.size
    assert known["marker"]["symbol"] != forgotten["marker"]["symbol"], "colour is not the only channel"
    for x, y in zip(known["x"], known["y"], strict=True):
        assert asked.known[int(x), 19 - int(y)]
    long = replace(c.scenario, generations=300)
    shown = quiz_table(long, quiz(long, replay(long, 0))).figure["data"]
    assert sum(len(trace["x"]) for trace in shown) == 41 * 20


def test_a_panel_of_the_monitor() -> None:
    """The bound of each column is where it is, the usual range on its side, and crosses stand on what rings."""
    picture = monitor_picture(MONITORED)
    drawn_ = {trace["name"]: trace for trace in picture.figure["data"]}
    for i, column in enumerate(MONITORED.columns):
        axis = picture.figure["layout"][f"yaxis{i + 1 if i else ''}"]
        bound = column.high if np.isfinite(column.high) else column.low
        assert np.nanmax(drawn_[f"{column.name}: bound"]["y"]) == bound
        assert {trace["yaxis"] for name, trace in drawn_.items() if name.startswith(column.name)} == {
            f"y{i + 1 if i else ''}"
        }
        assert axis["range"][0] < min(column.values.min(), bound) <= max(column.values.max(), bound) < axis["range"][1]
        low, high = drawn_[f"{column.name}: floor"]["y"][0], drawn_[f"{column.name}: usual range"]["y"][0]
        assert (low, high) == (axis["range"][0], bound) if column.side == "high" else (bound, axis["range"][1])
    crosses = [t for t in picture.figure["data"] if t.get("marker", {}).get("symbol") == "x-thin"]
    assert [len(t["x"]) for t in crosses] == [8, 6, 6]
    assert [t["showlegend"] for t in crosses] == [True, False, False]
