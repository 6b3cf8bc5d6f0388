"""Records that give rights: a person who lacks one of these rights may see the record and not change it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from admin_app.db.record import Record
from admin_app.domain.permissions import privileges, roles
from admin_app.domain.permissions.policy import Action
from admin_app.extensions import db
from admin_app.models.role import Role
from admin_app.panel.access.authority import authority
from admin_app.panel.sign_outs import sign_out_message
from admin_app.web.auth.login import go_on

# Access to accounts and roles gives access to everything else.
PROOF_FOR = frozenset({"create_view", "edit_view", "delete_view", "restore_view"})
TOUCHING = frozenset({Action.EDIT, Action.DELETE, Action.UNDO})


def held_by_others(
    records: Sequence[Record], action: Action, roles_of: Callable[[Record], Sequence[Role]]
) -> Collection[int]:
    """Return the keys of the records with rights that the signed-in person lacks, if the action would change them."""
    if action not in TOUCHING or authority().rights.has_everything:
        return ()
    return [one.id for one in records if not _is_held(roles_of(one))]


def sign_out_changed() -> str:
    """Say who has to sign in again. A person who changed their own rights or password continues in a new session; their others have ended."""
    go_on()
    return sign_out_message()


def roles_by_key() -> Mapping[str, Role]:
    """Return every role, read once per page: there are few, and each row needs them."""
    return authority().once("roles", lambda: {one.key: one for one in roles.all_of(db.session)})


def _is_held(given: Sequence[Role]) -> bool:
    known = ("held", *sorted(one.key for one in given))
    return authority().once(known, lambda: privileges.holds(authority().rights, given))
