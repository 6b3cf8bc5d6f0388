"""The fields that the person typed into the submitted form, for error pages and drafts."""

from __future__ import annotations

from collections.abc import Callable, Collection

from flask import Flask, current_app, request

_NAMES = "names_of_typed_fields"
# Our own form fields, which nobody types: they say what a form was drawn from.
OWN = "_"

Field = tuple[str, str]


def init_app(app: Flask, names: Callable[[], Collection[str]]) -> None:
    """Set the function that names the fields of the current form that may be stored and shown again: no passwords."""
    app.extensions[_NAMES] = names


def submitted_fields(allowed: Collection[str] | None = None) -> tuple[Field, ...]:
    """Return the submitted fields that are allowed, without secrets.

    `allowed` defaults to what the registered function says; without one, nothing is returned.
    """
    if request.method != "POST":
        return ()
    names: Callable[[], Collection[str]] = current_app.extensions.get(_NAMES, tuple)
    allowed = names() if allowed is None else allowed
    fields = [(name, value) for name, value in request.form.items(multi=True) if name in allowed]
    has_words = any(value.strip() for name, value in fields if not name.startswith(OWN))
    return tuple(fields) if has_words else ()
