"""Reading files to import: rows a second of processor time and megabytes of memory for each format, CSV beside Python's own reader.

    PYTHONPATH=. python benchmarks/sources.py [--rows 1000000] [--sheet-rows 100000]

Each file is read by a process of its own, for memory that one has taken is not given back to the next.
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from admin_app.transfer.formats import FORMATS, FileOptions
from admin_app.transfer.import_.opening import open_source

TITLES = ["id", "name", "email", "created_at", "is_active"]
BEGIN = datetime(2026, 1, 2, 3, 4, 5, 123457, tzinfo=UTC)


def rows(count: int) -> Iterator[tuple[object, ...]]:
    """Make rows of five columns."""
    for number in range(count):
        moment = BEGIN + timedelta(microseconds=number)
        yield number, f"User Näme {number}", f"user{number}@example.com", moment, number % 2 == 0


def made(folder: Path, count: int, sheet_rows: int) -> Iterator[Path]:
    """Write a file of each format, and CSV in another encoding."""
    for key, one in FORMATS.items():
        path = folder / f"rows.{key}"
        with path.open("wb") as file:
            made_of = rows(sheet_rows if key == "xlsx" else count)
            file.writelines(one.write(TITLES, made_of, FileOptions(), lambda *_: None))
        yield path
    narrow = folder / "windows-1252.csv"
    narrow.write_text((folder / "rows.csv").read_text(encoding="utf-8"), encoding="windows-1252")
    yield narrow


def measure(path: Path) -> None:
    """Open a file and read it to its end."""
    before, began = _memory(), time.process_time()
    with path.open("rb") as file:
        source = open_source(file, TITLES.__contains__, name=path.name)
        opened = time.process_time() - began
        began = time.process_time()
        count = sum(1 for _ in source.rows())
        took = time.process_time() - began
    print(
        f"{path.name:<20} {count:>9,} rows  {count / took:>9,.0f} rows/s  opened in {opened * 1000:>4.0f} ms  {_memory() - before:>5.1f} MB more"
    )


def measure_reader(path: Path) -> None:
    """Read CSV as Python does."""
    began = time.process_time()
    with path.open(newline="", encoding="utf-8") as file:
        count = sum(1 for _ in csv.reader(file, strict=True))
    print(f"{'csv.reader':<20} {count:>9,} rows  {count / (time.process_time() - began):>9,.0f} rows/s")


def _memory() -> float:
    """Return the most megabytes this process had: what the system counts for resource.getrusage includes its parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    """Measure every file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sheet-rows", type=int, default=100_000)
    options = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        paths = list(made(Path(folder), options.rows, options.sheet_rows))
        for target, path in [(measure_reader, paths[0]), *((measure, path) for path in paths)]:
            process = spawn.Process(target=target, args=(path,))
            process.start()
            process.join()


if __name__ == "__main__":
    main()
