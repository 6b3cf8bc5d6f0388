"""What was changed last: by whom, of what may be seen, and none of what changed no record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from admin_app.context import acting
from admin_app.db.transaction import transaction
from admin_app.domain.audit.reader import ActivityFilter, newest_changes
from admin_app.domain.audit.recorder import record_event
from admin_app.extensions import db
from admin_app.models.change_set import Kind
from admin_app.models.user import User

pytestmark = pytest.mark.usefixtures("context")


def told(wanted: ActivityFilter, *, most: int = 9) -> list[str]:
    return [one.summary for one in newest_changes(db.session, wanted, most=most)]


def test_the_newest_changes_of_records_are_told_first(make_user: Any, make_post: Any) -> None:
    make_user(name="Ann")
    make_post(content="Words")
    with transaction(db.session):
        record_event(db.session, kind=Kind.SIGN_IN, summary="Signed in")

    assert told(ActivityFilter()) == ["Created post “Words”", "Created user “Ann”"]
    assert told(ActivityFilter(), most=1) == ["Created post “Words”"]
    assert told(ActivityFilter(hidden=["post"])) == ["Created user “Ann”"]
    assert told(ActivityFilter(rows={User: User.name == "Bea"})) == ["Created post “Words”"]


def test_somebodys_own_changes_are_told_by_themselves(make_user: Any) -> None:
    make_user(name="Ann")
    with acting(lambda: (7, "Bea"), kind=Kind.FORM):
        make_user(name="Cid")

    assert told(replace(ActivityFilter(), person=7)) == ["Created user “Cid”"]
