"""A save whose commit was never answered: look it up in the history before answering, and before saving again."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, redirect, request, url_for
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin_app.context import autocommit, reading
from admin_app.db.troubles import UNREACHABLE, trouble_of
from admin_app.domain.audit.doubts import Doubt, is_done, read_doubt
from admin_app.domain.audit.recorder import set_in_doubt
from admin_app.extensions import db
from admin_app.web.auth.login import acting_principal
from admin_app.web.flash import announce

# The form field with the change sets that may have been saved.
DOUBTS = "_doubts"
# How often a form with such a field can be sent again.
MOST = 5
SAVED = "This was saved, once. The connection to the database broke before the dashboard could say so."


def init_app(app: Flask) -> None:
    """Check every such form before its view runs."""
    app.before_request(_answer_to_another_try)


def doubts_of(error: DBAPIError) -> list[Doubt]:
    """Return the change sets that may have been saved by this request or by an earlier one with the same form."""
    sent = [one for words in request.form.get(DOUBTS, "").split(",")[:MOST] if (one := read_doubt(words))]
    own = set_in_doubt(db.session) if trouble_of(error) is UNREACHABLE else None
    return sent if own is None else [*sent, own]


def answer_from_history(doubts: Sequence[Doubt]) -> Response | None:
    """Lead to the change set if it was saved; raise `DBAPIError` if the database cannot be asked."""
    person = acting_principal()
    # Background requests of scripts need no page.
    if person is None or "text/html" not in request.headers.get("Accept", "text/html"):
        return None
    with reading(), autocommit(), Session(db.engine) as session:
        done = next((one for one in doubts if is_done(session, one, actor_id=person.id)), None)
    if done is None:
        return None
    announce(SAVED)
    return redirect(url_for("activity.set_view", id=done.set_id), 303)


def _answer_to_another_try() -> Response | None:
    if request.method != "POST" or DOUBTS not in request.form:
        return None
    return answer_from_history([one for words in request.form[DOUBTS].split(",")[:MOST] if (one := read_doubt(words))])
