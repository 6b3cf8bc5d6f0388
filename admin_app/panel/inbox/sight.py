"""The number of unread entries of the current person, among those that they may see."""

from __future__ import annotations

from admin_app.domain.permissions.policy import Action
from admin_app.domain.work import inbox
from admin_app.domain.work.inbox import Sight
from admin_app.extensions import db, table_of
from admin_app.panel.access.access import access_to, rows_by_base_class
from admin_app.panel.registry import resources


def sight() -> Sight:
    """Return the tables and rows whose history the person may see; other changes are not news to them."""
    shown = [access for one in resources() if (access := access_to(one)).may(Action.HISTORY)]
    return Sight([str(table_of(one.resource.model).name) for one in shown], rows_by_base_class(shown, Action.HISTORY))


def number_unread(staff_id: int) -> int:
    """Count the person's unread entries, by one statement."""
    return inbox.unread(db.session, staff_id, sight())
