"""How well made passages can be told from real ones: measured characteristics of a detector, with their bands."""

from collections.abc import Mapping

import numpy as np

from collapse.detection import Roc
from collapse.figures import palette
from collapse.figures.lines import line
from collapse.figures.picture import Picture
from collapse.figures.words import parameters
from collapse.models.ngram import Ngram
from collapse.scenario import Scenario


def characteristics(scenario: Scenario, measured: Mapping[str, Roc], items: int) -> Picture:
    """The median characteristic over lineages by name, with its 5–95 % band, and the diagonal of a detector that guesses."""
    traces = []
    for i, (name, roc) in enumerate(measured.items()):
        low, middle, high = roc.band
        color, dash = palette.GROUPS[i + 1], palette.DASHES[i]
        traces += [
            line(f"{name}, low", roc.fpr * 100, low * 100, palette.BAND, width=0, showlegend=False),
            line(
                f"{name}, band",
                roc.fpr * 100,
                high * 100,
                palette.BAND,
                width=0,
                fill="tonexty",
                fillcolor=palette.BAND,
                showlegend=False,
            ),
            line(name, roc.fpr * 100, middle * 100, color, width=2.5, dash=dash),
        ]
    ends = np.array([0.0, 100.0])
    traces.append(line("a detector that guesses", ends, ends, palette.MUTED, width=1, dash="dot"))
    layout = palette.base_layout(
        "real passages taken for synthetic",
        "synthetic passages found",
        height=340,
        hovermode="closest",
        xaxis={"range": [0, 100], "ticksuffix": " %"},
        yaxis={"range": [0, 100], "ticksuffix": " %"},
    )
    areas = "; ".join(f"{name} {float(np.median(roc.auroc)):.3f}" for name, roc in measured.items())
    unit = (
        ("characters" if scenario.model.unit == "chars" else "words")
        if isinstance(scenario.model, Ngram)
        else "examples"
    )
    return Picture(
        palette.figure(traces, layout),
        say="How well can a likelihood-ratio detector tell what a model made?",
        note="Across: of the real passages, the share taken for synthetic. Up: of the synthetic ones, the share found. "
        f"Every point of a curve is a threshold. Passages of {items} {unit} are judged as a whole; the band holds the middle 90 % of "
        "the lineages. A detector that guesses lies on the dotted line.",
        alt=f"Area under the curve, which is 0.5 for guessing and 1 without errors, median over lineages: {areas}.",
        name="characteristics",
        caption=parameters(scenario),
    )
