"""Pages that are read from a replica: whoever wrote reads what they wrote, and where it fails the primary answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, event, select, text

from admin_app import create_app
from admin_app.cli.check_replica import replica_findings, replica_in_words
from admin_app.db import replica as db_replica
from admin_app.db.replica import Replica, written
from admin_app.errors import ConfigurationError
from admin_app.extensions import db
from admin_app.jobs.queue import the_queue
from admin_app.jobs.runner import run_job
from admin_app.models.job import Job
from admin_app.web.replica import the_replica
from tests.client import Client
from tests.stores import emptied

pytestmark = [pytest.mark.postgres, pytest.mark.scale]
LIST = "/admin/user/?sort=name"
AGE = "This page shows the data as they were"


@pytest.fixture(scope="module")
def whole_app(
    app_on: Callable[[str], Flask], postgres_url: str, replica_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """Make the application on the tests' PostgreSQL and its replica."""
    app_on("postgres")
    settings = {"DATABASE_URL": postgres_url, "ADMIN_REPLICA_URL": replica_url}
    app = create_app(settings, instance_path=str(tmp_path_factory.mktemp("replica")))
    app.config["TESTING"] = True
    app.test_client_class = Client
    yield app
    app.extensions["jobs"].close()
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture(scope="module")
def on_replica(whole_app: Flask) -> Iterator[Callable[..., Any]]:
    """Ask the replica something, past the dashboard."""
    with whole_app.app_context():
        url = db.engines["replica"].url
    engine = create_engine(url, isolation_level="AUTOCOMMIT")

    def ask(statement: str) -> Any:
        with engine.connect() as connection:
            return connection.execute(text(statement)).scalar()

    yield ask
    engine.dispose()


@pytest.fixture
def app(whole_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Return it with every table empty, looking at the replica anew for each page, however far that is behind."""
    monkeypatch.setattr(db_replica, "FRESH", 0)
    monkeypatch.setattr(db_replica, "PAUSE", 0)
    return emptied(whole_app)


@pytest.fixture
def paused(app: Flask, on_replica: Callable[..., Any]) -> Iterator[Callable[[], None]]:
    """Let the replica stand still until the test is over, and wait then until it has everything."""
    yield lambda: on_replica("SELECT pg_wal_replay_pause()")
    on_replica("SELECT pg_wal_replay_resume()")
    with app.app_context(), db.engine.connect() as connection:
        place = written(connection)
        while not the_replica().has(place):
            time.sleep(0.01)


@pytest.fixture
def sent(whole_app: Flask) -> Iterator[list[str]]:
    """Return the statements that the replica is sent."""
    with whole_app.app_context():
        replica: Engine = db.engines["replica"]
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(replica, "before_cursor_execute", note)
    yield sent
    event.remove(replica, "before_cursor_execute", note)


@pytest.fixture
def asked(sent: list[str]) -> Callable[[Any, str], tuple[int, bool]]:
    """Return how a page was answered, and whether its rows were read from the replica."""

    def ask(client: Any, path: str) -> tuple[int, bool]:
        sent.clear()
        status = client.get(path).status_code
        return status, any('"user"' in statement for statement in sent)

    return ask


def test_pages_that_only_read_are_read_from_the_replica(make_user: Any, as_owner: Any, asked: Any) -> None:
    user = make_user(name="Ann").id
    paths = [LIST, f"/admin/user/details/?id={user}", "/admin/search/?q=Ann", "/admin/user/export/csv/?sort=name"]

    answers = [asked(as_owner, path) for path in paths]
    form = asked(as_owner, f"/admin/user/edit/?id={user}")

    assert answers == [(200, True)] * 4
    # What is saved afterwards is compared with the newest version.
    assert form == (200, False)


def test_who_wrote_reads_it_and_others_are_told_how_old_a_page_is(
    paused: Callable[[], None], make_user: Any, as_owner: Any, as_viewer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_user(name="Ann", email="ann@example.com").id
    as_viewer.get(LIST)
    paused()
    form = {"name": "Anna", "email": "ann@example.com", "_version": "1"}

    saved = as_owner.post_form(f"/admin/user/edit/?id={user}", form).status_code
    own, others = as_owner.get(LIST).text, as_viewer.get(LIST).text
    monkeypatch.setattr("admin_app.web.replica.SAID", 0)
    told = as_viewer.get(LIST).text
    # It looks stopped for so long that nobody is led there any more.
    monkeypatch.setattr(db_replica, "MOST_LAG", -1)
    late = as_viewer.get(LIST).text

    assert saved == 303
    assert ("Anna" in own, "Anna" in others, "Anna" in told, "Anna" in late) == (True, False, False, True)
    assert (AGE in own, AGE in others, AGE in told) == (False, False, True)


@pytest.mark.usefixtures("by_jobs")
def test_a_job_reads_the_replica_once_that_has_its_order(
    app: Flask, paused: Callable[[], None], make_user: Any, as_owner: Any, sent: list[str]
) -> None:
    def exported() -> tuple[bool, bytes]:
        sent.clear()
        form = {"format": "csv", "column": ["name"], "delimiter": "comma", "long_text": "cut"}
        assert as_owner.post_form("/admin/user/export/?sort=id", form).status_code == 303
        with app.app_context():
            job = db.session.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one()
            queue = the_queue()
            run_job(job.id, queue.files, queue.work)
            return any('"user"' in one for one in sent), b"".join(queue.files.read(job.id, 1) or ())

    make_user(name="Ann")
    caught_up = exported()
    paused()
    make_user(name="Ben")
    behind = exported()

    assert [caught_up, behind] == [
        (True, b"Name\r\nAnn\r\n"),
        (False, b"Name\r\nAnn\r\nBen\r\n"),
    ]


def test_what_was_made_a_moment_ago_is_found_by_others_too(
    paused: Callable[[], None], make_user: Any, as_viewer: Any
) -> None:
    paused()
    user = make_user(name="Ann").id

    page = as_viewer.get(f"/admin/user/details/?id={user}")

    assert (page.status_code, "Ann" in page.text) == (200, True)


def test_a_replica_that_fails_within_a_page_is_left_for_the_primary(
    app: Flask, make_user: Any, as_owner: Any, on_replica: Any
) -> None:
    make_user(name="Ann")
    as_owner.get(LIST)
    with app.app_context():
        replica = db.engines["replica"]
    ended = iter([True])

    def end(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        # Another connection ends this one, as a replica does that stops, in the middle of the page, once.
        if '"user"' in statement and next(ended, False):
            on_replica(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )

    event.listen(replica, "before_cursor_execute", end)
    page, file = as_owner.get(LIST), None
    ended = iter([True])
    file = as_owner.get("/admin/user/export/csv/?sort=name")
    event.remove(replica, "before_cursor_execute", end)

    assert (page.status_code, "Ann" in page.text) == (200, True)
    assert (file.status_code, file.text.count("\n")) == (200, 2)


def test_a_replica_that_is_away_is_left_alone_for_a_while(app: Flask) -> None:
    gone = create_engine("postgresql+psycopg://postgres@/postgres?host=/nowhere")
    with app.app_context():
        replica = Replica(db.engine, gone)

        first = (replica.has(0), replica.state.problem)
        said = (replica_in_words(replica), [one.problem for one in replica_findings(replica)])
        # The primary itself would never fall behind.
        primary = [one.problem for one in replica_findings(Replica(db.engine, db.engine))]

    assert first == (False, "The database server does not answer.")
    assert said == ("Nothing is read from the replica.", ["The database server does not answer."])
    assert primary == ["The server of ADMIN_REPLICA_URL is no replica."]


def test_check_says_how_far_a_replica_is_behind(app: Flask) -> None:
    with app.app_context():
        replica = the_replica()

        assert (replica_in_words(replica), list(replica_findings(replica))) == (
            "Pages and downloads are read from a replica, 0 seconds behind.",
            [],
        )


def test_sqlite_has_no_replicas(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        create_app({"ADMIN_REPLICA_URL": "postgresql://replica/name"}, instance_path=str(tmp_path))

    assert str(refused.value) == "ADMIN_REPLICA_URL needs a DATABASE_URL of PostgreSQL: SQLite has no replicas."
