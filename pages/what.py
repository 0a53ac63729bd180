"""What is model collapse? The loop, one station at a time, its two stages, and what the word means and does not mean."""

from dataclasses import replace

import streamlit as st

from collapse.definitions import Case, scorecard
from collapse.figures.loop import FED, MODEL, REAL, SAYS, loop_picture, told
from collapse.following import LOOKED_AT, Followed
from collapse.models.gaussian import Gaussian
from collapse.policies import Mix
from collapse.scenario import Scenario
from collapse.sources import OURS, SCHAEFFER, SHUMAILOV
from collapse.speech import percent, plural
from collapse.stages import EARLY, LATE, typical_onset
from collapse.ui.article import families, popular, table
from collapse.ui.controls import Dial
from collapse.ui.experiments import DIETS
from collapse.ui.heroes import Hero
from collapse.ui.lesson import Lesson, View, show
from collapse.ui.prose import words
from collapse.ui.runs import Outcome, trajectory_of

BASE = Scenario(policy=Mix(synthetic=1.0), n=20, generations=60, lineages=300, seed=1)
OFFERS = {"model": ("gaussian",), "world": ("normal",), "world.dimension": ("1",)}
DIALS = (
    Dial("n", "Training examples", 5, 1000, unit="examples"),
    Dial("generations", "Generations", 5, 200),
    Dial("policy.synthetic", "AI-made data (synthetic)", 0.0, 1.0, percent=True),
)
MORE = {
    "policy": "What the next model learns from (training data)",
    "lineages": "Chains",
    "seed": "Seed",
}
CLOCK = (1, 10, 30)
ALONE = "policy=mix&policy.synthetic=1.0&lineages=1&generations=30&seed=1"
FAMILIES = {
    page: (title, Scenario.from_query(f"{query}&{ALONE}"))
    for page, title, query in (
        ("gaussian", "One bell curve", "n=20"),
        ("penguins", "Penguins: a mixture of bell curves", "world=penguins&model=mixture&n=40"),
        ("surnames", "Surnames: a model that counts", "world=surnames&model=categorical&n=200"),
        ("language", "Text: a language model", "world=alice&model=ngram&n=2000"),
        ("digits", "Digits: a variational autoencoder", "world=digits&model=linear-vae&model.speaking=means&n=200"),
    )
}
SAYS_SO = {True: "It holds.", False: "It does not hold.", None: "It cannot be told."}
EARLIEST = 3  # generations that are always followed
HALF = 0.5


def onsets(result: Outcome) -> tuple[float, float]:
    """The generations at which half of the lineages are early, and late; inf if there is none."""
    stages = result.evidence.stages
    return typical_onset(stages, EARLY), typical_onset(stages, LATE)


def story(result: Outcome) -> Hero:
    """The strip of the lineage shown, with the story beside it."""
    s, text, last = result.scenario, words("what"), result.scenario.generations
    early, late = onsets(result)
    turns = {t for t in (*range(1, EARLIEST + 1), early, late) if t <= last}
    followed = result.turns({int(t) for t in turns})
    picture = loop_picture(s, followed)
    second = min(2, last)
    places = {
        "learn": (1, REAL),
        "speak": (1, SAYS),
        "feed": (1, FED),
        "lose": (second, MODEL),
        "early": (int(min(early, max(turns))), MODEL),
        "late": (int(min(late, max(turns))), MODEL),
        "tell": (int(min(late, max(turns))), MODEL),
        "who": (1, MODEL),
        "next": (1, FED),
    }
    values = {
        "n": f"{s.n:,}",
        "dots": _dots(s.n),
        "missed": percent((1 - 1 / s.n) ** s.n),
        "back": " ".join(text[f"story.back.{part}"].replace("\n", " ") for part in _back(s, followed[0])),
        "said": picture.turns[0]["stations"][SAYS]["label"],
        "diet": picture.turns[0]["stations"][FED]["label"],
        "early": _stage(result, EARLY),
        "late": _stage(result, LATE),
        "alarm": f"{result.rule.alarm}%",
    }
    told_as = {key: f"{key}.real" for key in ("speak", "feed")} if _diet(followed[0]) == "real" else {}
    chapters = [
        (
            text[f"story.{told_as.get(key, key)}.title"],
            text[f"story.{told_as.get(key, key)}"].replace("\n", " ").format(**values),
            *place,
        )
        for key, place in places.items()
    ]
    return told(picture, chapters)


def _dots(n: int) -> str:
    """What the first dots of the strip are; of many only some are drawn."""
    if n <= LOOKED_AT:
        return f"These {n} dots are real examples."
    return f"These dots are {LOOKED_AT} of the {n:,} real examples from which the first model learns."


def _back(s: Scenario, turn: Followed) -> list[str]:
    """Whether what is lost can come back, and whether more than the sample is at work: the texts by key."""
    assert isinstance(s.model, Gaussian)
    more = not s.decoder.neutral or s.model.steps or s.model.rows
    return [_diet(turn), "more"] if more else [_diet(turn)]


def _diet(turn: Followed) -> str:
    """What the second model is fed: nothing that was made ("real"), nothing that is real ("none"), or of both ("some")."""
    return "real" if turn.next_made == 0 else "none" if turn.next_real == 0 else "some"


def _stage(result: Outcome, stage: int) -> str:
    """When half of the lineages are at a stage or beyond: from then on, for the first time, or never."""
    s, onset = result.scenario, typical_onset(result.evidence.stages, stage)
    there = {EARLY: "in the early stage or beyond", LATE: "in the late stage"}[stage]
    within = f"within {plural(s.generations, 'generation', 'generations')}"
    if onset > s.generations:
        if s.lineages == 1:
            return f"The one chain of this run is never {there} {within}."
        return f"At no time {within} is half of the {s.lineages:,} chains of this run {there}."
    stays = bool(((result.evidence.stages[:, int(onset) :] >= stage).mean(axis=0) >= HALF).all())
    when = f"From generation {onset:.0f} on" if stays else f"At generation {onset:.0f}, for the first time"
    if s.lineages == 1:
        return f"{when}, the one chain of this run is {there}."
    return f"{when}, at least half of the {s.lineages:,} chains of this run are {there}."


def case(result: Outcome) -> Case:
    """The run, and the same with four times the data, to be held against the definitions."""
    s = result.scenario
    more = trajectory_of(replace(s, n=min(4 * s.n, 1_000_000)))
    return Case(result.trajectory, result.evidence.stages, result.rule, more)


def rest(view: View) -> None:
    st.header(view.text["stages.head"], anchor=False)
    view.tell("stages.intro")
    view.stages()
    for column, metric in zip(st.columns(2, gap="large"), ("smaller_tail", "variance"), strict=True):
        with column:
            view.over_time(metric)
    st.header(view.text["families.head"], anchor=False)
    view.tell("families.intro")
    families(FAMILIES, CLOCK)
    st.header(view.text["definitions.head"], anchor=False)
    view.tell("definitions.intro")
    verdicts = scorecard(case(view.result))
    table(("Definition", "In this run", "How we tell"), ((v.name, SAYS_SO[v.holds], v.because) for v in verdicts))
    popular("what")
    st.header("What the word does not mean", anchor=False)
    view.tell("not")


LESSON = Lesson(
    name="what",
    title="What is model collapse?",
    base=BASE,
    offers=OFFERS,
    dials=DIALS,
    presets=DIETS,
    more=MORE,
    hero="loop",
    picture=story,
    rest=rest,
    metric="variance",
    sources=(SHUMAILOV, SCHAEFFER, OURS),
)

if __name__ == "__main__":  # Streamlit runs the file; the book only reads it
    show(LESSON)
