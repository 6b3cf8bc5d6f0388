"""The operations that plans can store, by name."""

from __future__ import annotations

from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from admin_app.errors import PlanError
from admin_app.models.plan import Plan
from admin_app.panel.access.access import Access
from admin_app.panel.plan.operation import BulkOperation, ReadOperation
from admin_app.panel.plan.operations import acting, deleting, editing, importing, replacing

OPERATIONS: Mapping[str, ReadOperation] = {
    editing.KEY: editing.read_edit,
    replacing.KEY: replacing.read_replacement,
    deleting.KEY: deleting.read_deletion,
    acting.KEY: acting.read_action,
    importing.KEY: importing.read_import,
}


def operation_of(access: Access, plan: Plan) -> BulkOperation:
    """Read a plan's operation again; raise `InvalidRecord` if its input no longer fits, `PlanError` if it is unknown."""
    read = OPERATIONS.get(plan.operation)
    if read is None:
        message = "The dashboard no longer knows how to do this."
        raise PlanError(message)
    return read(access, MultiDict((name, value) for name, value in plan.arguments["fields"]))
