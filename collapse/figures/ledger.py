"""The ledger: what every generation was fed, by where it is from, as layers that add up to everything."""

import numpy as np

from collapse.blocks import blocks
from collapse.figures import palette
from collapse.figures.picture import Picture
from collapse.figures.words import parameters
from collapse.ledger import ORIGINS, Ledger
from collapse.scenario import Scenario
from collapse.speech import percent

TINTS = (palette.REAL, palette.HEALTHY, palette.SYNTHETIC, palette.EARLY)
FILLS = ("", "/", "", ".")


def provenance(scenario: Scenario, kept: Ledger) -> Picture:
    """Shares of the diet of the generations 1…T by origin, the mean over lineages."""
    t = np.arange(1, scenario.generations + 1)
    traces = [
        {
            "type": "bar",
            "name": name,
            "x": t,
            "y": 100 * share,
            "marker": {"color": tint, "line": {"width": 0}, "pattern": {"shape": fill, "solidity": 0.3}},
            "hovertemplate": f"{name}: %{{y:.3g}}%<extra></extra>",
            "meta": {"label": name, "color": tint},
        }
        for name, share, tint, fill in zip(ORIGINS, kept.shares.T, TINTS, FILLS, strict=True)
    ]
    layout = palette.base_layout(
        "generation",
        "share of the training data",
        height=300,
        barmode="stack",
        bargap=0,
        xaxis={"range": [0.5, scenario.generations + 0.5]},
        yaxis={"range": [0, 100], "ticksuffix": "%"},
    )
    counted = next(blocks(scenario))[1]
    first = scenario.curator.single and counted < scenario.lineages
    over = f"the mean over the first {counted} chains" if first else "the mean over chains"
    last = ", ".join(f"{name} {percent(float(share))}" for name, share in zip(ORIGINS, kept.shares[-1], strict=True))
    return Picture(
        palette.figure(traces, layout),
        say="Where do the examples that each generation learns from come from?",
        note="The horizontal axis counts generations, and the vertical axis shows shares of all examples that train a model "
        f"({over}). Together they are 100%.",
        alt=f"At the end: {last}.",
        name="ledger",
        caption=parameters(scenario),
        cursor=True,
    )
