"""A form that is left without being sent: a script posts it to its own address, for what was typed to be kept. It must do nothing else."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from http import HTTPStatus

from flask import Flask, Response, request

# The form field that the script adds: the key under which the typed work is kept.
LEAVING = "_leaving"


def init_app(app: Flask, *, kept_by: Collection[str]) -> None:
    """Answer every form that was left, except by the views of these names, which keep what was typed."""
    app.before_request(partial(_do_nothing, kept_by))


def _do_nothing(kept_by: Collection[str]) -> Response | None:
    """Do not do what the form's button does: its person chose to leave. An error page too has a form, which may delete thousands of rows."""
    if request.method != "POST" or LEAVING not in request.form:
        return None
    is_kept = (request.endpoint or "").rpartition(".")[2] in kept_by
    return None if is_kept else Response(status=HTTPStatus.NO_CONTENT)
