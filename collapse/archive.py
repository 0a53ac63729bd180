"""NumPy archives that anybody may have written: their arrays are looked at before memory is given to them."""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, NamedTuple
from zipfile import ZipFile

import numpy as np
from numpy.lib import format as npy

from collapse.data import Array

NOTE = 100_000  # bytes of a text in an archive


class Header(NamedTuple):
    """What an array says of itself: its shape, the kind of its numbers as NumPy writes it (f, i, u, b, …), and bytes of each."""

    shape: tuple[int, ...]
    kind: str
    each: int

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)


class Archive:
    """A `.npz` file that was opened for reading; `headers` of its arrays by name.

    Errors: whatever zipfile, NumPy and json raise at bytes that are none of theirs, which is why `refused` exists.
    """

    def __init__(self, source: BinaryIO) -> None:
        self._file = ZipFile(source)
        self.headers: dict[str, Header] = {}
        for info in self._file.infolist():
            name = info.filename.removesuffix(".npy")
            with self._file.open(info) as member:
                if npy.read_magic(member) != (1, 0) or name in self.headers:
                    raise ValueError("not an array, or twice")
                shape, _, dtype = npy.read_array_header_1_0(member)
            self.headers[name] = Header(shape, dtype.kind, dtype.itemsize)

    def note(self, name: str) -> Any:
        """A text of JSON, read and taken out of the headers."""
        header = self.headers.pop(name)
        if header.shape or self._file.getinfo(f"{name}.npy").file_size > NOTE:
            raise ValueError("too long for a note")
        return json.loads(str(self.read(name)))

    def read(self, name: str) -> Array:
        """An array; objects, which could run code, are refused."""
        with self._file.open(f"{name}.npy") as member:
            array = np.asarray(npy.read_array(member, allow_pickle=False))
            if member.read(1):  # at its end zipfile compares the checksum
                raise ValueError("more than the array")
            return array


@contextmanager
def refused(sentence: str) -> Iterator[None]:
    """Turn any error into a ValueError with this sentence: a dozen different ones can be provoked by hostile bytes."""
    try:
        yield
    except Exception:
        raise ValueError(sentence) from None
