"""Real data sets, vendored in `collapse/datasets/` with their origin and licence."""

import csv
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

import numpy as np

from collapse.data import Array
from collapse.distributions import Categories, Distribution, Sample
from collapse.sources import CENSUS, PENGUINS
from collapse.spec import knob
from collapse.worlds.base import HELD_OUT_SEED, TypesWorld, World


@dataclass(frozen=True)
class Flipper(World):
    """Flipper lengths of 342 penguins in mm; every fifth is held out, the rest is the world, drawn with replacement."""

    kind = "flipper"
    says = "penguin flipper lengths (real data)"
    source = PENGUINS
    finite = True
    unit = "mm"
    quantity = "flipper length (mm)"

    @cached_property
    def _all(self) -> Array:
        return _flippers()

    @cached_property
    def _train(self) -> Sample:
        return Sample(self._all[np.arange(len(self._all)) % 5 != 4])

    @cached_property
    def held_out(self) -> Distribution:
        return Sample(self._all[4::5])

    @property
    def mean(self) -> Array:  # type: ignore[override]
        return self._train.mean

    @property
    def cov(self) -> Array:  # type: ignore[override]
        return self._train.cov

    @property
    def values(self) -> Array:
        """The training values in mm, sorted, (m,)."""
        return self._train.x

    def cdf(self, x: Array) -> Array:
        return self._train.cdf(x)

    def quantile(self, u: Array) -> Array:
        return self._train.quantile(u)

    def levels(self) -> tuple[Array, Array, Array]:
        return self._train.levels()

    def outside(self, low: Array, high: Array) -> Array:
        return self._train.outside(low, high)


@dataclass(frozen=True)
class Surnames(TypesWorld):
    """The most frequent US surnames of 1990 with their shares; sampling draws people."""

    kind = "surnames"
    says = "US surnames (real data)"
    source = CENSUS
    unit = "people"
    noun = "names"

    types: int = knob(1000, "how many of the most frequent surnames", low=10, high=5000, log=True)

    @cached_property
    def p(self) -> Array:  # type: ignore[override]
        """Shares among the chosen surnames, (K,), most frequent first."""
        shares = _surnames()[1][: self.types]
        return shares / shares.sum()

    @property
    def labels(self) -> tuple[str, ...]:
        return _surnames()[0][: self.types]

    @cached_property
    def held_out(self) -> Distribution:
        """Shares among 10 000 people drawn from a stream that no run uses."""
        return Categories(np.random.default_rng(HELD_OUT_SEED).multinomial(10_000, self.p) / 10_000)


@cache
def _flippers() -> Array:
    with (files("collapse") / "datasets" / "penguins.csv").open(encoding="utf-8") as file:
        lengths = [row["flipper_length_mm"] for row in csv.DictReader(file)]
    return np.array([[float(x)] for x in lengths if x != "NA"])


@cache
def _surnames() -> tuple[tuple[str, ...], Array]:
    text = (files("collapse") / "datasets" / "surnames-top5000.txt").read_text(encoding="utf-8")
    rows = [line.split() for line in text.splitlines()]
    return tuple(r[0].title() for r in rows), np.array([float(r[1]) for r in rows])
