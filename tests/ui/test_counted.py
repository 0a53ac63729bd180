"""Counts for Prometheus: right, only where they are wanted, and of nobody."""

import asyncio
import builtins
import time
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from collapse.ui import counted, seats, serving, shelf


async def asked(app: Any, path: str = "/metrics") -> tuple[int, str]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await app(
        {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [], "scheme": "http"},
        None,
        send,
    )
    return sent[0]["status"], sent[1]["body"].decode()


def values(text: str) -> dict[str, float]:
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name + "".join(f":{value}" for value in sample.labels.values())] = sample.value
    return found


async def nothing(scope: Any, receive: Any, send: Any) -> None: ...


def test_what_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_METRICS", "1")
    monkeypatch.setenv("LAB_VISITORS", "3")
    place = shelf.Shelf(4, 1000)
    monkeypatch.setitem(counted.SHELVES, "runs", place)
    for question in ("one", "two", "one"):
        place.fetch(question, lambda: bytearray(3))
    app = serving.Frontend(nothing, lambda page, link: None)
    app.seats.heard = dict.fromkeys(range(2), time.monotonic())
    app.seats.welcomed, app.seats.refused = 7, 5
    status, text = asyncio.run(asked(app))
    told = values(text)
    assert status == 200
    assert (told["lab_visitors"], told["lab_seats"], told["lab_welcomed_total"], told["lab_refusals_total"]) == (
        2,
        3,
        7,
        5,
    )
    assert told["lab_computed_total:runs"] == 2, "asked for three times, computed twice"
    assert told["lab_kept_bytes:runs"] == 0, "no array in it"
    assert told["process_cpu_seconds_total"] > 0
    assert told["process_resident_memory_bytes"] > 1e7
    assert not {"path", "address", "session", "query"} & {
        word for line in text.splitlines() for word in line.split('"')
    }


def test_it_is_off_unless_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAB_METRICS", raising=False)
    status, text = asyncio.run(asked(serving.Frontend(nothing, lambda page, link: None)))
    assert status == 404
    assert "lab_" not in text


def test_without_the_package_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *more: Any) -> Any:
        if name.startswith("prometheus"):
            raise ModuleNotFoundError(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.setenv("LAB_METRICS", "1")
    with pytest.raises(ImportError, match="needs the package prometheus-client"):
        counted.counts(seats.Seats(1))
