"""What a request knows of itself beside its own matter, in one object: nothing else is hung on `g` or on the WSGI environment."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import has_request_context, request
from sqlalchemy.orm import Session

T = TypeVar("T")
# Where a request has it: one application context may serve several requests, of tests and of commands.
_PLACE = "admin_app.request_context"
Write = Callable[[Session], object]


@dataclass
class RequestContext:
    """One request, from its beginning to its end."""

    # What holds until its end: whether it writes, how long it may take, who acts, whose days it means. None where no request
    # has begun, in a command.
    until_end: ExitStack | None = None
    # What it is called, and who is signed in, once that was asked: said in the log.
    request_id: str = ""
    person_id: int | None = None
    # How many seconds old the data of its page are, which a replica gave.
    data_age: float = 0.0
    # Whether downloads stand back for it.
    is_page: bool = False
    # Small writes that are made once the answer is sent, by their names.
    after_response: dict[str, Write] = field(default_factory=dict)
    # What the person is about to do, as the page says it that asks who they are.
    purpose: str = ""
    # Whether a person whose session their own act may have ended goes on in a new one.
    goes_on: bool = False
    # What was found out for the page at hand, by what it is: for whom the page is, what stands around it.
    known: dict[type[object], Any] = field(default_factory=dict)

    def once(self, kind: type[T], find_out: Callable[[], T]) -> T:
        """Return what is known of this kind, found out the first time."""
        if kind not in self.known:
            self.known[kind] = find_out()
        found: T = self.known[kind]
        return found


def begin_request() -> ExitStack:
    """Return what is to hold until the end of the request that begins."""
    held = request_context().until_end = ExitStack()
    return held


def end_request() -> None:
    """Let go of what held until now."""
    context = request_context()
    if context.until_end is not None:
        context.until_end.close()
        context.until_end = None


def request_context() -> RequestContext:
    """Return what the request at hand knows of itself; outside of one, nothing that lasts."""
    if not has_request_context():
        return RequestContext()
    found: RequestContext | None = request.environ.get(_PLACE)
    if found is None:
        found = request.environ[_PLACE] = RequestContext()
    return found
