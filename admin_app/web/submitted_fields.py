"""The typed fields of the form that is being sent, for error pages to give back and for drafts to keep."""

from __future__ import annotations

from collections.abc import Callable, Collection

from flask import Flask, current_app, request

_NAMES = "names_of_typed_fields"
# Fields of ours in forms: they say what a form was drawn from, and nobody typed them.
OWN = "_"

Field = tuple[str, str]


def init_app(app: Flask, names: Callable[[], Collection[str]]) -> None:
    """Take the function that names the fields of the current form that may be kept and shown again: no passwords."""
    app.extensions[_NAMES] = names


def submitted_fields(allowed: Collection[str] | None = None) -> tuple[Field, ...]:
    """Return the fields that were sent and are allowed: those without secrets; none where nothing was typed.

    Which are allowed is asked of who knows, unless it is said; none where nobody does.
    """
    if request.method != "POST":
        return ()
    names: Callable[[], Collection[str]] = current_app.extensions.get(_NAMES, tuple)
    allowed = names() if allowed is None else allowed
    fields = [(name, value) for name, value in request.form.items(multi=True) if name in allowed]
    has_words = any(value.strip() for name, value in fields if not name.startswith(OWN))
    return tuple(fields) if has_words else ()
