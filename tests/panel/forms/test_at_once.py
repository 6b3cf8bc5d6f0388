"""Many people at the same moment: nobody is told that the database is locked, and no write is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from admin_app.extensions import db
from admin_app.models.change_set import Change
from admin_app.models.post import Post
from admin_app.models.role import EDITOR
from admin_app.models.user import User
from tests.page import Page
from tests.stores import both_stores

WRITERS = 20
SECONDS = 4


@pytest.fixture
def clients(client_of: Any, make_staff: Any) -> Callable[[int], list[Any]]:
    """Make clients of as many editors."""
    return lambda number: [client_of(make_staff(f"Editor{one}", EDITOR)) for one in range(number)]


def test_twenty_writers_at_once_lose_nothing_and_are_told_of_no_lock(app: Flask, clients: Any, make_post: Any) -> None:
    shared = make_post(content="Begun")
    until = time.monotonic() + SECONDS

    def write(number: int, client: Any) -> list[tuple[str, int, int]]:
        """Make posts, and add a word to the one that all have open."""
        answers = []
        for turn in range(1000):
            if time.monotonic() > until:
                break
            word = f"{number}/{turn}"
            made = client.post_form("/admin/post/new/", {"content": word}, page="/admin/account/")
            address = f"/admin/post/edit/?id={shared.id}"
            form = Page(client.get(address)).values()
            saved = client.post(address, data={**form, "content": f"{form['content']} {word}"})
            answers.append((word, made.status_code, saved.status_code))
        return answers

    with ThreadPoolExecutor(WRITERS) as threads:
        answers = [one for each in threads.map(write, range(WRITERS), clients(WRITERS)) for one in each]

    saved = {word for word, _, status in answers if status == 303}
    assert len(answers) >= WRITERS
    assert {made for _, made, _ in answers} == {303}
    assert {status for _, _, status in answers} <= {303, 409}
    with app.app_context():
        # Each word that was saved is there, and no other: none was overwritten by who had not seen it.
        assert set(db.session.get_one(Post, shared.id).content.split()) == {"Begun", *saved}
        assert db.session.scalar(select(func.count()).select_from(Post)) == len(answers) + 1
        recorded = select(func.count()).select_from(Change).where(Change.act == "update", Change.model == "post")
        assert db.session.scalar(recorded) == len(saved)


@both_stores
def test_two_who_save_one_record_in_the_same_moment_overwrite_nothing(app: Flask, clients: Any, make_user: Any) -> None:
    user = make_user(name="Ann", email="ann@example.com")
    address = f"/admin/user/edit/?id={user.id}"
    pair = clients(2)
    forms = [
        {**Page(client.get(address)).values(), **change}
        for client, change in zip(pair, ({"name": "Ann Lee"}, {"email": "lee@example.com"}), strict=True)
    ]
    barrier = threading.Barrier(2)

    def save(client: Any, form: dict[str, str]) -> Any:
        barrier.wait()
        return client.post(address, data=form)

    with ThreadPoolExecutor(2) as threads, app.app_context():
        if db.engine.dialect.name == "postgresql":
            # Both have read the record by the time they reach its row.
            db.session.execute(select(User.id).with_for_update())
        answers = [threads.submit(save, client, form) for client, form in zip(pair, forms, strict=True)]
        if db.engine.dialect.name == "postgresql":
            wait_until_waiting(2)
        db.session.rollback()
        statuses = [answer.result().status_code for answer in answers]

    assert statuses == [303, 303]
    with app.app_context():
        saved = db.session.get_one(User, user.id)
        assert (saved.name, saved.email, saved.version) == ("Ann Lee", "lee@example.com", 3)


def wait_until_waiting(wanted: int) -> None:
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    until = time.monotonic() + 10
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watcher:
        while watcher.scalar(waiting) != wanted and time.monotonic() < until:
            time.sleep(0.02)
        assert watcher.scalar(waiting) == wanted
