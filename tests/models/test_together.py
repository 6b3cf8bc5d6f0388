"""Several queries as one statement: each gets its own rows, in its own types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import bindparam, select

from admin_app.extensions import db
from admin_app.models.role import EDITOR
from admin_app.models.staff import Staff
from admin_app.models.together import Together
from admin_app.models.user import User

pytestmark = pytest.mark.usefixtures("context")


def test_each_query_gets_its_own_rows(
    make_user: Callable[..., User], make_staff: Callable[..., Staff], statements: Any
) -> None:
    users, editor = {make_user().id, make_user().id}, make_staff("Ann", EDITOR)
    asked = [
        select(User.id, User.created_at),
        select(Staff.is_active, Staff.last_sign_in_at, Staff.name).where(Staff.id == bindparam("key")),
        select(Staff.id).where(Staff.name == "Nobody"),
    ]
    alone = [[tuple(row) for row in db.session.execute(one, {"key": editor.id})] for one in asked]

    with statements() as sent:
        found = Together(*asked).read(db.session, key=editor.id)

    assert len(sent) == 1
    assert [sorted(map(tuple, rows)) for rows in found] == [sorted(rows) for rows in alone]
    assert {row[0] for row in found[0]} == users
    assert found[1:] == [[(True, None, "Ann")], []]
