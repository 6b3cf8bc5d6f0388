"""Records that say what people may do: who holds less than one of them gives looks at it, and does not touch it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

from admin_app.domain import powers, roles
from admin_app.domain.permissions import Act
from admin_app.extensions import db
from admin_app.models.role import Role
from admin_app.panel.access.principal import principal
from admin_app.panel.resource import Resource
from admin_app.panel.sign_outs import said_of_signed_out
from admin_app.web.login import go_on

TOUCHING = frozenset({Act.EDIT, Act.DELETE, Act.UNDO})


class PrivilegedResource(Resource):
    """A resource of people with roles, or of roles."""

    # Who may sign in, and as what, is the way to everything else.
    proof_for: ClassVar[frozenset[str]] = frozenset({"create_view", "edit_view", "delete_view", "restore_view"})
    judges_records: ClassVar[bool] = True

    def roles_of(self, record: Any) -> Sequence[Role]:
        """Return the roles whose rights a record stands for."""
        raise NotImplementedError

    def withheld(self, records: Sequence[Any], act: Act) -> Collection[int]:
        """Leave out what holds more than the person at the screen."""
        if act not in TOUCHING or principal().rights.has_everything:
            return ()
        return [one.id for one in records if not self._is_held(one)]

    def after_save(self) -> str:
        """Say who has to sign in again; who changed their own rights or password goes on in a new session, as every other one of theirs has ended."""
        go_on()
        return said_of_signed_out()

    def _is_held(self, record: Any) -> bool:
        given = self.roles_of(record)
        known = ("held", *sorted(one.key for one in given))
        return principal().once(known, lambda: powers.holds(principal().rights, given))


def roles_by_key() -> Mapping[str, Role]:
    """Return every role, read once a page: they are few, and asked for row by row."""
    return principal().once("roles", lambda: {one.key: one for one in roles.all_of(db.session)})
