"""The person that a page or file is made for, and their rights."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from flask import has_request_context

from admin_app.domain.permissions.policy import rights_of
from admin_app.domain.permissions.principal import AnyPrincipal
from admin_app.domain.permissions.rights import EVERYTHING, Grant, Rights
from admin_app.models.staff import Staff
from admin_app.web.auth.login import current_principal
from admin_app.web.request_context import request_context

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Authority:
    """A person and their rights as they are now. Nobody is the command line: who runs it may do everything by it."""

    principal: AnyPrincipal | None
    rights: Rights
    # The answers so far: every column and every row's links ask the same questions.
    known: dict[Hashable, Any] = field(default_factory=dict)

    @cached_property
    def is_unbound(self) -> bool:
        """Whether nothing is limited: one of their roles gives everything, every row and every field."""
        return any(EVERYTHING in one.permissions and not one.rows and not one.fields for one in self.rights.grants)

    def once(self, key: Hashable, find_out: Callable[[], T]) -> T:
        """Return what is known under a key, found out the first time."""
        if key not in self.known:
            self.known[key] = find_out()
        found: T = self.known[key]
        return found


_COMMAND_LINE = Rights((Grant(frozenset({EVERYTHING})),))
# Who a job is for, or whom a question is about.
_acted_for: ContextVar[Authority | None] = ContextVar("authority", default=None)


def authority() -> Authority:
    """Return for whom this is: the signed-in person, the owner of the current job, or the command line; inside `acting_for`, that person."""
    if (other := _acted_for.get()) is not None:
        return other
    if not has_request_context():
        return Authority(None, _COMMAND_LINE)
    principal = current_principal()
    known = request_context().known
    kept: Authority | None = known.get(Authority)
    # Who signed in or out in this very request is somebody else.
    if kept is None or kept.principal is not principal:
        kept = known[Authority] = Authority(principal, rights_of(principal))
    return kept


@contextmanager
def acting_for(staff: Staff) -> Iterator[None]:
    """Do what is inside with this person's rights: a job of theirs, or a question about what they may do, which changes nothing."""
    token = _acted_for.set(Authority(staff, rights_of(staff)))
    try:
        yield
    finally:
        _acted_for.reset(token)
