"""What roles give together, in sentences for each resource, as `Access` decides it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from admin_app.domain.permissions.policy import rights_given_by
from admin_app.domain.permissions.principal import HeldRole
from admin_app.domain.permissions.rights import Action, Rights
from admin_app.formatting import in_words
from admin_app.models.role import Role
from admin_app.models.staff import Staff
from admin_app.panel.access.access import Access, access_for, access_of
from admin_app.panel.access.authority import Authority
from admin_app.panel.registry import resources
from admin_app.panel.resource import Resource
from admin_app.resources.staff.lifted import lifted_limits

AnyRole = Role | HeldRole

# Followed by the records: "see the history of all posts".
VERBS = {
    Action.LIST: "list",
    Action.VIEW: "view",
    Action.HISTORY: "see the history of",
    Action.EXPORT: "export",
    Action.CREATE: "create",
    Action.EDIT: "edit",
    Action.DELETE: "delete",
    Action.IMPORT: "import",
    Action.BULK: "bulk-edit",
    Action.UNDO: "undo changes to",
    Action.SHARE: "share views of",
}
_WHILE = {Action.CREATE: "creating", Action.EDIT: "editing", Action.UNDO: "undoing"}
LOOKING = (Action.LIST, Action.VIEW, Action.HISTORY, Action.EXPORT)
EVERYTHING = "Do everything with every list, including lists that are added later."
NOTHING = "Do nothing here."
# The actions of a form; other ways to write are described where they are asked about.
FORMS = (Action.CREATE, Action.EDIT)
REASON = "They have to enter a reason before they change many records at once."


@dataclass(frozen=True)
class RightsSum:
    """What roles give together, one sentence each, and which limits of one role another one lifts."""

    lines: tuple[str, ...]
    warnings: tuple[str, ...]


def may_be_told() -> bool:
    """Whether the signed-in person may see people's roles, and what roles give."""
    people, roles = access_of(Staff), access_of(Role)
    if people is None or roles is None or not roles.looks():
        return False
    # A person who is switched off may do nothing, whatever their roles.
    return all(map(people.shows, ("roles", "is_active"))) and all(
        roles.shows(name) for name in ("name", "permissions", "rows", "fields", "needs_reason")
    )


def rights_sum(held: Sequence[AnyRole]) -> RightsSum:
    """Say what a person with these roles may do."""
    warnings = (words for one in resources() for words in lifted_limits(held, one))
    return RightsSum(tuple(_lines(rights_given_by(held))), tuple(warnings))


def _lines(rights: Rights) -> Iterable[str]:
    who = Authority(None, rights)
    given = [one for one in (access_for(resource, who) for resource in resources()) if _acts(one)]
    if who.is_unbound or not given:
        yield EVERYTHING if given else NOTHING
    else:
        yield from map(resource_line, given)
        if names := [one.plural for one in resources() if one not in {access.resource for access in given}]:
            yield f"Nothing with {in_words(names)}."
    if rights.needs_reason:
        yield REASON


def resource_line(access: Access) -> str:
    """Say what may be done with one resource: "Posts: see all posts; the field User is hidden."."""
    by_rows: dict[str, list[Action]] = {}
    for action in _acts(access):
        by_rows.setdefault(rows_words(access, action), []).append(action)
    parts = [_part(acts, rows, access.resource) for rows, acts in by_rows.items()]
    return f"{access.resource.plural}: {'; '.join([*parts, *field_words(access)])}."


def rows_words(access: Access, action: Action) -> str:
    """Say with which rows this may be done."""
    nouns, rules = access.resource.nouns, access.resource.row_rules
    found = [
        " or ".join(rules[name].theirs or f"“{rules[name].label}”" for name in names if name in rules)
        for names in access.rule_names(action)
    ]
    if not all(found):
        # A rule that is no longer declared matches no rows.
        return f"none of the {nouns}"
    return " that are also ".join(found) or f"all {nouns}"


def field_words(access: Access, actions: Collection[Action] = (*FORMS, Action.EXPORT)) -> list[str]:
    """Say which fields these actions hide, show read-only or leave out of files."""
    names = access.resource.ruled_fields()
    seen = access.shown(names)
    parts = [_of_fields(access.resource, [one for one in names if one not in seen], "hidden")]
    writing = [one for one in (*FORMS, Action.UNDO) if one in actions and access.may(one)]
    fixed = {one: _fixed(access, one, seen) for one in writing}
    if len({*map(tuple, fixed.values())}) == 1:
        parts.append(_of_fields(access.resource, fixed[writing[0]], "read-only"))
    else:
        parts += [_of_fields(access.resource, fixed[one], f"read-only when {_WHILE[one]}") for one in writing]
    if Action.EXPORT in actions and access.may(Action.EXPORT):
        parts.append(_of_fields(access.resource, [one for one in seen if not access.may_export(one)], "in no file"))
    return [one for one in parts if one]


def _acts(access: Access) -> list[Action]:
    return [one for one in Action if one in access.resource.offered_actions and access.may(one)]


def _part(acts: Sequence[Action], rows: str, resource: Resource) -> str:
    """Say what is done with some rows: "see and export all users and their history; edit them"."""
    if {*acts} == resource.offered_actions:
        return f"do everything with {rows}"
    if not {Action.LIST, Action.VIEW} <= {*acts}:
        return f"{in_words([VERBS[one] for one in acts])} {rows}"
    seeing = "see and export" if Action.EXPORT in acts else "see"
    history = " and their history" if Action.HISTORY in acts else ""
    further = in_words([VERBS[one] for one in acts if one not in LOOKING])
    return f"{seeing} {rows}{history}" + (f"; {further} them" if further else "")


def _fixed(access: Access, action: Action, seen: Collection[str]) -> list[str]:
    own = [name for name in access.resource.form_columns if name in seen]
    return [name for name in own if not access.may_write(name, action)]


def _of_fields(resource: Resource, names: Sequence[str], state: str) -> str:
    if not names:
        return ""
    labels = in_words([resource.label(name) for name in names])
    return f"the field {labels} is {state}" if len(names) == 1 else f"the fields {labels} are {state}"
