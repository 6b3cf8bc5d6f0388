"""Attempts at a request that changes something: where others write at the same moment, it is answered anew.

Nothing that one attempt read counts for the next: by then others have written, and may have changed what the person may do.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from flask import abort
from flask.typing import ResponseReturnValue

from admin_app.db.retries import retry_conflicts
from admin_app.db.transaction import begin_act
from admin_app.errors import RecordGone
from admin_app.extensions import db
from admin_app.web import modes, see_as
from admin_app.web.auth import host_sign_in, login
from admin_app.web.request_context import request_context


def attempted(
    make: Callable[[], ResponseReturnValue], judge: Callable[[], ResponseReturnValue | None]
) -> ResponseReturnValue:
    """Make the answer; where its transaction conflicts with another, forget what was read, judge the request as if it came now, and make it anew.

    Not where it was committed before it failed, nor where it was to be attempted once.

    `judge` returns the answer that refuses the request, None where it may go on. What `make` does outside of its
    transaction must be the last thing that it does.
    """

    def again() -> ResponseReturnValue:
        if request_context().is_blind:
            abort(HTTPStatus.CONFLICT)
        _forget()
        refused = see_as.refuse_to_change() or modes.refuse_to_change() or judge()
        return make() if refused is None else refused

    return retry_conflicts(db.session, make, also=(RecordGone,), again=again)


def attempt_once() -> None:
    """Answer 409 to this request where it conflicts: it does not say what its person saw, so another attempt would overwrite what nobody has seen."""
    request_context().is_blind = True


def _forget() -> None:
    db.session.remove()
    begin_act(db.session)
    login.forget()
    request_context().known.clear()
    host_sign_in.follow()
