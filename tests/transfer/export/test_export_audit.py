"""What the history keeps of rows that were taken out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.transfer.export.export_audit import ExportAudit, audited_rows

AUDIT = ExportAudit((None, "Olivia"), "", "post", lambda number: f"{number} posts")


def broken() -> Iterator[str]:
    yield "Rain"
    conflict = RuntimeError("canceling statement due to conflict with recovery")
    statement = "SELECT 1"
    raise OperationalError(statement, None, conflict)


@pytest.mark.parametrize(
    ("is_made_again", "told"),
    [
        (lambda: True, ["Exported 2 posts"]),
        (lambda: False, ["Started an export that stopped after 1 posts", "Exported 2 posts"]),
    ],
    ids=["by the other database", "by hand"],
)
def test_an_export_that_broke_off_is_left_out_where_another_database_makes_it_again(
    is_made_again: Callable[[], bool], told: list[str], app: Flask
) -> None:
    with app.app_context():
        with pytest.raises(OperationalError):
            [*audited_rows(db.engine, broken(), AUDIT, is_made_again=is_made_again)]
        [*audited_rows(db.engine, iter(["Rain", "Sun"]), AUDIT)]

        assert told_of() == told


def test_an_export_is_noted_before_its_reader_begins_and_again_when_the_reader_has_ended(app: Flask) -> None:
    seen: list[list[str]] = []

    def read() -> Iterator[str]:
        seen.append(told_of())
        try:
            yield from ("Rain", "Sun")
        finally:
            seen.append(told_of())

    with app.app_context():
        with closing(audited_rows(db.engine, read(), replace(AUDIT, asked="q=n"))) as rows:
            next(rows)

        begun, ended = ["Started an export (q=n)"], ["Started an export that stopped after 1 posts (q=n)"]
        assert [*seen, told_of()] == [begun, begun, ended]


def told_of() -> list[str]:
    """Return what the history says, as of now."""
    db.session.rollback()
    return [*db.session.scalars(select(ChangeSet.summary).order_by(ChangeSet.id))]
