"""Links as people bring them: what can be used is used, and there is a sentence for everything that cannot.

Every key is judged by itself in one pass (`Spec.read`); only keys that are right by themselves, but too much together, are then
dropped one after the other.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar
from urllib.parse import urlsplit

from collapse.arena import Arena, Endurance, Purse
from collapse.scenario import EARLIER, Scenario
from collapse.spec import MissingError, Spec, pairs, shown
from collapse.starts import expanded
from collapse.visits import ARENA, LOOKS, LOST, PRICE, TWIN

MAX_KEYS = 400  # of a link; a page of ours writes fewer than 100
MOST = 8  # refusals that are said one by one
FROM_BEFORE = "This link was made by an earlier version of this program, whose numbers may have been others."
T = TypeVar("T")
S = TypeVar("S", bound=Spec)


def of_page(link: str) -> dict[str, str]:
    """The part of a page's link that is its scenario: not the address before it, not how the page is looked at.

    Errors: ValueError if a key is given twice, the link is too long, it is a short one of an unknown day or page, or its second
    scenario (twin.…) is none.
    """
    query = {key: value for key, value in _pairs(link).items() if key not in LOOKS}
    twin = {key.removeprefix(TWIN): query.pop(key) for key in list(query) if key.startswith(TWIN)}
    if twin:
        with suppress(MissingError):  # data that only its maker has: they are not asked for here
            Scenario.from_query(twin, Scenario.from_query(query), TWIN)
    return query


def arena_of(link: str) -> tuple[Arena, Purse, Endurance]:
    """The part of a page's link that is its arena: which measures are tried, what they cost, and when a lineage is lost.

    Errors: ValueError if a key is given twice or cannot be, or the link is too long.
    """

    def part(kind: type[S], prefix: str) -> S:
        own = {key.removeprefix(prefix): text for key, text in query.items() if key.startswith(prefix)}
        return kind.from_query(own, prefix=prefix)

    query = _pairs(link)
    return part(Arena, ARENA), part(Purse, PRICE), part(Endurance, LOST)


def _pairs(link: str) -> dict[str, str]:
    """All keys of a link, which may be a whole address, or a short one."""
    address = link.startswith(("http://", "https://", "/", "?"))
    page = urlsplit(link).path.rstrip("/").rpartition("/")[2] if address else ""
    return expanded(page or "home", pairs(urlsplit(link).query if address else link))


def read_link(
    query: Mapping[str, str], base: Scenario, allowed: Callable[[Scenario], Scenario] = lambda s: s
) -> tuple[Scenario, list[str]]:
    """The scenario of a link for people, and a sentence for every key that was refused; the other keys are kept.

    What is refused keeps its value from `base`, or has its default where that does not fit.  Of parts that do not go together the
    later ones are refused.  `allowed` raises a ValueError for a scenario that is too much.
    """

    def make(values: Mapping[str, str]) -> Scenario:
        return allowed(Scenario.from_query(values, base))

    errors = Scenario.read(query, base)[1]
    wrong = {key: str(errors[key]) for key in by_weight(errors)}
    right = {key: value for key, value in query.items() if key not in wrong}
    try:
        scenario = make(right)
    except ValueError:
        try:
            scenario = make(_defaults(wrong, right, base) | right)
        except ValueError:
            right, more = compatible(by_weight(right), make)
            scenario, wrong = Scenario.from_query(right, base), wrong | more
    said = refusals(wrong, scenario.to_query())
    return scenario, [FROM_BEFORE, *said] if query.get("v") in EARLIER else said


def missing(query: Mapping[str, str], base: Scenario) -> bool:
    """Does a link speak of data that are not here?  (`base` may hold some.)"""
    return any(isinstance(error, MissingError) for error in Scenario.read(query, base)[1].values())


def by_weight(query: Mapping[str, T]) -> dict[str, T]:
    """The keys of a scenario in the order in which they are kept: its parts, then its numbers, then the knobs of its parts."""
    return dict(sorted(query.items(), key=lambda item: ("." in item[0], item[0] not in Scenario.parts())))


def compatible(
    query: Mapping[str, str], make: Callable[[Mapping[str, str]], object]
) -> tuple[dict[str, str], dict[str, str]]:
    """(the keys that go together, why the others are left out), of keys that are right by themselves, those to keep first.

    `make` raises a ValueError for what does not go together.  If it is enough to leave one key out, the last such key goes; otherwise
    every key goes that does not go together with those kept before it.
    """
    try:
        make(query)
    except ValueError as error:
        for key in reversed(list(query)):
            rest = {k: v for k, v in query.items() if k != key}
            with suppress(ValueError):
                make(rest)
                return rest, {key: str(error)}
    right: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for key, value in query.items():
        try:
            make(right | {key: value})
            right[key] = value
        except ValueError as error:
            wrong[key] = str(error)
    return right, wrong


def refusals(wrong: Mapping[str, str], used: Mapping[str, str]) -> list[str]:
    """A sentence for every key that was refused: why, and what is used instead."""
    return [
        f"{why}." + (f" Used instead: {key}={used[key]}." if key in used else " It was ignored.")
        for key, why in wrong.items()
    ]


def few(sentences: Sequence[str]) -> list[str]:
    """The first eight of what is refused, and how many more there are."""
    more = len(sentences[MOST:])
    return [*sentences[:MOST], *([f"And {more:,} more parts of this link could not be used."] if more else [])]


def listed(names: Sequence[str]) -> str:
    """The first eight names, quoted, and how many more there are."""
    return ",".join(map(shown, names[:MOST])) + (f" and {len(names) - MOST:,} more" if names[MOST:] else "")


def _defaults(wrong: Mapping[str, str], right: Mapping[str, str], base: Scenario) -> dict[str, str]:
    """The refused knobs of parts at their defaults, in the kinds that are chosen now."""
    found = {}
    for key in wrong:
        name, _, inner = key.partition(".")
        if name in Scenario.parts():
            start = Scenario.parts()[name][right.get(name, getattr(base, name).kind)]()
            if inner in start.knobs():
                found[key] = start.to_query()[inner]
    return found
