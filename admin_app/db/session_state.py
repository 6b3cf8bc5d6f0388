"""What a database session keeps beside its records, each kind in an object of its own: nothing else is hung on `session.info`."""

from __future__ import annotations

from typing import Any, TypeVar

from admin_app.extensions import AnySession

T = TypeVar("T")
# Where a session has it.
_PLACE = "admin_app.state"


def state_of(session: AnySession, kind: type[T]) -> T:
    """Return the session's one object of this kind, made the first time."""
    states: dict[type[object], Any] = session.info.setdefault(_PLACE, {})
    if kind not in states:
        states[kind] = kind()
    found: T = states[kind]
    return found
