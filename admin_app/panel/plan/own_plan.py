"""The requested plan, if it is the person's own and they may still carry it out."""

from __future__ import annotations

from http import HTTPStatus

from flask import abort, request

from admin_app.db.limits import as_key
from admin_app.domain.permissions.policy import Action
from admin_app.extensions import db
from admin_app.models.plan import Plan
from admin_app.panel.access.access import Access
from admin_app.panel.plan.operations.importing import KEY as IMPORT
from admin_app.web.auth.login import signed_in_principal


def requested_plan(access: Access) -> Plan:
    """Return the requested plan: 404 for a missing one or another person's, 403 where the person lacks the right."""
    if not (access.may(Action.BULK) or access.may(Action.IMPORT)):
        abort(HTTPStatus.FORBIDDEN)
    key = as_key(Plan, request.args.get("id", ""))
    plan = db.session.get(Plan, key) if key is not None else None
    if plan is None or plan.resource != access.resource.endpoint or plan.staff_id != signed_in_principal().id:
        abort(HTTPStatus.NOT_FOUND)
    if not access.may(Action.IMPORT if is_import(plan) else Action.BULK):
        abort(HTTPStatus.FORBIDDEN)
    return plan


def is_import(plan: Plan) -> bool:
    """Whether a plan is of an import."""
    return plan.operation == IMPORT
