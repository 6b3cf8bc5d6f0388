"""For whom a page, a file or an answer is made, and what they may do: every question about rows and fields asks here."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from flask import current_app, g, has_request_context

from admin_app.domain.people import Holder
from admin_app.domain.permissions import rights_of
from admin_app.domain.rights import EVERYTHING, Grant, Rights
from admin_app.models.staff import Staff
from admin_app.web.login import current_person

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Standing:
    """A person and their rights as they are now. Nobody is the command line: who runs it may do everything by it."""

    person: Holder | None
    rights: Rights
    # What was found out already: the same is asked for every column, and for the links of every row.
    known: dict[Hashable, Any] = field(default_factory=dict)
    # The same of what follows from the rights alone, whoever has them: it lasts for the next page. Found out anew with
    # each request, a form takes 15 to 20 per cent longer, a list 8, a save 5 (CPU time, 20,000 posts on SQLite).
    implied: dict[Hashable, Any] = field(default_factory=dict)

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

    def implies(self, key: Hashable, find_out: Callable[[], T]) -> T:
        """Return what follows from the rights, under a key, found out the first time."""
        if key not in self.implied:
            self.implied[key] = find_out()
        found: T = self.implied[key]
        return found


# Of the sets of roles that people have, as they were since the start, there are few.
MOST_KNOWN = 100

_COMMAND_LINE = Standing(None, Rights((Grant(frozenset({EVERYTHING})),)))
_standing: ContextVar[Standing | None] = ContextVar("standing", default=None)


def standing() -> Standing:
    """Return who it is for: the person at the screen, who asked for the job under way, or the command line."""
    if not has_request_context():
        return _standing.get() or _COMMAND_LINE
    # Asked a hundred times a page, so past the proxy. Who signed in or out in this very request is somebody else:
    # Flask-Login keeps who.
    here = g._get_current_object()  # noqa: SLF001 -- the documented way to the object behind a proxy
    user = here.get("_login_user")
    whose, kept = here.get("standing") or (None, None)
    if kept is None or whose is not user or user is None:
        kept = _standing_of(current_person())
        here.standing = here.get("_login_user"), kept
    found: Standing = kept
    return found


def _standing_of(person: Holder | None) -> Standing:
    """Return a person's standing, with what is known of whoever's roles say the same as theirs do now."""
    rights = rights_of(person)
    roles = person.held_roles if person is not None and rights.grants else ()
    said = tuple((one.permissions, one.rows, one.fields) for one in roles)
    implied = current_app.extensions.setdefault("standing", {})
    if said not in implied and len(implied) >= MOST_KNOWN:
        implied.clear()
    return Standing(person, rights, implied=implied.setdefault(said, {}))


@contextmanager
def standing_for(staff: Staff) -> Iterator[None]:
    """Do what is inside for this person, where there is no request: a job."""
    token = _standing.set(_standing_of(staff))
    try:
        yield
    finally:
        _standing.reset(token)
