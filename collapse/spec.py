"""A Spec is a frozen question made of knobs; each knob is declared once and everything else is derived from it.

Widgets, URL keys, validation, help and the command line all read the same declaration:

    class Mix(Policy):
        kind = "mix"
        synthetic: float = knob(0.9, "share of synthetic data", label="synthetic fraction", low=0.0, high=1.0)

To add a knob, add such a line.  Errors are `ValueError`s that name the key, the value and what would be right.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, ClassVar, Self
from urllib.parse import parse_qsl

from collapse.speech import exactly

MAX_QUERY = 4000
_fields: Callable[[type], list[str]] = cache(lambda kind: [f.name for f in fields(kind)])  # `fields` is slow
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?([0-9]{1,18}(\.[0-9]{0,24})?|\.[0-9]{1,24})([eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True)
class Knob:
    """What a reader may turn: its sentence, what it is called on a screen, and its hard bounds or its choices."""

    help: str
    label: str
    low: float | None = None
    high: float | None = None
    log: bool = False
    choices: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict, compare=False)

    def says(self, value: Any) -> str:
        """What a value is called on a screen: a choice by its words, a number to its last digit."""
        return self.words.get(value, value) if self.choices else exactly(value)

    def wanted(self, kind: type) -> str:
        """What would have been right, in words."""
        if self.choices:
            return "choose " + " or ".join(self.choices)
        return f"give a {'whole number' if kind is int else 'number'} from {exactly(self.low or 0)} to {exactly(self.high or 0)}"


def knob(
    default: Any,
    help: str,
    *,
    label: str,
    low: float | None = None,
    high: float | None = None,
    log: bool = False,
    choices: tuple[str, ...] | Mapping[str, str] = (),
) -> Any:
    """A dataclass field that is a knob: default, sentence, label, and either bounds (inclusive) or choices, each with its words."""
    words = choices if isinstance(choices, Mapping) else {}
    return field(default=default, metadata={"knob": Knob(help, label, low, high, log, tuple(choices), words)})


def part(default: Any, table: Mapping[str, type["Spec"]], help: str) -> Any:
    """A dataclass field that is itself a Spec, chosen by kind from `table`."""
    return field(default=default, metadata={"table": table, "help": help})


def carried(make: Callable[[], Any], help: str) -> Any:
    """A dataclass field that no link can hold, as data of a visitor's own: a link says only which it was, by `str`."""
    return field(default_factory=make, metadata={"carried": help})


def shown(value: object) -> str:
    """`value` for an error message: quoted, and cut so that a hostile link stays short."""
    text = value if isinstance(value, str) else repr(value)
    return repr(text if len(text) <= 40 else text[:37] + "...")


def checked(key: str, value: Any, kind: type, rule: Knob) -> Any:
    """`value` (text or number) as a `kind` within `rule`; ValueError names key, value and what would be right."""
    found = value if rule.choices else _number(value, kind)
    if found is None or not (found in rule.choices if rule.choices else (rule.low or 0) <= found <= (rule.high or 0)):
        raise ValueError(f"{key}={shown(value)} is not possible: {rule.wanted(kind)}")
    return found


def _number(value: Any, kind: type) -> Any:
    """`value` (text or number) as a `kind`, or None if it is not exactly one."""
    if isinstance(value, str):
        value = value.strip()
        return kind(value) + 0 if (_WHOLE if kind is int else _NUMBER).fullmatch(value) else None
    try:
        number = None if isinstance(value, bool) else kind(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return None if number is None or number != value else number + 0  # −0 becomes 0: what is equal is written alike


class MissingError(ValueError):
    """A link speaks of something that it cannot hold and that is not here."""


@dataclass(frozen=True)
class Spec:
    """A frozen dataclass of knobs; `kind` is its name in links and tables."""

    kind: ClassVar[str] = ""
    says: ClassVar[str] = ""

    def __post_init__(self) -> None:
        for f in self.__dataclass_fields__.values():  # `fields` would cost more than all the rest
            given = getattr(self, f.name, None)
            if "knob" in f.metadata:
                object.__setattr__(self, f.name, checked(f.name, given, type(f.default), f.metadata["knob"]))
            elif "table" in f.metadata and not isinstance(given, Spec):
                some = names(f"{kind.__name__}()" for kind in f.metadata["table"].values())
                raise TypeError(f"{f.name}={shown(given)} is not possible: give a part, as {some}; names are for links")

    @classmethod
    def knobs(cls) -> dict[str, Knob]:
        """The knobs of this Spec by name, in order of declaration."""
        return {f.name: f.metadata["knob"] for f in cls.__dataclass_fields__.values() if "knob" in f.metadata}

    @classmethod
    def parts(cls) -> dict[str, Mapping[str, type["Spec"]]]:
        """The parts of this Spec by name: for each, the table of kinds to choose from."""
        return {f.name: f.metadata["table"] for f in cls.__dataclass_fields__.values() if "table" in f.metadata}

    @classmethod
    def luggage(cls) -> dict[str, str]:
        """The fields that a link cannot hold by name: for each, what to do when it is missing."""
        return {f.name: f.metadata["carried"] for f in cls.__dataclass_fields__.values() if "carried" in f.metadata}

    def phrase(self) -> str:
        """This part within a sentence: what it says of itself, and in brackets every knob that is not at its default."""
        plain, rules = type(self)(), self.knobs()
        turned = {name: v for name in _fields(type(self)) if (v := getattr(self, name)) != getattr(plain, name)}
        said = (f"{rules[k].label} {rules[k].says(v)}" if k in rules else f"{k} {v}" for k, v in turned.items())
        return f"{self.says} ({names(said)})" if turned else self.says

    def to_query(self, prefix: str = "") -> dict[str, str]:
        """Every value as text, keys dotted: `{"n": "100", "policy": "mix", "policy.synthetic": "0.9", …}`."""
        query: dict[str, str] = {}
        for name in _fields(type(self)):
            value = getattr(self, name)
            query[prefix + name] = value.kind if isinstance(value, Spec) else str(value)
            query |= value.to_query(f"{prefix}{name}.") if isinstance(value, Spec) else {}
        return query

    @classmethod
    def read(
        cls, query: str | Mapping[str, str], base: Self | None = None, prefix: str = ""
    ) -> tuple[dict[str, Any], dict[str, ValueError]]:
        """(the value of every field by name, the error of every key that is wrong), in one pass.

        A key that is absent or wrong leaves its field as it is in `base`, or at its default in a part of another kind.  What no
        link can hold comes from `base`; if the link means another one, that is a MissingError.  Errors: ValueError for a text in
        which a key is given twice, or that is too long.
        """
        base = cls() if base is None else base
        given = pairs(query)
        values: dict[str, Any] = {name: getattr(base, name) for name in _fields(cls)}
        wrong: dict[str, ValueError] = {}
        for name, table in cls.parts().items():
            current = values[name]
            chosen = given.pop(name, current.kind)
            if chosen not in table:
                why = f"{prefix}{name}={shown(chosen)} is not known: choose {' or '.join(table)}"
                wrong[prefix + name] = ValueError(why)
                chosen = current.kind
            inner = {k.removeprefix(name + "."): given.pop(k) for k in list(given) if k.startswith(name + ".")}
            if not inner and chosen == current.kind:
                continue  # it stays as it is
            start = current if chosen == current.kind else table[chosen]()
            found, problems = type(start).read(inner, start, f"{prefix}{name}.")
            values[name], wrong = type(start)(**found), wrong | problems
        for name, rule in cls.knobs().items():
            kind = type(cls.__dataclass_fields__[name].default)
            try:
                values[name] = checked(prefix + name, given.pop(name, values[name]), kind, rule)
            except ValueError as error:
                wrong[prefix + name] = error
        for name, advice in cls.luggage().items():
            asked = given.pop(name, str(values[name]))
            if asked != str(values[name]):
                wrong[prefix + name] = MissingError(f"{prefix}{name}={shown(asked)} is not here: {advice}")
        if given:
            known = [prefix + name for name in (*cls.parts(), *cls.knobs(), *cls.luggage())]
            there = f"the keys here are {', '.join(known)}" if known else "nothing can be set here"
            for key, value in given.items():
                wrong[prefix + key] = ValueError(f"{shown(prefix + key)} (={shown(value)}) is not a known key: {there}")
        return values, wrong

    @classmethod
    def from_query(cls, query: str | Mapping[str, str], base: Self | None = None, prefix: str = "") -> Self:
        """Read a Spec strictly: the first wrong key raises the error of `read`; absent keys are as in `base`, or by default."""
        values, wrong = cls.read(query, base, prefix)
        for error in wrong.values():
            raise error
        return cls(**values)

    def to_json(self) -> str:
        """All values as JSON text, which `from_json` reads back."""
        return json.dumps(self.to_query())

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote; ValueError if it is not a JSON object of texts."""
        try:
            values = json.loads(text, object_pairs_hook=once)
        except (json.JSONDecodeError, RecursionError) as error:
            raise ValueError(f"{shown(text)} is not JSON: {getattr(error, 'msg', 'too deep')}") from None
        if not isinstance(values, dict) or not all(isinstance(v, str) for v in values.values()):
            raise ValueError(f"{shown(text)} is not a JSON object whose values are texts")
        return cls.from_query(values)


def pairs(query: str | Mapping[str, str]) -> dict[str, str]:
    """A query (text or mapping) as a new dict; a key given twice or an over-long text raises a ValueError."""
    if isinstance(query, Mapping):
        return dict(query)
    if len(query) > MAX_QUERY:
        raise ValueError(f"the link has {len(query)} characters: at most {MAX_QUERY} are read")
    return once(parse_qsl(query.lstrip("?"), keep_blank_values=True))


def once(items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Pairs as a dict; a key given twice raises a ValueError."""
    found: dict[str, Any] = {}
    for key, value in items:
        if key in found:
            raise ValueError(f"{shown(key)} is given twice: give it once")
        found[key] = value
    return found


def table(*kinds: type[Spec]) -> dict[str, type[Any]]:
    """A table of Specs by kind; two of the same kind are a mistake."""
    named = {k.kind: k for k in kinds}
    if len(named) != len(kinds):
        raise ValueError(f"a kind is given twice: {names(k.kind for k in kinds)}")
    return named


def names(words: Iterable[str]) -> str:
    """Words as a list in a sentence."""
    return ", ".join(words)
