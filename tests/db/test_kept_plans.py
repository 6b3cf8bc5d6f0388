"""PostgreSQL plans the queries of pages once: the driver prepares them and keeps them between requests."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from psycopg._queries import MAX_CACHED_STATEMENT_LENGTH
from sqlalchemy import text

from admin_app.context import autocommit, writing
from admin_app.extensions import db

on_postgres = pytest.mark.parametrize("store", ["postgres"], indirect=True)


@on_postgres
@pytest.mark.parametrize("path", ["/admin/post/", "/admin/post/edit/?id={}"])
def test_statements_about_the_person_are_short_enough_to_be_prepared(
    path: str, as_editor: Any, make_post: Any, statements: Any
) -> None:
    address = path.format(make_post().id)

    with statements() as sent:
        as_editor.get(address)

    assert [len(one) <= MAX_CACHED_STATEMENT_LENGTH for one in sent if "staff_session" in one] == [True]


@on_postgres
def test_statements_of_pages_stay_prepared_between_pages(app: Flask, as_viewer: Any) -> None:
    for _ in range(30):
        as_viewer.get("/admin/post/")

    with app.app_context(), autocommit():
        kept = db.session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    # The tests empty the tables over the same connection, and name them all.
    assert len([one for one in kept if "staff_session.token_hash" in one]) == 1


@on_postgres
def test_a_request_that_writes_is_one_transaction(app: Flask) -> None:
    asked = text("SELECT now() = statement_timestamp()")

    with app.app_context(), autocommit(), writing():
        together = [db.session.scalar(asked) for _ in range(2)]
    with app.app_context(), autocommit():
        alone = [db.session.scalar(asked) for _ in range(2)]

    assert (together[-1], alone) == (False, [True, True])
