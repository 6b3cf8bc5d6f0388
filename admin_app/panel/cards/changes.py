"""The latest changes, by the person or by everybody, that the person may see."""

from __future__ import annotations

from dataclasses import replace

from admin_app.domain.audit.reader import newest_changes
from admin_app.domain.permissions.principal import AnyPrincipal
from admin_app.extensions import db
from admin_app.panel.access.audit import visible
from admin_app.panel.history.activity_row import activity_rows
from admin_app.panel.history.view_models import ActivityRow

MOST = 8


def recent_changes(person: AnyPrincipal, *, is_own: bool) -> list[ActivityRow]:
    """Return the newest change sets that changed records, as rows of Activity."""
    wanted = replace(visible(), person=person.id if is_own else None)
    return activity_rows(newest_changes(db.session, wanted, most=MOST))
