"""The lines of a plan: equal whichever way they are written, and only of records that the person may change."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from admin_app.domain.plan import lines as plan_lines
from admin_app.domain.plan.changes import SetTo
from admin_app.domain.plan.lines import NOT_YOURS
from admin_app.extensions import db
from admin_app.models.plan import PlanLine
from admin_app.models.post import Post
from admin_app.panel.plan.parts import write_in_parts
from tests.domain.plan.planning import begun, planned, planned_deletion, planned_value, scope_of

pytestmark = pytest.mark.usefixtures("context")


def told(plan_id: int) -> list[tuple[Any, ...]]:
    """Return all that the lines say."""
    found = select(PlanLine).where(PlanLine.plan_id == plan_id).order_by(PlanLine.number)
    return [
        (one.number, one.record_id, one.version, one.verdict, one.problem, one.before, one.after)
        for one in db.session.scalars(found)
    ]


@pytest.mark.parametrize("number", [0, 1, 2, 5])
@pytest.mark.parametrize("values", [{"content": "New"}, {"content": "New", "user_id": None}, None])
def test_lines_written_in_parts_are_those_of_one_statement(
    values: dict[str, Any] | None, number: int, make_post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_lines, "PART", 2)
    for place in range(number):
        make_post(content="New" if place == 1 else "Old")
    rows = Post.id != 4
    whole = planned_deletion(Post, rows=rows) if values is None else planned_value(Post, rows=rows, **values)

    parts = begun(Post, values or ()).id
    db.session.rollback()
    written = list(write_in_parts(db.engine, parts, scope_of(Post, rows), values))

    assert told(parts) == told(whole.id)
    assert sum(written) == number


def test_writing_in_parts_blocks_no_other_writer(make_post: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_lines, "PART", 1)
    post, _ = make_post(content="Old"), make_post(content="Old")
    parts = begun(Post, ("content",)).id
    db.session.rollback()
    written = write_in_parts(db.engine, parts, scope_of(Post), {"content": "New"})

    next(written)
    db.session.rollback()
    post.content = "Somebody's"
    db.session.commit()
    list(written)

    assert [(one[0], one[2], one[5]) for one in told(parts)] == [(1, 1, {"content": "Old"}), (2, 1, {"content": "Old"})]


@pytest.mark.parametrize("reads", [False, True])
def test_a_record_for_which_the_rule_is_undecided_is_refused(*, reads: bool, make_user: Any, make_post: Any) -> None:
    make_post(user=None)

    plan = planned(Post, {"content": SetTo("New")}, rows=Post.user_id == make_user().id, reads=reads)

    assert plan.reasons == [["refused", NOT_YOURS, 1]]


def test_more_records_than_are_read_at_a_time_are_all_planned(make_post: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_lines, "BATCH", 2)
    for _ in range(5):
        make_post(content="Old")

    plan = planned(Post, {"content": SetTo("New")}, reads=True)

    assert plan.counts == {"change": 5}
