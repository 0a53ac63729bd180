"""Counted n-grams: what an n-gram model has read, as tables of arrays; counting, speaking and scoring.

A *context* is what the model looks back on: the last k tokens, or fewer at the beginning of a passage.  A *gram* is a context with
the token that followed it.  A gram of l + 1 tokens gets its number from the number of its first l tokens and its last one,

    code = number(first l tokens) · K + last token,      numbers: 0, 1, 2, … in the order of the codes,

so codes stay below N·K for N tokens of text whatever the order (no overflow, no hash), and grams with the same context are
neighbours.  Everything holds all lineages at once.  Memory: at every length 8 bytes for every token of the text, 40 for every
different gram, and where a table of all possible codes is small, that too; 50 000 characters of English at order 3 have 14 000
grams and need 3.5 MB.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from collapse.data import Array
from collapse.decoding import Decoder
from collapse.going_on import step_by_step

DENSE = 12  # a table of all codes, if it has at most this many entries for a token of text
NONE = -1


class Level(NamedTuple):
    """All grams of one length: `codes` (G,) ascending, the number of the gram that ends at each token `at` (R·n,), −1 for none,
    and, where it is small, a table from code to number."""

    codes: Array
    at: Array
    table: Array | None

    def find(self, codes: Array) -> Array:
        """The numbers of some codes, −1 for what was never read; the code −1 never is."""
        if not len(self.codes):
            return np.full(codes.shape, NONE)
        if self.table is not None:
            return self.table[np.where(codes < len(self.table), codes, NONE)]
        near = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        return np.where(self.codes[near] == codes, near, NONE)


def level(codes: Array, bound: int) -> Level:
    """Number the codes that occur, ascending; −1 is no gram; all codes are below `bound`."""
    if bound <= DENSE * codes.size:
        seen = np.zeros(bound + 1, dtype=bool)
        seen[codes] = True
        seen[NONE] = False  # the last place is for what is no gram
        found = np.flatnonzero(seen)
        table = np.full(bound + 1, NONE)
        table[found] = np.arange(len(found))
        return Level(found, table[codes], table)
    real = codes >= 0
    found, numbers = np.unique(codes[real], return_inverse=True)
    at = np.full(codes.shape, NONE)
    at[real] = numbers
    return Level(found, at, None)


@dataclass(frozen=True, eq=False)
class Grams:
    """The counted grams of `order` + 1 tokens and all shorter ones of texts x (R, n) with passages beginning at `first` (R, n);
    `types`: more than the largest token number, K.

    Grams of all lengths stand one after the other, the shortest first; `start` of a length is the place of its first.  A *row* is
    a context: R empty ones, one a lineage, then every gram, as the context of the longer ones.  The grams with that context stand
    from `ends[row]` to `ends[row + 1]`; `token`, `count`, `then` (E,) are a gram's last token, its occurrences, and the row after
    it: the longest context, of at most `order` tokens, that was ever followed by anything.
    """

    x: Array
    first: Array
    order: int
    types: int
    levels: tuple[Level, ...] = field(init=False)
    start: Array = field(init=False)
    token: Array = field(init=False)
    count: Array = field(init=False)
    ends: Array = field(init=False)
    then: Array = field(init=False)

    def __post_init__(self) -> None:
        levels = self._levels()
        sizes = [len(v.codes) for v in levels]
        start = np.concatenate([[0], np.cumsum(sizes)])
        token = np.concatenate([v.codes % self.types for v in levels])
        count = np.concatenate([np.bincount(v.at[v.at >= 0], minlength=len(v.codes)) for v in levels])
        lineages = len(self.x)
        rows = [v.codes // self.types + (lineages + start[i - 1] if i else 0) for i, v in enumerate(levels)]
        ends = np.concatenate([[0], np.cumsum(np.bincount(np.concatenate(rows), minlength=lineages + start[-1]))])
        for name, value in (
            ("levels", tuple(levels)),
            ("start", start),
            ("token", token),
            ("count", count),
            ("ends", ends),
        ):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "then", self._then())

    @property
    def empty(self) -> Array:
        """The row of the empty context of each lineage, (R,)."""
        return np.arange(len(self.x))

    def _levels(self) -> list[Level]:
        age = ages(self.first).ravel()
        x, lineage = self.x.ravel(), np.repeat(self.empty, self.x.shape[1])
        levels: list[Level] = []
        before, bound = lineage, len(self.x)
        for length in step_by_step(range(self.order + 1)):
            codes = before * self.types + x
            codes[age < length] = NONE
            levels.append(level(codes, bound * self.types))
            before, bound = np.concatenate([[NONE], levels[-1].at[:-1]]), len(levels[-1].codes)
        return levels

    def _then(self) -> Array:
        """The row after each gram, (E,): itself as a context, if anything followed it, else what its own ending leads to."""
        then = np.empty(self.start[-1], dtype=np.int64)
        followed = np.diff(self.ends) > 0
        for length, numbers in enumerate(self.levels):
            here = slice(self.start[length], self.start[length + 1])
            place = np.zeros(
                len(numbers.codes) + 1, dtype=np.int64
            )  # where in the text a gram stands, one place for each
            place[numbers.at] = np.arange(len(numbers.at))  # the last one is for what is none
            place = place[:-1]
            if length == 0:
                shorter = place // max(self.x.shape[1], 1)
            else:
                shorter = then[self.start[length - 1] + self.levels[length - 1].at[place]]
            itself = len(self.x) + np.arange(here.start, here.stop)
            then[here] = shorter if length == self.order else np.where(followed[itself], itself, shorter)
        return then

    def totals(self, values: Array) -> Array:
        """Sums over the grams of each row, (rows,), of a value for each gram (E,)."""
        sums = np.concatenate([[0.0], np.cumsum(values, dtype=float)])
        return sums[self.ends[1:]] - sums[self.ends[:-1]]

    @cached_property
    def _followers(self) -> tuple[Array, Array]:
        """How often each row was followed by anything, and by how many different tokens, each (rows,)."""
        return self.totals(self.count), np.diff(self.ends)

    # ---- speaking

    def speak(self, start: Array, steps: int, decoder: Decoder, rng: np.random.Generator) -> Array:
        """Continue from the rows `start` (C,) by some tokens, (C, steps)."""
        return self.follow(start, rng.random((steps, len(start))), decoder)

    def follow(self, start: Array, luck: Array, decoder: Decoder) -> Array:
        """Continue from the rows `start` (C,), (C, steps); `luck` (steps, C), uniform on [0, 1), decides each token."""
        draw = self._counted() if decoder.neutral else self._weighted(decoder)
        row, said = start, np.empty(luck.shape, dtype=np.int32)
        for step in step_by_step(range(len(luck))):
            gram = draw(row, luck[step])
            said[step], row = self.token[gram], self.then[gram]
        return said.T

    def _counted(self) -> Callable[[Array, Array], Array]:
        """Draw a gram of each row in proportion to its count: every occurrence has a place of its own, one of them is picked."""
        places = np.repeat(np.arange(len(self.count)), self.count)
        below = np.concatenate([[0], np.cumsum(self.count)])[self.ends]
        begin, wide = below[:-1], np.diff(below)
        return lambda row, luck: places[begin[row] + (luck * wide[row]).astype(np.int64)]

    def _weighted(self, decoder: Decoder) -> Callable[[Array, Array], Array]:
        """Draw a gram of each row by its decoded probability: among the ones that are left, by their cumulative sum."""
        weights = decoder.reweight_rows(decoder.marked(self.count / 1.0, self.token, self._before()), self.ends)
        kept = np.flatnonzero(weights > 0)
        top = np.cumsum(weights[kept])
        first = np.searchsorted(kept, self.ends)
        below, last = np.concatenate([[0.0], top])[first], first[1:] - 1
        wide = np.diff(below)
        return lambda row, luck: kept[
            np.minimum(np.searchsorted(top, below[row] + luck * wide[row], side="right"), last[row])
        ]

    def _before(self) -> Array:
        """The last token of the context of each gram, (E,); −1 where the context is empty."""
        of_row = np.concatenate([np.full(len(self.x), NONE), self.token])[: len(self.ends) - 1]
        return np.repeat(of_row, np.diff(self.ends))

    def after(self, prompt: Array) -> Array:
        """The row in which each lineage stands after a prompt of token numbers (m,): its longest ending that was ever followed by
        anything, (R,)."""
        row = self.empty
        followed = np.diff(self.ends) > 0
        for length in range(1, min(self.order, len(prompt)) + 1):
            if not len(self.levels[length - 1].codes):
                break
            number = self.empty
            for numbers, x in zip(self.levels, prompt[len(prompt) - length :], strict=False):
                number = numbers.find(np.where((number >= 0) & (x < self.types), number * self.types + x, NONE))
            itself = self.base(length) + np.maximum(number, 0)
            row = np.where((number >= 0) & followed[itself], itself, row)
        return row

    def base(self, length: int) -> int:
        """The first row of the contexts of a length."""
        return int(len(self.x) + self.start[length - 1]) if length else 0

    # ---- scoring

    def surprise(self, y: Array, first: Array, vocabulary: int | Array) -> Array:
        """−log p of every token of texts y, in nats, with what stood before it in its passage.

        y, first (R, m), or (1, m) for one text that all lineages are asked about; `vocabulary` is one number, or one for each
        lineage, (R, 1).  Returns (R, m).  Interpolated by Witten and Bell (1991):  p_l = (count + T·p_{l−1}) / (total + T)  with T
        the number of different tokens that followed the context; below it all, 1/(vocabulary + 1) for every token and for the
        unknown.  Unsmoothed, one gram that was never read would make the loss infinite.
        """
        lineages = len(self.x)
        y = np.broadcast_to(y, (lineages, y.shape[-1]))
        age = np.broadcast_to(ages(first), y.shape)
        p = np.full(y.shape, 1.0 / (vocabulary + 1))
        total, kinds = self._followers
        before = np.broadcast_to(self.empty[:, None], y.shape)
        for length, numbers in enumerate(step_by_step(self.levels)):
            if not len(numbers.codes):
                break  # nothing was read in one go for so long
            known = (before >= 0) & (age >= length)
            gram = numbers.find(np.where(known & (y < self.types), before * self.types + y, NONE))
            row = np.where(known, before, 0) + self.base(length)
            t = kinds[row] * known
            count = np.where(gram >= 0, self.count[np.maximum(gram, 0) + self.start[length]], 0)
            mass = total[row] + t
            p = np.where(t > 0, (count + t * p) / np.maximum(mass, 1), p)
            before = np.concatenate([np.full((lineages, 1), NONE), gram[:, :-1]], axis=1)
        return -np.log(p)


def ages(first: Array) -> Array:
    """How many tokens of its passage stand before each token, for passages beginning at `first` (R, n)."""
    place = np.arange(first.shape[-1])
    begin = np.maximum.accumulate(np.where(first, place, 0), axis=-1)
    return np.asarray(place - begin)
