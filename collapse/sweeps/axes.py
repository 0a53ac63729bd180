"""Values in a grid file: one of a knob, or those along an axis, as a list or a range; each as a link writes it."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from collapse.scenario import Scenario
from collapse.spec import Knob, shown
from collapse.sweeps.places import GridError

VALUES = 100_000  # on an axis
Fail = Callable[[str], GridError]  # the error of a sentence about a key
At = Callable[[str], Fail]  # that of a key


def flat(told: Mapping[str, Any], at: At, before: str = "") -> dict[str, str]:
    """Keys and values as in a link; a table within is a part."""
    found: dict[str, str] = {}
    for key, value in told.items():
        if isinstance(value, dict):
            found |= flat(value, at, f"{before}{key}.")
        else:
            found[before + key] = written(before + key, value, at(before + key))
    return found


def written(key: str, value: Any, fail: Fail) -> str:
    """A value as a link writes it."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise fail(f"{key}={shown(value)} is not possible: give one number, or one word in quotation marks")
    return str(value)


def axis(key: str, value: Any, at: At) -> dict[str, tuple[str, ...]]:
    """The values along an axis: a list, or a range; of a table within, those of its keys."""
    fail = at(key)
    if isinstance(value, list):
        found = tuple(written(key, v, fail) for v in value)
    elif isinstance(value, dict) and "from" in value:
        found = _range(key, value, fail)
    elif isinstance(value, dict):
        return {k: v for inner, x in value.items() for k, v in axis(f"{key}.{inner}", x, at).items()}
    else:
        raise fail(f"{key} is on an axis: give a list, or a range as {{ from = 10, to = 1000, count = 7 }}")
    if not found or len(found) > VALUES:
        raise fail(f"{key} has {len(found):,} values: give 1 to {VALUES:,}")
    if len(set(found)) < len(found):
        twice = next(v for v in found if found.count(v) > 1)
        raise fail(f"{key}={twice} is on its axis twice: give every value once")
    return {key: found}


def _range(key: str, asked: Mapping[str, Any], fail: Fail) -> tuple[str, ...]:
    """`from`, `to` and `count` values between, evenly by ratio where the knob says so; of whole numbers all, without `count`."""
    low, high, count = asked.get("from"), asked.get("to"), asked.get("count")
    numbers = all(isinstance(x, int | float) and not isinstance(x, bool) for x in (low, high))
    if set(asked) - {"from", "to", "count"} or not numbers or not low < high:  # type: ignore[operator]
        raise fail(f"{key}: a range is written {{ from = 10, to = 1000, count = 7 }}, with the lower end first")
    assert low is not None
    assert high is not None
    known = rules(key)
    whole = isinstance(low, int) and isinstance(high, int) and any(kind is int for kind, _ in known)
    if count is None and whole and high - low < VALUES:
        return tuple(str(v) for v in range(low, high + 1))
    if not isinstance(count, int) or isinstance(count, bool) or not 2 <= count <= VALUES:
        raise fail(f"{key}: a range needs a count, from 2 to {VALUES:,}")
    even = np.geomspace if low > 0 and any(rule.log for _, rule in known) else np.linspace
    found = [round(v) if whole else min(max(float(f"{v:.4g}"), low), high) for v in even(low, high, count).tolist()]
    return tuple(str(v) for v in dict.fromkeys(found))


def rules(key: str) -> list[tuple[type, Knob]]:
    """The knobs that a key may mean, in whatever kind of part, each with the type of its value."""
    part, _, inner = key.partition(".")
    kinds, name = (Scenario.parts().get(part, {}).values(), inner) if inner else ((Scenario,), part)
    return [
        (type(kind.__dataclass_fields__[name].default), kind.knobs()[name]) for kind in kinds if name in kind.knobs()
    ]
