"""Ticks: kept for one person and one list, row by row or all but some, for a week."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, update

from admin_app.context import writing
from admin_app.db.types import utc_now
from admin_app.domain.plan import plan as plans
from admin_app.domain.work import ticks
from admin_app.domain.work.ticks import MOST_SETS, MOST_TICKS, TickedList
from admin_app.errors import SelectionError
from admin_app.extensions import db
from admin_app.models.plan import Plan, PlanLine, Verdict
from admin_app.models.post import Post
from admin_app.models.ticks import Tick, TickSet
from admin_app.selection.list_schema import ListSchema, SearchColumn
from admin_app.selection.selection import Selection
from tests.many import many

SCHEMA = ListSchema(Post, search={"content": SearchColumn(Post.content)})
WHOLE = Selection(SCHEMA)
GARDENS = Selection(SCHEMA, search="garden")


def place(staff: Any, selection: Selection = WHOLE, resource: str = "post") -> TickedList:
    return TickedList(staff.id, resource, selection.digest)


def posts(app: Flask, number: int, words: str = "garden") -> list[int]:
    return many(app, Post, [{"content": f"{words} {one}"} for one in range(number)])


def tick(staff: Any, keys: Iterable[int], selection: Selection = WHOLE, page: int = 1) -> None:
    ticks.tick(db.session, place(staff, selection), selection, list(keys), page=page)
    db.session.commit()


def untick(staff: Any, keys: Iterable[int], selection: Selection = WHOLE) -> None:
    ticks.untick(db.session, place(staff, selection), selection, list(keys))
    db.session.commit()


def number_of(staff: Any, selection: Selection = WHOLE) -> int:
    found = ticks.find(db.session, place(staff, selection))
    return 0 if found is None else found.number


def rows(staff: Any, selection: Selection = WHOLE, set_id: int = 0) -> list[int]:
    """Return the keys of the rows that somebody's ticks mean."""
    found = ticks.find(db.session, place(staff, selection))
    asked = selection.changed(ticks=set_id or (found.id if found else 0))
    meant = ticks.meant(db.session, place(staff, selection), asked)
    return list(db.session.scalars(select(Post.id).where(*meant.criteria).order_by(Post.id)))


def test_ticked_rows_are_kept_until_they_are_unticked(context: Flask, editor: Any) -> None:
    ids = posts(context, 5)

    tick(editor, ids[:3])
    tick(editor, ids[2:4])
    untick(editor, [ids[0], ids[4]])

    assert rows(editor) == ids[1:4]


def test_the_number_of_ticks_and_of_their_pages_is_known_and_which_of_a_page_have_one(
    context: Flask, editor: Any
) -> None:
    ids = posts(context, 6)
    tick(editor, ids[:2], page=1)
    tick(editor, [ids[4]], page=3)

    found = ticks.find(db.session, place(editor), ids[1:5])

    assert found is not None
    assert (found.number, found.pages, found.is_all_but) == (3, 2, False)
    assert found.among(ids[1:5]) == {ids[1], ids[4]}


def test_all_that_match_are_ticked_but_those_that_are_unticked_after(context: Flask, editor: Any) -> None:
    ids = posts(context, 4)
    others = posts(context, 2, "other")
    tick(editor, [ids[0]], GARDENS)

    ticks.tick_all(db.session, place(editor, GARDENS))
    untick(editor, [ids[1], ids[2], others[0]], GARDENS)
    tick(editor, [ids[2]], GARDENS)
    later = posts(context, 1)
    found = ticks.find(db.session, place(editor, GARDENS), ids[:3])

    assert found is not None
    assert (found.is_all_but, found.number, found.among(ids[:3])) == (True, 1, {ids[0], ids[2]})
    assert rows(editor, GARDENS) == [ids[0], *ids[2:], *later]


def test_only_rows_of_the_list_are_ticked(context: Flask, editor: Any) -> None:
    (garden,), (other,) = posts(context, 1), posts(context, 1, "other")

    tick(editor, [garden, other, 10**6], GARDENS)

    assert number_of(editor, GARDENS) == 1


def test_each_person_list_and_resource_has_ticks_of_its_own(context: Flask, editor: Any, viewer: Any) -> None:
    ids = posts(context, 2)

    tick(editor, ids)
    tick(viewer, ids[:1])
    tick(editor, ids[1:], GARDENS)

    assert (rows(editor), rows(viewer), rows(editor, GARDENS)) == (ids, ids[:1], ids[1:])
    assert ticks.find(db.session, place(editor, resource="user")) is None


def test_a_list_is_the_same_on_any_page_in_any_order() -> None:
    other = WHOLE.changed(page=3, sort="-id", per_page=100, columns=("id",), view=4, ticks=5)

    assert (other.digest, len(other.digest)) == (WHOLE.digest, ticks.DIGEST)
    assert GARDENS.digest != WHOLE.digest


def test_cleared_ticks_are_gone(context: Flask, editor: Any, viewer: Any) -> None:
    ids = posts(context, 2)
    tick(editor, ids)
    tick(viewer, ids)

    ticks.clear(db.session, place(editor))
    db.session.commit()

    assert (ticks.find(db.session, place(editor)), rows(viewer)) == (None, ids)
    assert db.session.scalar(select(func.count()).select_from(Tick)) == 2


def test_nothing_ticked_keeps_nothing(context: Flask, editor: Any) -> None:
    ids = posts(context, 1)

    tick(editor, [])
    untick(editor, ids)
    untick(editor, [])

    assert (number_of(editor), db.session.scalar(select(func.count()).select_from(TickSet))) == (0, 0)


def test_the_last_tick_taken_back_leaves_nothing_selected(context: Flask, editor: Any) -> None:
    ids = posts(context, 1)
    tick(editor, ids)

    untick(editor, ids)

    assert ticks.find(db.session, place(editor)) is None


def test_rows_that_are_gone_or_match_no_more_are_not_in_the_list(context: Flask, editor: Any) -> None:
    ids = posts(context, 4)
    tick(editor, ids, GARDENS)
    found = ticks.find(db.session, place(editor, GARDENS))
    assert found is not None

    db.session.execute(delete(Post).where(Post.id == ids[0]))
    db.session.execute(update(Post).where(Post.id == ids[1]).values(content="other"))
    db.session.commit()

    assert (found.number, ticks.in_list(db.session, found, GARDENS)) == (4, 2)
    assert rows(editor, GARDENS) == ids[2:]


def test_ticks_of_somebody_else_or_of_another_list_mean_nothing(context: Flask, editor: Any, viewer: Any) -> None:
    tick(viewer, posts(context, 1))
    found = ticks.find(db.session, place(viewer))
    assert found is not None
    asked = WHOLE.changed(ticks=found.id)

    for wrong in (place(editor), place(viewer, GARDENS), place(viewer, resource="user")):
        with pytest.raises(SelectionError) as refused:
            ticks.meant(db.session, wrong, asked)
        assert str(refused.value) == ticks.GONE
    assert len(asked.criteria) == 1
    assert db.session.scalars(select(Post.id).where(*asked.criteria)).all() == []


def test_a_copy_stays_as_it_was_and_is_its_persons_too(context: Flask, editor: Any, viewer: Any) -> None:
    ids = posts(context, 3)
    tick(editor, ids[:2])
    found = ticks.find(db.session, place(editor))
    assert found is not None

    copy = ticks.keep_copy(db.session, found.id)
    tick(editor, ids[2:])
    ticks.clear(db.session, place(editor))
    db.session.commit()

    assert rows(editor, set_id=copy) == ids[:2]
    assert ticks.find(db.session, place(editor)) is None
    with pytest.raises(SelectionError):
        rows(viewer, set_id=copy)


def plan_of(staff: Any, *keys: int, left: int | None = None) -> Plan:
    """Return a plan that deleted these posts, and left one."""
    plan = plans.begin(
        db.session, staff_id=staff.id, resource="post", model=Post, operation="delete", arguments={}, fields=[]
    )
    for key in keys:
        db.session.add(PlanLine(plan_id=plan.id, number=key, record_id=key, version=1, verdict=Verdict.DONE))
    plan.counts = {Verdict.DONE: len(keys)}
    if left is not None:
        db.session.add(PlanLine(plan_id=plan.id, number=left, record_id=left, version=1, verdict=Verdict.OUTDATED))
        plan.counts = {**plan.counts, Verdict.OUTDATED: 1}
    db.session.commit()
    return plan


def test_what_a_plan_deleted_is_selected_no_more_in_the_list_it_is_from_and_others_are(
    context: Flask, editor: Any, viewer: Any
) -> None:
    *keys, left, later = posts(context, 4)
    for who, selection in ((editor, WHOLE), (editor, GARDENS), (viewer, WHOLE)):
        tick(who, [*keys, left], selection)
    found = ticks.find(db.session, place(editor))
    assert found is not None
    copy = ticks.keep_copy(db.session, found.id)
    plan = plan_of(editor, *keys, left=left)
    tick(editor, [later])

    ticks.clear_planned(db.session, plan, set_id=copy)
    db.session.commit()

    assert [number_of(editor), number_of(editor, GARDENS), number_of(viewer)] == [2, 3, 3]
    assert db.session.get(TickSet, copy) is not None


@pytest.mark.parametrize(("when", "is_left"), [("before", False), ("before", True), ("after", False)])
def test_a_tick_on_every_row_goes_with_the_plan_unless_that_left_one_or_is_older(
    when: str, context: Flask, editor: Any, *, is_left: bool
) -> None:
    keys = posts(context, 2)
    if when == "after":
        plan = plan_of(editor, *keys)
    ticks.tick_all(db.session, place(editor))
    db.session.commit()
    if when == "before":
        plan = plan_of(editor, keys[0], left=keys[1] if is_left else None)
    (set_id,) = db.session.scalars(select(TickSet.id))

    ticks.clear_planned(db.session, plan, set_id=set_id)
    db.session.commit()

    assert (ticks.find(db.session, place(editor)) is not None) == (is_left or when == "after")


def test_too_many_ticks_are_refused_and_all_that_match_are_not(context: Flask, editor: Any) -> None:
    ids = posts(context, 2)
    tick(editor, ids[:1])
    found = ticks.find(db.session, place(editor))
    assert found is not None
    before = [{"set_id": found.id, "record_id": 10**6 + one, "page": 1} for one in range(MOST_TICKS - 1)]
    db.session.execute(insert(Tick), before)
    db.session.commit()

    with pytest.raises(SelectionError) as refused:
        tick(editor, ids[1:])
    db.session.rollback()
    ticks.tick_all(db.session, place(editor))
    db.session.commit()

    assert "10,000 rows" in str(refused.value)
    assert rows(editor) == ids


def test_ticks_go_a_week_after_their_last_change(context: Flask, editor: Any) -> None:
    ids = posts(context, 2)
    tick(editor, ids[:1])
    (old,) = db.session.scalars(select(TickSet.id)).all()
    db.session.execute(update(TickSet).values(changed_at=utc_now() - ticks.LIFETIME - timedelta(minutes=1)))
    db.session.commit()

    is_found = ticks.find(db.session, place(editor)) is not None
    with pytest.raises(SelectionError):
        rows(editor, set_id=old)
    tick(editor, ids[1:])

    assert (is_found, rows(editor)) == (False, ids[1:])
    assert old not in db.session.scalars(select(TickSet.id)).all()


def test_a_change_makes_ticks_last_longer(context: Flask, editor: Any) -> None:
    ids = posts(context, 2)
    tick(editor, ids[:1])
    db.session.execute(update(TickSet).values(changed_at=utc_now() - timedelta(days=6)))

    tick(editor, ids[1:])
    changed_at = db.session.scalars(select(TickSet.changed_at)).one()

    assert rows(editor) == ids
    assert utc_now() - changed_at < timedelta(days=1)


def test_the_oldest_of_too_many_lists_go(context: Flask, editor: Any, viewer: Any) -> None:
    ids = posts(context, 1)
    tick(viewer, ids)
    old = {"staff_id": editor.id, "resource": "post", "is_all_but": False}
    db.session.execute(
        insert(TickSet),
        [
            {**old, "list_key": str(one), "changed_at": utc_now() - timedelta(minutes=MOST_SETS - one)}
            for one in range(MOST_SETS)
        ],
    )
    db.session.commit()

    tick(editor, ids)
    kept = db.session.scalars(select(TickSet.list_key).where(TickSet.staff_id == editor.id)).all()

    assert sorted(kept) == sorted([*(str(one) for one in range(1, MOST_SETS)), WHOLE.digest])
    assert rows(viewer) == ids


def test_a_row_more_is_no_statement_more(
    context: Flask, editor: Any, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    ids = posts(context, 5)
    here = place(editor)
    tick(editor, ids[:1])

    def again(keys: list[int]) -> None:
        ticks.tick(db.session, here, WHOLE, keys)
        ticks.find(db.session, here, keys)
        ticks.untick(db.session, here, WHOLE, keys)

    with statements() as for_one:
        again(ids[1:2])
    with statements() as for_three:
        again(ids[2:])

    assert len(for_three) == len(for_one)


def test_two_tabs_that_begin_at_once_tick_in_one_set(app: Flask, editor: Any) -> None:
    ids = posts(app, 2)
    is_going = threading.Event()

    def second() -> None:
        with app.app_context(), writing():
            is_going.set()
            tick(editor, ids[1:])

    thread = threading.Thread(target=second)
    with app.app_context(), writing():
        ticks.tick(db.session, place(editor), WHOLE, ids[:1])
        thread.start()
        is_going.wait()
        db.session.commit()
    thread.join()

    with app.app_context():
        assert rows(editor) == ids


NUMBERS = st.lists(st.integers(0, 7), max_size=4)
ACTS = st.lists(
    st.tuples(st.sampled_from(["tick", "untick"]), NUMBERS) | st.tuples(st.sampled_from(["all", "clear"]), st.just([])),
    min_size=1,
    max_size=6,
)


@settings(
    deadline=None,
    database=None,
    derandomize=True,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts=ACTS)
def test_whatever_is_ticked_in_whatever_order_the_rows_are_those_of_a_plain_set(
    context: Flask, acts: list[tuple[str, list[int]]], editor: Any
) -> None:
    db.session.rollback()
    # Ten rows, of which the list has eight.
    if not db.session.scalar(select(func.count()).select_from(Post)):
        db.session.rollback()
        posts(context, 8)
        posts(context, 2, "other")
    *ids, _, _ = db.session.scalars(select(Post.id).order_by(Post.id))
    others = db.session.scalars(select(Post.id).where(Post.content.startswith("other"))).all()
    here = place(editor, GARDENS)
    ticks.clear(db.session, here)
    naive: set[int] = set()

    for act, numbers in acts:
        keys = {ids[one] for one in numbers}
        match act:
            case "tick":
                ticks.tick(db.session, here, GARDENS, [*keys, *others])
                naive |= keys
            case "untick":
                ticks.untick(db.session, here, GARDENS, [*keys, *others])
                naive -= keys
            case "all":
                ticks.tick_all(db.session, here)
                naive = set(ids)
            case _:
                ticks.clear(db.session, here)
                naive = set()
        db.session.commit()

    found = ticks.find(db.session, here, ids)
    assert (found.among(ids) if found else set()) == naive
    assert (set(rows(editor, GARDENS)) if found else set()) == naive


def test_ticks_go_with_their_person(context: Flask, editor: Any) -> None:
    tick(editor, posts(context, 1))

    db.session.delete(editor)
    db.session.commit()

    assert db.session.scalars(select(Tick.record_id)).all() == []


@pytest.mark.usefixtures("context")
def test_the_records_of_a_plans_lines_are_ticked_in_a_set_of_their_own(app: Flask, editor: Any) -> None:
    keys = posts(app, 3)
    tick(editor, keys[:1])
    plan = plans.begin(
        db.session, staff_id=editor.id, resource="post", model=Post, operation="edit", arguments={}, fields=["content"]
    )
    verdicts = (Verdict.DONE, Verdict.OUTDATED, Verdict.DONE)
    for key, verdict in zip(keys, verdicts, strict=True):
        db.session.add(PlanLine(plan_id=plan.id, number=key, record_id=key, version=1, verdict=verdict))
    db.session.flush()

    made = ticks.tick_lines(db.session, place(editor), plan.id, [Verdict.DONE.value])
    db.session.commit()

    assert rows(editor, set_id=made) == [keys[0], keys[2]]
    assert rows(editor) == keys[:1]
