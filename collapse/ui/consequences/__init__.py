"""The panels of the page *Consequences*: each is a file with its `PANEL` and what is `shown` below it, named in one table."""

from collapse.ui.consequences import alike, bias, price, wrong

FOLLOWS = {"alike": alike, "bias": bias, "wrong": wrong, "price": price}
PANELS = {name: module.PANEL for name, module in FOLLOWS.items()}
PARTS = {name: module.shown for name, module in FOLLOWS.items()}
