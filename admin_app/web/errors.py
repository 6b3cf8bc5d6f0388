"""Turn errors into pages: what happened, what it means for the data, and what to do next."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from http import HTTPStatus

from flask import Flask, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm.exc import ObjectDeletedError
from werkzeug.exceptions import ClientDisconnected, HTTPException, SecurityError

from admin_app.db.limits import LONGEST_TEXT
from admin_app.db.transaction import is_act_done
from admin_app.db.troubles import Trouble, say, trouble_of
from admin_app.errors import RecordGone, SelectionError
from admin_app.extensions import db
from admin_app.formatting import in_words
from admin_app.web import doubts
from admin_app.web.auth.login import become_anonymous, seen_as
from admin_app.web.form_parser import the_body
from admin_app.web.request_id import request_id
from admin_app.web.submitted_fields import Field, submitted_fields
from admin_app.web.urls import here, own_path

log = logging.getLogger(__name__)

# A request that was not read whole has no fields to give back.
UNREAD = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.INSUFFICIENT_STORAGE})


@dataclass(frozen=True)
class Explanation:
    """A page's text: the heading, what happened (and to the data), and what to do."""

    heading: str
    explanation: str
    advice: str = ""


EXPLANATIONS = {
    400: Explanation(
        "This address is not valid", "The dashboard does not understand a part of it. Nothing was changed."
    ),
    403: Explanation(
        "You may not do this", "Your roles do not allow it. Nothing was changed.", "An owner can change your roles."
    ),
    404: Explanation("Page not found", "We can't find this page. The address may be wrong, or the record was deleted."),
    405: Explanation(
        "This page cannot be used that way", "It does not take requests of this method. Nothing was changed."
    ),
    408: Explanation(
        "The request did not arrive in time",
        "The connection stopped while it was being sent. Nothing was saved.",
        "Send it again.",
    ),
    409: Explanation(
        "The record has changed",
        "It was changed or deleted at the same moment, in another window or by a colleague. Nothing was saved.",
        "Open it again to see what changed.",
    ),
    413: Explanation(
        "This form is too large",
        "It is larger than 16 MB. Nothing was saved.",
        f"Go back and shorten it: a text can have up to {LONGEST_TEXT:,} characters.",
    ),
    500: Explanation(
        "There is a problem with the dashboard",
        "Something went wrong on our side. What you were saving was not saved.",
        "Try again in a moment.",
    ),
    503: Explanation(
        "The database is busy", "It did not answer in time. Nothing was changed.", "Try again in a moment."
    ),
}

# The connection broke during the save.
DOUBTFUL = Explanation(
    "The database cannot be used",
    "The connection broke while this was being saved, so it may have been saved or not.",
    "Send it again in a moment: the dashboard looks first whether it was saved, and does not save it twice.",
)
# The database failed after the save, before the next page was known.
DONE = Explanation(
    "This was saved",
    "The database did not answer what came after that.",
    "Look at the activity, and do not send it again.",
)
LOOK_FIRST = "Look at the activity before you do it again."

# Where a page takes a file.
FILE_TOO_LARGE = Explanation(
    "This file is too large",
    "It is larger than {limit} MB, so it was not read. Nothing was saved.",
    "Split it into smaller files, or ask whoever runs the dashboard to import it by the command line.",
)
PASTED_TOO_LARGE = Explanation(
    "This text is too large",
    "Pasted text can have up to 16 MB. Nothing was saved.",
    "Save it as a file and choose that.",
)

SIGNED_OUT = Explanation(
    "You are not signed in",
    "Your session has ended, and nothing was saved.",
    "Copy what you typed, sign in in another tab, and paste it there.",
)

TOKEN_MISSING = Explanation(
    "This form is out of date",
    "It was opened before you signed in or out, or the browser accepts no cookies. Nothing was saved.",
    "Open its page again and send it from there.",
)


ELSEWHERE = Explanation(
    "This was not sent from the dashboard",
    "It came from a page at {from_}, but the dashboard is at {here}. Nothing was saved.",
    "Open its page again and send it from there. If you did, the server in front passes on another "
    "host name: see “Behind a proxy” in the instructions.",
)

NOWHERE = Explanation(
    "The browser does not say where this was sent from",
    "It sent neither an Origin nor a Referer, so any page could have sent this. Nothing was saved.",
    "Allow it to send one of them to this address: an extension or a privacy setting holds it back.",
)

STOP_FIRST = "To go on as yourself, press “Stop” at the top of the page."

ONLY_SEEN = Explanation(
    "You can only look",
    "You cannot change or download anything, or open the account, while you see the dashboard as someone else. "
    "Nothing was changed.",
    STOP_FIRST,
)

NOT_FOR_THEM = Explanation(
    "{name} may not do this",
    "You see the dashboard as {name}, whose roles do not allow it. Nothing was changed.",
    STOP_FIRST,
)


def init_app(app: Flask) -> None:
    """Answer errors with our own pages."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(ClientDisconnected, lambda _error: _page(408, EXPLANATIONS[408]))
    app.register_error_handler(CSRFError, lambda _error: token_missing())
    app.register_error_handler(SelectionError, _selection_error)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(DatabaseError, _store_error)
    app.register_error_handler(OSError, _disk_error)
    app.register_error_handler(ObjectDeletedError, _gone)
    app.register_error_handler(RecordGone, _gone)


def token_missing() -> tuple[str, int]:
    """Refuse a form without a valid token."""
    return _page(HTTPStatus.BAD_REQUEST, TOKEN_MISSING)


def sent_from_elsewhere(origin: str, here: str) -> tuple[str, int]:
    """Refuse a form that another site's page, or an unknown page, sent."""
    words = NOWHERE
    if origin:
        words = replace(ELSEWHERE, explanation=ELSEWHERE.explanation.format(from_=origin, here=here))
    return _page(HTTPStatus.BAD_REQUEST, words)


def only_seen() -> tuple[str, int]:
    """Refuse an act that is closed while a person sees the dashboard as someone else."""
    return _page(HTTPStatus.FORBIDDEN, ONLY_SEEN)


def gone_meanwhile(words: str, *, to: str, to_words: str) -> tuple[str, int]:
    """Refuse a form whose record is gone. `words` say what happened to it; the page gives back what was typed, and links to the list."""
    return _page(HTTPStatus.CONFLICT, Explanation("This record is no longer here", words), to=to, to_words=to_words)


def in_maintenance(words: str) -> tuple[str, int]:
    """Refuse changes during maintenance."""
    explanation = Explanation("You cannot save at the moment", f"{words} Nothing was changed.", "Try again later.")
    return _page(HTTPStatus.SERVICE_UNAVAILABLE, explanation)


def signed_out() -> tuple[str, int]:
    """Give back what was typed when the sender's identity is unknown."""
    return _page(HTTPStatus.FORBIDDEN, SIGNED_OUT)


def _http_error(error: HTTPException) -> tuple[str, int] | HTTPException:
    if isinstance(error, SecurityError):
        # Nothing can be linked to under a host name that is not ours, so this page stands alone.
        return current_app.jinja_env.get_template("errors/unknown_host.html").render(), HTTPStatus.BAD_REQUEST
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status < HTTPStatus.BAD_REQUEST:
        return error
    if status == HTTPStatus.INTERNAL_SERVER_ERROR and is_act_done(db.session):
        _draw_for_nobody()
        return _page(status, replace(DONE, explanation="Something went wrong on our side after that."), is_over=True)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _draw_for_nobody()
    if status == HTTPStatus.FORBIDDEN and (person := seen_as()) is not None:
        return _page(status, _not_for(person.name))
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and the_body().accepted.names:
        return _too_large_a_file()
    return _page(status, EXPLANATIONS.get(status, Explanation(error.name, "Nothing was changed.")))


def _not_for(name: str) -> Explanation:
    words = NOT_FOR_THEM
    return replace(words, heading=words.heading.format(name=name), explanation=words.explanation.format(name=name))


def _too_large_a_file() -> tuple[str, int]:
    body = the_body()
    is_whole = (body.content_length or 0) > (body.max_content_length or 0)
    words = FILE_TOO_LARGE if is_whole and body.mimetype == "multipart/form-data" else PASTED_TOO_LARGE
    limit = f"{current_app.config['UPLOAD_MB']:,}"
    words = replace(words, explanation=words.explanation.format(limit=limit))
    return _page(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, words, to=own_path(), to_words="Choose another file")


def _selection_error(error: SelectionError) -> tuple[str, int]:
    list_path = own_path() if (request.endpoint or "").endswith(".index_view") else ""
    offered = f"Choose from: {in_words(list(error.offered))}." if error.offered else ""
    return _page(400, Explanation("This list cannot be shown as asked", str(error), offered), to=list_path)


def _database_error(error: DatabaseError) -> ResponseReturnValue:
    say(log, error)
    found = doubts.doubts_of(error)
    with suppress(DatabaseError):
        if found and (answer := doubts.answer_from_history(found)) is not None:
            return answer
    _draw_for_nobody()
    if request.method == "POST" and is_act_done(db.session):
        return _page(503, DONE, is_over=True)
    if not found:
        return _page(503, _words_of(trouble_of(error)))
    words = DOUBTFUL if _can_be_sent_again() else replace(DOUBTFUL, advice=LOOK_FIRST)
    return _page(503, words, further=[(doubts.DOUBTS, ",".join(map(str, found)))])


def _store_error(error: DatabaseError) -> ResponseReturnValue:
    """Respond to a damaged file, which SQLite does not report as an operational error; re-raise our own bugs."""
    if trouble_of(error) is None:
        raise error
    return _database_error(error)


def _disk_error(error: OSError) -> tuple[str, int]:
    """Respond if there is no disk space for an upload: it is stored before the page reads it."""
    if (trouble := trouble_of(error)) is None:
        raise error
    say(log, error)
    _draw_for_nobody()
    words = Explanation(
        "There is no room for this",
        f"{trouble.problem} Nothing was saved.",
        f"Tell whoever runs the dashboard: {trouble.advice}",
    )
    return _page(HTTPStatus.INSUFFICIENT_STORAGE, words)


def _words_of(trouble: Trouble | None) -> Explanation:
    """Describe what is wrong with the database, for whoever can fix it or report it."""
    if trouble is None:
        return EXPLANATIONS[503]
    heading = "The database cannot be used"
    return Explanation(
        heading, f"{trouble.problem} Nothing was saved.", f"Tell whoever runs the dashboard: {trouble.advice}"
    )


def _gone(_error: ObjectDeletedError | RecordGone) -> tuple[str, int]:
    """Respond if what the page shows was deleted meanwhile: the record, or the signed-in person."""
    _draw_for_nobody()
    return _page(409, EXPLANATIONS[409])


def _draw_for_nobody() -> None:
    """Draw the page as for a stranger: looking up the person would ask the database, which may have failed."""
    db.session.rollback()
    become_anonymous()


def _page(
    status: int,
    words: Explanation,
    *,
    to: str = "",
    to_words: str = "Show all",
    further: Sequence[Field] = (),
    is_over: bool = False,
) -> tuple[str, int]:
    """Draw the page with what was sent, unless `is_over` says that nothing can be done with it."""
    links = [(to_words, to)] if to else []
    links.append(("Go to the home page", url_for("admin.index")))
    fields = () if status in UNREAD or is_over else submitted_fields()
    fields = (*fields, *further) if fields else ()
    # Only if a second try may succeed.
    may_be_sent_again = status >= HTTPStatus.INTERNAL_SERVER_ERROR and not is_over
    again = here() if may_be_sent_again and g.get("csrf_valid") else ""
    page = {"status": status, "words": words, "links": links, "typed": fields, "again": again}
    page["request_id"] = request_id()
    try:
        return render_template("errors/error.html", **page), status
    except DatabaseError as error:
        say(log, error)
        _draw_for_nobody()
        return _page(HTTPStatus.SERVICE_UNAVAILABLE, _words_of(trouble_of(error)))


def _can_be_sent_again() -> bool:
    """Whether what was typed comes back with a button: only forms with a valid token may be sent from our page."""
    return bool(submitted_fields() and g.get("csrf_valid"))
