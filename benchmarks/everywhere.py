"""Search everything among many posts: what the palette waits for, by a rare word, a common one, an ID, nothing and typed filters.

    PYTHONPATH=. python benchmarks/everywhere.py [--sizes 5000000] [--stores sqlite,postgresql] [--folder DIR]

It asks the application itself, without a server before it. With a folder the data is kept there; `lists.py` makes the same.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from urllib.parse import urlencode

from admin_app import create_app
from benchmarks.common.data import COMMON, RARE, Database, build, database, sign_in
from benchmarks.common.postgres import postgres

TIMES, WARMING = 15, 3
# What is said where a resource took too long.
LATE = "search there"
TYPED = {
    "a rare word": RARE,
    "a common word": COMMON,
    "two letters": "te",
    "no such word": "qqqqq",
    "an ID": "3890",
    "nothing": "",
    "commands": ">",
    "typed filters": f"no:user created:this-year {COMMON}",
}


def measure(target: Database) -> None:
    """Say what each search costs."""
    cookie = sign_in(target)
    settings = {key: target.environment[key] for key in ("DATABASE_URL", "ADMIN_SECRET_KEY")}
    client = create_app(settings, instance_path=str(target.folder)).test_client(use_cookies=False)
    for name, typed in TYPED.items():
        took = []
        for _ in range(TIMES):
            begun = time.perf_counter()
            answer = client.get(f"/admin/search/?{urlencode({'q': typed, 'part': 1})}", headers={"Cookie": cookie})
            took.append((time.perf_counter() - begun) * 1000)
        late = ", some lists were late" if LATE in answer.text else ""
        median, least = statistics.median(took[WARMING:]), min(took)
        print(f"{target.store:>10} {target.posts:>10,} posts, {name:<14} {median:6.0f} ms, at best {least:.0f}{late}")


def main() -> None:
    """Measure each store with each number of posts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="5000000")
    parser.add_argument("--stores", default="sqlite,postgresql")
    parser.add_argument("--folder", type=Path)
    wanted = parser.parse_args()
    with nullcontext(wanted.folder) if wanted.folder else tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for store in wanted.stores.split(","):
            with nullcontext(None) if store == "sqlite" else postgres(folder / "postgres") as socket:
                for size in wanted.sizes.split(","):
                    target = database(store, int(size), folder, socket=socket, peers=False)
                    if said := build(target):
                        print(said)
                    measure(target)


if __name__ == "__main__":
    main()
