"""A model over the real world in a picture as small as a word: an inline SVG, for a card beside a sentence."""

from typing import Any

from collapse.figures import cells
from collapse.scenario import Scenario

WIDE, HIGH, FOOT = 140, 56, 54  # pixels; the foot is where the curves stand


def glimpse(scenario: Scenario, params: Any) -> str:
    """One model (params with one lineage) of one dimension, drawn over the real world.  The page's style colours its classes."""
    cell = cells.of_model(scenario, params)
    [(low, high)] = cell["ranges"]

    def path(x: list[float], y: list[float]) -> str:
        scaled = ((WIDE * (a - low) / (high - low), FOOT - 0.9 * FOOT * b) for a, b in zip(x, y, strict=True))
        return "M" + " L".join(f"{a:.1f} {b:.1f}" for a, b in scaled)

    real, made = path(*cells.behind(scenario.world)["curve"]), path(cell["x"], cell["y"])
    return (
        f'<svg class="lab-glimpse" viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" height="{HIGH}" aria-hidden="true">'
        f'<path class="lab-real" d="{real}"/><path class="lab-made" d="{made}"/></svg>'
    )
