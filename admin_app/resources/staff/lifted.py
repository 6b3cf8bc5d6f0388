"""Limits of a role that another role of the same person lifts: found by asking `Access` with the limit and without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from admin_app.domain.permissions.policy import grant_of
from admin_app.domain.permissions.principal import HeldRole
from admin_app.domain.permissions.rights import Action, Grant, Rights
from admin_app.formatting import in_words
from admin_app.models.role import Role
from admin_app.panel.access.access import Access
from admin_app.panel.access.authority import Authority
from admin_app.panel.resource import Resource
from admin_app.resources.staff.matrix import FIELD_WORDS

AnyRole = Role | HeldRole
# What a limit decides, by the heading of the matrix that it belongs to.
Effects = Mapping[str, object]


@dataclass(frozen=True)
class _Limit:
    """A role's limit, its grant without the limit, and what the limit decides."""

    role: AnyRole
    words: str
    # The role's grant without the limit.
    more: str
    lift: Callable[[Grant], Grant]
    effects: Callable[[Access], Effects]


def lifted_limits(roles: Sequence[AnyRole], resource: Resource) -> Iterator[str]:
    """Say of each limit that has no effect, or less than in its role alone, which other roles lift it."""
    for role in roles:
        for limit in (*_row_limits(role, resource), *_field_limits(role, resource)):
            alone, here = _held(limit, [role], resource), _held(limit, roles, resource)
            if gone := [one for one in alone if one not in here]:
                others = [one for one in roles if one is not role]
                by = [one for one in others if not {*gone} <= {*_held(limit, [role, one], resource)}]
                yield _words(limit, by or others, [one for one in alone if one in here])


def _row_limits(role: AnyRole, resource: Resource) -> Iterator[_Limit]:
    place = resource.endpoint
    name = grant_of(role).rows.get(place)
    if name is None or name not in resource.row_rules:
        return

    def effects(access: Access) -> Effects:
        may = [one for one in Action if one in resource.offered_actions and access.may(one)]
        return {one.value.capitalize(): access.rule_names(one) for one in may}

    def lift(grant: Grant) -> Grant:
        return replace(grant, rows={key: rule for key, rule in grant.rows.items() if key != place})

    yield _Limit(role, f"“{resource.row_rules[name].label}”", f"all {resource.nouns}", lift, effects)


def _field_limits(role: AnyRole, resource: Resource) -> Iterator[_Limit]:
    for name in resource.ruled_fields():
        path = f"{resource.endpoint}.{name}"
        right = grant_of(role).fields.get(path)
        if right not in FIELD_WORDS:
            continue
        label = resource.label(name)
        words = f"“{FIELD_WORDS[right]}” for the field {label} of {resource.nouns}"
        yield _Limit(role, words, f"more of the field {label}", _freed(path), _effects_on(name))


def _freed(path: str) -> Callable[[Grant], Grant]:
    return lambda grant: replace(grant, fields={key: one for key, one in grant.fields.items() if key != path})


def _effects_on(name: str) -> Callable[[Access], Effects]:
    return lambda access: {
        "View": access.shows(name),
        "Export": access.may_export(name),
        **{one.value.capitalize(): access.may_write(name, one) for one in (Action.CREATE, Action.EDIT)},
    }


def _held(limit: _Limit, roles: Sequence[AnyRole], resource: Resource) -> list[str]:
    """Return the actions for which the limit has an effect among these roles."""
    grants = [(one, grant_of(one)) for one in roles]
    kept = _effects(limit, [grant for _, grant in grants], resource)
    lifted = _effects(limit, [limit.lift(grant) if one is limit.role else grant for one, grant in grants], resource)
    return [name for name, effect in lifted.items() if kept[name] != effect]


def _effects(limit: _Limit, grants: Sequence[Grant], resource: Resource) -> Effects:
    return limit.effects(Access(resource, Authority(None, Rights(tuple(grants)))))


def _words(limit: _Limit, by: Sequence[AnyRole], left: Sequence[str]) -> str:
    names = in_words([one.name for one in by])
    shows = "shows" if len(by) == 1 else "show"
    rest = f"holds only for {in_words([*left])}" if left else "has no effect"
    return f"{names} {shows} {limit.more}, so the limit {limit.words} of {limit.role.name} {rest}."
