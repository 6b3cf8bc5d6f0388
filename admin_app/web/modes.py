"""During maintenance every change is refused, with what was typed given back; the operator's banner is on every page.

Each process asks the database every few seconds, not for each page: a command takes effect without a restart.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from threading import Lock

from flask import Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from admin_app.context import autocommit, reading, zone
from admin_app.domain import modes
from admin_app.domain.modes import Mode
from admin_app.extensions import db
from admin_app.formatting import exact_time
from admin_app.web import errors
from admin_app.web.security import SAFE_METHODS

# Seconds for which a process trusts what it read.
FRESH = 3.0
# Allowed during maintenance: signing in and out, and keeping drafts. Neither changes a record. The company's directory is
# answered in its own format, and may sign people out.
BLUEPRINTS = frozenset({"auth", "two_factor", "forgotten", "see_as", "scim"})
ENDPOINTS = frozenset({"account.session", "account.confirm"})
VIEWS = frozenset({"presence_view", "preview_view", "ticks_view"})
# Seconds for Retry-After if nobody said how long it takes.
AGAIN = 300


@dataclass
class Kept:
    """The mode that a process read, and when."""

    mode: Mode = modes.USUAL
    since: float = -1e9


def init_app(app: Flask) -> None:
    """Check the mode before every request that changes something."""
    app.extensions["mode"] = Kept()
    app.extensions["mode_lock"] = Lock()
    app.before_request(refuse_to_change)
    app.context_processor(_words)


def present_mode() -> Mode:
    """Return the current mode: a setting takes precedence over a command."""
    kept: Kept = current_app.extensions["mode"]
    lock: Lock = current_app.extensions["mode_lock"]
    if time.monotonic() - kept.since >= FRESH and lock.acquire(blocking=False):
        try:
            kept.mode = _read(kept.mode)
            kept.since = time.monotonic()
        finally:
            lock.release()
    config = current_app.config
    mode = replace(kept.mode, banner=kept.mode.banner or config["BANNER"])
    return replace(mode, is_maintained=True) if config["MAINTENANCE"] else mode


def _read(before: Mode) -> Mode:
    try:
        if db.engine.dialect.name == "postgresql":
            # Use the request's own connection: behind a pooler, requests that each waited for a second one would
            # block each other. Unsaved changes of a form stay unsaved.
            with db.session.no_autoflush:
                return modes.present_mode(db.session)
        # Read without the write lock, which this request may hold itself.
        with reading(), autocommit(), Session(db.engine) as session:
            return modes.present_mode(session)
    except DBAPIError:
        # The view will report what is wrong with the database.
        if db.engine.dialect.name == "postgresql":
            # Its transaction has ended anyway.
            db.session.rollback()
        return before


def maintenance_words(mode: Mode) -> str:
    """Say when people may change things again."""
    back = f"until {exact_time(mode.until, zone())}" if mode.until is not None else "for now"
    return f"The dashboard is in maintenance: you can see everything, but you cannot save {back}."


def refuse_to_change() -> ResponseReturnValue | None:
    """Refuse a request that changes something during maintenance."""
    if request.method in SAFE_METHODS or _goes_on():
        return None
    mode = present_mode()
    if not mode.is_maintained:
        return None
    page, status = errors.in_maintenance(maintenance_words(mode))
    return Response(page, status, {"Retry-After": str(AGAIN)}, mimetype="text/html")


def _goes_on() -> bool:
    blueprint, _, view = (request.endpoint or "").rpartition(".")
    return blueprint in BLUEPRINTS or view in VIEWS or request.endpoint in ENDPOINTS


def _words() -> dict[str, object]:
    mode = present_mode()
    words = (mode.banner, maintenance_words(mode) if mode.is_maintained else "")
    return {"site_notices": [one for one in words if one]}
