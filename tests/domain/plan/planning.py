"""Plan acts on every record of a model, carry them out, and look at what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, select

from admin_app.domain.plan import plan as plans
from admin_app.domain.plan.carry_out import Deletion, Execution
from admin_app.domain.plan.changes import Edit, SetTo, ValueChange
from admin_app.domain.plan.lines import Scope, insert_lines, read_changes, write_deletions, write_values
from admin_app.extensions import db
from admin_app.models.plan import Plan, PlanLine
from admin_app.selection.list_schema import ListSchema
from admin_app.selection.selection import Selection

Rows = ColumnElement[bool] | None


def scope_of(model: type[Any], rows: Rows = None, meant: Rows = None) -> Scope:
    return Scope(Selection(ListSchema(model, rows=meant)), rows)


def planned(
    model: type[Any],
    changes: Mapping[str, ValueChange],
    *,
    rows: Rows = None,
    meant: Rows = None,
    reads: bool = False,
) -> Plan:
    """Plan these changes of every record, or those that are meant; `reads` them one by one where one statement would do."""
    edit, scope = Edit(model, changes), scope_of(model, rows, meant)
    plan = begun(model, edit.fields)
    if edit.constants is None or reads:
        read_changes(db.engine, plan.id, scope, edit, lambda lines: insert_lines(db.session, lines))
    else:
        write_values(db.session, plan.id, scope, edit.constants)
    return _closed(plan, rows)


def planned_deletion(model: type[Any], *, rows: Rows = None, meant: Rows = None) -> Plan:
    plan = begun(model, (), "delete")
    write_deletions(db.session, plan.id, scope_of(model, rows, meant))
    return _closed(plan, rows)


def planned_value(model: type[Any], *, rows: Rows = None, **values: object) -> Plan:
    return planned(model, {name: SetTo(value) for name, value in values.items()}, rows=rows)


def carried_out(
    plan: Plan, *, rows: Rows = None, deletion: Deletion | None = None, most: int = 1000, reason: str = ""
) -> Plan:
    """Agree, and carry everything out, so many lines a transaction."""
    assert plans.agree(db.session, plan, reason=reason)
    db.session.commit()
    while Execution(db.session, plan, rows, deletion).carry_out_next(most):
        db.session.commit()
    plans.finish(db.session, plan, plans.counted_lines(db.session, plan))
    db.session.commit()
    return plan


def verdicts(plan: Plan) -> dict[int, str]:
    """Return the verdict of each record."""
    found = select(PlanLine.record_id, PlanLine.verdict).where(PlanLine.plan_id == plan.id)
    return dict(map(tuple, db.session.execute(found)))


def values(plan: Plan) -> dict[int, tuple[Any, Any]]:
    """Return what each record has and is to have."""
    found = select(PlanLine).where(PlanLine.plan_id == plan.id)
    return {one.record_id: (one.before, one.after) for one in db.session.scalars(found)}


def begun(model: type[Any], fields: Iterable[str], operation: str = "edit") -> Plan:
    """Begin a plan that has no lines yet."""
    plan = plans.begin(
        db.session,
        staff_id=None,
        resource=model.__tablename__,
        model=model,
        operation=operation,
        arguments={},
        fields=list(fields),
    )
    db.session.commit()
    return plan


def _closed(plan: Plan, rows: Rows) -> Plan:
    plans.judge_lines(db.session, plan, rows=rows)
    plans.await_agreement(db.session, plan, plans.counted_lines(db.session, plan))
    db.session.commit()
    return plan
