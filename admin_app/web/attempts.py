"""Retry a request that changes something if its transaction conflicts with another.

A retry reuses nothing that an earlier attempt read: others have written since, and may have changed the person's rights.
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
    """Make the answer. If its transaction conflicts with another, forget what was read, judge the request again, and make the answer again.

    There is no retry if the work was committed before it failed, or after `attempt_once`.

    `judge` returns the answer that refuses the request; None if it may go on. Anything that `make` does outside of its
    transaction must come last.
    """

    def again() -> ResponseReturnValue:
        if request_context().is_blind:
            abort(HTTPStatus.CONFLICT)
        _forget()
        refused = see_as.refuse_to_change() or modes.refuse_to_change() or judge()
        return make() if refused is None else refused

    return retry_conflicts(db.session, make, also=(RecordGone,), again=again)


def attempt_once() -> None:
    """Answer 409 if this request conflicts: it does not say which version the person saw, so a retry could overwrite an unseen change."""
    request_context().is_blind = True


def _forget() -> None:
    db.session.remove()
    begin_act(db.session)
    login.forget()
    request_context().known.clear()
    host_sign_in.follow()
