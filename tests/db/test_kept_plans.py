"""PostgreSQL plans what pages ask once: the driver prepares it, and keeps it from page to page."""

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
def test_what_a_page_asks_about_its_person_is_short_enough_to_be_remembered(
    path: str, as_editor: Any, make_post: Any, statements: Any
) -> None:
    address = path.format(make_post().id)

    with statements() as sent:
        as_editor.get(address)

    assert [len(one) <= MAX_CACHED_STATEMENT_LENGTH for one in sent if "staff_session" in one] == [True]


@on_postgres
def test_what_pages_ask_stays_prepared_from_page_to_page(app: Flask, as_viewer: Any) -> None:
    for _ in range(30):
        as_viewer.get("/admin/post/")

    with app.app_context(), autocommit():
        kept = db.session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    assert len([one for one in kept if "staff_session" in one]) == 1


@on_postgres
def test_what_writes_is_one_transaction_also_where_a_page_would_read(app: Flask) -> None:
    asked = text("SELECT now() = statement_timestamp()")

    with app.app_context(), autocommit(), writing():
        together = [db.session.scalar(asked) for _ in range(2)]
    with app.app_context(), autocommit():
        alone = [db.session.scalar(asked) for _ in range(2)]

    assert (together[-1], alone) == (False, [True, True])
