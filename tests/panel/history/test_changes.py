"""The history in words."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from admin_app.db.transaction import transaction
from admin_app.domain.audit.recorder import record_event
from admin_app.extensions import db
from admin_app.models.change_set import Kind
from tests.page import Page


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.FORM, "Ann (ann@example.com)"),
        (Kind.COMMAND, "Ann (ann@example.com) by a command"),
        (Kind.BULK, "Ann (ann@example.com) many at once"),
        (Kind.UNDO, "Ann (ann@example.com)"),
        (Kind.SIGN_IN, "Ann (ann@example.com)"),
        (Kind.SIGN_IN_FAILED, "Ann (ann@example.com)"),
        (Kind.EXPORT, "Ann (ann@example.com)"),
    ],
)
def test_in_which_way_something_was_done_is_told_where_the_summary_does_not(
    as_owner: Any, app: Flask, kind: Kind, words: str
) -> None:
    with app.app_context(), transaction(db.session):
        record_event(db.session, actor=(None, "Ann (ann@example.com)"), kind=kind, summary="Did something")

    page = Page(as_owner.get("/admin/activity/?q=something"))

    row = page.all("table", class_="acts")[0].all("tbody")[0].all("tr")[1]
    who, way = row.all("td")[1].text, "".join(f" {one.text}" for one in row.all("span", class_="faint"))
    assert f"{who}{way}" == words
