"""What acts on many records cost: 100,000 planned, carried out and undone beside bare SQL, a million beside people at work.

    PYTHONPATH=. python benchmarks/plans.py [--rows 100000] [--many 1000000] [--stores sqlite,postgresql] [--folder DIR]

Every post of a database is given to another user. Ours and the bare statements take turns, so that a busy machine slows
both alike. The million runs on `manage.py run`, whose worker does it while lists are opened and posts are saved.
"""

from __future__ import annotations

import argparse
import http.client
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import select, text
from werkzeug.datastructures import MultiDict

from admin_app import create_app
from admin_app.context import writing
from admin_app.db.string_set import StringSet
from admin_app.domain.audit.undo import undo
from admin_app.domain.plan import plan as plans
from admin_app.extensions import db
from admin_app.jobs import store as job_store
from admin_app.jobs.queue import the_queue
from admin_app.jobs.runner import Progress
from admin_app.models.change_set import ChangeSet
from admin_app.models.job import Job
from admin_app.models.plan import Plan, PlanLine, PlanState
from admin_app.models.post import Post
from admin_app.models.role import OWNER
from admin_app.models.staff import Staff
from admin_app.panel.access.access import access_to
from admin_app.panel.list.selections import plain_selection
from admin_app.panel.plan.jobs import run_plan
from admin_app.panel.plan.making import KIND, make_plan
from admin_app.panel.plan.operations.editing import read_edit
from admin_app.panel.registry import resource_of
from benchmarks.common.data import Database, build, database, sign_in
from benchmarks.common.forms import Form
from benchmarks.common.postgres import postgres
from benchmarks.common.site import HOST, ROOT, Site, started

ROUNDS = 3
FEW = 1000
LIST = "/admin/post/"
# Lists and saves before the job begins, and the seconds between two of a person's while it runs.
IDLE, LOOK = 40, 0.25

LINES = (
    "INSERT INTO plan_line (plan_id, number, record_id, version, verdict, problem, before, after) "
    "SELECT :plan, id, id, version, 'change', '', '{\"user_id\"\\:1234}', '{\"user_id\"\\:5678}' FROM post"
)
CHANGES = (
    "INSERT INTO change (change_set_id, model, record_id, act, title, version, before, after) "
    "SELECT :set, 'post', id, 'update', 'Post ' || id, version + 1, '{\"user_id\"\\:1234}', '{\"user_id\"\\:5678}' FROM post"
)
UPDATE = "UPDATE post SET user_id = 1, version = version + 1, updated_at = :now"


# ---- so many at once


@dataclass
class Times:
    """What an act took in each round, and what is measured beside it, in seconds."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    def add(self, ours: float, bare: float) -> None:
        """Note a round."""
        self.ours.append(ours)
        self.bare.append(bare)

    def say(self, name: str, limit: float) -> None:
        """Print the medians and how they compare."""
        ours, bare = statistics.median(self.ours), statistics.median(self.bare)
        print(f"{name}: {ours:.2f} s and {bare:.2f} s: {ours / bare:.2f} times (at most {limit:g})", flush=True)


def measure_acts(target: Database) -> None:
    """Plan, carry out and undo, each beside the bare statements; the first round is for nothing."""
    app = create_app({"DATABASE_URL": target.url}, instance_path=str(target.folder))
    planning, acting, undoing = Times(), Times(), Times()
    with app.app_context():
        staff_id = owner()
        for number in range(-1, ROUNDS):
            plan_id = asked(2 + ROUNDS + number, staff_id)
            bare_lines, bare_changes = bare_planning(plan_id), bare_acting()
            planned, done, undone = (
                seconds(work_on, plan_id),
                seconds(agree_and_work, plan_id),
                seconds(undo_of, plan_id),
            )
            if number >= 0:
                planning.add(planned, bare_lines)
                acting.add(done, bare_changes)
                undoing.add(undone, done)
        db.session.remove()
        db.engine.dispose()
    planning.say(f"{target.posts:,} edits planned, and the bare SELECT and INSERT", 2)
    acting.say(f"{target.posts:,} edits carried out, and the bare UPDATE and INSERT", 3)
    undoing.say(f"{target.posts:,} edits undone, and the act", 1.5)


def asked(user: int, staff_id: int) -> int:
    """Ask for a plan that gives posts to a user."""
    resource = resource_of(Post)
    if resource is None:
        message = "posts have no resource"
        raise RuntimeError(message)
    access = access_to(resource)
    operation = read_edit(access, MultiDict([("change", "user"), ("value.user", str(user))]))
    with writing():
        selection = plain_selection(access, [])
        return make_plan(access, selection, operation, scope="posts", listed=None, staff_id=staff_id).id


def work_on(plan_id: int) -> None:
    """Do what a worker would do."""
    job = db.session.get_one(Job, db.session.get_one(Plan, plan_id).job_id)
    db.session.expunge(job)
    run_plan(job, Progress())


def agree_and_work(plan_id: int) -> None:
    """Agree to a plan, and carry it out as a worker would."""
    agree(plan_id)
    work_on(plan_id)
    require(db.session.get_one(Plan, plan_id).state, PlanState.DONE)


def agree(plan_id: int) -> None:
    """Agree to a plan."""
    with writing():
        plans.agree(db.session, db.session.get_one(Plan, plan_id))
        db.session.commit()


def undo_of(plan_id: int) -> None:
    """Undo what a plan did."""
    with writing():
        undo(db.session, db.session.get_one(ChangeSet, db.session.get_one(Plan, plan_id).change_set_id))
        db.session.commit()


def bare_planning(plan_id: int) -> float:
    """Find the posts, and write as many lines, by nothing but SQL; return how long that took."""

    def work() -> None:
        db.session.execute(text("SELECT id FROM post")).fetchall()
        db.session.execute(text(LINES), {"plan": plan_id})
        db.session.commit()

    with writing():
        took = seconds(work)
        db.session.execute(text("DELETE FROM plan_line WHERE plan_id = :plan"), {"plan": plan_id})
        db.session.commit()
    return took


def bare_acting() -> float:
    """Change the posts and write as many changes, by nothing but SQL; return how long that took."""

    def work() -> None:
        db.session.execute(text(UPDATE), {"now": datetime.now(UTC).replace(tzinfo=None)})
        db.session.execute(text(CHANGES), {"set": bare.id})
        db.session.commit()

    bare = ChangeSet(actor="nobody", kind="import")
    with writing():
        db.session.add(bare)
        db.session.flush()
        took = seconds(work)
        db.session.execute(text("DELETE FROM change WHERE change_set_id = :set"), {"set": bare.id})
        db.session.commit()
    return took


def owner() -> int:
    """Return the key of a new person who may do everything."""
    name = secrets.token_hex(4)
    with writing():
        staff = Staff(name=name, email=f"{name}@example.com", roles=StringSet([OWNER]), password_hash="-")  # noqa: S106 -- opens nothing
        db.session.add(staff)
        db.session.commit()
        return staff.id


# ---- a million, beside people


class Beside:
    """A person who opens lists and saves posts, with what that took in seconds, and the server's memory in megabytes."""

    def __init__(self, site: Site, name: str) -> None:
        """Look at nothing yet."""
        self.site, self.name = site, name
        self.lists: list[float] = []
        self.saves: list[float] = []
        self.memory: list[float] = []

    def look(self) -> None:
        """Open the list, and save a post that the act is over with, or has still to come to."""
        took, _ = self.ask("GET", LIST)
        self.lists.append(took)
        path = f"{LIST}edit/?id={1 + secrets.randbelow(FEW)}"
        sent = Form(self.ask("GET", path)[1], "content").fields
        sent["content"] = f"{sent['content'].split(' · ')[0]} · {time.perf_counter_ns()}"
        self.saves.append(self.ask("POST", path, urlencode(sent))[0])
        self.memory.append(self.site.memory())
        time.sleep(LOOK)

    def say(self, quiet: Beside) -> None:
        """Print it beside the same while nothing else ran."""
        times = statistics.median(self.lists) / statistics.median(quiet.lists)
        print(f"{self.name}:")
        print(f"  a list takes {_spread(self.lists)}: {times:.2f} times {_spread(quiet.lists)} (at most 2)")
        print(f"  a save takes {_spread(self.saves)}; {_spread(quiet.saves)} idle (at most 500 ms)")
        print(f"  memory at most {max(self.memory):.0f} MB; {max(quiet.memory):.0f} MB idle (300 MB more)", flush=True)

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[float, str]:
        """Return how long an answer took, and its text."""
        connection = http.client.HTTPConnection(HOST, self.site.port, timeout=300)
        headers = {"Cookie": self.site.cookie, "Referer": f"http://{HOST}:{self.site.port}/"}
        headers |= {} if body is None else {"Content-Type": "application/x-www-form-urlencoded"}
        began = time.perf_counter()
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        content = response.read().decode()
        took = time.perf_counter() - began
        self.site.remember(response)
        connection.close()
        # The job may change a post between its form and its save: that is an answer, too.
        wanted = {HTTPStatus.OK} if method == "GET" else {HTTPStatus.SEE_OTHER, HTTPStatus.CONFLICT}
        require(response.status in wanted, True)  # noqa: FBT003 -- it is found and wanted
        return took, content


def measure_beside(target: Database) -> None:
    """Let the server's worker plan and carry out, while somebody opens lists and saves posts."""
    command = [sys.executable, str(ROOT / "manage.py"), "run", "--port", "{port}"]
    cookie, app = sign_in(target), create_app(target.environment, instance_path=str(target.folder))
    with app.app_context(), started(command, target.environment, target.folder, cookie=cookie) as (site, _):
        staff_id = db.session.scalars(select(Staff.id).order_by(Staff.id.desc())).first() or 0
        db.session.rollback()
        quiet = Beside(site, "idle")
        for _ in range(IDLE):
            quiet.look()
        plan_id = asked(2 + secrets.randbelow(FEW), staff_id)
        look_while_it_works(plan_id, Beside(site, f"{target.posts:,} edits are planned"), quiet)
        agree(plan_id)
        hand_over(plan_id, staff_id)
        look_while_it_works(plan_id, Beside(site, f"{target.posts:,} edits are carried out"), quiet)
        require(db.session.get_one(Plan, plan_id).state, PlanState.DONE)
        measure_pages(site, plan_id)
        db.session.remove()
        db.engine.dispose()


def look_while_it_works(plan_id: int, busy: Beside, quiet: Beside) -> None:
    """Open lists and save posts until a plan's job has ended."""
    began = time.perf_counter()
    while is_open(plan_id):
        busy.look()
    busy.name += f" in {time.perf_counter() - began:.0f} s"
    busy.say(quiet)


def is_open(plan_id: int) -> bool:
    """Whether the job of a plan still works on it."""
    db.session.rollback()
    found = db.session.get_one(Job, db.session.get_one(Plan, plan_id).job_id).state in job_store.OPEN
    db.session.rollback()
    return found


def hand_over(plan_id: int, staff_id: int) -> None:
    """Let the worker carry a plan out."""
    plan = db.session.get_one(Plan, plan_id)
    with writing():
        job = job_store.submit(db.session, kind=KIND, staff_id=staff_id, title="Plan", arguments={"plan": plan_id})
        db.session.flush()
        plan.job_id = job.id
        db.session.commit()
    the_queue().wake(job.id)


def measure_pages(site: Site, plan_id: int) -> None:
    """Open a plan of few lines and this one in turn, their first pages."""
    pages = {FEW: Beside(site, ""), 0: Beside(site, "")}
    keys = {FEW: small_copy(plan_id), 0: plan_id}
    for _ in range(IDLE):
        for size, one in pages.items():
            one.lists.append(one.ask("GET", f"{LIST}plan/?id={keys[size]}")[0])
    small, large = (statistics.median(one.lists[5:]) for one in pages.values())
    print(
        f"the first page of a plan: {large * 1000:.1f} ms, of one of {FEW:,} {small * 1000:.1f} ms: {large / small:.2f} times"
    )


def small_copy(plan_id: int) -> int:
    """Make a plan that has the first lines of another one."""
    whole = db.session.get_one(Plan, plan_id)
    kept = {column.key: getattr(whole, column.key) for column in Plan.__mapper__.columns if column.key != "id"}
    with writing():
        small = Plan(**kept)
        db.session.add(small)
        db.session.flush()
        columns = ", ".join(column.name for column in PlanLine.__table__.columns if column.name != "plan_id")
        copy = f"INSERT INTO plan_line (plan_id, {columns}) SELECT :small, {columns} FROM plan_line WHERE plan_id = :whole ORDER BY number LIMIT {FEW}"
        db.session.execute(text(copy), {"small": small.id, "whole": plan_id})
        db.session.commit()
        return small.id


# ---- helpers


def seconds(act: Callable[..., object], *arguments: object) -> float:
    """Return how long it takes."""
    began = time.perf_counter()
    act(*arguments)
    return time.perf_counter() - began


def require(found: object, wanted: object) -> None:
    """Stop where something came out otherwise: what was measured would mean nothing."""
    if found != wanted:
        message = f"{found}, not {wanted}"
        raise RuntimeError(message)


def _spread(times: Sequence[float]) -> str:
    """Write the median and the longest."""
    return f"{statistics.median(times) * 1000:.0f} ms (longest {max(times) * 1000:.0f} ms)"


def main() -> None:
    """Measure each store, and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000, help="edits beside bare SQL, 0 for none")
    parser.add_argument("--many", type=int, default=1_000_000, help="edits beside people at work, 0 for none")
    parser.add_argument("--stores", type=lambda names: names.split(","), default="sqlite,postgresql")
    parser.add_argument("--folder", type=Path, help="where the data is kept for the next time, as that of `lists.py`")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}")
    with tempfile.TemporaryDirectory(prefix="admin-plans-", ignore_cleanup_errors=True) as name:
        folder = options.folder or Path(name)
        for store in options.stores:
            with postgres(folder / "postgres") if store == "postgresql" else nullcontext(None) as socket:
                print(f"\n{store}", flush=True)
                for number, measure in ((options.rows, measure_acts), (options.many, measure_beside)):
                    if number:
                        target = database(store, number, folder, socket=socket, peers=False)
                        build(target)
                        measure(target)


if __name__ == "__main__":
    main()
