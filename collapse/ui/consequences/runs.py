"""What the panels of consequences share: their controls, and an exam of every generation."""

from collapse.downstream import Exam, examine
from collapse.ui.controls import Dial, Preset
from collapse.ui.lesson import View
from collapse.ui.shelf import noted

N, GENERATIONS = Dial("n", "Training examples", 5, 500, unit="examples"), Dial("generations", "Generations", 2, 100)
SYNTHETIC = Dial("policy.synthetic", "AI-made data (synthetic)", 0.0, 1.0, percent=True)
MORE = {
    "policy": "What the next model learns from (its diet)",
    "policy.group": "Models in a group",
    "policy.synthetic": "AI-made data (synthetic)",
    "decoder.temperature": "Temperature",
    "lineages": "Chains",
    "seed": "Seed",
}
BELL = {"world": ("normal",), "model": ("gaussian",), "world.dimension": ("1",)}
BIRDS = {"world": ("penguins",), "model": ("mixture",)}
ITSELF = {"policy": "mix", "policy.synthetic": "1.0"}
BIRDS_FED = (
    Preset(
        "Only its own output", "Nothing real after the first generation", ITSELF | {"n": "100", "generations": "40"}
    ),
    Preset(
        "10% real data",
        "Every tenth example is fresh and real",
        {"policy": "mix", "policy.synthetic": "0.9", "n": "100", "generations": "40"},
    ),
    Preset(
        "Keep everything",
        "Nothing is thrown away; a shorter run",
        {"policy": "accumulate", "n": "40", "generations": "12"},
    ),
)


def exam(view: View) -> Exam:
    """Classifiers that learn from every generation of the run, once for everybody."""
    s = view.result.scenario
    return noted(s, "exam", lambda: examine(view.result.trajectory))
