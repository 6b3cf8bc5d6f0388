"""Show a form with a stale token again with a fresh one; give back what was typed on error pages."""

from __future__ import annotations

from collections.abc import Collection

from flask import Flask, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from admin_app.errors import SelectionError
from admin_app.panel.access.access import access_to
from admin_app.panel.drafts import RECORD_FORMS
from admin_app.panel.page import Page
from admin_app.panel.registry import resource_at
from admin_app.panel.views import ACTIONS, FORMS
from admin_app.web import errors, submitted_fields
from admin_app.web.auth import reauthentication
from admin_app.web.auth.login import current_principal

STALE = "This form was opened before you signed in again. Nothing was saved. Check it and save it again."


def init_app(app: Flask) -> None:
    """Register which fields error pages give back, and answer a stale token with the form itself."""
    submitted_fields.init_app(app, _names)
    app.register_error_handler(CSRFError, _stale_token)


def _page() -> Page | None:
    """Return the page of the form that is being sent; None if it cannot be drawn again."""
    resource, view = resource_at(request.blueprint), (request.endpoint or "").rpartition(".")[2]
    return FORMS[view](access_to(resource), view) if resource is not None and view in FORMS else None


def _names() -> Collection[str]:
    """Return the names of the fields that an error page gives back: typed ones, not ticks."""
    page = _page()
    return page.kept_names() if page is not None and page.view in RECORD_FORMS else ()


def _stale_token(_error: CSRFError) -> ResponseReturnValue:
    """Show the form again with a fresh token. A form without a valid token is never carried out."""
    person = current_principal()
    reauthentication.unwrap(person.id if person is not None else None)
    page = _page()
    if (
        page is None
        or not submitted_fields.submitted_fields(page.kept_names())
        or not page.access.may(ACTIONS[page.view])
    ):
        return errors.token_missing()
    try:
        return page.again(STALE) or errors.token_missing()
    except (SelectionError, HTTPException):
        # An unknown or outdated address has no form.
        return errors.token_missing()
