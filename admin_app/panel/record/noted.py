"""The links to notes and watching in a record's head."""

from __future__ import annotations

from dataclasses import dataclass

from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.domain.work import noted
from admin_app.extensions import db
from admin_app.panel.access.access import Access
from admin_app.panel.links import link, return_url
from admin_app.web.auth.login import signed_in_principal


@dataclass(frozen=True)
class Noted:
    """The number of a record's notes, and the address for watching it ("" if the person may not read its history)."""

    number: int
    watch_url: str
    is_watched: bool


def noted_of(access: Access, record: Record) -> Noted:
    """Return the number of notes and the watch of the current person, by one statement per page."""
    return access.once(("noted", record.id), lambda: _noted(access, record))


def _noted(access: Access, record: Record) -> Noted:
    number, is_watched = noted.about(db.session, signed_in_principal(), record)
    may_watch = access.reaches(record, Action.HISTORY)
    return Noted(
        number=number,
        watch_url=link(access.resource, "watch_view", record, url=return_url(access.resource)) if may_watch else "",
        is_watched=is_watched,
    )
