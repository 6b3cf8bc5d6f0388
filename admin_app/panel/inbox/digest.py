"""The digest email about a person's inbox. It only has the numbers of entries, not their content, because emails leave the company."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from admin_app.domain.work import inbox
from admin_app.extensions import db
from admin_app.formatting import counted
from admin_app.models.staff import Staff
from admin_app.panel.access.authority import acting_for
from admin_app.panel.inbox.entries import mention_entries, news_entries
from admin_app.panel.inbox.view_models import Entry
from admin_app.panel.inbox.views import view_entries, views_watched_by

_SAID = (
    ("note mentions you", "notes mention you"),
    ("update to records that you watch", "updates to records that you watch"),
    ("view that you watch has new records", "views that you watch have new records"),
)


def digest_of(staff: Staff, since: datetime | None) -> list[str]:
    """Return a line for each kind of unread entries; none if nothing is new since the last digest."""
    with acting_for(staff):
        # Views come first, because one that takes too long ends the transaction.
        views = [entry for entry in view_entries(views_watched_by(staff)) if entry.key]
        mentions = mention_entries(inbox.mentions(db.session, staff.id, are_read=False))
        kinds = (mentions, news_entries(staff.id), views)
    if not any(_is_new(entry, since) for entries in kinds for entry in entries):
        return []
    return [_line(entries, *words) for entries, words in zip(kinds, _SAID, strict=True) if entries]


def _is_new(entry: Entry, since: datetime | None) -> bool:
    return entry.moment is not None and (since is None or entry.moment > since)


def _line(entries: Sequence[Entry], one: str, several: str) -> str:
    return counted(len(entries), one, several)
