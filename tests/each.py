"""One question to many things in one test: a test costs two milliseconds and more before it asks anything, in every worker."""

from collections.abc import Callable, Iterable
from typing import Any


def each(
    things: Iterable[Any], called: Callable[..., str] = str
) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """Make one test of a test with arguments: it asks all things, and shows every one that fails, by name.

    A thing that is a tuple gives several arguments.
    """
    asked = list(things)

    def of(test: Callable[..., None]) -> Callable[[], None]:
        def all_of_them() -> None:
            assert asked, "nothing to ask"
            wrong = []
            for thing in asked:
                given = thing if isinstance(thing, tuple) else (thing,)
                try:
                    test(*given)
                except Exception as error:
                    error.add_note(called(*given))
                    wrong.append(error)
            if wrong:
                raise ExceptionGroup(f"{len(wrong)} of {len(asked)} fail", wrong)

        all_of_them.__name__, all_of_them.__doc__ = test.__name__, test.__doc__
        all_of_them.__module__, all_of_them.__qualname__ = test.__module__, test.__qualname__
        return all_of_them

    return of
