"""Effects on the world outside: once for each line that was carried out, in their order, noted one by one."""

from __future__ import annotations

from typing import Any

import pytest

from admin_app.domain.plan import effects
from admin_app.domain.plan.plan import lines
from admin_app.extensions import db
from admin_app.models.post import Post
from tests.domain.plan.planning import carried_out, planned_value, verdicts

pytestmark = pytest.mark.usefixtures("context")


def test_each_line_that_was_carried_out_waits_for_its_effect_once(make_post: Any) -> None:
    changed, same, other = make_post(), make_post(content="New"), make_post()
    plan = carried_out(planned_value(Post, content="New"))

    came = []
    while (line := effects.next_line(db.session, plan)) is not None:
        came.append((line.record_id, effects.number_waiting(db.session, plan)))
        effects.note(db.session, plan, line, "It was late." if line.record_id == other.id else "")
        db.session.commit()

    assert came == [(changed.id, 2), (other.id, 1)]
    assert verdicts(plan) == {changed.id: "done", same.id: "same", other.id: "done"}
    assert {one.record_id: one.problem for one in lines(db.session, plan, limit=9)} == {
        changed.id: "",
        same.id: "",
        other.id: "It was late.",
    }


def test_nothing_waits_before_anything_was_carried_out(make_post: Any) -> None:
    make_post()

    plan = planned_value(Post, content="New")

    assert (effects.next_line(db.session, plan), effects.number_waiting(db.session, plan)) == (None, 0)
