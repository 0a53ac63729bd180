"""Handwritten digits: images of 8 × 8 pixels, which a model learns without being told which digit each of them is."""

import gzip
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files

import numpy as np

from collapse.beliefs.base import CENTRAL, Distribution, Sample
from collapse.data import Array
from collapse.sources import DIGITS
from collapse.spec import knob
from collapse.worlds.base import World

SIDE = 8
WHITE, BLACK = 0.0, 16.0
FEATURES = 10  # principal axes along which tails and distances are measured
ALL_TEN = 1234567890


@dataclass(frozen=True)
class Digits(World):
    """1797 handwritten digits, rows of 64 grey values from 0 (paper) to 16 (ink); every fifth image of each class is held out.

    The world is the other four fifths, drawn with replacement.  Labels are for metrics only.
    """

    kind = "digits"
    says = "handwritten digits (real data)"
    source = DIGITS
    finite = True
    space = "images"
    unit = "grey levels"
    quantity = "ink (0 to 16)"

    digits: int = knob(
        ALL_TEN,
        "which digits, written one after the other: 38 is 3 and 8; 1234567890 is all ten",
        label="which digits",
        low=0,
        high=ALL_TEN,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        chosen = sorted(set(str(self.digits)), key="1234567890".index)
        object.__setattr__(self, "digits", int("".join(chosen)))

    def phrase(self) -> str:
        if self.digits == ALL_TEN:
            return self.says
        return f"handwritten digits (real data), only {' '.join(map(str, self.classes))}"

    @property
    def classes(self) -> tuple[int, ...]:
        """The digits that there are, in order."""
        return tuple(sorted({int(c) for c in str(self.digits)}))

    @property
    def d(self) -> int:
        return SIDE * SIDE

    @cached_property
    def distribution(self) -> Sample:
        return Sample(_split(self.classes, False)[0])

    @cached_property
    def held_out(self) -> Distribution:
        """The real test set: images that no model is ever trained on."""
        return Sample(_split(self.classes, True)[0])

    @property
    def rows(self) -> Array:
        """The images that models learn from, (m, 64)."""
        return self.distribution.rows

    @property
    def labels(self) -> Array:
        """Which digit each of `rows` is, (m,)."""
        return _split(self.classes, False)[1]

    @property
    def unread(self) -> Array:
        """The held-out images, (m, 64)."""
        return _split(self.classes, True)[0]

    @property
    def unread_labels(self) -> Array:
        """Which digit each held-out image is, (m,)."""
        return _split(self.classes, True)[1]

    def picked(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        """Which of `rows` are drawn, (…) of int."""
        return rng.integers(len(self.rows), size=shape)

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return self.rows[self.picked(shape, rng)]

    @cached_property
    def axes(self) -> Array:
        """The ten principal axes of `rows`, (64, 10): a fixed linear encoder, fitted to real images alone."""
        return np.linalg.eigh(self.distribution.cov)[1][:, : -FEATURES - 1 : -1]

    @cached_property
    def tails(self) -> tuple[Array, Array]:
        """The 2.5% and 97.5% quantiles along the principal axes, each (10,)."""
        low, high = np.quantile(self.rows @ self.axes, CENTRAL, axis=0, method="inverted_cdf")
        return low, high


@lru_cache(32)
def _split(classes: tuple[int, ...], held_out: bool) -> tuple[Array, Array]:
    """(images, labels) of some classes: the held-out fifth of each, or the rest; in file order."""
    images, labels = every_digit()
    place = np.empty(len(labels), dtype=int)  # of an image within its class
    for digit in range(10):
        of_it = np.flatnonzero(labels == digit)
        place[of_it] = np.arange(len(of_it))
    chosen = np.isin(labels, classes) & ((place % 5 == 4) == held_out)
    return images[chosen], labels[chosen]


@cache
def every_digit() -> tuple[Array, Array]:
    """All images (1797, 64) and their labels (1797,), in file order."""
    packed = (files("collapse") / "datasets" / "digits.csv.gz").read_bytes()
    table = np.array([line.split(",") for line in gzip.decompress(packed).decode("ascii").split()], dtype=float)
    return table[:, :-1], table[:, -1].astype(int)
