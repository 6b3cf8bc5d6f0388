"""Everything that belongs to one request, in one object: nothing else uses `g` or the WSGI environment."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from contextvars import Token
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import has_request_context, request
from sqlalchemy.orm import Session

from admin_app.db.statement_times import Sent

T = TypeVar("T")
# The key in the environment: one application context may serve several requests, in tests and commands.
_PLACE = "admin_app.request_context"
Write = Callable[[Session], object]


@dataclass
class Measured:
    """When a request began, and its use of the database."""

    begun: float
    sent: Sent
    token: Token[Sent | None]


@dataclass
class RequestContext:
    """One request, from its beginning to its end."""

    # The contexts that end with it: whether it writes, its time limit, who acts, whose time zone. None if no request
    # has begun, in a command.
    until_end: ExitStack | None = None
    # Its id, and the signed-in person once that is known: for the log.
    request_id: str = ""
    person_id: int | None = None
    # Its measurement for the log and for metrics.
    measured: Measured | None = None
    # The age in seconds of the page's data, if a replica provided them.
    data_age: float = 0.0
    # Whether downloads pause for it.
    is_page: bool = False
    # Small writes for after the response, by name.
    after_response: dict[str, Write] = field(default_factory=dict)
    # What the person is about to do, for the page of re-authentication.
    purpose: str = ""
    # Whether a person whose own act may have ended their session continues in a new one.
    goes_on: bool = False
    # Whether it changes a record without the version that the person saw.
    is_blind: bool = False
    # Values computed once for the page, by kind: whom the page is for, what surrounds it.
    known: dict[type[object], Any] = field(default_factory=dict)

    def once(self, kind: type[T], find_out: Callable[[], T]) -> T:
        """Return the value of this kind, computed the first time."""
        if kind not in self.known:
            self.known[kind] = find_out()
        found: T = self.known[kind]
        return found


def begin_request() -> ExitStack:
    """Return the contexts that last until the end of the request that begins."""
    held = request_context().until_end = ExitStack()
    return held


def end_request() -> None:
    """Leave the request's contexts."""
    context = request_context()
    if context.until_end is not None:
        context.until_end.close()
        context.until_end = None


def request_context() -> RequestContext:
    """Return the context of the current request; outside of one, an empty one that nobody keeps."""
    if not has_request_context():
        return RequestContext()
    found: RequestContext | None = request.environ.get(_PLACE)
    if found is None:
        found = request.environ[_PLACE] = RequestContext()
    return found
