"""Laboratory: any world × model × decoder × curator × policy, on data of one's own, with maps, twins, history and exports."""

import streamlit as st

from collapse.bands import median
from collapse.figures.timeline import over_time
from collapse.policies import Mix
from collapse.scenario import Scenario
from collapse.sources import HILL, OURS, OWN, PENGUINS, SHUMAILOV, SILVERMAN, SIMPSON
from collapse.speech import percent
from collapse.ui.compare import history_section, twins_section
from collapse.ui.composer import hero_of, knobs, watched_metric
from collapse.ui.controls import Dial, Preset
from collapse.ui.lab import Lab
from collapse.ui.lesson import Lesson, View, show
from collapse.ui.maps import map_section
from collapse.ui.own import own_data
from collapse.ui.sweeps import sweep_section
from collapse.ui.takeaway import export_section

BASE = Scenario(policy=Mix(synthetic=0.95), n=50, generations=25, lineages=300, seed=1)
DIALS = (
    Dial("n", "Training examples", 5, 1000, unit="examples"),
    Dial("generations", "Generations", 5, 200),
    Dial("policy.synthetic", "AI-made data (synthetic)", 0.0, 1.0, percent=True),
)
PRESETS = (
    Preset(
        "What if the model cannot express it?",
        "One bell curve learns a world of two humps.",
        {"world": "bimodal", "model": "gaussian"},
    ),
    Preset(
        "What if it remembers everything?",
        "A kernel density keeps every example that it has read, and blurs it.",
        {"world": "bimodal", "model": "kde", "policy": "replace", "lineages": "60"},
    ),
    Preset(
        "How do names die out?",
        "The world has names instead of numbers: a name that is not drawn in one generation is gone for good.",
        {"world": "surnames", "world.types": "300", "policy": "mix", "policy.synthetic": "1.0", "lineages": "60"},
    ),
    Preset(
        "What if it keeps everything, but reads a part?",
        "Everything is kept, but each model reads only as much as before.",
        {"policy": "accumulate-subsample"},
    ),
    Preset(
        "What if the model has too many parts?",
        "A mixture of two bell curves learns a single round cloud in the plane.",
        {
            "world": "normal",
            "world.dimension": "2",
            "model": "mixture",
            "model.components": "2",
            "policy": "replace",
            "lineages": "60",
        },
    ),
)


def rest(view: View) -> None:
    desk, result = view.desk, view.result
    left_over = percent(float(median(result.evidence.spread)))
    desk.history.record(desk.scenario, desk.rule, f"{left_over} of the variety is left (median)")
    watched_metric(desk)
    left, right = st.columns(2, gap="large")
    with left:
        view.chart(over_time(result.trajectory, desk.metric, result.lineage), "metric")
    with right:
        view.stages()
    map_section(desk)
    sweep_section(desk)
    twins_section(desk, result)
    history_section(desk)
    export_section(desk, result)


LESSON = Lesson(
    name="laboratory",
    title="Laboratory",
    base=BASE,
    dials=DIALS,
    presets=PRESETS,
    more=lambda desk: knobs(desk, DIALS),
    hero="hero",
    picture=hero_of,
    rest=rest,
    metric="variance",
    sources=(SHUMAILOV, SILVERMAN, HILL, SIMPSON, PENGUINS, OWN, OURS),
    before=own_data,
    desk=Lab,
)

if __name__ == "__main__":  # Streamlit runs the file; the book only reads it
    show(LESSON)
