"""The wall of digits, to be looked at: what is real, generation 1 and the last one in large, and every generation in small.

`WallPicture` holds words and grey values; the component draws the images, plays them and says what the fixed reader reads.
"""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

import numpy as np

from collapse.figures.picture import packed
from collapse.figures.words import parameters
from collapse.metrics.reader import accuracy
from collapse.scenario import Scenario
from collapse.speech import count, percent, plural
from collapse.wall import SURE, Wall
from collapse.worlds.digits import BLACK, SIDE


@dataclass(frozen=True)
class WallPicture:
    """`top`: what the first row is; `pixels`: base64 of one byte each, how much ink there is (0 to 255), of generations 0…T, columns,
    and 64 pixels; `readings`: for every generation and column the digit that is read, its probability in whole percents (rounded
    down), and how that is to be judged: "right", "wrong", "surely wrong", or "" where nobody knows what the image is; `captions`: one
    for each generation."""

    top: str
    columns: int
    pixels: str
    readings: list[list[tuple[int, int, str]]]
    captions: list[str]
    say: str
    note: str
    alt: str
    name: str
    caption: str
    headline: str = ""  # in large type above, and in small type below: what else a hero says
    verdict: tuple[str, str] = ("", "")  # that in a word: a stage, and what it is called
    aside: str = ""
    kind: str = "wall"

    def pack(self, **extra: Any) -> bytes:
        """As UTF-8 JSON for the component."""
        return packed(self, **extra)


def wall_picture(scenario: Scenario, wall: Wall) -> WallPicture:
    """One lineage's wall: the same real digits, drawn again by every generation."""
    captions = [_caption(wall, t) for t in range(len(wall.images))]
    return _picture(
        scenario,
        wall,
        captions,
        top="Real digits",
        say="Every column follows one real digit: each generation draws it again. What is left of it?",
        note="The digits in the top row are real, and no model has learnt from them. Every generation encodes each of them as a few "
        f"numbers and draws it again from these. Below each stands what a fixed reader reads, and how sure it is. It has learnt "
        f"from real digits only, reads {percent(accuracy())} of unread real ones correctly, and always names one of ten digits.",
        alt=f"A wall of digits. {captions[1]} {captions[-1]}",
        name="wall",
    )


def own_digit(scenario: Scenario, wall: Wall) -> WallPicture:
    """What one lineage's generations make of an image that a visitor has drawn; nobody knows which digit it is meant to be."""
    captions = [
        f"The reader reads {'your drawing' if t == 0 else f'what generation {t} makes of it'} as {digit[0]}, and is "
        f"{percent(float(sure[0]))} sure."
        for t, (digit, sure) in enumerate(zip(wall.digits.tolist(), wall.confidence, strict=True))
    ]
    return _picture(
        scenario,
        wall,
        captions,
        top="Your drawing",
        say="What does each generation make of your digit?",
        note="Your drawing is encoded and drawn again by every generation, as the real digits above are. It trains no model, and "
        "it is no part of the link.",
        alt=f"{captions[0]} {captions[-1]}",
        name="own_digit",
    )


def _picture(scenario: Scenario, wall: Wall, captions: list[str], **words: Any) -> WallPicture:
    ink = np.rint(wall.images.reshape(-1, SIDE * SIDE) * (255 / BLACK)).astype(np.uint8)
    return WallPicture(
        columns=wall.images.shape[1],
        pixels=b64encode(ink.tobytes()).decode("ascii"),
        readings=[
            [
                (digit, int(100 * sure), _verdict(digit, sure, label))
                for digit, sure, label in zip(*row, wall.labels.tolist(), strict=True)
            ]
            for row in zip(wall.digits.tolist(), wall.confidence.tolist(), strict=True)
        ],
        captions=captions,
        caption=parameters(scenario),
        **words,
    )


def _verdict(digit: int, sure: float, label: int) -> str:
    if label < 0:
        return ""
    return "right" if digit == label else "surely wrong" if sure >= SURE else "wrong"


def _caption(wall: Wall, t: int) -> str:
    """What the reader makes of a row, in a sentence or two."""
    total, right = len(wall.labels), int((wall.digits[t] == wall.labels).sum())
    said = "all" if right == total else "none" if right == 0 else count(right)
    if t == 0:
        return f"Generation 0 is real: the reader reads {said} of the {total} digits correctly."
    surely = int(wall.surely_wrong[t].sum())
    errors = f" {plural(surely, 'is', 'are')} read as another digit with at least 90% certainty." if surely else ""
    return f"Generation {t}: the reader still reads {said} of the {total} digits correctly.{errors}"
