"""Turn errors into pages: what happened, what became of the data, where to go from here."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, current_app, g, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import ObjectDeletedError
from werkzeug.exceptions import HTTPException, SecurityError

from admin_app.errors import RecordGone, SelectionError
from admin_app.extensions import db, login_manager
from admin_app.models.limits import LONGEST_TEXT
from admin_app.text import in_words
from admin_app.web.links import here
from admin_app.web.typed import typed

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Explanation:
    """A page's words: its heading, what happened (and to the data), what to do."""

    heading: str
    explanation: str
    advice: str = ""


EXPLANATIONS = {
    400: Explanation("This address cannot be read", "Something in it has no meaning here. Nothing was changed."),
    403: Explanation(
        "You may not do this", "Your role does not include it. Nothing was changed.", "An owner can change your role."
    ),
    404: Explanation(
        "Page not found",
        "There is nothing at this address: it was mistyped, or the record was deleted.",
        "Look for it in its list.",
    ),
    405: Explanation("This page cannot be used that way", "It takes another kind of request. Nothing was changed."),
    409: Explanation(
        "Somebody else was quicker", "The record was changed or deleted at the same moment. Nothing was saved."
    ),
    413: Explanation(
        "That is too much at once",
        "The form is larger than 16 MB. Nothing was saved.",
        f"Go back and shorten it: a text may have up to {LONGEST_TEXT:,} characters.",
    ),
    500: Explanation(
        "There is a problem with the dashboard",
        "It is not your doing. What was being saved when it happened was not saved.",
        "Try again in a moment.",
    ),
    503: Explanation(
        "The database is busy", "It did not answer in time. Nothing was changed.", "Try again in a moment."
    ),
}

SIGNED_OUT = Explanation(
    "You are not signed in",
    "Your session has ended, and nothing was saved.",
    "Copy what you typed, sign in in another tab, and paste it there.",
)

TOKEN_MISSING = Explanation(
    "This form is out of date",
    "It was opened before you signed in or out, or lies open in a browser that keeps no cookies. Nothing was saved.",
    "Open its page again and send it from there.",
)


def init_app(app: Flask) -> None:
    """Answer errors with our own pages."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, lambda _error: token_missing())
    app.register_error_handler(SelectionError, _selection_error)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(ObjectDeletedError, _gone)
    app.register_error_handler(RecordGone, _gone)


def token_missing() -> tuple[str, int]:
    """Refuse what came without the token of its form."""
    return _page(HTTPStatus.BAD_REQUEST, TOKEN_MISSING)


def signed_out() -> tuple[str, int]:
    """Give back what was typed by somebody of whom it cannot be told who they were."""
    return _page(HTTPStatus.FORBIDDEN, SIGNED_OUT)


def _http_error(error: HTTPException) -> tuple[str, int] | HTTPException:
    if isinstance(error, SecurityError):
        # Nothing can be linked to under a host name that is not ours, so this page stands alone.
        return current_app.jinja_env.get_template("errors/unknown_host.html").render(), HTTPStatus.BAD_REQUEST
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status < HTTPStatus.BAD_REQUEST:
        return error
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _forget_person()
    return _page(status, EXPLANATIONS.get(status, Explanation(error.name, "Nothing was changed.")))


def _selection_error(error: SelectionError) -> tuple[str, int]:
    list_path = request.path if (request.endpoint or "").endswith(".index_view") else ""
    offered = f"There is: {in_words(list(error.offered))}." if error.offered else ""
    return _page(400, Explanation("This list cannot be shown as asked", str(error), offered), to=list_path)


def _database_error(error: OperationalError) -> tuple[str, int]:
    log.error("the database refused: %s", error)
    _forget_person()
    return _page(503, EXPLANATIONS[503])


def _gone(_error: ObjectDeletedError | RecordGone) -> tuple[str, int]:
    """Say so when what is to be shown was deleted while the page was drawn: the record, or the person who asks."""
    _forget_person()
    return _page(409, EXPLANATIONS[409])


def _forget_person() -> None:
    """Draw the page for nobody: to know who is signed in would ask the database, which may be what failed."""
    db.session.rollback()
    g._login_user = login_manager.anonymous_user()  # noqa: SLF001 -- where Flask-Login keeps who it has found


def _page(status: int, words: Explanation, *, to: str = "") -> tuple[str, int]:
    links = [("Show the whole list", to)] if to else []
    links.append(("Go to the start page", url_for("admin.index")))
    fields = typed() if status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE else ()
    # Only what came with a good token may be sent again from a page of ours, and only what may go better then.
    again = here() if status >= HTTPStatus.INTERNAL_SERVER_ERROR and g.get("csrf_valid") else ""
    page = {"status": status, "words": words, "links": links, "typed": fields, "again": again}
    try:
        return render_template("errors/error.html", **page), status
    except OperationalError as error:
        return _database_error(error)
