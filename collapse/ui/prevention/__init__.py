"""The panels of the page *Prevention*: each is a file with its `PANEL` and what is `shown` below the picture, named in one table."""

from collapse.ui.prevention import data, decoding, detectors, human, weight, when

MEASURES = {"data": data, "human": human, "decoding": decoding, "detectors": detectors, "when": when, "weight": weight}
PANELS = {name: module.PANEL for name, module in MEASURES.items()}
PARTS = {name: module.shown for name, module in MEASURES.items()}
