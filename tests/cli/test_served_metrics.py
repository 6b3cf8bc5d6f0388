"""The numbers of a server are those of all of its processes, whichever is asked."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from tests.cli.serving import PATIENCE, Served

TOKEN = "prometheus-reads-this"


def test_every_process_tells_the_numbers_of_all(serve: Callable[..., Served], tmp_path: Path) -> None:
    # A server that is killed leaves its folder behind.
    served = serve("--workers", "3", ADMIN_METRICS_TOKEN=TOKEN, TMPDIR=str(tmp_path))

    def read(name: str) -> int:
        text = served.get("/metrics", Authorization=f"Bearer {TOKEN}").read().decode()
        found = re.search(rf"^admin_{re.escape(name)} ([\d.]+)$", text, re.MULTILINE)
        return int(float(found[1])) if found else 0

    for _ in range(30):
        served.get("/health").read()
    # The worker tells of itself within seconds.
    until = time.monotonic() + PATIENCE
    while not read("workers"):
        assert time.monotonic() < until
        time.sleep(0.2)

    # Each on a connection of its own, which any process takes.
    assert [read('requests_total{method="GET",route="/health",status="200"}') for _ in range(10)] == [30] * 10
