"""State of a database session beside its records, one object per kind. Nothing else uses `session.info`."""

from __future__ import annotations

from typing import Any, TypeVar

from admin_app.extensions import AnySession

T = TypeVar("T")
# The key in `session.info`.
_PLACE = "admin_app.state"


def state_of(session: AnySession, kind: type[T]) -> T:
    """Return the session's object of this kind, creating it the first time."""
    states: dict[type[object], Any] = session.info.setdefault(_PLACE, {})
    if kind not in states:
        states[kind] = kind()
    found: T = states[kind]
    return found
