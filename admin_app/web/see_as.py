"""While somebody sees the dashboard as another person, nothing is changed, and nothing is taken away: every such request ends here."""

from __future__ import annotations

from flask import Flask, Response, request, url_for
from flask.typing import ResponseReturnValue

from admin_app.web import errors
from admin_app.web.auth import login
from admin_app.web.request_context import request_context
from admin_app.web.security import SAFE_METHODS

STOP = "see_as.index"
# What may be sent meanwhile, as it is about the session of who is signed in.
OF_SESSION = frozenset({STOP, "auth.sign_out", "account.session"})


def init_app(app: Flask) -> None:
    """Check every request that changes something, and give the pages the name of the person that is seen as."""
    app.before_request(_refuse_to_change)
    app.after_request(_write_nothing)
    app.context_processor(lambda: {"seen_as": login.seen_as(), "stop_seeing_url": url_for(STOP)})


def refuse_to_show() -> ResponseReturnValue | None:
    """Refuse what another person must not see or take away: the account's own pages, and files."""
    return errors.only_seen() if login.seen_as() is not None else None


def _refuse_to_change() -> ResponseReturnValue | None:
    if request.method in SAFE_METHODS or request.endpoint in OF_SESSION:
        return None
    present = login.current_session()
    # A form that was drawn as somebody else must not be carried out as oneself.
    is_looking = present is not None and (present.seen_as is not None or present.has_just_stopped)
    return errors.only_seen() if is_looking else None


def _write_nothing(response: Response) -> Response:
    """Keep no trace in the other person's name: that they have a form open, say."""
    if (writes := request_context().after_response) and login.seen_as() is not None:
        for name in writes.keys() - login.OF_SESSION:
            del writes[name]
    return response
