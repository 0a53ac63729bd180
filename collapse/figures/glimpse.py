"""A model over the real world in a picture as small as a word, for a card beside a sentence."""

from base64 import b64encode
from typing import Any

import numpy as np

from collapse.figures import cells
from collapse.scenario import Scenario

WIDE, HIGH, FOOT = 140, 56, 54  # pixels; the foot is where the curves stand
REAL, MADE = (
    "#2f7fc1",
    "#d9622b",
)  # an image does not know the theme of its page: these can be told from paper and from night


def glimpse(scenario: Scenario, params: Any) -> str:
    """The address (`data:`) of an SVG image of one model (params with one lineage) of one dimension over the real world."""
    cell = cells.of_model(scenario, params)
    [(low, high)] = cells.ranges(scenario.world)

    def path(x: list[float], y: list[float]) -> str:
        across, down = WIDE * (np.array(x) - low) / (high - low), FOOT - 0.9 * FOOT * np.array(y)
        flat = np.stack([across, down], axis=1).ravel().tolist()
        return "M" + " L".join(["%.1f %.1f"] * len(x)) % tuple(flat)

    real, made = path(*cells.behind(scenario.world)["curve"]), path(cell["x"], cell["y"])
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" height="{HIGH}" stroke-width="1.5">'
    for d, colour, solid in ((real, REAL, 0.15), (made, MADE, 0.35)):
        svg += f'<path d="{d}" stroke="{colour}" fill="{colour}" fill-opacity="{solid}"/>'
    return f"data:image/svg+xml;base64,{b64encode(f'{svg}</svg>'.encode()).decode()}"
