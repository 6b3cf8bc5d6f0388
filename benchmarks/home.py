"""The home page over HTTP, from ten thousand to five million posts: with its numbers counted, and with those that are kept.

The posts are moved so that the last one is of today: a card counts the last twelve weeks. Every person's numbers are
counted once a minute, so the first request of each of many people is measured beside the following ones of each.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks.common.data import Database, build, database, sign_in
from benchmarks.common.postgres import postgres
from benchmarks.common.site import ROOT, Site, started

HOME = "/admin/"
# What the largest may take of the smallest, and any request at all, in seconds.
MOST, LONGEST = 3.0, 1.0


def move_to_today(target: Database) -> None:
    """Let the newest post and the newest user be of today, once."""
    marker = target.folder / "of-today"
    if marker.exists():
        return
    engine = create_engine(target.url)
    if target.store == "sqlite":
        moved = "strftime('%Y-%m-%d %H:%M:%S', created_at, '+' || :days || ' days') || '.000000'"
        days = "SELECT CAST(julianday('now') - julianday(max(created_at)) AS INTEGER) FROM post"
    else:
        moved, days = (
            "created_at + make_interval(days => :days)",
            "SELECT current_date - max(created_at)::date FROM post",
        )
    with engine.begin() as connection:
        number = connection.execute(text(days)).scalar_one()
        for table in ("post", '"user"'):
            connection.execute(text(f"UPDATE {table} SET created_at = {moved}"), {"days": int(number)})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if target.store == "sqlite" else "VACUUM ANALYZE"))
    engine.dispose()
    marker.write_text("yes")


def measure(target: Database, people: int, rounds: int) -> tuple[list[float], list[float], int]:
    """Return what first requests of so many people took, what their following ones did, and how many cards were late."""
    with ExitStack() as stack:
        command = [sys.executable, str(ROOT / "manage.py"), "run", "--port", "{port}"]
        cookies = [sign_in(target) for _ in range(people + 1)]
        site, _ = stack.enter_context(started(command, target.environment, target.folder, cookie=cookies[0]))
        for _ in range(4):
            _timed(site)
        first, following, late = [], [], 0
        for cookie in cookies[1:]:
            site.cookie = cookie
            took, said = _timed(site)
            first.append(took)
            late += said.count("Counting took too long")
            following += [_timed(site)[0] for _ in range(rounds)]
        return first, following, late


def _timed(site: Site) -> tuple[float, str]:
    begun = time.perf_counter()
    response = site.open(HOME)
    said = response.read().decode()
    if response.status != 200:
        message = f"{HOME} answered {response.status}"
        raise SystemExit(message)
    return time.perf_counter() - begun, said


def table(store: str, found: Sequence[tuple[int, list[float], list[float], int]]) -> str:
    """Return the figures of a store, and the largest against the smallest."""
    lines = [
        f"| {store}: ms, median (longest) | {' | '.join(f'{posts:,} posts' for posts, *_ in found)} | largest : smallest |"
    ]
    lines.append(f"|---|{'---|' * (len(found) + 1)}")
    for name, place in (("numbers counted", 1), ("numbers kept", 2)):
        cells = [f"{statistics.median(one[place]) * 1000:.0f} ({max(one[place]) * 1000:.0f})" for one in found]  # type: ignore[arg-type, type-var] # times
        ratio = statistics.median(found[-1][place]) / statistics.median(found[0][place])  # type: ignore[arg-type, type-var] # as above
        lines.append(f"| {name} | {' | '.join(cells)} | {ratio:.2f} |")
    lines.append(f"| cards too late | {' | '.join(str(one[3]) for one in found)} | |")
    return "\n".join(lines)


def run(store: str, options: argparse.Namespace, folder: Path) -> None:
    """Build what is not built, measure, and print the table."""
    context = postgres(folder / "postgres") if store == "postgresql" else nullcontext(None)
    with context as socket:
        found = []
        for posts in options.sizes:
            target = database(store, posts, folder, socket=socket, peers=False)
            print(f"building {posts:,} posts on {store} …", file=sys.stderr)
            build(target)
            move_to_today(target)
            found.append((posts, *measure(target, options.people, options.rounds)))
        print(f"\n{table(store, found)}\n", flush=True)
        kept = statistics.median(found[-1][2]) / statistics.median(found[0][2])
        longest = max(max(one[1]) for one in found)
        if kept > MOST or longest > LONGEST:
            print(f"{store}: {kept:.2f} of {MOST} allowed, {longest:.2f} s of {LONGEST} allowed")


def main() -> None:
    """Measure each store."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--sizes", type=lambda sizes: [int(one) for one in sizes.split(",")], default="10000,1000000,5000000"
    )
    parser.add_argument("--stores", type=lambda names: names.split(","), default="sqlite,postgresql")
    parser.add_argument("--people", type=int, default=10, help="who open it for the first time, one after the other")
    parser.add_argument("--rounds", type=int, default=10, help="requests of each of them after that")
    parser.add_argument("--folder", type=Path, help="where the data is kept for the next time; its posts are moved")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {options.people} people\n")
    with tempfile.TemporaryDirectory(prefix="admin-home-") as name:
        for store in options.stores:
            run(store, options, options.folder or Path(name))


if __name__ == "__main__":
    main()
