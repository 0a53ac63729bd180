"""What happened: the params of every lineage and generation, or the metrics that were kept of them.

Axes are always R lineages, then generations.  Params hold the generations 1…T (the world, generation 0, need not be
in the family); every measured metric has T+1 columns, and column 0 is the world itself.
"""

import json
import platform
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from zipfile import BadZipFile

import numpy as np
import scipy
from numpy.lib.npyio import NpzFile

import collapse
from collapse.data import Array
from collapse.metrics import at_start, evaluate, metric_named
from collapse.scenario import Scenario


def stacked(life: Sequence[Any]) -> Any:
    """A list over generations of params (R, …) as params (R, T, …); ValueError when they grow with the data."""
    if any(a.shape != b.shape for a, b in zip(life[0], life[-1], strict=True)):
        raise ValueError(
            "the params of this model grow with its data: name the metrics to keep, as in keep=('variance',)"
        )
    return type(life[0])(*(np.stack(arrays, axis=1) for arrays in zip(*life, strict=True)))


def joined(blocks: Sequence[Any]) -> Any:
    """Blocks of params (R_b, T, …) as one."""
    return type(blocks[0])(*(np.concatenate(arrays) for arrays in zip(*blocks, strict=True)))


@dataclass(frozen=True)
class Trajectory:
    """`params` are (R, T, …), or None when only metrics were kept."""

    scenario: Scenario
    params: Any = None
    kept: dict[str, Array] = field(default_factory=dict)

    def measure(self, metric: str) -> Array:
        """A metric for every lineage and generation, (R, T+1); a ValueError says what can be measured."""
        metric_named(metric, self.scenario)
        if metric not in self.kept:
            if self.params is None:
                raise ValueError(f"{metric} was not kept in this run: it kept {', '.join(self.kept)}")
            self.kept[metric] = evaluate(self.scenario, self.params, (metric,))[metric]
        values = self.kept[metric]
        start = np.full((len(values), 1), at_start(self.scenario, metric))
        return np.concatenate([start, values], axis=1)

    def save(self, path: str | Path) -> None:
        """Write the arrays and where they come from into a file of exactly this name, by habit `….npz`."""
        arrays = {f"params.{k}": v for k, v in (self.params._asdict() if self.params else {}).items()}
        arrays |= {f"kept.{k}": v for k, v in self.kept.items()}
        origin = {
            "query": self.scenario.to_query(),
            "collapse": collapse.__version__,
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "python": platform.python_version(),
        }
        with Path(path).open("wb") as file:
            np.savez_compressed(file, provenance=np.array(json.dumps(origin)), **arrays)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote; ValueError if the file is something else, or not whole."""
        foreign = f"{path} is not a saved trajectory: give a file that `save` wrote"
        with Path(path).open("rb") as source:
            try:
                file = np.load(source, allow_pickle=False)
                if not isinstance(file, NpzFile):
                    raise ValueError(foreign)
                arrays = {name: file[name] for name in file.files}
                origin = json.loads(str(arrays.pop("provenance")))
            except (ValueError, EOFError, KeyError, BadZipFile, zlib.error):
                raise ValueError(foreign) from None
        query = origin.get("query") if isinstance(origin, dict) else None
        if not isinstance(query, dict) or not all(isinstance(value, str) for value in query.values()):
            raise ValueError(foreign)
        scenario = Scenario.from_query(query)
        kept = {k.removeprefix("kept."): a for k, a in arrays.items() if k.startswith("kept.")}
        params = {k.removeprefix("params."): a for k, a in arrays.items() if k.startswith("params.")}
        if not (kept or params) or (params and set(params) != set(scenario.model.Params._fields)):
            raise ValueError(
                f"{path} lacks arrays: a run of {scenario.model.kind} has {', '.join(scenario.model.Params._fields)}"
            )
        times = scenario.lineages, scenario.generations
        for name, array in arrays.items():
            if array.shape[:2] != times or (name.startswith("kept.") and array.ndim > 2):
                raise ValueError(
                    f"{path} does not fit its question: {name} has the shape {array.shape}, and there are {times[0]} "
                    f"lineages and {times[1]} generations"
                )
        return cls(scenario, scenario.model.Params(**params) if params else None, kept)
