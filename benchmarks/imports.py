"""What imports cost: a million new posts beside the store's own loading, and many updates of which most are the same.

    PYTHONPATH=. python benchmarks/imports.py [--rows 1000000] [--updates 100000] [--stores sqlite,postgresql] [--folder DIR]

The store's own loading is `.import` of the sqlite3 shell, or COPY, into the same tables with the same indexes, and one
INSERT … SELECT of as many rows of history. Ours is a plan made and carried out as a worker does it.
"""

from __future__ import annotations

import argparse
import csv
import resource
import tempfile
import time
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from sqlalchemy import select, text
from sqlalchemy.engine import make_url

from admin_app import create_app
from admin_app.context import writing
from admin_app.db.connection import give_functions
from admin_app.domain.plan.row_matcher import batches
from admin_app.extensions import db
from admin_app.jobs import uploads
from admin_app.jobs.runner import Progress
from admin_app.models.change_set import ChangeSet
from admin_app.models.job import Job
from admin_app.models.plan import Plan, PlanState
from admin_app.models.post import Post
from admin_app.models.upload import Upload
from admin_app.panel.access.access import Access, access_to
from admin_app.panel.export.columns import import_columns
from admin_app.panel.plan.importing import make_import_plan
from admin_app.panel.plan.jobs import run_plan
from admin_app.panel.registry import resource_of
from admin_app.transfer.import_.opening import open_source
from admin_app.transfer.import_.options import Empty, ImportOptions, Mode
from admin_app.transfer.import_.rows import FileColumn, RowReader
from benchmarks.common.data import Database, build, database
from benchmarks.common.postgres import postgres
from benchmarks.plans import agree, owner, require, seconds

WORDS = [
    "the",
    "quick",
    "brown",
    "fox",
    "jumps",
    "over",
    "a",
    "lazy",
    "dog",
    "while",
    "telescopes",
    "look",
    "at",
    "distant",
    "stars",
    "and",
    "nobody",
    "asks",
    "why",
]
COLUMNS = ("content", "user_id", "created_at", "updated_at", "version")
HISTORY = (
    "INSERT INTO change (change_set_id, model, record_id, act, title, version, after) "
    "SELECT {set}, 'post', id, 'create', substr(content, 1, 120), 1, "
    "'{{\"id\":' || id || ',\"content\":\"' || replace(content, '\"', '') || '\",\"user_id\":' || user_id || '}}' "
    "FROM post WHERE id > {last}"
)


def content(number: int) -> str:
    """Return the text of a post, some two hundred characters that are no other's."""
    return " ".join(WORDS[(number * 7 + place * (number % 13 + 1)) % len(WORDS)] for place in range(36)) + f" {number}"


def write_posts(path: Path, count: int) -> None:
    """Write a file of new posts as somebody would send it."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["content", "user_id"])
        writer.writerows((content(number), number % 50 + 1) for number in range(count))


def write_rows(path: Path, count: int) -> None:
    """Write the same with every column of the table, for the store's own loading."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerows((content(number), number % 50 + 1, now, now, 1) for number in range(count))


def write_updates(path: Path, count: int) -> None:
    """Write posts that are there, of which every tenth says something else."""
    posts = db.session.execute(text("SELECT id, content, user_id FROM post ORDER BY id LIMIT :most"), {"most": count})
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "content", "user_id"])
        for place, (key, words, user) in enumerate(posts):
            writer.writerow([key, words if place % 10 else f"{words} (corrected)", user])
    db.session.rollback()


# ---- the store's own loading


def bare(target: Database, path: Path) -> float:
    """Load the rows and write their history by the store's own means; return how long that took, and take it back."""
    with writing():
        mine = ChangeSet(actor="nobody", kind="import")
        db.session.add(mine)
        db.session.commit()
        set_id, last = mine.id, int(db.session.scalar(text("SELECT max(id) FROM post")) or 0)
        db.session.rollback()
    load = _shell if target.store == "sqlite" else _copy
    history = HISTORY.format(set=set_id, last=last)
    took = seconds(lambda: load(target, path, history))
    with writing():
        db.session.execute(text(f"DELETE FROM change WHERE change_set_id = {set_id}"))
        db.session.execute(text(f"DELETE FROM post WHERE id > {last}"))
        db.session.commit()
    return took


def _shell(target: Database, path: Path, history: str) -> None:
    """Import as the shell does: rows one by one into the indexed table, in one transaction.

    The indexes call functions of ours, which the shell does not know: Python's own driver does what it does.
    """
    import sqlite3  # noqa: PLC0415 -- of this store alone

    connection = sqlite3.connect(make_url(target.url).database or "", isolation_level=None)
    give_functions(connection)
    places = ", ".join("?" * len(COLUMNS))
    with path.open(newline="") as file:
        connection.execute("BEGIN")
        connection.executemany(
            f"INSERT INTO post ({', '.join(COLUMNS)}) VALUES ({places})",
            csv.reader(file),
        )
        connection.execute(history)
        connection.execute("COMMIT")
    connection.close()


def _copy(target: Database, path: Path, history: str) -> None:
    url = make_url(target.url)
    with (
        psycopg.connect(f"host={url.query['host']} user=postgres dbname={url.database}") as connection,
        connection.cursor() as cursor,
        path.open("rb") as file,
        cursor.copy(f"COPY post ({', '.join(COLUMNS)}) FROM STDIN (FORMAT csv)") as copy,
    ):
        while piece := file.read(1024 * 1024):
            copy.write(piece)
    with psycopg.connect(f"host={url.query['host']} user=postgres dbname={url.database}") as connection:
        connection.execute(history)


# ---- ours


def posts() -> Access:
    """Return everybody's access to posts."""
    found = resource_of(Post)
    if found is None:
        message = "posts have no resource"
        raise RuntimeError(message)
    return access_to(found)


def upload_of(path: Path, staff_id: int) -> Upload:
    """Keep a file as if somebody had sent it."""
    with path.open("rb") as file, writing():
        upload = uploads.keep(db.session, staff_id=staff_id, resource="post", file_name=path.name, file=file)
        upload.reading = {"format": "csv", "encoding": "utf-8", "delimiter": ",", "titles": 1}
        db.session.commit()
    return upload


def planned(upload: Upload, options: ImportOptions, staff_id: int) -> int:
    """Have a worker make the plan; return its key."""
    with writing():
        plan_id = make_import_plan(posts(), upload, options, staff_id=staff_id).id
    if db.session.get_one(Plan, plan_id).state == PlanState.PLANNING:
        work(plan_id)
    return plan_id


def work(plan_id: int) -> None:
    """Do what a worker would do."""
    job = Job(arguments={"plan": plan_id}, staff_id=db.session.get_one(Plan, plan_id).staff_id)
    run_plan(job, Progress())


def carried_out(plan_id: int) -> None:
    """Agree, and have a worker carry the plan out."""
    agree(plan_id)
    work(plan_id)
    require(db.session.get_one(Plan, plan_id).state, PlanState.DONE)


def memory() -> float:
    """Return the most megabytes that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def say(what: str, ours: float, other: float, limit: float) -> None:
    """Print how long ours took beside the other."""
    print(f"{what}: {ours:.1f} s and {other:.1f} s: {ours / other:.2f} times (at most {limit:g})", flush=True)


def measure(target: Database, rows: int, updates: int, folder: Path) -> None:
    """Import new posts, then updates."""
    app = create_app({"DATABASE_URL": target.url}, instance_path=str(target.folder))
    file, plain, changed = folder / "posts.csv", folder / "rows.csv", folder / "updates.csv"
    write_posts(file, rows)
    write_rows(plain, rows)
    with app.app_context():
        staff_id = owner()
        loading = bare(target, plain)
        before = memory()
        upload = upload_of(file, staff_id)
        options = ImportOptions({0: "content", 1: "user_id"}, Mode.ADD, "", Empty.LEAVE)
        began = time.perf_counter()
        plan_id = planned(upload, options, staff_id)
        making = time.perf_counter() - began
        acting = seconds(lambda: carried_out(plan_id))
        print(f"{target.store}: planned in {making:.1f} s, carried out in {acting:.1f} s")
        say(
            f"{target.store}: {rows:,} new posts, and the store's own loading with history", making + acting, loading, 4
        )
        print(f"{target.store}: {memory() - before:.0f} MB more (at most 300)", flush=True)
        write_updates(changed, updates)
        reading = seconds(lambda: read_both(changed))
        upload = upload_of(changed, staff_id)
        options = ImportOptions({0: "id", 1: "content", 2: "user_id"}, Mode.UPDATE, "id", Empty.LEAVE)
        took = seconds(lambda: planned(upload, options, staff_id))
        say(
            f"{target.store}: {updates:,} updates planned of which a tenth differs, and reading file and rows",
            took,
            reading,
            2,
        )
        db.session.remove()
        db.engine.dispose()


def read_both(path: Path) -> None:
    """Read the file's cells as what they mean, and the records that they are about; compare nothing, and write nothing."""
    columns = {one.key: one for one in import_columns(posts().resource)}
    wanted = [FileColumn(place, columns[key]) for place, key in enumerate(("id", "content", "user_id"))]
    with path.open("rb") as file:
        source = open_source(file, lambda title: title in columns)
        for rows in batches(RowReader(wanted, ImportOptions({})).rows(source)):
            keys = [one.values["id"] for one in rows]
            db.session.scalars(select(Post).where(Post.id.in_(keys))).all()
            db.session.expunge_all()
    db.session.rollback()


def main() -> None:
    """Measure on each store."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--updates", type=int, default=100_000)
    parser.add_argument("--stores", default="sqlite,postgresql")
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.folder or Path(temporary)
        for store in chosen.stores.split(","):
            with postgres(folder) if store == "postgresql" else nullcontext() as socket:
                target = database(store, chosen.updates, folder, socket=socket, peers=False)
                build(target)
                measure(target, chosen.rows, chosen.updates, folder)


if __name__ == "__main__":
    main()
