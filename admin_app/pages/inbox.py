"""The inbox: mentions, and news about the records and views that a person watches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_app.db.limits import as_key
from admin_app.db.transaction import transaction
from admin_app.domain.work import inbox, watching
from admin_app.extensions import db
from admin_app.models.change_set import Change
from admin_app.models.note import Mention, Note
from admin_app.models.watch import ViewWatch, Watch
from admin_app.panel.base_view import ProtectedView
from admin_app.panel.inbox.entries import mention_entries, news_entries, watched_records
from admin_app.panel.inbox.views import view_entries, views_watched_by, watched_lists
from admin_app.web.auth import login
from admin_app.web.flash import announce

WATCH, VIEW = "watch", "view"


class InboxPage(ProtectedView):
    """A person's own inbox."""

    retried = frozenset({"read", "stop"})

    def is_visible(self) -> bool:
        """Stand in our own menu."""
        return False

    def is_withheld(self, _name: str) -> bool:
        """Withhold the inbox from anyone who sees the dashboard as its person."""
        return True

    @expose("/")
    def index(self) -> str:
        """Show unread entries, read entries, and what the person watches."""
        person = login.signed_in_principal()
        views = views_watched_by(person)
        # First, because a view that takes too long ends the transaction that the others would use.
        new_in_views = list(view_entries(views))
        before = as_key(Mention, request.args.get("before", "")) or 0
        read = inbox.mentions(db.session, person.id, are_read=True, before=before)
        shown = read[: inbox.PAGE_SIZE]
        unread = mention_entries(inbox.mentions(db.session, person.id, are_read=False))
        return self.render(
            "pages/inbox.html",
            unread=[*unread, *news_entries(person.id), *new_in_views],
            read=mention_entries(shown),
            watched=[*watched_records(person.id), *watched_lists(views)],
            older_url=url_for("inbox.index", before=shown[-1][0].id) if len(read) > len(shown) else "",
            newest_url=url_for("inbox.index") if before else "",
        )

    @expose("/read/", methods=("POST",))
    def read(self) -> ResponseReturnValue:
        """Mark one entry as read, or all that the page showed."""
        person_id = login.signed_in_principal().id
        with transaction(db.session):
            for entry in request.form.getlist("entry")[:MOST_MARKED]:
                _mark(person_id, entry)
        return login.lead_to(url_for("inbox.index"))

    @expose("/stop/", methods=("POST",))
    def stop(self) -> ResponseReturnValue:
        """Stop watching a record or a view, even one that the person can no longer see."""
        person = login.signed_in_principal()
        with transaction(db.session):
            if key := as_key(Watch, request.form.get(WATCH, "")):
                watching.stop(db.session, person, key)
            if key := as_key(Watch, request.form.get(VIEW, "")):
                watching.stop_watching_view(db.session, person, key)
        announce("You are no longer watching it.")
        return login.lead_to(url_for("inbox.index"))


# A page shows no more entries than that.
MOST_MARKED = 2 * watching.MOST_WATCHED + watching.MOST_VIEWS + inbox.MOST_UNREAD


def _mark(person_id: int, entry: str) -> None:
    """Mark an entry as read by its name on the page: a word and numbers with dots between them. An unknown name marks nothing."""
    kind, *texts = entry.split(".")
    numbers = [as_key(model, text) or 0 for model, text in zip(_NUMBERS.get(kind, ()), texts, strict=False)]
    match kind, numbers:
        case "mention", [key]:
            inbox.mark_mention(db.session, person_id, key)
        case "watch", [key, change, note]:
            inbox.mark_watch(db.session, person_id, key, change=change, note=note)
        case "view", [key, seen]:
            inbox.mark_view(db.session, person_id, key, seen=seen)


# The table that the keys belong to.
_NUMBERS: Mapping[str, Sequence[type[object]]] = {
    "mention": (Mention,),
    "watch": (Watch, Change, Note),
    "view": (ViewWatch, Change),
}
