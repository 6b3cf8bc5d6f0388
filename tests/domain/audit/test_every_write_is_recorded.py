"""Every row that the package writes into a recorded table is in the history: counted by what the database was sent."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from admin_app.db.json_values import recorded_models
from admin_app.extensions import db
from admin_app.models.change_set import Change
from tests.page import Page

PACKAGE = Path(__file__).resolve().parents[3] / "admin_app"
# Where statements may be sent that change many rows: each of them is recorded, or says why not.
SENDERS = {f"domain/audit/{name}.py" for name in ("bulk", "links", "undo_sql", "recorder", "entry", "reader")} | {
    # What is carried out of a plan is recorded by the statement before, and what it makes by the one after.
    *(f"domain/plan/{name}.py" for name in ("carry_out", "creation")),
    "domain/demo.py",
}
# Sessions and second factors, counts of failures, jobs, plans, redirects, inboxes, what somebody likes, types, ticks, watches or
# has open are no records.
OTHERS = {
    # What is forgotten is to be in no history.
    *(f"domain/forgetting/{name}.py" for name in ("accounts", "forget", "pointing", "texts")),
    *(
        f"domain/auth/{name}.py"
        for name in (
            "after_restore",
            "company_sign_in",
            "directory",
            "failed_sign_ins",
            "passkeys",
            "passwords",
            "sessions",
            "throttle",
            "two_factor",
        )
    ),
    *(
        f"domain/work/{name}.py"
        for name in (
            *("digests", "drafts", "found_groups", "idempotency", "inbox"),
            *("notes", "opened", "presence", "saved_views", "ticks", "watching"),
        )
    ),
    *(f"domain/plan/{name}.py" for name in ("import_checks", "checks", "lines", "missing", "plan")),
    *(f"domain/records/{name}.py" for name in ("following", "redirects")),
    # A command of this name.
    "cli/plan.py",
    "domain/preferences.py",
    *("jobs/files.py", "jobs/store.py", "jobs/stored_files.py", "jobs/uploads.py"),
    # That an export began is replaced by how many rows it had.
    "transfer/export/export_audit.py",
}


@pytest.fixture
def written(app: Flask) -> Callable[[], Counter[str]]:
    """Count the rows of recorded tables that statements changed since."""
    counts: Counter[str] = Counter()
    wanted = re.compile(rf"(INSERT INTO|UPDATE|DELETE FROM) \"?({'|'.join(recorded_models())})\"?[ (]")

    def note(_connection: Any, cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:  # noqa: FBT001 -- SQLAlchemy's signature
        if found := wanted.match(statement):
            # SQLite knows the number of returned rows when they were fetched, so they are counted as they were sent.
            sent = len(parameters) if many else statement.count("), (") + 1
            counts[found[2]] += sent if " RETURNING " in statement else cursor.rowcount

    with app.app_context():
        engine = db.engine
    event.listen(engine, "after_cursor_execute", note)
    yield lambda: counts  # type: ignore[misc] # a fixture
    event.remove(engine, "after_cursor_execute", note)


def recorded(app: Flask) -> Counter[str]:
    with app.app_context():
        return Counter(dict(db.session.execute(select(Change.model, func.count()).group_by(Change.model)).all()))  # type: ignore[arg-type] # rows are pairs


def test_what_people_do_is_recorded_row_by_row(  # noqa: PLR0917 -- fixtures
    written: Any, app: Flask, as_owner: Any, as_nobody: Any, make_user: Any, make_post: Any, password: str
) -> None:
    user, heir = make_user(), make_user()
    for _ in range(3):
        make_post(user=user)
    new = "/admin/staff/new/"
    as_owner.post_form(
        new, {"name": "Ann", "email": "ann@example.com", "roles": "editor", "is_active": "y", "password": password}
    )
    as_nobody.post_form("/sign-in", {"email": "ann@example.com", "password": password})
    as_nobody.post_form("/admin/user/new/", {"name": "Bea", "email": "bea@example.com"})
    as_nobody.post_form(f"/admin/user/edit/?id={heir.id}", {"name": "Heir", "email": "heir@example.com"})
    account = {"current_password": password, "new_password": "another long password"}
    as_nobody.post_form("/admin/account/", account)
    for fate in ({"fate.posts": "give", "heir.posts": str(heir.id)}, {"fate.posts": "keep"}):
        key = user.id if "heir.posts" in fate else heir.id
        page = Page(as_nobody.get(as_nobody.post_form(f"/admin/user/delete/?id={key}", fate).location))
        form = page.all("form", class_="undo")[-1]
        sent = {one.attributes["name"]: one.attributes["value"] for one in form.all("input")}
        assert as_nobody.post("/admin/activity/undo/", data=sent).status_code == 303

    counts = written()

    assert counts == recorded(app)
    assert counts["post"] == 3 + 2 * 3


def test_no_other_part_of_the_package_sends_statements_over_many_rows() -> None:
    sends = re.compile(r"(?<![.\w])(insert|update|delete)\(|\.(insert|update|delete)\(\)|bulk_(save|insert|update)")
    found = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if sends.search("\n".join(line for line in path.read_text().splitlines() if "import" not in line))
    }

    assert found - OTHERS <= SENDERS
