"""Numbers as a reader sees them: what a sentence says, and whether that is an honest rounding of a value."""

import re
from dataclasses import dataclass

import numpy as np

MINUS = str.maketrans("−", "-")
LOWERED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
NUMBER = re.compile(
    r"[Ll]ess than (?P<tiny>[\d.]+)%|more than (?P<nearly>99\.[\d.]+)%|(?P<number>-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?)(?P<percent>%)?"
)


@dataclass(frozen=True)
class Said:
    """A number in words: `shown`, and the two ends of what rounds to it."""

    shown: float
    low: float
    high: float
    share: bool

    def means(self, value: float) -> bool:
        """Is this an honest rounding of `value`?"""
        slack = 1e-9 * (abs(value) if 0 < abs(self.shown) < 1e-9 and not self.share else max(1.0, abs(value)))
        return bool(self.low - slack <= value <= self.high + slack)


def said(text: str) -> list[Said]:
    """All numbers of a text, in order; shares as fractions of one, and below 10% of two digits even if the last is 0."""
    found = []
    text = re.sub(r" × 10([⁻⁰-⁹¹²³]+)", lambda power: f"e{power[1].translate(LOWERED)}", text.translate(MINUS))
    for hit in NUMBER.finditer(text):
        if hit["tiny"]:
            edge = float(hit["tiny"]) / 100
            found.append(Said(0.0, -edge, edge, True))
            continue
        if hit["nearly"]:
            found.append(Said(1.0, float(hit["nearly"]) / 100, 1.0, True))
            continue
        digits = hit["number"].rstrip(",").replace(",", "")
        mantissa, _, exponent = digits.partition("e")
        half = 0.5 * 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
        value, unit = float(digits), 0.01 if hit["percent"] else 1.0
        if hit["percent"] and abs(value) < 10:
            half = 0.05 * 10.0 ** np.floor(np.log10(abs(value))) if value else 0.0
        found.append(Said(value * unit, (value - half) * unit, (value + half) * unit, bool(hit["percent"])))
    return found


def reads(text: str, *values: float) -> list[Said]:
    """The numbers of a text, which must be exactly these, in this order, honestly rounded."""
    numbers = said(text)
    assert len(numbers) == len(values), f"{text!r} holds {len(numbers)} numbers, {len(values)} were expected"
    for number, value in zip(numbers, values, strict=True):
        assert number.means(value), f"{text!r} says {number}, and the run says {value!r}"
    return numbers
