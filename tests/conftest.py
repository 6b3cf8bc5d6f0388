"""What every test may ask for: a clean store, a cast, clients signed in as them, and the statements sent."""

from __future__ import annotations

import gc
import math
import os
import socket
from collections.abc import Callable, Generator, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask, has_app_context

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.panel.cards import board, cache
from admin_app.panel.everywhere import search
from admin_app.panel.list import list_counts
from admin_app.web import modes

pytest_plugins = [
    "tests.bucket",
    "tests.cast",
    "tests.pooler",
    "tests.provider",
    "tests.routes",
    "tests.stores",
    "tests.subject",
]

# What is imported and collected stays, so it is no garbage.
gc.disable()

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"

# The examples of a property are the same ones every time, for a test to say the same of the same code: FUZZ=1 tries others,
# and more of them.
hypothesis.settings.register_profile("same", derandomize=True, database=None, max_examples=40)
hypothesis.settings.load_profile("default" if os.environ.get("FUZZ") else "same")

# Coverage is measured by the tests in these folders, of some as they run on SQLite alone, by those marked `covers`, and by what
# a session arranges for all: a traced test takes four fifths as long again. So those of a second or more that reach no branch
# of their own are marked `no_cover`. A branch that no traced test reaches counts as untested.
COVERING = ("kinds", "relations")
COVERING_ON_SQLITE = ("domain", "transfer")

# Tests of theirs take half a minute or more: begun last, one would keep one processor busy and the others idle. The longest first.
LONGEST = (
    "test_shapes.py",
    "test_key_shapes.py",
    "test_third_model.py",
    "test_relation_shapes.py",
    "test_new_kind.py",
    "test_whole_setup.py",
    "test_restoring.py",
    "test_every_route.py",
    "test_migrations.py",
    "test_undo_properties.py",
    "test_stalled.py",
    "test_real_data.py",
    "test_every_id.py",
    "test_every_page.py",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let each process begin with its part of the longest: each is given as many tests, in the order that they have here."""
    processes = int(getattr(config, "workerinput", {}).get("workercount", 1))
    longest = sorted(
        (item for item in items if item.path.name in LONGEST), key=lambda item: LONGEST.index(item.path.name)
    )
    others = [item for item in items if item.path.name not in LONGEST]
    shares = [
        others[len(others) * part // processes : len(others) * (part + 1) // processes] for part in range(processes)
    ]
    items[:] = [item for part, share in enumerate(shares) for item in (*longest[part::processes], *share)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Trace only the tests that coverage is measured by; of the others not what they arrange, either."""
    coverage = _coverage(item.config)
    # pytest-cov sees to the last itself, and nobody may stop twice what runs once.
    if coverage is None or _is_measured(item) or item.get_closest_marker("no_cover"):
        return (yield)
    coverage.pause()
    try:
        return (yield)
    finally:
        coverage.resume()


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: pytest.FixtureRequest) -> Generator[None, Any, Any]:
    """Trace what is arranged once for all, whichever test is the first to ask for it."""
    coverage = _coverage(request.config)
    if coverage is None or coverage.started or fixturedef.scope != "session":
        return (yield)
    coverage.resume()
    try:
        return (yield)
    finally:
        coverage.pause()


def _is_measured(item: pytest.Item) -> bool:
    """Whether the test is one of those that coverage is measured by."""
    folder = item.path.relative_to(ROOT / "tests").parts[0]
    is_second_store = "postgres" in item.name
    is_covering = folder in COVERING or (folder in COVERING_ON_SQLITE and not is_second_store)
    return is_covering or item.get_closest_marker("covers") is not None


def _coverage(config: pytest.Config) -> Any:
    """Return what pytest-cov measures with, if it measures."""
    return getattr(config.pluginmanager.getplugin("_cov"), "cov_controller", None)


def pytest_xdist_auto_num_workers() -> int:
    """Run two processes more than there are processors: each waits two fifths of its time for a browser, a server or a database.

    One more would take a quarter of a minute of a processor to start, and find nobody waiting.
    """
    return (os.cpu_count() or 1) + 2


def pytest_collection_finish() -> None:
    """Let Python look for garbage less often, and not through what is there before the first test, which is much and stays."""
    gc.freeze()
    gc.set_threshold(10_000)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def patient_pages() -> Iterator[None]:
    """Let the home page and the search of everything take their time, and keep no number: a machine with much else to do would show other cards."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("LIMIT", "WHOLE_LIMIT", "LIST_LIMIT"):
            patch.setattr(board, name, 60)
        for name in ("LIMIT", "WHOLE_LIMIT"):
            patch.setattr(search, name, 60)
        patch.setattr(cache, "KEPT_FROM", math.inf)
        yield


@pytest.fixture(scope="session", autouse=True)
def usual_mode() -> Iterator[None]:
    """Let no process ask whether the dashboard is being maintained: the number of a page's statements would depend on the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(modes, "FRESH", math.inf)
        yield


@pytest.fixture(scope="session", autouse=True)
def quiet_navigation() -> Iterator[None]:
    """Let no process count lists for the navigation, for the same reason; what a list itself counted is there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(list_counts, "FRESH", math.inf)
        yield


# ---- records


@pytest.fixture
def keep(app: Flask) -> Callable[[Any], Any]:
    """Store a record; outside of a context it comes back detached, with its columns as they were written."""

    def store_record(record: Any) -> Any:
        if has_app_context():
            db.session.add(record)
            db.session.commit()
            return record
        with app.app_context():
            db.session().expire_on_commit = False
            db.session.add(record)
            db.session.commit()
            return record

    return store_record


@pytest.fixture
def make_user(keep: Callable[[Any], Any]) -> Callable[..., User]:
    """Make users; each gets a name and an address of its own unless told."""
    numbers = count(1)

    def make(**values: Any) -> User:
        number = next(numbers)
        return keep(User(**{"name": f"User {number}", "email": f"user{number}@example.com", **values}))

    return make


@pytest.fixture
def make_post(keep: Callable[[Any], Any]) -> Callable[..., Post]:
    """Make posts; of nobody unless `user` or `user_id` is given."""
    numbers = count(1)

    def make(**values: Any) -> Post:
        if not has_app_context() and (user := values.pop("user", None)):
            # The user belongs to no session here; its key says enough.
            values["user_id"] = user.id
        return keep(Post(**{"content": f"Post {next(numbers)}", **values}))

    return make


# ---- mail


@pytest.fixture
def outbox(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set a mail server that keeps what it is given."""
    monkeypatch.setitem(app.config, "MAIL_SERVER", "mail.example.org")
    state = app.extensions["mailman"]
    monkeypatch.setattr(state, "backend", "locmem")
    monkeypatch.setattr(state, "outbox", [], raising=False)
    return state


@pytest.fixture
def dead_mail_server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set a mail server at whose port nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as nobody_listens:
        port = nobody_listens.getsockname()[1]
    monkeypatch.setitem(app.config, "MAIL_SERVER", "127.0.0.1")
    for name, value in {"backend": "smtp", "server": "127.0.0.1", "port": port}.items():
        monkeypatch.setattr(app.extensions["mailman"], name, value)


# ---- files


@pytest.fixture
def by_jobs(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a job make every file, one without rows too."""
    monkeypatch.setitem(app.config, "EXPORT_ROWS", -1)


# ---- data from the world


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real and hostile data beside the repository."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"{SHARED_DATA} is not on this machine")
    return SHARED_DATA
