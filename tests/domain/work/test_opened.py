"""The records that a person opened last: each once, no more than some twenty, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from admin_app.domain.work.opened import MOST_OPENED, note_opened, recently_opened
from admin_app.extensions import db
from admin_app.models.staff import Staff

pytestmark = pytest.mark.usefixtures("context")


def test_a_record_that_is_opened_again_comes_first_and_the_oldest_is_forgotten(
    make_staff: Callable[..., Staff],
) -> None:
    ann, bea = make_staff("Ann"), make_staff("Bea")
    for record_id in (*range(MOST_OPENED), "DE-7", 1):
        note_opened(db.session, staff_id=ann.id, table="post", record_id=record_id)
    note_opened(db.session, staff_id=ann.id, table="user", record_id=1)

    found = recently_opened(db.session, ann.id, ["post"])

    assert [key for _, key in found] == [1, "DE-7", *range(MOST_OPENED - 1, 2, -1)]
    assert recently_opened(db.session, ann.id, ["user"]) == [("user", 1)]
    assert recently_opened(db.session, bea.id, ["post", "user"]) == []
