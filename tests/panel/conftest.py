"""What tests of saved views, of conflicts, of row rules and of time limits may ask for."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, insert, text

from admin_app.context import is_late
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.role import EDITOR
from admin_app.models.saved_view import MINE, SavedView
from admin_app.models.staff import Staff
from admin_app.models.user import User
from admin_app.resources.post import PostResource
from admin_app.resources.user import UserResource
from tests.client import Client
from tests.page import Page
from tests.panel.forms.meanwhile import at
from tests.panel.list.viewing import USUAL
from tests.panel.plan.row_actions import AddNote, LowerCaseEmail, TrimBlankLines


@pytest.fixture(params=["sqlite"])
def store(request: pytest.FixtureRequest) -> str:
    """Run on one store: a page says the same on both. For both: @both_stores, of tests/stores.py."""
    return str(request.param)


# ---- saved views


@pytest.fixture
def gardens(make_user: Any, make_post: Any) -> None:
    """Make three posts, two of them about gardens."""
    ann = make_user(name="Ann")
    for words, user in (("Garden wall", ann), ("Garden", None), ("Boat", ann)):
        make_post(content=words, user=user)


@pytest.fixture
def make_view(keep: Callable[[Any], Any]) -> Callable[..., SavedView]:
    """Make views; of posts about gardens and unshared unless told."""

    def make(staff: Staff, name: str = "Gardens", **values: Any) -> SavedView:
        defaults = {"resource": "post", "arguments": f"q=garden&{USUAL}", "audience": MINE}
        return keep(SavedView(staff_id=staff.id, name=name, **{**defaults, **values}))

    return make


# ---- two people at one record


@pytest.fixture
def as_emil(client_of: Any, make_staff: Any) -> Any:
    """Return another editor's client."""
    return client_of(make_staff("Emil", EDITOR))


@pytest.fixture
def ann(make_user: Any) -> User:
    """Make Ann."""
    user: User = make_user(name="Ann", email="ann@example.com")
    return user


@pytest.fixture
def both_open(as_editor: Any, as_emil: Any) -> Callable[..., dict[str, str]]:
    """Let Edgar open a record's form, and Emil save something to it meanwhile; return what Edgar's form holds."""

    def open_and_save(record: Any, **theirs: str) -> dict[str, str]:
        address = at(record)
        form = Page(as_editor.get(address)).values()
        saved = as_emil.post(address, data={**Page(as_emil.get(address)).values(), **theirs})
        assert saved.status_code == 303
        return form

    return open_and_save


# ---- a person kept to their own posts


@pytest.fixture
def me(make_user: Callable[..., User]) -> User:
    """The user with Liam's address."""
    return make_user(name="Liam Own", email="liam@example.com")


@pytest.fixture
def other(make_user: Callable[..., User]) -> User:
    return make_user(name="Foreign Name", email="foreign@example.net")


@pytest.fixture
def mine(make_post: Any, me: User) -> Post:
    return make_post(content="Mine to see", user=me)


@pytest.fixture
def theirs(make_post: Any, other: User) -> Post:
    return make_post(content="Sentinel of another", user=other)


@pytest.fixture
def as_liam(client_with: Callable[..., Client]) -> Client:
    """May do everything with users, and with their own posts."""
    return client_with(
        "*:list", "*:view", "*:history", "*:export", "*:create", "*:edit", "*:delete", "*:undo", rows=["post:own"]
    )


# ---- what takes too long

OF_POSTS = re.compile(r"\bFROM \"?post\b")


@pytest.fixture
def slow_posts(app: Flask) -> Iterator[None]:
    """Make reading posts take longer than a page may: by waiting on SQLite, by a lock that somebody holds on PostgreSQL."""
    done = threading.Event()
    ready = threading.Event()
    with app.app_context():
        is_postgresql = db.engine.dialect.name == "postgresql"
        if not is_postgresql:
            # More than SQLite reads between two looks at the clock.
            db.session.execute(insert(Post), [{"content": "x" * 200}] * 1000)
            db.session.commit()
        # All else has to be read before the limit, on a busy machine too.
        app.config["TIME_LIMIT"] = 1
        engine = db.engine

    def wait(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        end = time.monotonic() + 1.1
        while OF_POSTS.search(statement) and not is_late() and time.monotonic() < end:
            time.sleep(0.01)

    def hold() -> None:
        with engine.begin() as connection:
            connection.execute(text("LOCK TABLE post IN ACCESS EXCLUSIVE MODE"))
            ready.set()
            done.wait(30)

    holder = threading.Thread(target=hold)
    if is_postgresql:
        holder.start()
        assert ready.wait(10)
    else:
        event.listen(engine, "before_cursor_execute", wait)
    yield
    done.set()
    if is_postgresql:
        holder.join()
    else:
        event.remove(engine, "before_cursor_execute", wait)
    app.config["TIME_LIMIT"] = 10


# ---- a resource's own actions


@pytest.fixture
def declared_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Declare the actions of tests.panel.plan.row_actions."""
    monkeypatch.setattr(UserResource, "row_actions", (LowerCaseEmail(),))
    monkeypatch.setattr(PostResource, "row_actions", (TrimBlankLines(), AddNote()))
    monkeypatch.setattr(AddNote, "told", [])
    monkeypatch.setattr(AddNote, "fails_for", {})
