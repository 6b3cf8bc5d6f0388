"""Dashboards that are started at the same moment against one database: one brings it up to date, all come up."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg
import pytest

from tests.cli.serving import PATIENCE, Served, free_port, stop
from tests.forking import begin

SERVERS = 2


@pytest.fixture
def database(store: str, request: pytest.FixtureRequest, settings: dict[str, str]) -> Iterator[dict[str, str]]:
    """Return the settings of processes whose database is a new one, in which nothing is yet."""
    if store == "sqlite":
        yield settings
        return
    url = str(request.getfixturevalue("postgres_url"))
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as server:
        server.execute("CREATE DATABASE together")
        yield settings | {"DATABASE_URL": url.replace("@/postgres?", "@/together?")}
        server.execute("DROP DATABASE together WITH (FORCE)")


def test_an_upgrade_and_dashboards_that_are_started_together_all_come_up(database: dict[str, str]) -> None:
    upgrade = begin("db", "upgrade", env=database)
    ports = [free_port() for _ in range(SERVERS)]
    served = [Served(begin("run", "--workers", "1", "--port", port, env=database), port) for port in ports]
    try:
        statuses = [answer_of(one) for one in served]
    finally:
        for connection in [connection for one in served for connection in one.connections]:
            connection.close()
        ends = [stop(one, 15) for one in served if one.process.poll() is None]
    said = upgrade.communicate(timeout=PATIENCE)[0]

    assert (upgrade.returncode, statuses) == (0, [200] * SERVERS), said
    assert [code for code, *_ in ends] == [0] * SERVERS
    assert [line for one in served for line in one.printed if "Traceback" in line] == []


def answer_of(served: Served) -> int:
    """Return the status of the sign-in page once the server is up."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with served.get("/sign-in") as answer:
                answer.read()
                return answer.status
        except ConnectionError:
            assert served.process.poll() is None, served.process.communicate()[0]
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.1)
