from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from threading import Timer
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Float, Numeric, column, delete, func, select, text, true
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import aliased

from admin_app.context import autocommit
from admin_app.db.connection import is_timeout
from admin_app.errors import TransferError
from admin_app.extensions import db
from admin_app.kinds import kind_of
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.selection.list_schema import ListSchema
from admin_app.selection.selection import COUNT_LIMIT, Selection
from admin_app.transfer.columns import ExportColumn
from admin_app.transfer.export.reader import BATCH, exported_rows
from admin_app.transfer.formats.csv import csv_chunks
from tests.many import many, many_users

Statements = Callable[[], AbstractContextManager[list[str]]]

ID = ExportColumn("id", "ID", User.id)
EMAIL = ExportColumn("email", "Email", User.email)
POST_ID = ExportColumn("id", "ID", Post.id)
CONTENT = ExportColumn("content", "Content", Post.content)
WRITER = ExportColumn("user", "User", relation=Post.user)
POSTS = ExportColumn("posts", "Posts", relation=User.posts)


def every(model: type[Any]) -> Selection:
    return Selection.parse(ListSchema(model=model, default_sort=""), [])


def users(*columns: ExportColumn) -> Iterator[Sequence[Any]]:
    return exported_rows(db.engine, every(User), columns)


def in_context(app: Flask, rows: Callable[[], Sequence[Any]]) -> Sequence[Any]:
    with app.app_context():
        return rows()


def test_rows_are_read_in_the_order_of_the_list(app: Flask) -> None:
    ids = many_users(app, 3)

    assert in_context(app, lambda: list(users(ID, EMAIL))) == [
        (id_, f"many{index}@example.com") for index, id_ in enumerate(ids)
    ]


def test_children_are_counted(app: Flask) -> None:
    first, second = many_users(app, 2)
    many(app, Post, [{"content": "a", "user_id": second}, {"content": "b", "user_id": second}])

    assert in_context(app, lambda: list(users(ID, POSTS))) == [(first, 0), (second, 2)]


def test_more_children_than_a_list_counts_are_counted_all_the_same(app: Flask) -> None:
    (key,) = many_users(app, 1)
    many(app, Post, [{"content": "a", "user_id": key}] * (COUNT_LIMIT + 5))

    assert in_context(app, lambda: list(users(ID, POSTS))) == [(key, COUNT_LIMIT + 5)]


def test_statements_grow_with_batches_and_not_with_rows(app: Flask, statements: Statements) -> None:
    numbers = {}
    for total in (3, BATCH, 2 * BATCH + 1):
        with app.app_context():
            db.session.execute(delete(User))
            db.session.commit()
        many_users(app, total)
        with statements() as sent:
            rows = in_context(app, lambda: list(users(ID, POSTS)))
        numbers[len(rows)] = len(sent)

    assert numbers == {3: 3, BATCH: 3, 2 * BATCH + 1: 5}


@pytest.mark.parametrize("act", [nullcontext, autocommit])
def test_an_export_shows_the_rows_of_one_moment(app: Flask, act: Callable[[], AbstractContextManager[None]]) -> None:
    ids = many_users(app, BATCH + 2)
    with app.app_context():
        rows = users(ID, POSTS)
        with act():
            first = next(rows)
        db.session.execute(delete(User).where(User.id.in_(ids[-2:])))
        db.session.add(User(name="Late", email="late@example.com"))
        db.session.commit()

        assert [id_ for id_, _ in [first, *rows]] == ids


def test_a_client_who_leaves_gives_the_connection_back(app: Flask) -> None:
    many_users(app, BATCH + 1)
    with app.app_context():
        rows = users(ID)
        next(rows)
        during = db.engine.pool.checkedout()

        rows.close()  # type: ignore[attr-defined]

        assert (during, db.engine.pool.checkedout()) == (1, 0)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_an_error_half_way_ends_the_rows_and_gives_the_connection_back(app: Flask) -> None:
    many_users(app, BATCH + 1)
    with app.app_context():
        # What a damaged file could hold: bytes that are no text.
        db.session.execute(
            text("UPDATE user SET created_at = CAST(x'ff' AS TEXT) WHERE id = (SELECT max(id) FROM user)")
        )
        db.session.commit()
        rows = users(ExportColumn("created_at", "Created at", User.created_at))
        read = [next(rows) for _ in range(BATCH)]
        with pytest.raises(OperationalError, match="UTF-8"):
            next(rows)

        assert (len(read), db.engine.pool.checkedout()) == (BATCH, 0)


def test_a_record_that_names_itself_in_its_own_way_is_named_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    (user,) = many_users(app, 1)
    many(app, Post, [{"content": "a", "user_id": user}, {"content": "b", "user_id": None}])
    monkeypatch.setattr(User, "__str__", lambda user: f"{user.name}, {user.email}")

    rows = in_context(app, lambda: list(exported_rows(db.engine, every(Post), [CONTENT, WRITER])))

    assert rows == [("a", "User 0, many0@example.com"), ("b", None)]


def test_a_property_of_a_record_is_asked_of_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = many_users(app, 2)
    monkeypatch.setattr(User, "shout", property(lambda user: user.name.upper()), raising=False)

    rows = in_context(app, lambda: list(users(ID, ExportColumn("shout", "Shout"))))

    assert rows == [(ids[0], "USER 0"), (ids[1], "USER 1")]


def test_rows_that_are_not_as_many_as_were_counted_are_no_file(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    many_users(app, 3)
    with app.app_context():
        selection = every(User)
        half = [segment.where(User.id < 3) for segment in selection.segments()]
        monkeypatch.setattr(Selection, "segments", lambda _: iter(half))

        with pytest.raises(TransferError) as caught:
            list(exported_rows(db.engine, selection, [ID]))

    assert str(caught.value) == "2 rows were read, but there are 3. The file is not complete."


def test_the_total_is_told_before_the_first_row_to_who_asks(app: Flask) -> None:
    many_users(app, 3)
    told: list[int] = []
    with app.app_context():
        rows = exported_rows(db.engine, every(User), [ID], on_total=told.append)
        next(rows)
        before = list(told)
        rows.close()  # type: ignore[attr-defined]

    assert before == [3]


def test_a_statement_under_way_can_be_stopped_from_outside(app: Flask) -> None:
    many_users(app, BATCH + 1)
    stops: list[Callable[[], None]] = []
    one, two, three = (aliased(User) for _ in range(3))
    triples = select(one.id).join(two, true()).join(three, true()).subquery()
    slow = select(func.count()).select_from(triples).scalar_subquery()
    with app.app_context():
        rows = exported_rows(db.engine, every(User), [ExportColumn("x", "X", slow)], set_interrupt=stops.append)  # type: ignore[arg-type]
        timer = Timer(0.5, lambda: stops[0]())  # noqa: PLW0108 -- it is there once the rows are begun
        timer.start()

        with pytest.raises(OperationalError) as caught:
            list(rows)

        assert is_timeout(caught.value)
        assert db.engine.pool.checkedout() == 0


def test_a_related_name_is_read_by_a_join_in_one_statement(app: Flask, statements: Statements) -> None:
    users_ = many_users(app, 2)
    posts = many(app, Post, [{"content": "a", "user_id": users_[0]}, {"content": "b", "user_id": None}])
    email = ExportColumn("user.email", "Email", User.email, Post.user)

    with statements() as sent:
        rows = in_context(app, lambda: list(exported_rows(db.engine, every(Post), [POST_ID, WRITER, email])))

    assert rows == [(posts[0], "User 0", "many0@example.com"), (posts[1], None, None)]
    assert len(sent) == 2


@pytest.mark.no_cover  # What coverage keeps would be measured too.
def test_memory_does_not_grow_with_the_number_of_rows(app: Flask) -> None:
    posts = [{"content": f"{number} " + "word " * 60, "user_id": None} for number in range(8000)]
    many(app, Post, posts[:2000])
    peak_of_an_export(app)
    few = peak_of_an_export(app)
    many(app, Post, posts[2000:])

    lots = peak_of_an_export(app)

    assert lots < 1.3 * few


def peak_of_an_export(app: Flask) -> int:
    with app.app_context():
        gc.collect()
        tracemalloc.start()
        try:
            size = sum(map(len, csv_chunks(["ID"], exported_rows(db.engine, every(Post), [POST_ID, CONTENT]))))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert size > 500_000
    return peak


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("kind", [Numeric(10, 2), Float()])
def test_numbers_with_a_fraction_are_left_to_who_knows_what_the_driver_gives(kind: Any) -> None:
    assert kind_of(column("price", kind)).row_reader(db.engine.dialect) is None
