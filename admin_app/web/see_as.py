"""While a person sees the dashboard as someone else, nothing can be changed or downloaded: this module refuses such requests."""

from __future__ import annotations

from flask import Flask, Response, request, url_for
from flask.typing import ResponseReturnValue

from admin_app.web import errors
from admin_app.web.auth import login
from admin_app.web.request_context import request_context
from admin_app.web.security import SAFE_METHODS

STOP = "see_as.index"
# Still allowed, because it concerns the session of the signed-in person.
OF_SESSION = frozenset({STOP, "auth.sign_out", "account.session"})


def init_app(app: Flask) -> None:
    """Check every request that changes something, and give pages the name of the person whom the dashboard is seen as."""
    app.before_request(refuse_to_change)
    app.after_request(_write_nothing)
    app.context_processor(lambda: {"seen_as": login.seen_as(), "stop_seeing_url": url_for(STOP)})


def refuse_to_show() -> ResponseReturnValue | None:
    """Refuse the pages that are withheld from others: the account and files."""
    return errors.only_seen() if login.seen_as() is not None else None


def refuse_to_change() -> ResponseReturnValue | None:
    """Refuse a request that changes something while its person sees the dashboard as someone else."""
    if request.method in SAFE_METHODS or request.endpoint in OF_SESSION:
        return None
    present = login.current_session()
    # A form that was drawn as someone else must not be carried out as oneself.
    is_looking = present is not None and (present.seen_as is not None or present.has_just_stopped)
    return errors.only_seen() if is_looking else None


def _write_nothing(response: Response) -> Response:
    """Leave no trace in the other person's name, such as that they have a form open."""
    if (writes := request_context().after_response) and login.seen_as() is not None:
        for name in writes.keys() - login.OF_SESSION:
            del writes[name]
    return response
