"""How training went: the loss of every epoch, generation after generation."""

import numpy as np

from collapse.data import Array
from collapse.figures import palette
from collapse.figures.lines import base, line, reach
from collapse.figures.picture import Picture
from collapse.figures.words import parameters
from collapse.scenario import Scenario


def losses(scenario: Scenario, found: Array) -> Picture:
    """The loss of one lineage, (T, epochs): negative ELBO at the weight of the KL term, nats per image, the mean over each epoch of
    each generation.  Between two generations the line is broken: another model begins, and with other images."""
    generations, epochs = found.shape
    across = np.arange(generations)[:, None] + np.linspace(0, 1, epochs + 1)[1:]
    gap = np.full((generations, 1), np.nan)
    x, y = np.hstack([across, gap]).ravel(), np.hstack([found, gap]).ravel()
    low, high = float(np.nanmin(y)), float(np.nanquantile(y, 0.98))
    ends = reach(np.array([low, high]))
    first, last = found[0], found[-1]
    return Picture(
        palette.figure(
            [line("loss", x, y, palette.SYNTHETIC, width=2, hovertemplate="%{y:.1f} nats")],
            base(scenario, "loss (nats per image)", ends, 260),
        ),
        say="How does each training go?",
        note="The horizontal axis counts generations; each of them begins with a new line, which falls while the network learns. "
        "The vertical axis shows the mean loss of an epoch, on the images that it is trained on. A lower loss in a later generation "
        "does not mean a better model: its images have become easier to describe.",
        alt=f"Loss by epoch. Generation 1: from {first[0]:.0f} to {first[-1]:.0f} nats per image. "
        f"Generation {generations}: from {last[0]:.0f} to {last[-1]:.0f}.",
        name="losses",
        caption=parameters(scenario),
        cursor=True,
    )
