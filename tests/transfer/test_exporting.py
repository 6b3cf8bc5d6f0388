from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.selection.offer import Offer
from admin_app.selection.selection import COUNT_LIMIT, Selection
from admin_app.transfer.columns import ExportColumn
from admin_app.transfer.csv_file import csv_chunks
from admin_app.transfer.exporting import BATCH, exported_rows
from tests.many import many, many_users

Statements = Callable[[], AbstractContextManager[list[str]]]

ID = ExportColumn("id", "ID", lambda record, _: record.id)
EMAIL = ExportColumn("email", "Email", lambda record, _: record.email)
CONTENT = ExportColumn("content", "Content", lambda record, _: record.content)
POSTS = ExportColumn("posts", "Posts", lambda record, counts: counts["posts"][record.id].number)


def every(model: type[Any]) -> Selection:
    return Selection.parse(Offer(model=model, default_sort=""), [])


def users(*columns: ExportColumn, **arguments: Any) -> Iterator[list[Any]]:
    return exported_rows(db.engine, every(User), columns, **arguments)


def in_context(app: Flask, rows: Callable[[], Sequence[Any]]) -> Sequence[Any]:
    with app.app_context():
        return rows()


def test_rows_are_read_in_the_order_of_the_list(app: Flask) -> None:
    ids = many_users(app, 3)

    assert in_context(app, lambda: list(users(ID, EMAIL))) == [
        [id_, f"many{index}@example.com"] for index, id_ in enumerate(ids)
    ]


def test_children_are_counted(app: Flask) -> None:
    first, second = many_users(app, 2)
    many(app, Post, [{"content": "a", "user_id": second}, {"content": "b", "user_id": second}])

    assert in_context(app, lambda: list(users(ID, POSTS, children=[User.posts]))) == [[first, 0], [second, 2]]


def test_more_children_than_a_list_counts_are_counted_all_the_same(app: Flask) -> None:
    (key,) = many_users(app, 1)
    many(app, Post, [{"content": "a", "user_id": key}] * (COUNT_LIMIT + 5))

    assert in_context(app, lambda: list(users(ID, POSTS, children=[User.posts]))) == [[key, COUNT_LIMIT + 5]]


def test_statements_grow_with_batches_and_not_with_rows(app: Flask, statements: Statements) -> None:
    numbers = {}
    for total in (3, BATCH, 2 * BATCH + 1):
        with app.app_context():
            db.session.execute(delete(User))
            db.session.commit()
        many_users(app, total)
        with statements() as sent:
            rows = in_context(app, lambda: list(users(ID, POSTS, children=[User.posts])))
        numbers[len(rows)] = len(sent)

    assert numbers == {3: 2, BATCH: 2, 2 * BATCH + 1: 4}


def test_an_export_shows_the_rows_of_one_moment(app: Flask) -> None:
    ids = many_users(app, BATCH + 2)
    with app.app_context():
        rows = users(ID, POSTS, children=[User.posts])
        first = next(rows)
        db.session.execute(delete(User).where(User.id == ids[-1]))
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


def test_an_error_half_way_ends_the_rows_and_gives_the_connection_back(app: Flask) -> None:
    ids = many_users(app, BATCH + 1)

    def fail_on_the_last(record: User, _counts: Any) -> int:
        return record.id if record.id != ids[-1] else 1 // 0

    with app.app_context():
        rows = users(ExportColumn("id", "ID", fail_on_the_last))
        read = [next(rows) for _ in ids[:-1]]
        with pytest.raises(ZeroDivisionError):
            next(rows)

        assert read == [[id_] for id_ in ids[:-1]]
        assert db.engine.pool.checkedout() == 0


def test_memory_does_not_grow_with_the_number_of_rows(app: Flask) -> None:
    posts = [{"content": f"{number} " + "word " * 60, "user_id": None} for number in range(20_000)]
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
            size = sum(map(len, csv_chunks(["ID"], exported_rows(db.engine, every(Post), [ID, CONTENT]))))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert size > 500_000
    return peak
