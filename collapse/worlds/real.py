"""Real data sets, vendored in `collapse/datasets/` with their origin and licence."""

import csv
from collections import Counter
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

import numpy as np

from collapse.beliefs.base import CENTRAL, Categories, Distribution, Sample
from collapse.beliefs.normals import Normals
from collapse.data import Array
from collapse.sources import CENSUS, PENGUINS
from collapse.spec import knob
from collapse.worlds.base import HELD_OUT_SEED, TypesWorld, World


class _Measured(World):
    """Rows of a table; every fifth is held out, the rest is the world, drawn with replacement."""

    finite = True

    @property
    def _table(self) -> tuple[Array, tuple[str, ...]]:
        """All rows (m, d) in file order, and the group of each."""
        raise NotImplementedError

    @cached_property
    def distribution(self) -> Sample:
        rows = self._table[0]
        return Sample(rows[np.arange(len(rows)) % 5 != 4])

    @property
    def d(self) -> int:
        return self.rows.shape[1]

    @cached_property
    def held_out(self) -> Distribution:
        return Sample(self._table[0][4::5])

    @property
    def rows(self) -> Array:
        """The training rows, (m, d)."""
        return self.distribution.rows

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The group of every training row."""
        return tuple(kind for i, kind in enumerate(self._table[1]) if i % 5 != 4)

    @cached_property
    def groups(self) -> Normals:
        """Shares, means and covariances of the groups among the training rows, the most frequent first."""
        counted = Counter(self.kinds).most_common()
        parts = [Sample(self.rows[[k == name for k in self.kinds]]) for name, _ in counted]
        return Normals(
            np.array([m for _, m in counted]) / len(self.rows),
            np.array([p.mean for p in parts]),
            np.array([p.cov for p in parts]),
            [name for name, _ in counted],
            [SPECIES[name] for name, _ in counted],
        )

    @property
    def labelled(self) -> tuple[Array, Array]:
        rows, kinds = self._table
        return rows[4::5], np.array([self.groups.labels.index(kind) for kind in kinds[4::5]])

    @cached_property
    def tails(self) -> tuple[Array, Array]:
        low, high = np.quantile(self.rows, CENTRAL, axis=0, method="inverted_cdf")
        return low, high

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return self.rows[rng.integers(len(self.rows), size=shape)]


SPECIES = {"Adelie": "Adelies", "Chinstrap": "Chinstraps", "Gentoo": "Gentoos"}  # a bird of each, and several


@dataclass(frozen=True)
class Flipper(_Measured):
    """Flipper lengths of 342 penguins in mm."""

    kind = "flipper"
    says = "penguin flipper lengths (real data)"
    source = PENGUINS
    unit = "mm"
    quantity = "flipper length (mm)"

    @property
    def _table(self) -> tuple[Array, tuple[str, ...]]:
        return _penguins(("flipper_length_mm",))

    @property
    def values(self) -> Array:
        """The training values in mm, sorted, (m,)."""
        return self.distribution.x

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return self.distribution.quantile(rng.random(shape))[..., None]


@dataclass(frozen=True)
class Penguins(_Measured):
    """Two measurements of 342 penguins of three species: bill length × depth, or flipper length × body mass."""

    kind = "penguins"
    says = "two measurements of three species of penguins (real data)"
    source = PENGUINS
    unit = "mm, and 100 g"

    measured: str = knob(
        "bill",
        "what is measured of a bird: the length and depth of its bill in mm, or its flipper in mm and its mass in 100 g",
        label="measurements",
        choices={"bill": "bill length and depth", "body": "flipper length and body mass"},
    )

    def phrase(self) -> str:
        both = "bill length and depth" if self.measured == "bill" else "flipper length and body mass"
        return f"the {both} of three species of penguins (real data)"

    @property
    def _table(self) -> tuple[Array, tuple[str, ...]]:
        return _penguins(
            ("bill_length_mm", "bill_depth_mm") if self.measured == "bill" else ("flipper_length_mm", "body_mass_g")
        )

    @property
    def axes(self) -> tuple[str, str]:
        """What is measured along x and y, with units."""
        return (
            ("bill length (mm)", "bill depth (mm)")
            if self.measured == "bill"
            else ("flipper length (mm)", "body mass (100 g)")
        )


@dataclass(frozen=True)
class Surnames(TypesWorld):
    """The most frequent US surnames of 1990 with their shares; sampling draws people."""

    kind = "surnames"
    says = "US surnames (real data)"
    source = CENSUS
    unit = "people"
    noun = "names"

    types: int = knob(
        1000, "how many of the most frequent surnames there are", label="number of types", low=10, high=5000, log=True
    )

    def phrase(self) -> str:
        return f"the {self.types:,} most frequent {self.says}"

    @cached_property
    def p(self) -> Array:
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
def _penguins(columns: tuple[str, ...]) -> tuple[Array, tuple[str, ...]]:
    """The measured birds, (342, d) and their species; mass in units of 100 g, so that it does not drown the millimetres."""
    with (files("collapse") / "datasets" / "penguins.csv").open(encoding="utf-8") as file:
        birds = [row for row in csv.DictReader(file) if row["flipper_length_mm"] != "NA"]
    scale = [0.01 if name.endswith("_g") else 1.0 for name in columns]
    return np.array([[float(bird[name]) for name in columns] for bird in birds]) * scale, tuple(
        b["species"] for b in birds
    )


@cache
def _surnames() -> tuple[tuple[str, ...], Array]:
    text = (files("collapse") / "datasets" / "surnames-top5000.txt").read_text(encoding="utf-8")
    rows = [line.split() for line in text.splitlines()]
    return tuple(r[0].title() for r in rows), np.array([float(r[1]) for r in rows])
