"""What happened: the params of every lineage and generation, or the metrics that were kept of them.

Axes are always R lineages, then generations.  Params hold the generations 1…T (the world, generation 0, need not be
in the family); every measured metric has T+1 columns, and column 0 is the world itself.
"""

import json
import platform
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
        raise ValueError("the params of this model grow with its data: name the metrics to keep, as in keep=('variance',)")
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
        """Write an .npz with the arrays and where they come from."""
        arrays = {f"params.{k}": v for k, v in (self.params._asdict() if self.params else {}).items()}
        arrays |= {f"kept.{k}": v for k, v in self.kept.items()}
        origin = {"query": self.scenario.to_query(), "collapse": collapse.__version__, "numpy": np.__version__,
                  "scipy": scipy.__version__, "python": platform.python_version()}
        np.savez_compressed(path, provenance=np.array(json.dumps(origin)), **arrays)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote; ValueError if the file is something else."""
        with Path(path).open("rb") as source:
            try:
                file = np.load(source, allow_pickle=False)
            except (ValueError, EOFError, BadZipFile):
                file = None
            if not isinstance(file, NpzFile) or "provenance" not in file:
                raise ValueError(f"{path} is not a saved trajectory: give an .npz file that `save` wrote")
            scenario = Scenario.from_query(json.loads(str(file["provenance"]))["query"])
            kept = {k.removeprefix("kept."): file[k] for k in file.files if k.startswith("kept.")}
            arrays = {k.removeprefix("params."): file[k] for k in file.files if k.startswith("params.")}
        return cls(scenario, scenario.model.Params(**arrays) if arrays else None, kept)
