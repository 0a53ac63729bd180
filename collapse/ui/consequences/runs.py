"""What the panels of consequences share: their controls, and an exam of every generation."""

from collapse.downstream import Exam, examine
from collapse.ui.controls import Dial, Preset
from collapse.ui.experiments import ITSELF
from collapse.ui.lesson import View
from collapse.ui.shelf import noted

N, GENERATIONS = Dial("n", "Training examples", 5, 500, unit="examples"), Dial("generations", "Generations", 2, 100)
SYNTHETIC = Dial("policy.synthetic", "AI-made data (synthetic)", 0.0, 1.0, percent=True)
MORE = {
    "policy": "What the next model learns from (training data)",
    "policy.group": "Models in a group",
    "policy.synthetic": "AI-made data (synthetic)",
    "decoder.temperature": "Temperature",
    "lineages": "Chains",
    "seed": "Seed",
}
BELL = {"world": ("normal",), "model": ("gaussian",), "world.dimension": ("1",)}
BIRDS = {"world": ("penguins",), "model": ("mixture",)}
BIRDS_FED = (
    Preset(
        "What if nothing real is added?",
        "Every model learns from 100 examples, for 40 generations. After the first, all are made by the model before.",
        ITSELF | {"n": "100", "generations": "40"},
    ),
    Preset(
        "Does 10% real data save it?",
        "Ten of the hundred examples of every generation are new and real, for 40 generations.",
        {"policy": "mix", "policy.synthetic": "0.9", "n": "100", "generations": "40"},
    ),
    Preset(
        "What if nothing is thrown away?",
        "Every model learns from all data so far; each of 12 generations adds 40 examples.",
        {"policy": "accumulate", "n": "40", "generations": "12"},
    ),
)


def exam(view: View) -> Exam:
    """Classifiers that learn from every generation of the run, once for everybody."""
    s = view.result.scenario
    return noted(s, "exam", lambda: examine(view.result.trajectory))
