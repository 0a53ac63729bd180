"""What happened: the params of every lineage and generation, or the metrics that were kept of them.

Axes are always R lineages, then generations.  Params hold the generations 1…T (the world, generation 0, need not be
in the family); every measured metric has T+1 columns, and column 0 is the world itself.
"""

import json
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import scipy

import collapse
from collapse.archive import Archive, Header, refused
from collapse.data import Array
from collapse.metrics import METRICS, at_start, evaluate, metric_named
from collapse.scenario import Scenario
from collapse.worlds.base import HELD_OUT_SEED

LARGEST = 2_000_000_000  # bytes of a file's arrays
HASTE = ("iterations", "steps")  # knobs of how long a fit takes, which change no shape
FEW = 20  # examples that show the shapes of a network, which do not depend on how many there are


def stacked(life: Sequence[Any]) -> Any:
    """A list over generations of params (R, …) as params (R, T, …); ValueError when they grow with the data."""
    if any(a.shape != b.shape for a, b in zip(life[0], life[-1], strict=True)):
        raise ValueError(
            "the params of this model grow with its data: name the metrics to keep, as in keep=('variance',)"
        )
    return type(life[0])(*(np.stack(arrays, axis=1) for arrays in zip(*life, strict=True)))


def taken(params: Any, index: Any) -> Any:
    """Some of params: every array at this index, as NumPy has it."""
    return type(params)(*(a[index] for a in params))


def joined(blocks: Sequence[Any]) -> Any:
    """Blocks of params (R_b, T, …) as one."""
    return type(blocks[0])(*(np.concatenate(arrays) for arrays in zip(*blocks, strict=True)))


@dataclass(frozen=True)
class Trajectory:
    """One run: `params` are (R, T, …), or None when only the metrics in `kept`, each (R, T), were kept.

    What is measured later is remembered apart from what was kept, so that looking at a run does not change what `save` writes.
    """

    scenario: Scenario
    params: Any = None
    kept: dict[str, Array] = field(default_factory=dict)
    _measured: dict[str, Array] = field(default_factory=dict, init=False, repr=False, compare=False)

    def measure(self, metric: str) -> Array:
        """A metric for every lineage and generation, (R, T+1); a ValueError says what can be measured."""
        values = self._of_models(metric)
        start = np.full((len(values), 1), at_start(self.scenario, metric))
        return np.concatenate([start, values], axis=1)

    def final(self, metric: str) -> Array:
        """A metric of every lineage in the last generation, (R,); errors as in `measure`."""
        return self._of_models(metric)[:, -1].copy()

    def forget(self) -> None:
        """Let go of what was measured later and takes no time: of a compact model all but integrals over the whole belief."""
        for metric in list(self._measured) if self.scenario.model.compact else ():
            if not METRICS[metric].integral:
                self._measured.pop(metric, None)

    def _of_models(self, metric: str) -> Array:
        """A metric of the generations 1…T, (R, T)."""
        metric_named(metric, self.scenario)
        if metric in self.kept:
            return self.kept[metric]
        if self.params is None:
            raise ValueError(f"{metric} was not kept in this run: it kept {', '.join(self.kept)}")
        values = self._measured.get(metric)
        if values is None:
            values = self._measured[metric] = evaluate(self.scenario, self.params, (metric,))[metric]
        return values

    def save(self, path: str | Path) -> None:
        """Write the arrays and where they come from into a file of exactly this name, by habit `….npz`.

        The file is written beside its place and then renamed, so that a full disk leaves an older file as it was.
        Errors: OSError if it cannot be written.
        """
        arrays = {f"params.{k}": v for k, v in (self.params._asdict() if self.params else {}).items()}
        arrays |= {f"kept.{k}": v for k, v in self.kept.items()}
        origin = {
            "query": self.scenario.to_query(),
            "collapse": collapse.__version__,
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "python": platform.python_version(),
        }
        place = Path(path).resolve()
        if place.exists() and not place.is_file():
            raise OSError(f"{path} is not an ordinary file, so no run can be saved there")
        beside = place.with_name(f"{place.name}.{id(self):x}.part")
        try:
            with beside.open("wb") as file:
                np.savez_compressed(file, provenance=np.array(json.dumps(origin)), **arrays)
            beside.replace(place)
        finally:
            beside.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote.

        Errors: a ValueError with a sentence if the file is something else, is not whole, does not fit its question, or would take
        more than 2 GB; an OSError if it cannot be opened, a FileNotFoundError if it is not there.
        """
        foreign = f"{path} is not a saved trajectory: give a file that `save` wrote"
        if Path(path).exists() and not Path(path).is_file():  # a device may have no end
            raise ValueError(foreign)
        with Path(path).open("rb") as source:
            with refused(foreign):
                archive = Archive(source)
                query = {str(key): value for key, value in archive.note("provenance")["query"].items()}
                if not all(isinstance(value, str) for value in query.values()):
                    raise TypeError("the values of a query are texts")
            scenario = Scenario.from_query(query)
            if why := _misfit(scenario, archive.headers):
                raise ValueError(f"{path} {why}")
            with refused(foreign):
                arrays = {name: archive.read(name) for name in archive.headers}
        kept = {k.removeprefix("kept."): a for k, a in arrays.items() if k.startswith("kept.")}
        params = {k.removeprefix("params."): a for k, a in arrays.items() if k.startswith("params.")}
        return cls(scenario, scenario.model.Params(**params) if params else None, kept)


def _misfit(scenario: Scenario, headers: dict[str, Header]) -> str:
    """Why arrays of these names, shapes and types are no run of a scenario, as the end of a sentence; or an empty text."""
    s = scenario
    fields = [f"params.{name}" for name in s.model.Params._fields]
    found = [name for name in headers if name.startswith("params.")]
    if not headers or (found and set(found) != set(fields)):
        return f"lacks arrays: a run of {s.model.kind} has {', '.join(s.model.Params._fields)}"
    if sum(header.size * header.each for header in headers.values()) > LARGEST:
        return f"does not fit into memory: at most {LARGEST:,} bytes are read"
    right = dict(zip(fields, _example(s), strict=True)) if found else {}
    for name, header in headers.items():
        metric = name.removeprefix("kept.")
        if name not in fields and (name == metric or metric not in METRICS or METRICS[metric].refusal(s)):
            return f"does not fit its question: {name} is no array of such a run"
        kind, shape = (right[name].dtype.kind, right[name].shape[1:]) if name in fields else ("f", ())
        if header.kind != kind or header.each > 8:
            return f"does not fit its question: {name} holds no such numbers"
        if header.shape != (s.lineages, s.generations, *shape):
            return (
                f"does not fit its question: {name} has the shape {header.shape}, and a run of {s.lineages} lineages and "
                f"{s.generations} generations has {(s.lineages, s.generations, *shape)}"
            )
    return ""


def _example(scenario: Scenario) -> Any:
    """Params of one model of a scenario, of the right shapes and types: fitted to real examples, quickly, however long a fit of the
    scenario takes."""
    s = scenario
    model = replace(s.model, **{knob: 1 for knob in HASTE if knob in s.model.knobs()})
    rng, n = np.random.default_rng(HELD_OUT_SEED), min(s.n, FEW) if "epochs" in model.knobs() else s.n
    return model.fit(model.observe(s.world, 1, n, rng), model.ancestor(s.world, 1), rng)
