"""A connection that breaks between the commit and its answer: what was saved is found in the history, and never saved twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, event, select, text

from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from tests.page import Page

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.scale,
    pytest.mark.covers,
    pytest.mark.parametrize("store", ["postgres"], indirect=True),
]
END = "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE datname = 'postgres'"
OPENED = "UPDATE pg_database SET datallowconn = {} WHERE datname = 'postgres'"


@pytest.fixture
def server(app: Flask) -> Iterator[Callable[[str], None]]:
    """Tell the server something, from another database of its."""
    with app.app_context():
        url = db.engine.url.set(database="template1")
    engine = create_engine(url)

    def tell(statement: str) -> None:
        with engine.begin() as connection:
            connection.execute(text(statement))

    yield tell
    tell(OPENED.format("true"))
    engine.dispose()


@dataclass
class Breaking:
    """Breaks the connection of the next commit, after it was carried out or before, and lets nobody in again until told."""

    server: Callable[[str], None]
    orders: list[tuple[bool, bool]] = field(default_factory=list)

    def __call__(self, *, is_done: bool, is_closed: bool = False) -> None:
        self.orders.append((is_done, is_closed))

    def let_in(self) -> None:
        self.server(OPENED.format("true"))

    def break_off(self, connection: Any) -> None:
        if not self.orders:
            return
        is_done, is_closed = self.orders.pop()
        driver = connection.connection.driver_connection
        if is_done:
            driver.commit()
            driver.execute("SELECT 1")
        self.server(OPENED.format("false" if is_closed else "true"))
        self.server(END)


@pytest.fixture
def breaking(app: Flask, server: Any) -> Iterator[Breaking]:
    with app.app_context():
        engine = db.engine
    found = Breaking(server)
    event.listen(engine, "commit", found.break_off)
    yield found
    event.remove(engine, "commit", found.break_off)
    # The queue's own connection was among those that were ended.
    app.extensions["jobs"].close()


@pytest.fixture
def user(make_user: Any) -> int:
    return make_user(name="Ann", email="ann@example.com").id


@pytest.fixture
def acts(app: Flask) -> Callable[[], list[tuple[str, str]]]:
    """Return what people did by forms, by its kind and its summary."""

    def done() -> list[tuple[str, str]]:
        with app.app_context():
            sets = select(ChangeSet.kind, ChangeSet.summary).where(ChangeSet.actor_id.is_not(None))
            return [(kind, summary) for kind, summary in db.session.execute(sets)]

    return done


def test_what_was_committed_is_said_to_be_saved(as_owner: Any, user: int, breaking: Any, acts: Any) -> None:
    path = f"/admin/user/notes/?id={user}"
    token = as_owner.token_of(path)

    breaking(is_done=True)
    answer = as_owner.post(path, data={"csrf_token": token, "text": "Called her."})

    page = as_owner.get(answer.location)
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/admin/activity/set/")
    assert "This was saved, once." in page.text
    assert [kind for kind, _ in acts()] == ["note"]


def test_who_can_send_nothing_again_is_told_where_to_look(as_owner: Any, user: int, breaking: Any) -> None:
    path = f"/admin/user/delete/?id={user}"
    sent = {"csrf_token": as_owner.token_of(path), "_version": "1"}

    breaking(is_done=True)
    # A script wants no page of another address.
    answer = as_owner.post(path, data=sent, headers={"Accept": "*/*"})

    assert (answer.status_code, "Look at the activity before you do it again." in answer.text) == (503, True)


@pytest.mark.parametrize("is_done", [True, False])
def test_what_may_have_been_saved_is_looked_up_before_it_is_saved_again(
    is_done: Any, as_owner: Any, user: int, breaking: Any, acts: Any
) -> None:
    path = f"/admin/user/edit/?id={user}"
    form = {"name": "Anna", "email": "ann@example.com", "_version": "1"}
    sent = {**form, "csrf_token": as_owner.token_of(path)}

    breaking(is_done=is_done, is_closed=True)
    doubtful = Page(as_owner.post(path, data=sent))
    # Sent again while nobody is let in yet, and once more when everybody is.
    still = Page(as_owner.post(path, data=doubtful.values()))
    breaking.let_in()
    answer = as_owner.post(path, data=still.values())

    pages = [(page.status, any("saved or not" in words for words in page.texts("p"))) for page in (doubtful, still)]
    assert pages == [(503, True)] * 2
    assert (answer.status_code, "activity/set" in answer.location) == (303, is_done)
    assert len(acts()) == 1
