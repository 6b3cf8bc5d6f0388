"""The table of a person's sessions, for their own account page and for an owner's page about them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from admin_app.domain.auth import sessions
from admin_app.extensions import db
from admin_app.models.staff import Staff
from admin_app.panel.kinds import value_cell
from admin_app.panel.view_models import Cell
from admin_app.web.auth.login import current_session
from admin_app.web.client_info import device_in_words, place_in_words

EVERYWHERE_ELSE = "others"


@dataclass(frozen=True)
class SessionRow:
    """One signed-in browser. `handle` names it in the form that ends it."""

    handle: str
    device: str
    place: str
    last_seen: Cell
    began: Cell
    is_this: bool


def session_rows(staff: Staff) -> tuple[SessionRow, ...]:
    """Return the person's sessions, with the one of this browser first."""
    present = current_session()
    found = sessions.all_of(db.session, staff, idle_hours=current_app.config["IDLE_HOURS"])
    rows = [
        SessionRow(
            handle=one.handle,
            device=device_in_words(one.user_agent),
            place=place_in_words(one.address),
            last_seen=value_cell(one.last_seen_at, is_whole=False),
            began=value_cell(one.created_at, is_whole=False),
            is_this=present is not None and present.handle == one.handle,
        )
        for one in found
    ]
    return tuple(sorted(rows, key=lambda row: not row.is_this))


def end_sessions(staff: Staff, chosen: str) -> str:
    """End the session that a form names, or all but the present one; return what was done, in words."""
    present = current_session()
    if chosen == EVERYWHERE_ELSE:
        is_oneself = present is not None and present.person.id == staff.id
        sessions.end_on_request(db.session, staff, but=present.token if present and is_oneself else None)
        return (
            f"{'You are' if is_oneself else f'{staff.name} is'} signed out everywhere{' else' if is_oneself else ''}."
        )
    if sessions.end_by_handle(db.session, staff, chosen):
        return "That device was signed out."
    return "That device was already signed out."
