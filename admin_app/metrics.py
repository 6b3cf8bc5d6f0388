"""Metrics for Prometheus: numbers of this server's processes, counted only if `ADMIN_METRICS_TOKEN` is set.

Several processes count into files of one folder, which the server creates when it starts. prometheus-client reads that
folder from the environment when it is imported, so it is imported with the first number.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
# Buckets in seconds, from a light page to one that reaches its time limit.
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

_state = {"is_wanted": False}


class Event(StrEnum):
    """Events, which are counted when they happen."""

    TIME_LIMIT = "time_limits"
    CONFLICT = "conflicts"
    SIGN_IN_FAILURE = "sign_in_failures"
    REPLICA_LEFT = "replica_left"


class Level(StrEnum):
    """Levels, which the worker reads from the database for all processes."""

    WAITING = "jobs_waiting"
    RUNNING = "jobs_running"
    FAILED = "jobs_failed"
    OLDEST = "job_oldest_waiting_seconds"
    WORKERS = "workers"
    REPLICA_LAG = "replica_lag_seconds"


MEANINGS = {
    Event.TIME_LIMIT: "Statements that were stopped because they took too long.",
    Event.CONFLICT: "Forms that met another person's change of the same field.",
    Event.SIGN_IN_FAILURE: "Sign-ins that were refused.",
    Event.REPLICA_LEFT: "Pages that the primary had to answer because the replica could not.",
    Level.WAITING: "Jobs that wait.",
    Level.RUNNING: "Jobs under way.",
    Level.FAILED: "Jobs that failed and are still listed.",
    Level.OLDEST: "Seconds that the oldest waiting job has waited.",
    Level.WORKERS: "Workers that reported recently that they run.",
    Level.REPLICA_LAG: "Seconds that the replica is behind the primary.",
}


def want(*, is_wanted: bool) -> None:
    """Switch counting on or off."""
    _state["is_wanted"] = is_wanted


def are_wanted() -> bool:
    """Whether counting is on."""
    return _state["is_wanted"]


def share() -> None:
    """Create the folder in which this process and its children count together."""
    if _state["is_wanted"]:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="admin-metrics-")


def unshare() -> None:
    """Remove the folder, when the last process ends."""
    if folder := os.environ.pop(FOLDER, ""):
        shutil.rmtree(folder, ignore_errors=True)


def count(event: Event) -> None:
    """Count an event."""
    if _state["is_wanted"]:
        _kept().events[event].inc()


def count_request(*, route: str, method: str, status: int, seconds: float, database: float, statements: int) -> None:
    """Count a request that was answered."""
    if _state["is_wanted"]:
        kept = _kept()
        kept.requests.labels(method, route, str(status)).inc()
        kept.seconds.labels(route).observe(seconds)
        kept.database.inc(database)
        kept.statements.inc(statements)


def take_connection(*_: object) -> None:
    """Count a connection of the pool as used."""
    if _state["is_wanted"]:
        _kept().connections.inc()


def give_connection_back(*_: object) -> None:
    """Count a connection of the pool as free."""
    if _state["is_wanted"]:
        _kept().connections.dec()


def set_levels(levels: Mapping[Level, float]) -> None:
    """Set the levels that were read from the database."""
    if _state["is_wanted"]:
        for level, value in levels.items():
            _kept().levels[level].set(value)


def forget_process(pid: int) -> None:
    """Drop the levels of a process that died."""
    if FOLDER in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(pid)


def exposition() -> bytes:
    """Return all numbers of all processes in Prometheus' text format."""
    from prometheus_client import CollectorRegistry, generate_latest

    kept = _kept()
    if FOLDER not in os.environ:
        return generate_latest(kept.registry)
    from prometheus_client.multiprocess import MultiProcessCollector

    together = CollectorRegistry()
    MultiProcessCollector(together)
    return generate_latest(together)


def listen(host: str, port: int) -> None:
    """Answer Prometheus at a separate address, for a worker without a server."""
    if _state["is_wanted"]:
        from prometheus_client import start_http_server

        start_http_server(port, host, registry=_kept().registry)


class _Kept:
    """The numbers of this process."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self.registry: CollectorRegistry = CollectorRegistry()
        where = self.registry
        self.requests: Counter = Counter(
            "admin_requests", "Requests that were answered.", ["method", "route", "status"], registry=where
        )
        self.seconds: Histogram = Histogram(
            "admin_request_seconds",
            "Seconds until a response was sent completely.",
            ["route"],
            registry=where,
            buckets=BUCKETS,
        )
        self.database: Counter = Counter("admin_database_seconds", "Seconds spent in statements.", registry=where)
        self.statements: Counter = Counter("admin_statements", "Statements that were sent.", registry=where)
        self.connections: Gauge = Gauge(
            "admin_connections_used", "Connections in use.", registry=where, multiprocess_mode="livesum"
        )
        self.events = {one: Counter(f"admin_{one.value}", MEANINGS[one], registry=where) for one in Event}
        self.levels = {
            one: Gauge(f"admin_{one.value}", MEANINGS[one], registry=where, multiprocess_mode="mostrecent")
            for one in Level
        }


@cache
def _kept() -> _Kept:
    return _Kept()
