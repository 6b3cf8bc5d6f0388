"""Behind a pooler that gives each transaction another connection, limits hold, and hold for nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import func, make_url, select, text
from sqlalchemy.exc import OperationalError

from admin_app import create_app
from admin_app.cli.check_database import Processes, database_in_words, problems
from admin_app.cli.upgrade import upgrade_tables
from admin_app.context import autocommit, time_limit, writing
from admin_app.db import startup_lock
from admin_app.db.connection import is_timeout
from admin_app.errors import ConfigurationError
from admin_app.extensions import db
from admin_app.jobs import store as job_store
from admin_app.jobs.runner import run_job
from admin_app.models.job import Job, JobState
from admin_app.models.post import Post
from admin_app.web import modes
from tests.client import Client
from tests.many import many
from tests.pooler import pooler
from tests.stores import emptied

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.postgres, pytest.mark.scale]


@pytest.fixture(scope="module")
def pooled_app(pooled_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Make the application behind the pooler, its tables made through it too."""
    app = create_app({"DATABASE_URL": pooled_url}, instance_path=str(tmp_path_factory.mktemp("pooled")))
    app.config["TESTING"] = True
    app.test_client_class = Client
    with app.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
    yield app
    app.extensions["jobs"].close()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(pooled_app: Flask) -> Flask:
    """Return it with every table empty."""
    return emptied(pooled_app)


def test_a_page_has_its_time_limit_and_nobody_after_it(app: Flask) -> None:
    with app.app_context():
        with time_limit(0.2), autocommit(), pytest.raises(OperationalError) as caught:
            db.session.execute(text("SELECT pg_sleep(30)"))
        db.session.rollback()
        # Whoever has any of the connections next.
        limits = {db.session.scalar(text("SHOW statement_timeout")) for _ in range(10) if not db.session.rollback()}

    assert (is_timeout(caught.value), limits) == (True, {"0"})


def test_pages_and_saves_of_many_at_once_are_all_answered(app: Flask, as_owner: Any, make_user: Any) -> None:
    users = [make_user().id for _ in range(8)]
    form, cookie = (
        as_owner.token_of(f"/admin/user/edit/?id={users[0]}"),
        as_owner.get_cookie(app.config["SESSION_COOKIE_NAME"]),
    )

    def work(user: int) -> list[int]:
        client = app.test_client()
        client.set_cookie(cookie.key, cookie.value)
        sent = {"csrf_token": form, "name": f"New {user}", "email": f"new{user}@example.com", "_version": "1"}
        lists = [client.get("/admin/user/?q=user").status_code for _ in range(7)]
        return [*lists, client.post(f"/admin/user/edit/?id={user}", data=sent).status_code]

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(work, users))

    assert statuses == [[200] * 7 + [303]] * 8


def test_a_download_and_a_job_read_rows_to_the_last(app: Flask, as_owner: Any, owner: Any) -> None:
    many(app, Post, [{"content": f"Post {number}"} for number in range(3000)])

    download = as_owner.get("/admin/post/export/csv/")
    with app.app_context(), writing():
        arguments = {"resource": "post", "format": "csv", "columns": ["id"], "selection": [], "options": {}}
        job = job_store.submit(db.session, kind="export", staff_id=owner.id, title="Posts", arguments=arguments)
        db.session.commit()
        job_id, queue = job.id, app.extensions["jobs"]
        queue.wake(job_id)
        woken = queue.huey.dequeue()
        run_job(job_id, queue.files, queue.work)
        ended = db.session.get(Job, job_id)
        said = (ended.state, ended.error)
        count = db.session.scalar(select(func.count(Post.id)))

    assert (download.text.count("\n"), count) == (3001, 3000)
    assert (woken.args, said) == ([job_id], (JobState.DONE, ""))


def test_no_page_and_no_save_waits_for_a_second_connection_while_it_has_one(
    app: Flask, as_owner: Any, make_user: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_user(name="Ann", email="ann@example.com").id
    form, sent = f"/admin/user/edit/?id={user}", {"name": "Anna", "email": "ann@example.com", "_version": "1"}
    # Every page asks whether the dashboard is being maintained.
    monkeypatch.setattr(modes, "FRESH", 0)
    cookie = as_owner.get_cookie(app.config["SESSION_COOKIE_NAME"])
    with app.app_context():
        server = Path(str(db.session.scalar(text("SHOW unix_socket_directories"))))

    with pooler(server, size=1) as url:
        settings = {"DATABASE_URL": url, "ADMIN_SECRET_KEY": app.config["SECRET_KEY"]}
        narrow = create_app(settings, instance_path=str(tmp_path))
        narrow.test_client_class = Client
        client = narrow.test_client()
        client.set_cookie(cookie.key, cookie.value)
        statuses = [client.get("/admin/user/").status_code, client.post_form(form, sent).status_code]
        narrow.extensions["jobs"].close()
        monkeypatch.setattr(startup_lock, "PATIENCE", 0.2)
        with narrow.app_context():
            # Nothing is pending, so nothing is locked.
            upgrade_tables(narrow)
            with pytest.raises(ConfigurationError) as refused:
                flask_migrate.upgrade(directory=str(ROOT / "migrations"))
            db.engine.dispose()
        waited = "query_wait_timeout" in Path(str(make_url(url).query["host"]), "log").read_text()

    assert (statuses, waited) == ([200, 303], False)
    assert str(refused.value) == startup_lock.ALONE


def test_the_queue_is_looked_at_where_nobody_can_be_woken(app: Flask) -> None:
    storage = app.extensions["jobs"].huey.storage
    storage.queue_size()

    assert storage.blocking is False


def test_check_says_what_stands_in_between(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        words, found = database_in_words(connection), list(problems(connection, Processes(64, 64, 64)))

    assert (words.partition(",")[2], found) == (
        " behind a connection pooler: each transaction is told its time limit, and no statement is prepared.",
        [],
    )
