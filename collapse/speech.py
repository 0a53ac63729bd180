"""Numbers for sentences: shares, counts, multiples and powers of ten, each said in one way everywhere."""

from collections.abc import Sequence
from decimal import Decimal
from math import floor, isfinite, log10

HUGE = 1e6
TINY = 1e-3  # a multiple below that is a power of ten
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def percent(share: float) -> str:
    """A share as readers want it: 2 significant digits below 10%, whole percents above, words when it is tiny, and powers of ten
    when it is huge.  What is not quite everything does not read 100%."""
    value = 100 * share
    if 99.5 <= value < 100:
        return f"{value:.{2 - floor(log10(100 - value))}g}%" if value < 99.999 else "more than 99.999%"
    if value != 0 and abs(value) < 0.001:
        return "less than 0.001%"
    if abs(value) < 9.95:
        return f"{value:.2g}%"
    return f"{value:.0f}%" if abs(value) < HUGE else f"{power(value)}%"


def plural(value: float, one: str, many: str) -> str:
    """A number with its noun, as in "1 generation" and "12 generations"."""
    return f"{count(value)} {one if value == 1 else many}"


def exactly(value: float) -> str:
    """A number to its last digit, so that different numbers read differently: 0.9, 1e-10 as 0.0000000001, 50000 as 50,000."""
    return f"{Decimal(repr(value)).normalize():,f}"


def exact_percent(share: float) -> str:
    """A share in percent, to its last digit: 0.9 is 90%."""
    return f"{Decimal(repr(share)).scaleb(2).normalize():,f}%"


def capital(words: str) -> str:
    """Words as they stand at the beginning of a line: the first letter is large, the others are as they were."""
    return words[:1].upper() + words[1:]


def sentence(words: str) -> str:
    """Words as a sentence: a capital letter, and a full stop where none is."""
    return capital(words) + ("" if words.endswith((".", "?")) else ".")


def listing(words: Sequence[str]) -> str:
    """Words as a list within a sentence: one, one and another, or one, another and a third."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def count(value: float) -> str:
    """A number of generations or types for a sentence."""
    return f"{value:,.0f}"


def minus(number: str) -> str:
    """A printed number with the sign that print has for less than nothing, instead of a hyphen."""
    return f"−{number[1:]}" if number.startswith("-") else number


def times(value: float) -> str:
    """A multiple for a sentence: 2 significant digits, whole numbers from 100 on, powers of ten when it is huge or tiny."""
    if 0 < abs(value) < TINY or abs(value) >= HUGE:
        return power(value)
    return f"{value:.2g}" if abs(value) < 99.5 else count(value)


def digits(value: float, kept: int = 3) -> str:
    """A number to so many digits, with its thousands apart; where that would need an "e", as a multiple."""
    plain = not isfinite(value) or 1e-4 <= abs(value) < 10**kept - 0.5
    return f"{value:,.{kept}g}" if plain else times(value)


def change(before: float, after: float) -> str:
    """Two multiples, "from 1.5 to 1.1", with a third digit where two would read alike."""
    alike = times(before) == times(after)
    one, other = (f"{v:.3g}" if alike and v < HUGE else times(v) for v in (before, after))
    return f"from {one} to {other}"


def power(value: float) -> str:
    """A huge number as 1.3 × 10¹², or a tiny one as 1.3 × 10⁻¹²."""
    digits, exponent = f"{value:.1e}".split("e")
    return f"{digits} × 10{str(int(exponent)).translate(RAISED)}"
