"""How much is unread for the person at hand, of what they may see."""

from __future__ import annotations

from admin_app.domain.permissions.policy import Action
from admin_app.domain.work import inbox
from admin_app.domain.work.inbox import Sight
from admin_app.extensions import db, table_of
from admin_app.panel.access.access import access_to, rows_of_first_classes
from admin_app.panel.registry import resources


def sight() -> Sight:
    """Return of which tables, and of which of their rows, the person may see the history: who may not is told of no change."""
    shown = [access for one in resources() if (access := access_to(one)).may(Action.HISTORY)]
    return Sight(
        [str(table_of(one.resource.model).name) for one in shown], rows_of_first_classes(shown, Action.HISTORY)
    )


def number_unread(staff_id: int) -> int:
    """Count the person's unread entries, by one statement."""
    return inbox.unread(db.session, staff_id, sight())
