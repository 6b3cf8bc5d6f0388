"""What a role gives, in one line for the list of roles: "See all users and posts, edit their own posts"."""

from __future__ import annotations

from admin_app.db.record import Record
from admin_app.domain.permissions.policy import rights_given_by
from admin_app.domain.permissions.rights import Action
from admin_app.formatting import in_words, sentence_case
from admin_app.models.role import Role
from admin_app.panel.access.access import Access, access_for
from admin_app.panel.access.authority import Authority
from admin_app.panel.registry import resources
from admin_app.resources.staff.rights_sum import may_be_told, rows_words

# The main actions; the role's own page has the rest.
_VERBS = {Action.VIEW: "see", Action.CREATE: "create", Action.EDIT: "edit", Action.DELETE: "delete"}


def short_sum(role: Record) -> str:
    """Return the line for people who may know what roles give; for others, the permissions as they are stored."""
    if not isinstance(role, Role) or not may_be_told():
        return ", ".join(getattr(role, "permissions", ()))
    who = Authority(None, rights_given_by([role]))
    if who.is_unbound:
        return "Everything"
    whole: dict[str, list[str]] = {}
    limited: list[str] = []
    for access in (access_for(one, who) for one in resources()):
        for rows, verbs in _by_rows(access).items():
            if rows == f"all {access.resource.nouns}":
                whole.setdefault(in_words(verbs), []).append(access.resource.nouns)
            else:
                limited.append(f"{in_words(verbs)} {rows}")
    words = ", ".join([*(f"{verbs} all {in_words(nouns)}" for verbs, nouns in whole.items()), *limited])
    return sentence_case(words) or "Nothing"


def _by_rows(access: Access) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for action, verb in _VERBS.items():
        # The right to lists includes seeing their records.
        meant = action if action != Action.VIEW or access.may(action) else Action.LIST
        if meant in access.resource.offered_actions and access.may(meant):
            found.setdefault(rows_words(access, meant), []).append(verb)
    return found
