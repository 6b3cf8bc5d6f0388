"""A list that takes longer than it may says what to narrow, with status 503, and keeps what was asked."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from admin_app.context import time_limit
from admin_app.db.connection import is_timeout
from admin_app.extensions import db
from tests.page import Page
from tests.stores import both_stores

# Of two letters no index knows.
SLOW = "/admin/post/?q=zq&content__ends=no"


@both_stores
@pytest.mark.usefixtures("slow_posts")
def test_a_list_that_takes_too_long_says_what_to_narrow(as_viewer: Any) -> None:
    response = as_viewer.get(f"{SLOW}&sort=created_at&then=user")

    page = Page(response)
    assert response.status_code == 503
    assert page.rows() == []
    assert "This list took too long" in response.text
    assert "If many posts are equal in the first of the two columns, sort by one of them." in response.text
    assert [chip for chip in page.chips if "ends with" in chip] == ["Content ends with “no”"]
    assert 'value="zq"' in response.text


@pytest.mark.usefixtures("slow_posts")
def test_an_export_of_what_takes_too_long_to_count_leads_to_where_a_job_is_asked_for(as_viewer: Any) -> None:
    response = as_viewer.get(SLOW.replace("post/", "post/export/csv/"))

    assert (response.status_code, response.location) == (302, SLOW.replace("post/?", "post/export/?format=csv&"))
    assert Page(as_viewer.get(response.location)).texts("p", class_="page-head__result") == [
        "The posts of this list, in the list's order"
    ]


@both_stores
def test_a_statement_is_stopped_and_the_next_one_is_not(app: Flask) -> None:
    endless = text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000000) SELECT count(*) FROM n"
    )
    with app.app_context():
        with time_limit(0.1), pytest.raises(OperationalError) as stopped:
            db.session.execute(endless)
        db.session.rollback()
        db.session.remove()

        assert is_timeout(stopped.value)
        assert db.session.scalar(text("SELECT 1")) == 1
