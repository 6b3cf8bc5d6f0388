"""For whom a page, a file or an answer is made, and with which rights."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from flask import g, has_request_context

from admin_app.domain.people import Holder
from admin_app.domain.permissions import rights_of
from admin_app.domain.rights import EVERYTHING, Grant, Rights
from admin_app.models.staff import Staff
from admin_app.web.login import current_person

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Principal:
    """A person and their rights as they are now. Nobody is the command line: who runs it may do everything by it."""

    person: Holder | None
    rights: Rights
    # What was found out already: the same is asked for every column, and for the links of every row.
    known: dict[Hashable, Any] = field(default_factory=dict)

    @cached_property
    def is_unbound(self) -> bool:
        """Whether there is nothing to ask: one of their roles gives everything, every row and every field."""
        return any(EVERYTHING in one.permissions and not one.rows and not one.fields for one in self.rights.grants)

    def once(self, key: Hashable, find_out: Callable[[], T]) -> T:
        """Return what is known under a key, found out the first time."""
        if key not in self.known:
            self.known[key] = find_out()
        found: T = self.known[key]
        return found


_COMMAND_LINE = Rights((Grant(frozenset({EVERYTHING})),))
_of_job: ContextVar[Principal | None] = ContextVar("principal", default=None)


def principal() -> Principal:
    """Return who it is for: the person at the screen, who asked for the job under way, or the command line."""
    if not has_request_context():
        return _of_job.get() or Principal(None, _COMMAND_LINE)
    person = current_person()
    kept: Principal | None = g.get("principal")
    # Who signed in or out in this very request is somebody else.
    if kept is None or kept.person is not person:
        kept = g.principal = Principal(person, rights_of(person))
    return kept


@contextmanager
def acting_for(staff: Staff) -> Iterator[None]:
    """Do what is inside for this person, where there is no request: a job."""
    token = _of_job.set(Principal(staff, rights_of(staff)))
    try:
        yield
    finally:
        _of_job.reset(token)
