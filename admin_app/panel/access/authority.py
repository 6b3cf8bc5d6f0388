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
    """A person and their present rights. Without a person it is the command line, which may do everything."""

    principal: AnyPrincipal | None
    rights: Rights
    # The answers so far: every column and every row's links ask the same questions.
    known: dict[Hashable, Any] = field(default_factory=dict)

    @cached_property
    def is_unbound(self) -> bool:
        """Whether nothing is limited, because one of the roles gives every right, row and field."""
        return any(EVERYTHING in one.permissions and not one.rows and not one.fields for one in self.rights.grants)

    def once(self, key: Hashable, find_out: Callable[[], T]) -> T:
        """Return the answer kept under a key; compute it the first time."""
        if key not in self.known:
            self.known[key] = find_out()
        found: T = self.known[key]
        return found


_COMMAND_LINE = Rights((Grant(frozenset({EVERYTHING})),))
# The person that a job works for, or that a question is about.
_acted_for: ContextVar[Authority | None] = ContextVar("authority", default=None)


def authority() -> Authority:
    """Return the authority of the current work: the signed-in person's, or inside `acting_for` that person's, such as a job's owner; else the command line's."""
    if (other := _acted_for.get()) is not None:
        return other
    if not has_request_context():
        return Authority(None, _COMMAND_LINE)
    principal = current_principal()
    known = request_context().known
    kept: Authority | None = known.get(Authority)
    # A person who signed in or out in this request replaces the one before.
    if kept is None or kept.principal is not principal:
        kept = known[Authority] = Authority(principal, rights_of(principal))
    return kept


@contextmanager
def acting_for(staff: Staff) -> Iterator[None]:
    """Run the block with this person's rights: a job of theirs, or a question about what they may do, which changes nothing."""
    token = _acted_for.set(Authority(staff, rights_of(staff)))
    try:
        yield
    finally:
        _acted_for.reset(token)
