"""The signs of model collapse: five gauges on one run, an alarm on each, and a monitor for a model of one's own."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from collapse.alarms import LEVELS, SIGNS, Alarm, Chance, by_chance, gauges, metrics_of, ranking, watch
from collapse.bands import median
from collapse.claims import claims
from collapse.figures.alarms import alarm_board
from collapse.figures.longtail import quiz_table
from collapse.figures.several import several
from collapse.figures.timeline import Look
from collapse.longtail import quiz
from collapse.metrics import measurable
from collapse.scenario import Scenario
from collapse.sources import HILL, OURS, SCHAEFFER, SHUMAILOV
from collapse.speech import percent, plural
from collapse.ui.article import popular, table
from collapse.ui.controls import Dial, Preset
from collapse.ui.experiments import ITSELF
from collapse.ui.lesson import View, show
from collapse.ui.monitor import own_model
from collapse.ui.panels import Panel, PanelDesk, lesson_of
from collapse.ui.prose import as_quote
from collapse.ui.runs import Outcome, lived
from collapse.ui.shelf import noted
from collapse.wall import Wall

SYNTHETIC = Dial("policy.synthetic", "AI-made data (synthetic)", 0.0, 1.0, percent=True)
GENERATIONS = Dial("generations", "Generations", 2, 60)
MORE = {
    "policy": "What the next model learns from (training data)",
    "decoder.temperature": "Temperature",
    "decoder.top_p": "Top-p",
    "lineages": "Chains",
    "seed": "Seed",
}
PLAIN = Preset(
    "What if nothing real is added?",
    "After the first generation, every example is made by the model before it.",
    ITSELF | {"decoder.temperature": "1.0"},
)
FRESH = Preset(
    "Does 10% real data save it?",
    "In every generation one in ten examples is new and real.",
    ITSELF | {"policy.synthetic": "0.9", "decoder.temperature": "1.0"},
)
HEALTHY = Preset(
    "What rings when nothing is wrong?",
    "Every model learns from new real data, so every alarm is a false one.",
    ITSELF | {"policy.synthetic": "0.0", "decoder.temperature": "1.0"},
)
HOT = Preset(
    "What does heat do?", "Every model speaks at a temperature of 1.2.", ITSELF | {"decoder.temperature": "1.2"}
)


def panel(title: str, query: str, low: int, high: int, *more: Preset) -> Panel:
    """A family of models on this page."""
    size = Dial("n", "Training examples", low, high, unit="examples")
    base = Scenario.from_query(f"policy=mix&policy.synthetic=1.0&seed=1&{query}")
    offers = {"world": (base.world.kind,), "model": (base.model.kind,)}
    if base.world.space == "real" and base.world.d == 1:
        offers["world.dimension"] = ("1",)
    return Panel(title, base, (size, GENERATIONS, SYNTHETIC), (PLAIN, FRESH, HEALTHY, *more), MORE, offers)


PANELS = {
    "numbers": panel("Numbers", "n=20&generations=30&lineages=200", 5, 1000, HOT),
    "groups": panel(
        "Groups",
        "world=penguins&model=mixture&n=100&generations=20&lineages=24",
        20,
        400,
        HOT,
    ),
    "names": panel(
        "Names",
        "world=surnames&model=categorical&n=5000&generations=20&lineages=100",
        100,
        20_000,
        HOT,
    ),
    "text": panel(
        "Text",
        "world=alice&model=ngram&n=4000&generations=8&lineages=6",
        1000,
        10_000,
        HOT,
    ),
    "images": panel(
        "Images", "world=digits&model=linear-vae&model.speaking=means&n=300&generations=8&lineages=3", 50, 1000
    ),
}
FEW = 6  # lineages; fewer have no interval of their median
QUICK = ("real", "types")  # whose false alarms are counted at once
HILLS = {
    "types": "order 0: different names",
    "effective_types": "order 1: exp(entropy)",
    "inverse_simpson": "order 2: 1 ÷ Σp²",
}
LOSSES = {
    "heldout_nll": "on unread real data",
    "own_perplexity": "on its own text",
    "entropy": "on its own output",
}


class SignsDesk(PanelDesk):
    """The families of this page, whose runs keep what the gauges measure."""

    panels = PANELS
    sections = (*PanelDesk.sections, "monitor")

    @property
    def watches(self) -> tuple[str, ...]:
        s = self.scenario
        hills = (
            HILLS if s.world.space == "types" else {}
        )  # of a text they count different things, and make no one family
        extra = [m for m in (*hills, *LOSSES) if m in measurable(s)] if s.world.space != "images" else []
        return tuple(dict.fromkeys([*metrics_of(gauges(s)), *extra]))

    def printed(self, usual: str) -> str:
        return gauges(self.scenario)[0].metric


def rate(desk: SignsDesk) -> None:
    """How rarely an alarm may ring for nothing; below the picture, because every widget above it makes it come later."""
    if "stage" in desk.hidden:
        return
    key = "signs_level"
    st.session_state[key] = desk.rule.alarm
    st.segmented_control(
        "False alarms at one look",
        LEVELS,
        key=key,
        required=True,
        format_func=LEVELS.__getitem__,
        on_change=lambda: desk.judge({"alarm": st.session_state[key] or desk.rule.alarm}),
        disabled="stage" in desk.locked,
    )


def alarms(result: Outcome) -> tuple[Alarm, ...]:
    """Every alarm of a run, once for everybody."""
    level = result.rule.level
    return noted(result.scenario, "alarms", lambda: watch(result.trajectory, level), level)


def chances(result: Outcome) -> tuple[tuple[Chance, ...], Chance]:
    """How often they ring for nothing."""
    s, level = result.scenario, result.rule.level
    return noted(s, "chance", lambda: by_chance(s, level), level)


def gauge(view: View, alarm: Alarm) -> None:
    """A metric by generation with the threshold of its alarm, of two the one that is crossed more often, and when it rings."""
    values = view.result.trajectory.measure(alarm.gauge.metric)[:, 1:]
    crossed = {
        "below": (np.count_nonzero(values < alarm.low), alarm.low),
        "above": (np.count_nonzero(values > alarm.high), alarm.high),
    }
    there = {word: b for word, (_, b) in crossed.items() if np.isfinite(b).any()}
    word = max(there, key=lambda side: crossed[side][0], default="")
    level = (f"rings {word} this", np.concatenate([[np.nan], there[word]])) if there else None
    view.over_time(alarm.gauge.metric, level=level)
    st.markdown(as_quote(rung(alarm)))


def rung(alarm: Alarm) -> str:
    """When an alarm first rings, in a sentence."""
    d, many = alarm.delay, plural(alarm.delay.lineages, "chain", "chains")
    if d.lineages == 1:
        if np.isinf(d.median):
            return "It never rings in this chain within the run."
        return f"It first rings at generation {d.median:.0f} in this chain."
    at_end = f"At the end it rings for {percent(float(alarm.share[-1]))} of the chains."
    if np.isinf(d.median):
        return f"For at least half of the {many} it never rings within the run. {at_end}"
    to = f"to {d.high:.0f}" if np.isfinite(d.high) else "to a time after the run"
    interval = f"95% interval: {d.low:.0f} {to}" if d.lineages >= FEW else "so few chains have no 95% interval"
    return f"It first rings at generation {d.median:.0f} in the median chain ({interval}). {at_end}"


def falsely(c: Chance) -> str:
    """How often an alarm rings for nothing."""
    return f"{percent(c.look.rung / c.look.tried)} of looks, {percent(c.run.rung / c.run.tried)} of runs"


def diversity(view: View, found: Mapping[str, Alarm]) -> None:
    """How many different things are said, and whether different prompts get different answers."""
    s, run = view.result.scenario, view.result.trajectory
    if s.world.space != "types" and "prompts" not in found:
        gauge(view, found["diversity"])
        return
    left, right = st.columns(2, gap="large")
    with left:
        gauge(view, found["diversity"])
    with right:
        if s.world.space == "types":
            curves = {HILLS[m]: share_of_first(median(run.measure(m))) for m in HILLS}
            words = {part: view.text[f"diversity.hill.{part}"] for part in ("say", "note")}
            view.chart(
                several(s, "hill", curves, Look("share of generation 1", scale=100.0, suffix="%"), **words), "hill"
            )
        if "prompts" in found:
            view.tell("prompts")
            gauge(view, found["prompts"])


def share_of_first(values: np.ndarray) -> np.ndarray:
    """A curve as a share of its value at generation 1; generation 0 is another size of sample and is left out."""
    return np.concatenate([[np.nan], values[1:] / values[1]])


def asks(s: Scenario) -> bool:
    """Does this scenario have rare things with names?"""
    return s.world.space in ("types", "text") or s.world.groups is not None


def long_tail(view: View, found: Mapping[str, Alarm]) -> None:
    """What is rare, counted, and asked one by one."""
    result, s = view.result, view.result.scenario
    if not asks(s):
        gauge(view, found["long tail"])
        return
    left, right = st.columns(2, gap="large")
    with left:
        gauge(view, found["long tail"])
    with right:
        life = lived(s, result.lineage) if s.world.space == "text" else result.params
        view.chart(quiz_table(s, quiz(s, life)), "quiz")


def hallucination(view: View, found: Mapping[str, Alarm]) -> None:
    """What is said that is not so, and how surely."""
    result, s = view.result, view.result.scenario
    measured, asked = "hallucination" in found, s.world.space in ("images", "text") or _is_line(s)
    left, right = st.columns(2, gap="large") if measured and asked else (st.container(), st.container())
    with left:
        if measured:
            gauge(view, found["hallucination"])
    with right:
        if s.world.space == "images":
            st.subheader(view.text["claims.head"].format(generation=s.generations), anchor=False)
            view.tell("claims.images")
            wrong = misread(result.wall)
            if wrong:
                table(("It draws", "How sure a fixed reader is of it"), wrong)
            else:
                st.markdown("There is none: each is read as the digit that it was.")
        if s.world.space == "text" or _is_line(s):
            worst = 1 + int(result.trajectory.measure("hallucination")[result.lineage, 1:].argmax())
            st.subheader(view.text["claims.worst"].format(generation=worst), anchor=False)
            said = claims(s, lived(s, result.lineage)[worst - 1])
            view.tell(f"claims.{s.world.space}")
            if said:
                table(("It says", "How sure it is"), ((c.said, percent(c.confidence)) for c in said))
            else:
                st.markdown("There is no such claim.")


def _is_line(s: Scenario) -> bool:
    """Is its world a line of numbers?"""
    return s.world.space == "real" and s.world.d == 1


def misread(wall: Wall) -> list[tuple[str, str]]:
    """Of real digits that the last generation has drawn again, three that are read as others, the surest first."""
    wrong = np.flatnonzero(wall.digits[-1] != wall.labels)
    ranked = wrong[np.argsort(-wall.confidence[-1][wrong])][:3]
    return [
        (
            f"A real {wall.labels[i]}, so that it is read as a {wall.digits[-1][i]}",
            percent(float(wall.confidence[-1][i])),
        )
        for i in ranked
    ]


def latent_entropy(view: View, found: Mapping[str, Alarm]) -> None:
    """What varies inside of the model."""
    if "latent entropy" in found:
        gauge(view, found["latent entropy"])


def both(s: Scenario) -> bool:
    """Are the losses on real data and on its own output both measured here?"""
    return (
        s.world.space != "images"
        and "heldout_nll" in measurable(s)
        and bool({"own_perplexity", "entropy"} & {*measurable(s)})
    )


def perplexity(view: View, found: Mapping[str, Alarm]) -> None:
    """On real data, and on its own output."""
    s, run = view.result.scenario, view.result.trajectory
    left, right = st.columns(2, gap="large") if both(s) else (st.container(), st.container())
    with left:
        gauge(view, found["perplexity"])
    with right:
        own = "own_perplexity" if "own_perplexity" in measurable(s) else "entropy"
        if both(s):
            mine = median(run.measure(own))
            curves = {
                LOSSES["heldout_nll"]: median(run.measure("heldout_nll")),
                LOSSES[own]: np.log(mine) if own == "own_perplexity" else mine,
            }
            words = {part: view.text[f"perplexity.both.{part}"] for part in ("say", "note")}
            view.chart(several(s, "both_losses", curves, Look("loss (nats)"), **words), "both_losses")


PARTS = {
    "diversity": diversity,
    "long tail": long_tail,
    "hallucination": hallucination,
    "latent entropy": latent_entropy,
    "perplexity": perplexity,
}


def said_of(sign: str, s: Scenario, measured: bool) -> list[str]:
    """The texts above a sign in this scenario, by key."""
    if sign == "hallucination" and not measured:
        return [sign, "hallucination.none"]
    if sign == "long tail":
        return [sign, "long tail.asked"] if asks(s) else [sign]
    if sign == "perplexity":
        return [sign, "perplexity.two"] if both(s) else [sign]
    return [sign, f"{sign}.{s.world.space}"]


def rest(view: View) -> None:
    result, s = view.result, view.result.scenario
    found = {alarm.gauge.sign: alarm for alarm in alarms(result)}
    for sign, part in PARTS.items():
        st.header(view.text[f"{sign}.head"], anchor=False)
        st.markdown(" ".join(view.text[key] for key in said_of(sign, s, sign in found)))
        if sign in found:
            part(view, found)
    st.header(view.text["alarm.head"], anchor=False)
    view.tell("alarm", level=f"{result.rule.alarm}%")
    ranked = ranking(alarms(result))
    rows: list[tuple[str, ...]] = [(SIGNS[a.gauge.sign], a.label, rung(a)) for a in ranked]
    headings = ["Sign", "What it measures", "When it rings"]
    if s.world.space in QUICK or st.toggle(view.text["chance.ask"], key="signs_chance"):
        each, ever = chances(result)
        by_gauge = dict(zip((a.gauge for a in alarms(result)), each, strict=True))
        rows = [(*row, falsely(by_gauge[a.gauge])) for row, a in zip(rows, ranked, strict=True)]
        headings.append("By chance")
        share = percent(ever.run.rung / ever.run.tried)
        st.markdown(
            view.text["chance"].format(
                ever=share, tried=ever.run.tried, generations=plural(s.generations, "generation", "generations")
            )
        )
        if s.model.kind == "mixture":
            view.tell("chance.warm")
    table(headings, rows)
    view.stages()
    st.caption(view.text["stages.wide"])
    popular("signs")
    if "monitor" not in view.desk.hidden:
        st.header(view.text["monitor.head"], anchor=False)
        own_model("signs_monitor", view.text["monitor"], fixed="monitor" in view.desk.locked)


LESSON = lesson_of(
    SignsDesk,
    name="signs",
    title="Signs",
    after=rate,
    hero="alarms",
    picture=lambda result: alarm_board(result.scenario, alarms(result)),
    rest=rest,
    metric="variance",
    sources=(SHUMAILOV, HILL, SCHAEFFER, OURS),
)

if __name__ == "__main__":  # Streamlit runs the file; the book only reads it
    show(LESSON)
