"""Measure gunicorn, granian and waitress side by side: lists, a long download, an error half-way, start and stop.

    PYTHONPATH=. python benchmarks/servers.py [--posts 200000] [--seconds 4] [--only gunicorn]

Each serves this very dashboard from an SQLite file of demo data in a folder of its own; the clients are threads of this
process. A server that is not installed is left out: only gunicorn is among the requirements. Needs Linux (/proc).
"""

from __future__ import annotations

import argparse
import http.client
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.common.site import BROKEN, HOST, WHOLE, Site, prepare, serving, tree

LIST = "/admin/post/"
SERVERS = {
    "gunicorn, 2 processes of 8 threads": "gunicorn -k gthread -w 2 --threads 8 --timeout 60 --graceful-timeout 5 --log-level error -b {host}:{port} benchmarks.common.site:application()",
    "gunicorn, 1 process of 16 threads": "gunicorn -k gthread -w 1 --threads 16 --timeout 60 --graceful-timeout 5 --log-level error -b {host}:{port} benchmarks.common.site:application()",
    "granian, 2 processes of 8 threads": "granian --interface wsgi --workers 2 --blocking-threads 8 --no-log --host {host} --port {port} --factory benchmarks.common.site:application",
    "granian, 1 process of 16 threads": "granian --interface wsgi --workers 1 --blocking-threads 16 --no-log --host {host} --port {port} --factory benchmarks.common.site:application",
    "waitress, 1 process of 16 threads": "waitress --threads 16 --listen {host}:{port} --call benchmarks.common.site:application",
}


# ---- what is measured


def lists(site: Site, clients: int, seconds: float) -> tuple[float, float]:
    """Return lists a second, and the 95th percentile of their times in milliseconds."""
    times: list[float] = []
    end = time.perf_counter() + seconds

    def client() -> None:
        connection = http.client.HTTPConnection(HOST, site.port, timeout=60)
        while (begun := time.perf_counter()) < end:
            response = site.open(LIST, connection)
            body = response.read()
            assert response.status == 200, response.status  # noqa: S101 -- a wrong answer is no measurement
            assert b"</html>" in body  # noqa: S101
            times.append((time.perf_counter() - begun) * 1000)

    together(client, clients)
    return len(times) / seconds, percentile(times, 95)


def download(site: Site) -> tuple[float, float, int]:
    """Return when the first byte and the last byte of a whole export arrived, and how many there were."""
    begun = time.perf_counter()
    response = site.open(WHOLE)
    size = len(response.read(1))
    first = time.perf_counter() - begun
    while chunk := response.read(1 << 18):
        size += len(chunk)
    return first, time.perf_counter() - begun, size


def peak_memory(site: Site, act: Callable[[], Any]) -> tuple[Any, float]:
    """Return what `act` returns, and the most memory that the server had meanwhile."""
    samples, done = [site.memory()], threading.Event()

    def sample() -> None:
        while not done.wait(0.1):
            samples.append(site.memory())

    sampler = threading.Thread(target=sample)
    sampler.start()
    try:
        return act(), max(samples)
    finally:
        done.set()
        sampler.join()


def lists_beside_downloads(site: Site, downloads: int) -> tuple[float, float, float]:
    """Return the median and 95th percentile of list times while exports run, and how long the exports took."""
    times: list[float] = []
    begun = time.perf_counter()
    exports = [threading.Thread(target=download, args=(site,)) for _ in range(downloads)]
    for export in exports:
        export.start()
    while any(export.is_alive() for export in exports):
        at = time.perf_counter()
        site.open(LIST).read()
        times.append((time.perf_counter() - at) * 1000)
    return statistics.median(times), percentile(times, 95), time.perf_counter() - begun


def stall(site: Site, seconds: float) -> float:
    """Return the most memory the server has while a client asks for an export and does not read it."""

    def wait() -> None:
        response = site.open(WHOLE)
        time.sleep(seconds)
        response.close()

    return peak_memory(site, wait)[1]


def outcome_of_error(site: Site) -> str:
    """Say what a client sees when the answer fails half-way: anything but an error is a lie."""
    try:
        size = len(site.open(BROKEN).read())
    except (http.client.IncompleteRead, ConnectionError) as error:
        return f"{type(error).__name__}, curl exits with {_curl(site)}"
    return f"**looks whole** ({size:,} bytes), curl exits with {_curl(site)}"


def _curl(site: Site) -> str:
    if (program := shutil.which("curl")) is None:
        return "(not installed)"
    command = [program, "-sS", "-o", os.devnull, f"http://{HOST}:{site.port}{BROKEN}"]
    return str(subprocess.run(command, check=False, capture_output=True).returncode)


def stop(site: Site, number: signal.Signals) -> str:
    """Signal the server as Ctrl-C or a supervisor does, and say how long it took and what it left behind."""
    pids, begun = tree(site.process.pid), time.perf_counter()
    site.process.send_signal(number)
    try:
        code = site.process.wait(35)
    except subprocess.TimeoutExpired:
        return "**does not stop**"
    took = time.perf_counter() - begun
    time.sleep(0.5)  # a process that was killed is gone by then
    left = [pid for pid in pids[1:] if Path(f"/proc/{pid}").exists()]
    return f"{took:.1f} s, exit {code}{f', **{len(left)} left behind**' if left else ''}"


def together(act: Callable[[], None], number: int) -> None:
    """Run `act` in several threads at once."""
    threads = [threading.Thread(target=act) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def percentile(times: list[float], percent: int) -> float:
    """Return the time that so many percent stay below."""
    return sorted(times)[min(len(times) * percent // 100, len(times) - 1)]


# ---- put together


def measure(command: str, folder: Path, cookie: str, seconds: float) -> dict[str, str]:
    """Return every measurement of one server."""
    found = {}
    with serving(command, folder, cookie) as (site, started):
        found["first answer after"] = f"{started:.1f} s"
        lists(site, 8, 1)
        found["memory before"] = f"{site.memory():.0f} MB"
        for clients in (1, 8):
            rate, slow = lists(site, clients, seconds)
            found[f"lists, {clients} client{'s' if clients > 1 else ''}"] = f"{rate:.0f}/s, p95 {slow:.0f} ms"
        (first, whole, size), peak = peak_memory(site, lambda: download(site))
        found["export"] = f"{size / 1e6:.1f} MB in {whole:.1f} s, first byte {first * 1000:.0f} ms"
        found["memory during export"] = f"{peak:.0f} MB"
        middle, slow, whole = lists_beside_downloads(site, 5)
        found["lists beside 5 exports"] = f"median {middle:.0f} ms, p95 {slow:.0f} ms (exports {whole:.0f} s)"
        found["memory, client does not read"] = f"{stall(site, 5):.0f} MB"
        found["an error half-way"] = outcome_of_error(site)
        found["Ctrl-C, idle"] = stop(site, signal.SIGINT)
    with serving(command, folder, cookie) as (site, _):
        lists(site, 8, 1)  # every process has started by then
        found["TERM, idle"] = stop(site, signal.SIGTERM)
    for name, number in (("Ctrl-C", signal.SIGINT), ("TERM", signal.SIGTERM)):
        with serving(command, folder, cookie) as (site, _):
            lists(site, 8, 1)
            unread = site.open(WHOLE)
            found[f"{name} while a client does not read"] = stop(site, number)
            unread.close()
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=int, default=200_000)
    parser.add_argument("--seconds", type=float, default=4, help="how long each measurement of lists takes")
    parser.add_argument("--only", default="", help="measure the servers whose name begins so")
    options = parser.parse_args()
    results: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory(prefix="admin-servers-") as name:
        folder = Path(name)
        cookie = prepare(folder, options.posts)
        for title, command in SERVERS.items():
            if not title.startswith(options.only) or find_spec(command.split()[0]) is None:
                continue
            print(f"measuring {title} …", file=sys.stderr)
            results[title] = measure(command, folder, cookie, options.seconds)
    print(f"{options.posts:,} posts on SQLite, {os.cpu_count()} cores, Python {sys.version.split()[0]}\n")
    print(f"| | {' | '.join(results)} |\n|---|{'---|' * len(results)}")
    for row in next(iter(results.values()), {}):
        print(f"| {row} | {' | '.join(result[row] for result in results.values())} |")


if __name__ == "__main__":
    main()
