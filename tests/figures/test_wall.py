"""The wall as it travels: the pixels of the images, and what the reader says of each of them."""

import json
from base64 import b64decode
from dataclasses import replace

import numpy as np
import pytest

from collapse import Scenario, run
from collapse.figures.wall import own_digit, wall_picture
from collapse.metrics.reader import accuracy, read
from collapse.wall import SURE, redrawn, wall
from collapse.worlds import Digits
from tests.reading import reads

S = Scenario.from_query("world=digits&model=vae&model.epochs=3&policy=replace&n=200&generations=5&lineages=2&seed=1")
FADED = replace(S, generations=30, n=50, lineages=1)


@pytest.mark.parametrize("scenario", [S, FADED], ids=["short", "faded"])
def test_what_travels_is_the_wall(scenario):
    """Bytes against the images, readings against the reader itself, sentences against counts of them."""
    found = wall(run(scenario))
    packed = json.loads(wall_picture(scenario, found).pack(key="wall", group="page"))
    assert packed["kind"] == "wall"
    shape = (scenario.generations + 1, 10, 64)
    ink = np.frombuffer(b64decode(packed["pixels"]), np.uint8).reshape(shape)
    np.testing.assert_allclose(ink * (16 / 255), found.images, atol=16 / 255)
    assert len(packed["captions"]) == len(packed["readings"]) == shape[0]
    for t, row in enumerate(packed["readings"]):
        sure = read(found.images[t])
        assert [digit for digit, _, _ in row] == sure.argmax(axis=1).tolist()
        assert [p for _, p, _ in row] == np.floor(100 * sure.max(axis=1)).astype(int).tolist()
        wrong = sure.argmax(axis=1) != np.arange(10)
        surely = wrong & (sure.max(axis=1) >= SURE)
        assert [v for _, _, v in row] == [
            "surely wrong" if s else "wrong" if w else "right" for w, s in zip(wrong, surely, strict=True)
        ]
        right = 10 - int(wrong.sum())
        said = packed["captions"][t]
        told = [] if right in (0, 10) else [right]
        reads(said, t, *told, 10, *([surely.sum(), 90 / 100] if surely.any() and t else []))
        assert ("all of the 10" in said) == (right == 10)
        assert ("none of the 10" in said) == (right == 0)


def test_both_verdicts_are_met():
    """Somewhere in a faded run a digit is read wrongly, and somewhere rightly, or the test above sees nothing."""
    verdicts = {v for row in wall_picture(FADED, wall(run(FADED))).readings for _, _, v in row}
    assert {"right", "wrong"} <= verdicts


def test_the_note_says_how_good_the_reader_is():
    assert accuracy() > 0.94
    note = wall_picture(S, wall(run(S))).note
    reads(note, accuracy())


def test_a_digit_of_ones_own_is_judged_by_nobody():
    world = Digits()
    life = run(S).params
    one = type(life)(*(a[0] for a in life))
    drawn = own_digit(S, redrawn(S, one, world.unread[:1], np.array([-1])))
    assert {v for row in drawn.readings for _, _, v in row} == {""}
    assert len(drawn.captions) == S.generations + 1
    assert not redrawn(S, one, world.unread[:1], np.array([-1])).surely_wrong.any()
    for t, said in enumerate(drawn.captions):
        ((digit, _, _),) = drawn.readings[t]
        sure = redrawn(S, one, world.unread[:1], np.array([-1])).readings[t, 0].max()
        reads(said, *([] if t == 0 else [t]), digit, sure)
