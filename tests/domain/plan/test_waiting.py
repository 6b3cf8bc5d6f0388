"""The plans that wait for a person: their own, not confirmed yet, and not expired."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from admin_app.db.types import utc_now
from admin_app.domain.plan.plan import waiting_of
from admin_app.extensions import db
from admin_app.models.plan import Plan, PlanState

pytestmark = pytest.mark.usefixtures("context")


def test_plans_wait_for_their_owner_until_they_expire(make_staff: Any, keep: Any) -> None:
    ann, bea = make_staff("Ann"), make_staff("Bea")
    usual = {"resource": "post", "model": "post", "operation": "edit", "staff_id": ann.id}

    def plan(*, hours: int = 1, **values: Any) -> int:
        return int(keep(Plan(**{**usual, "expires_at": utc_now() + timedelta(hours=hours), **values})).id)

    first, second = plan(), plan()
    plan(staff_id=bea.id)
    plan(state=PlanState.DONE)
    plan(hours=-1)

    assert [one.id for one in waiting_of(db.session, ann.id, most=9)] == [second, first]
    assert [one.id for one in waiting_of(db.session, ann.id, most=1)] == [second]
