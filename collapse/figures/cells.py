"""Small pictures of data and of models, for places that are too small for a chart: dots, a curve, words, bars, a text, images.

A cell is a dictionary that travels as JSON: `kind`, and what the component needs to draw it; what all cells of a run share is said
once, in `behind`.  Words are plain text.
"""

from base64 import b64encode
from collections import Counter
from typing import Any

import numpy as np

from collapse.beliefs.normals import Normals
from collapse.data import Array, Data, Items, Rows
from collapse.figures.groups import outline
from collapse.figures.shapes import curves, ghost
from collapse.passages import Tokens
from collapse.scenario import Scenario
from collapse.trajectory import taken
from collapse.worlds import Text, TypesWorld, World
from collapse.worlds.digits import BLACK, SIDE

Cell = dict[str, Any]
WORDS, LETTERS, IMAGES, BARS = 14, 170, 12, 24
TWO = 2  # dimensions that a cell can show


def of_data(scenario: Scenario, made: Data, real: Data) -> Cell:
    """Some synthetic and some real examples of one lineage, together."""
    w = scenario.world
    if made.size + real.size == 0:
        return {"kind": "nothing"}
    if w.space == "images":
        pixels = np.concatenate([d.x[0] for d in (real, made) if isinstance(d, Rows)])
        return images(_both(pixels, real.size, IMAGES))
    if w.space == "types":
        assert isinstance(w, TypesWorld)
        drawn = [(name, made) for d, made in ((real, False), (made, True)) for name in _names(w, d)]
        return {"kind": "words", "words": _both(drawn, min(real.size, WORDS), WORDS)}
    if w.space == "text":
        assert isinstance(w, Text)
        corpus = w.corpus(scenario.model.unit)  # type: ignore[attr-defined]
        text = ["".join(w.typesetter.set(corpus.read(d.x[0][:LETTERS]))) for d in (real, made) if isinstance(d, Tokens)]
        return {
            "kind": "text",
            "texts": [t[: LETTERS // len(text)] for t in text],
            "made": [not real.size, True][: len(text)],
        }
    rows = [d.x[0] if isinstance(d, Rows) else np.empty((0, w.d)) for d in (real, made)]
    shown = np.concatenate(rows)
    axes = [_rounded(shown[:, j]) for j in range(min(w.d, TWO))]
    return {"kind": "dots", "axes": axes, "real": len(rows[0])}


def of_model(scenario: Scenario, params: Any) -> Cell:
    """What one model (params with one lineage) believes, over the real world."""
    w, model = scenario.world, scenario.model
    belief = model.belief(params)
    if w.space == "images":
        return images(np.reshape(belief.mean, (-1, SIDE * SIDE))[:1])
    if w.space == "types":
        assert isinstance(w, TypesWorld)
        places = _places(w)
        shares = belief.p.reshape(-1, w.types)[0][places]  # type: ignore[attr-defined]
        return {"kind": "bars", "shares": _rounded(shares, 5), "real": _rounded(w.p[places], 5)}
    if w.space == "text":
        grams = model.shown(params, scenario.n)
        corpus = w.corpus(model.unit)  # type: ignore[attr-defined]
        told = [word for passage in grams.words(corpus)[0] for word in passage]  # type: ignore[attr-defined]
        common = [word for word, _ in sorted(Counter(told).items(), key=lambda item: (-item[1], item[0]))[:WORDS]]
        return {"kind": "words", "words": [(word, word in corpus.frequency) for word in common]}
    if w.d == 1:
        x, y = curves(belief)
        return {"kind": "curve", "x": _rounded(np.ravel(x)), "y": _rounded(np.ravel(y))}
    return {"kind": "ellipses", "paths": _ellipses(belief)}


def behind(world: World) -> dict[str, Any]:
    """What all cells of a run have behind them: their axes (`ranges`), and the `curve` of the real world [x, y], or `ellipses` of two
    standard deviations."""
    if world.space != "real":
        return {}
    if world.d == 1:
        return {"ranges": ranges(world), "curve": [_rounded(a) for a in ghost(world)]}
    return {"ranges": ranges(world), "ellipses": _ellipses(world.groups or world.distribution)}


def images(rows: Array) -> Cell:
    """Images (m, 64) as base64 of one byte each: how much ink there is, 0 to 255."""
    ink = np.rint(np.clip(rows, 0, BLACK) * (255 / BLACK)).astype(np.uint8)
    return {"kind": "images", "count": len(rows), "pixels": b64encode(ink.tobytes()).decode("ascii")}


def ranges(world: World) -> list[list[float]]:
    """The axes of a cell: the world, with room for a model that is half again as wide."""
    mean, sd = world.distribution.mean, np.sqrt(np.diagonal(np.atleast_2d(world.distribution.cov)))
    return [
        [round(float(m - 3.3 * s), 4), round(float(m + 3.3 * s), 4)]
        for m, s in zip(np.ravel(mean)[:TWO], sd, strict=False)
    ]


def _both(values: Any, real: int, most: int) -> Any:
    """At most so many of some real values and the made ones after them, of each as large a share as there is."""
    if len(values) <= most:
        return values
    share = round(most * min(real, len(values)) / len(values))
    made = values[min(real, len(values)) :]
    return (
        [*values[:share], *made[: most - share]]
        if isinstance(values, list)
        else np.concatenate([values[:share], made[: most - share]])
    )


def _names(world: TypesWorld, data: Data) -> list[str]:
    """Some of the names that were drawn."""
    return [world.labels[i] for i in data.x[0][:WORDS]] if isinstance(data, Items) else []


def _ellipses(belief: Any) -> list[list[list[float]]]:
    """Two standard deviations around every component that is alive, in the first two coordinates."""
    if isinstance(belief, Normals):
        d = belief.d
        weights, means, covs = belief.weights.ravel(), belief.means.reshape(-1, d), belief.covs.reshape(-1, d, d)
    else:
        weights, means, covs = (
            np.ones(1),
            np.reshape(belief.mean, (1, -1)),
            np.reshape(belief.cov, (1, *belief.cov.shape[-2:])),
        )
    alive = weights > 0
    paths = outline(means[alive][:, :TWO], covs[alive][:, :TWO, :TWO], 2.0)
    return [_rounded(path) for path in paths]


def _places(world: TypesWorld) -> Array:
    return np.unique(np.linspace(0, world.types - 1, BARS).astype(int))


def _rounded(values: Array, digits: int = 3) -> Any:
    return np.round(np.asarray(values, dtype=float), digits).tolist()


def of_models(scenario: Scenario, params: Any, most: int = 8) -> list[Cell]:
    """What the first models of many believe (params (R, …) of one generation), a cell each, over the real world: small multiples."""
    found = min(len(next(iter(params))), most)
    return [of_model(scenario, taken(params, slice(i, i + 1))) for i in range(found)]
