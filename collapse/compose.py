"""Which parts go together: what may be offered, and what must change along when the reader changes one part.

Asked of `Scenario` itself, which alone knows what is impossible; so a new world, model, decoder, curator or policy appears by
itself, and disappears where it does not fit.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path

from collapse.scenario import ImpossibleError, Scenario
from collapse.spec import Knob, Spec
from collapse.worlds import WORLDS


def completed(scenario: Scenario, changes: Mapping[str, str], held: Mapping[str, Spec] | None = None) -> Scenario:
    """The scenario with these changes and as few other parts changed as possible; ValueError if nothing would help.

    `held`: parts by kind that are taken as they are when their kind is chosen (worlds that carry data).
    """
    base = _seated(scenario, changes, held or {})
    refusal: ImpossibleError | None = None
    for more in _repairs(changes):
        try:
            return Scenario.from_query({**_fresh(more, base), **changes}, base)
        except ImpossibleError as error:
            refusal = refusal or error
    assert refusal is not None
    raise refusal


def with_data(path: str | Path, kind: str) -> Scenario:
    """The default scenario in a world of somebody's own data, from the file that the page gave: the base for reading a link."""
    return _with(Scenario(), "world", WORLDS[kind].from_file(Path(path).read_bytes()))


def _seated(scenario: Scenario, changes: Mapping[str, str], held: Mapping[str, Spec]) -> Scenario:
    """A base from which the changes can be read: with the held part in place of the default one of its kind."""
    for name, table in Scenario.parts().items():
        kind = changes.get(name, "")
        if kind in held and kind in table and held[kind] != getattr(scenario, name):
            return _with(scenario, name, held[kind])
    return scenario


def _with(scenario: Scenario, name: str, part: Spec) -> Scenario:
    """The scenario with one part exchanged, the others repaired; ImpossibleError if nothing would help."""
    others = [n for n in Scenario.parts() if n != name]
    values = {n: getattr(scenario, n) for n in [*Scenario.parts(), *Scenario.knobs()]} | {name: part}
    for swapped in _subsets(others):
        for kinds in product(*(Scenario.parts()[n].values() for n in swapped)):
            try:
                return Scenario(**values | {n: kind() for n, kind in zip(swapped, kinds, strict=True)})
            except ImpossibleError:
                continue
    raise ImpossibleError(f"{name}={part.kind} goes with nothing else")


def _fresh(kinds: Mapping[str, str], base: Scenario) -> dict[str, str]:
    """Parts by kind with the knobs that they start with, also where the kind stays."""
    query = dict(kinds)
    for name, kind in kinds.items():
        if kind == getattr(base, name).kind:
            start = Scenario.parts()[name][kind]()
            query |= {f"{name}.{knob}": str(getattr(start, knob)) for knob in start.knobs()}
    return query


def _subsets(names: list[str]) -> Iterator[tuple[str, ...]]:
    """Nothing, then single names, then pairs, then three."""
    return (chosen for size in range(4) for chosen in combinations(names, size))


def _repairs(changes: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Other parts to change along: none, then one, then two."""
    tables = {name: table for name, table in Scenario.parts().items() if name not in changes}
    for chosen in _subsets(list(tables)):
        yield from (dict(zip(chosen, kinds, strict=True)) for kinds in product(*(tables[name] for name in chosen)))


def offered(scenario: Scenario, name: str) -> tuple[str, ...]:
    """The kinds of a part that can be chosen here: every world that some model can learn; of the others, what fits the world."""
    found = []
    for kind in Scenario.parts()[name]:
        try:
            if name == "world":
                completed(scenario, {name: kind})
            else:
                Scenario.from_query({name: kind}, scenario)
        except ImpossibleError:
            continue
        found.append(kind)
    return tuple(found)


def rule_of(scenario: Scenario, key: str) -> Knob:
    """The knob behind a key of a scenario, e.g. `policy.synthetic`; KeyError if this scenario has no such knob."""
    name, _, inner = key.partition(".")
    rule = type(getattr(scenario, name)).knobs()[inner] if inner else Scenario.knobs()[name]
    return replace(rule, low=scenario.model.coolest) if key == "decoder.temperature" else rule


def dials(scenario: Scenario) -> dict[str, Knob]:
    """Every number of a scenario that can be turned, by key, but for the seed and the number of lineages."""
    keys = {key: rule for key, rule in Scenario.knobs().items() if key not in ("seed", "lineages")}
    for name in Scenario.parts():
        keys |= {
            key: rule_of(scenario, key)
            for key in (f"{name}.{inner}" for inner in type(getattr(scenario, name)).knobs())
        }
    return {key: rule for key, rule in keys.items() if not rule.choices}


def setting(scenario: Scenario, key: str) -> float:
    """The present value of a number that can be turned."""
    name, _, inner = key.partition(".")
    return getattr(getattr(scenario, name), inner) if inner else getattr(scenario, name)
