"""When: measures that begin at a generation, what they bring back, and how late is too late."""

from dataclasses import replace

import streamlit as st

from collapse.bands import median
from collapse.budget import BUDGET, typical_cost
from collapse.data import Array
from collapse.figures.rescue import Ends, too_late
from collapse.figures.several import several
from collapse.figures.timeline import LOOKS, Look
from collapse.laws import LAWS
from collapse.metrics import at_world
from collapse.policies import Delayed
from collapse.recursion import run
from collapse.rescue import beginning, ends, lawful_ends, made_up, settles
from collapse.scenario import Scenario
from collapse.speech import percent, plural
from collapse.ui.article import table
from collapse.ui.controls import Dial, Preset
from collapse.ui.lesson import View
from collapse.ui.panels import Panel
from collapse.ui.prevention.measures import BASE, GENERATIONS, MORE, OFFERS, SYNTHETIC, N, introduced
from collapse.ui.runs import trajectory_of
from collapse.ui.shelf import noted

LATE = {
    "policy": "delayed",
    "policy.before": "replace",
    "policy.after": "mix",
    "policy.synthetic": "0.9",
    "policy.waiting": "diet",
    "policy.begin": "20",
    "curator": "none",
    "decoder.temperature": "1.0",
    "decoder.top_p": "1.0",
}
LAWFUL = 40  # beginnings for which a law is computed, about
NAMES = Scenario.from_query(
    "world=surnames&world.types=300&model=categorical&policy=delayed&n=200&generations=24&lineages=16&seed=1"
)
PENGUINS = Scenario.from_query(
    "world=penguins&model=mixture&policy=delayed&policy.synthetic=0.5&n=60&generations=22&lineages=40&seed=1"
)
RESCUES = {
    "fresh real data": "mix",
    "a kept part of the first sample": "anchor",
    "an archive of everything": "accumulate",
}


def begins(s: Scenario) -> list[int]:
    """Generations in which a rescue may begin: 2, 4, 8, …, and never, which is after the last one, and 1, 2, 4, 8, … before that."""
    never, powers = s.generations + 1, [2**i for i in range(10)]
    return sorted({2, never, *(g for step in powers for g in (step, never - step) if 2 < g < never)})


def left_at_the_end(s: Scenario, metric: str) -> Ends:
    """What is left by the generation in which the measures of a scenario begin, and its law at closer steps."""
    tried = begins(s)
    close = sorted({*tried, *range(2, s.generations + 2, 1 + s.generations // LAWFUL)})
    return noted(
        s,
        "ends",
        lambda: Ends(tried, ends(s, tried, metric), close, lawful_ends(s, close, metric), LAWS[metric].standing),
    )


def told(view: View) -> None:
    """What the rescue of this run is, and what it can bring back."""
    s, text = view.result.scenario, view.text
    assert isinstance(s.policy, Delayed)
    real = s.policy.split(s.n)[0]
    kind = s.policy.after
    places = {"begin": s.policy.begin, "n": f"{s.n:,}", "real": f"{real:,}", "generations": s.generations}
    if s.policy.begin > s.generations:
        st.markdown(text["when.never"].format(**places))
        return
    nothing_real = real == 0 and kind in ("mix", "anchor", "random-share")
    words = [text["when.mix.none" if nothing_real else f"when.{kind}"].format(**places)]
    if real and kind in ("mix", "anchor", "random-share") and (calm := settles(s)) is not None:
        words.append(text["when.settles" if calm else "when.wide"])
    if s.policy.waiting == "all" and (s.curator.single or not s.decoder.neutral):
        words.append(text["when.all"])
    half = made_up(s)
    if half is not None:
        words.append(text["when.half"].format(generations=plural(half, "generation", "generations")))
    st.markdown(" ".join(words))


def beside(view: View) -> None:
    """The run beside its twins: nothing is done, and the same is done from the start."""
    s = view.result.scenario
    assert isinstance(s.policy, Delayed)
    shown = {
        f"from generation {s.policy.begin} on": view.result.trajectory,
        "without the rescue": trajectory_of(beginning(s, s.generations + 1)),
        "from the start": trajectory_of(beginning(s, 2)),
    }
    curves = {label: median(each.measure("variance")) for label, each in shown.items()}
    note = view.text["compare.note"].format(lineages=plural(s.lineages, "chain", "chains"))
    note = f"{note} {view.text['when.compare.note']}"
    view.chart(
        several(s, "compare", curves, LOOKS["variance"], say=view.text["when.compare.say"], note=note), "compare"
    )


def late(view: View) -> None:
    """What is left at the end, by the beginning."""
    s, text = view.result.scenario, view.text
    if typical_cost(s) * len(begins(s)) > BUDGET:
        st.info(text["when.costly"])
        return
    left = {"this run, if it begins then": left_at_the_end(s, "variance")}
    words = {"say": text["when.ends.say"], "note": text["when.ends.note"]}
    view.chart(too_late(s, left, LOOKS["variance"], name="ends", **words), "ends")


def of_penguins(begin: int) -> tuple[Array, Array]:
    """(is the rarest component alive, the share of draws for its species) by lineage and generation."""
    s = beginning(PENGUINS, begin)

    def measured() -> tuple[Array, Array]:
        found = run(s, keep=("rarest_alive", "minority_share"))
        return found.measure("rarest_alive"), found.measure("minority_share")

    return noted(s, "penguins", measured)


def back(view: View) -> None:
    """Two other worlds: types that are lost, and components that have died."""
    text = view.text
    st.header(text["when.back"], anchor=False)
    st.markdown(text["when.back.words"])
    left, right = st.columns(2, gap="large")
    with left:
        alive = {
            label: left_at_the_end(replace(NAMES, policy=Delayed(after=after)), "types")
            for label, after in RESCUES.items()
        }
        places = {"types": NAMES.world.types, "generations": NAMES.generations}  # type: ignore[attr-defined]
        words = {"say": text["when.types.say"].format(**places), "note": text["when.types.note"]}
        view.chart(too_late(NAMES, alive, Look("names alive"), name="names_alive", **words), "names_alive")
    with right:
        st.markdown(f"**{text['when.penguins']}**")
        rows = []
        for begin in (10, 15):
            living, share = of_penguins(begin)
            dead = living[:, begin - 1] == 0
            rows.append(
                (
                    f"generation {begin}",
                    f"{int(dead.sum())} of {len(dead)}",
                    f"{int(living[dead, -1].sum())} of these",
                    f"{percent(share[dead, begin - 1].mean())}, then {percent(share[dead, -1].mean())}",
                )
            )
        table(
            (
                "The rescue begins in",
                "Component dead by then",
                "Alive at the end",
                "Share of draws there, before and at the end",
            ),
            rows,
        )
        st.caption(text["when.penguins.note"].format(real=percent(at_world(PENGUINS.world, "minority_share"))))


def shown(view: View) -> None:
    """The rescue beside its twins, how late is too late, and what comes back in other worlds."""
    introduced(view)
    told(view)
    one, two = st.columns(2, gap="large")
    with one:
        beside(view)
    with two:
        view.over_time("variance")
    late(view)
    back(view)


PANEL = Panel(
    "When",
    Scenario.from_query(LATE, BASE),
    (Dial("policy.begin", "The rescue begins in generation", 2, 50), SYNTHETIC, N, GENERATIONS),
    (
        Preset(
            "What if help comes at once?",
            "From generation 2 on, new real data are mixed in.",
            LATE | {"policy.begin": "2"},
        ),
        Preset(
            "What if help comes late?",
            "From generation 40 on, new real data are mixed in.",
            LATE | {"policy.begin": "40"},
        ),
        Preset(
            "Do kept real data help?",
            "From generation 20 on, a part of the first real examples is mixed in.",
            LATE | {"policy.after": "anchor"},
        ),
        Preset(
            "Does it help to keep everything from then on?",
            "From generation 20 on, nothing is thrown away.",
            LATE | {"policy.after": "accumulate"},
        ),
        Preset(
            "Is more heat enough?",
            "From generation 20 on, models speak at a temperature of 1.1, and no real data are added.",
            LATE | {"policy.after": "replace", "policy.waiting": "all", "decoder.temperature": "1.1"},
        ),
    ),
    {
        "policy.begin": "The rescue begins in generation",
        "policy.after": "Training data from then on",
        "policy.waiting": "What begins then",
        **{key: label for key, label in MORE.items() if key != "policy"},
    },
    OFFERS | {"policy": ("delayed",), "policy.before": ("replace",)},
)
