"""Runs for the pages: computed once for everybody who asks the same, with real progress when it takes long."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from collapse.bands import lineage_at
from collapse.beliefs.language import Language
from collapse.budget import typical_cost
from collapse.closeup import beliefs
from collapse.data import Array
from collapse.findings import ENOUGH, VERDICTS, Evidence, Finding, headline, inferred, verdict, watched
from collapse.following import Followed, follow
from collapse.growing import grow
from collapse.healthy import Alarms, Healthy, healthy, nearby
from collapse.memory import bytes_of
from collapse.metrics.groups import group_shares
from collapse.passed_on import passed_on
from collapse.recursion import Diaries, lives, replay, run
from collapse.scenario import Scenario
from collapse.speech import plural
from collapse.stages import Rule, false_alarms
from collapse.trajectory import Trajectory, taken
from collapse.ui.desk import Desk
from collapse.ui.progress import patience
from collapse.ui.room import room_for
from collapse.ui.shelf import JUDGED, LIVES, NOTES, RUNS, question, shelf
from collapse.ui.turns import remembered
from collapse.wall import Wall, redrawn, typical
from collapse.worlds import Digits

CHEAP = 600_000  # numbers that take no time that anybody notices
QUICK = 20_000  # lineages times generations that a dragged slider may follow around the loop
SHOWN = {"typical": 0.5, "lucky": 0.95, "unlucky": 0.05}


def trajectory_of(
    scenario: Scenario,
    metrics: Collection[str] = (),
    executor: Any = None,
    control: bool = False,
    diaries: Diaries | None = None,
) -> Trajectory:
    """The run, or its control, with at least these metrics; where the params are too many to keep, with those of the findings.

    `diaries`: its turns are written into it, if the run is not on the shelf.
    """
    if scenario.world.space == "images" and not control:
        return grown(scenario, metrics)
    keep = None if scenario.model.compact else tuple(dict.fromkeys([*watched(scenario.world.space), *metrics]))
    key = "run", question(scenario), keep, control

    def make() -> Trajectory:
        with room_for(bytes_of(scenario, metrics)):
            return run(scenario, keep=keep, executor=executor, control=control, diaries=diaries)

    found: Trajectory = shelf(scenario, RUNS).fetch(key, make)
    return found


def grown(
    scenario: Scenario, metrics: Collection[str] = (), seen: Callable[[Trajectory], None] = lambda _: None
) -> Trajectory:
    """The run, with its params if there is room for them; `seen` is shown how far it is after every generation."""
    keep = dict.fromkeys([*watched(scenario.world.space), *metrics])

    def make() -> Trajectory:
        so_far = None
        with room_for(bytes_of(scenario, metrics)):
            for so_far in grow(scenario, keep=keep):
                seen(so_far)
        assert so_far is not None
        return so_far

    found: Trajectory = shelf(scenario, RUNS).fetch(_grown(scenario), make)
    return found


def _grown(scenario: Scenario) -> tuple[str, object]:
    return "grown", question(scenario)


def is_grown(scenario: Scenario) -> bool:
    """Does this run stand on the shelf?"""
    return shelf(scenario, RUNS).has(_grown(scenario))


def put_on_the_shelf(grown: Trajectory) -> None:
    """Keep what was trained, for whoever asks for just so many generations."""
    shelf(grown.scenario, RUNS).fetch(_grown(grown.scenario), lambda: grown)


def replayed(scenario: Scenario, lineage: int) -> Any:
    """The params (T, …) of one lineage of a run whose params were not kept."""
    return shelf(scenario, NOTES).fetch(("lineage", question(scenario), lineage), lambda: replay(scenario, lineage))


def lived(scenario: Scenario, lineage: int) -> list[Any]:
    """One lineage as a list over generations of params (1, …), which may grow from one generation to the next."""
    found: list[Any] = shelf(scenario, LIVES).fetch(
        ("life", question(scenario), lineage), lambda: lives(scenario, lineage)
    )
    return found


def prepared(trajectory: Trajectory, known: Callable[[Scenario], Healthy] = healthy) -> Trajectory:
    """The run, once the healthy models are drawn by which it is judged: out of turn, and once for everybody."""
    s = trajectory.scenario
    shelf(s, JUDGED).fetch((known.__name__, question(s)), lambda: len(known(s).sizes))
    return trajectory


@dataclass(frozen=True)
class Outcome:
    """Everything that a page shows of one run, computed on demand."""

    trajectory: Trajectory
    rule: Rule
    show: str
    passing: bool = False  # a slider is being dragged: judged by healthy models of nearby sizes
    diaries: Diaries | None = None  # the turns of the run, if it was just made

    @property
    def scenario(self) -> Scenario:
        return self.trajectory.scenario

    @remembered
    def evidence(self) -> Evidence:
        if not self.passing:
            return Evidence(prepared(self.trajectory), self.rule)
        return Evidence(prepared(self.trajectory, nearby), self.rule, known=nearby(self.scenario))

    @property
    def headline(self) -> str:
        """The first sentence, without waiting for the others."""
        return headline(self.evidence).text

    @property
    def verdict(self) -> tuple[str, str]:
        """The headline in a word: a stage, and what it is called."""
        return (stage := verdict(self.evidence)), VERDICTS[stage]

    @remembered
    def control(self) -> Trajectory | None:
        """The run with a real example in place of every synthetic one, where a group may be lost; else None."""
        s = self.scenario
        if self.evidence.lost is None or not any(phase.split(s.n)[1] for phase in s.policy.phases):
            return None
        return trajectory_of(s, executor=patience(typical_cost(s)), control=True)

    @remembered
    def findings(self) -> list[Finding]:
        return inferred(self.evidence if self.control is None else replace(self.evidence, control=self.control))

    @remembered
    def lineage(self) -> int:
        """The lineage shown: in the middle, lucky or unlucky by what the page is about, at the end."""
        return lineage_at(self.evidence.ranked, SHOWN[self.show])

    @property
    def params(self) -> Any:
        """The params (T, …) of the lineage shown."""
        kept = self.trajectory.params
        return replayed(self.scenario, self.lineage) if kept is None else taken(kept, self.lineage)

    @property
    def passed_on(self) -> tuple[Array, Array] | None:
        """The examples that train each next model of the lineage shown, made ones and real ones, where they cost little."""
        s, params = self.scenario, self.trajectory.params
        long = self.passing and s.generations * s.lineages > QUICK
        return None if params is None or long else passed_on(s, self.lineage, params, diaries=self.diaries)

    def turns(self, generations: Collection[int]) -> list[Followed]:
        """The lineage shown, followed around the loop in these generations."""
        return follow(self.scenario, self.lineage, generations, self.trajectory.params, self.diaries)

    @property
    def first_turns(self) -> list[Followed]:
        """The first turns of the loop, and the last one where that costs next to nothing."""
        last = self.scenario.generations
        cheap = {last} if typical_cost(self.scenario) < CHEAP else set()
        return self.turns({t for t in (1, 2, 3) if t <= last} | cheap)

    @remembered
    def beliefs(self) -> list[Language]:
        """Of a text: what the lineage shown believed in generations 0…T."""
        return beliefs(self.scenario, lived(self.scenario, self.lineage))

    @property
    def wall(self) -> Wall:
        """Of digits: what the lineage shown makes of typical real ones."""
        world = self.scenario.world
        assert isinstance(world, Digits)
        places = list(typical(world))
        return redrawn(self.scenario, self.params, world.unread[places], world.unread_labels[places])

    @property
    def group_shares(self) -> Array:
        """Of the lineage shown, the share of draws that would be taken for each group of the world, (T + 1, G)."""
        s = self.scenario
        return np.vstack(
            [group_shares(s.world.distribution, s.world), group_shares(s.model.belief(self.params), s.world)]
        )

    @property
    def false_alarms(self) -> Alarms:
        return false_alarms(self.scenario, self.rule, None if self.passing else self.evidence.judged_by)

    def standing(self) -> str:
        """Where the lineage shown stands: how many of all have less left, in a sentence."""
        ranked = self.evidence.ranked
        below, total = int((ranked < ranked[self.lineage]).sum()), len(ranked)
        if total == 1:
            return "You are looking at the only chain of this run."
        seen, less = (
            f"You are looking at chain {self.lineage + 1} of {total:,}",
            f"less {self.evidence.ranked_by} left at the end",
        )
        if total < ENOUGH:
            fewer = plural(below, "has", "have") if below else "none has"
            return f"{seen}. Of the others, {fewer} {less}."
        return f"{seen}. {100 * below / total:.0f}% of the chains have {less}."


def outcome_on(desk: Desk, passing: bool = False) -> Outcome:
    """Run what is on the desk, or take it from the shelf; long runs show their progress here."""
    s = desk.scenario
    cost = typical_cost(s, desk.watches)
    diaries: Diaries | None = {} if cost < CHEAP else None
    found = trajectory_of(s, desk.watches, patience(cost), diaries=diaries)
    return Outcome(found, desk.rule, desk.visit.show, passing, diaries)


def handed_over(desk: Desk) -> Outcome:
    """What the hero has just been drawn from, if that is what is on the desk, for the rest of the page; it is handed over once."""
    before, desk.handed = desk.handed, None
    now = outcome_on(desk)
    same = before is not None and before.trajectory is now.trajectory
    return before if same and (before.rule, before.show) == (now.rule, now.show) else now
