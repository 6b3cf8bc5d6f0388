"""Statements that are put together once, on both stores."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.prepared import Prepared
from admin_app.models.user import User

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
_USERS: Any = User.__table__
ADD = Prepared(
    insert(_USERS)
    .values({name: bindparam(name) for name in ("name", "email", "created_at", "updated_at", "version")})
    .returning(_USERS.c.id)
)
FIND = Prepared(
    select(_USERS.c.name).where(_USERS.c.created_at > bindparam("after"), _USERS.c.version == 1).order_by(_USERS.c.id)
)


def person(number: int, at: datetime = NOON) -> dict[str, Any]:
    email = f"person{number}@example.com"
    return {"name": f"Person {number}", "email": email, "created_at": at, "updated_at": at, "version": 1}


def test_values_are_stored_as_the_orm_reads_them(app: Flask) -> None:
    with app.app_context():
        key = ADD.send(db.session.connection(), person(1)).scalar_one()

        found = db.session.get_one(User, key)
        assert (found.name, found.created_at) == ("Person 1", NOON)


def test_it_is_sent_with_other_values_each_time(app: Flask) -> None:
    with app.app_context():
        connection = db.session.connection()
        for number, day in enumerate((26, 27, 28)):
            ADD.send(connection, person(number, datetime(2026, 11, day, tzinfo=UTC)))

        found = [
            FIND.send(connection, {"after": datetime(2026, 11, day, 12, tzinfo=UTC)}).scalars().all()
            for day in (25, 26, 27, 28)
        ]

        assert found == [["Person 0", "Person 1", "Person 2"], ["Person 1", "Person 2"], ["Person 2"], []]


def test_it_is_sent_once_for_each_of_several(app: Flask) -> None:
    rows = Prepared(insert(_USERS).values({name: bindparam(name) for name in person(0)}))
    with app.app_context():
        rows.send(db.session.connection(), [person(number) for number in range(3)])

        assert db.session.scalars(select(User.name).order_by(User.id)).all() == ["Person 0", "Person 1", "Person 2"]


def test_what_the_database_refuses_is_told_as_of_any_statement(app: Flask) -> None:
    with app.app_context():
        connection = db.session.connection()
        ADD.send(connection, person(1))

        with pytest.raises(IntegrityError):
            ADD.send(connection, person(1))


def test_a_set_of_the_trail_says_nothing_where_nothing_was_said(app: Flask, as_editor: Any) -> None:
    as_editor.post_form("/admin/user/new/", {"name": "Ann", "email": "ann@example.com"})

    with app.app_context():
        made = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc())).first()
        assert made is not None
        assert (made.summary, made.reason, made.undoes_id, made.count) == ("Created user “Ann”", None, None, 1)
        assert made.at.tzinfo is not None
