"""What a server counts, for Prometheus: how many, how long and how large, never who or what.  Off unless LAB_METRICS=1.

`GET metrics` is answered by each process for itself; our Caddyfile lets nobody in from outside.  The package `prometheus-client`
comes with the extra `metrics`.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any, Final, cast

from collapse.ui import shelf
from collapse.ui.seats import Seats

SETTING: Final = "LAB_METRICS"
ADDRESS: Final = "metrics"
TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
SHELVES: Final = {"runs": shelf.RUNS, "lives": shelf.LIVES, "notes": shelf.NOTES}


def counts(seats: Seats) -> Callable[[], bytes] | None:
    """What answers `GET metrics`, or None where it is off.  Errors: ImportError, in a sentence, where the package is missing."""
    if os.environ.get(SETTING) != "1":
        return None
    try:
        import prometheus_client as prometheus
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
    except ModuleNotFoundError as error:
        raise ImportError(f'{SETTING}=1 needs the package prometheus-client: the extra "metrics" brings it') from error

    class Counted:
        """Read when Prometheus asks, so that nothing has to be written down meanwhile."""

        def collect(self) -> Iterator[Any]:
            yield GaugeMetricFamily(
                "lab_visitors", "Visitors who have a page open and asked for something within ten minutes.", seats.taken
            )
            yield GaugeMetricFamily("lab_seats", "Visitors whom this process lets in at most.", seats.most)
            yield CounterMetricFamily("lab_welcomed", "Visitors who were let in.", seats.welcomed)
            yield CounterMetricFamily(
                "lab_refusals", "Pages and visits that were refused because all seats were taken.", seats.refused
            )
            made = CounterMetricFamily(
                "lab_computed", "Things that were computed, by the shelf that keeps them.", labels=["shelf"]
            )
            kept = GaugeMetricFamily("lab_kept_bytes", "Bytes that a shelf keeps.", labels=["shelf"])
            for name, place in SHELVES.items():
                made.add_metric([name], place.made)
                kept.add_metric([name], place.weight())
            yield made
            yield kept

    registry = prometheus.CollectorRegistry()
    registry.register(cast(Any, Counted()))
    prometheus.ProcessCollector(registry=registry)  # seconds of the processor, bytes of memory, open files
    return lambda: prometheus.generate_latest(registry)
