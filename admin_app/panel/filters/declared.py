"""The filters that a resource declares in `column_filters`, scaffolded by Flask-Admin, under names that are readable in a URL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from admin_app.db.keys import is_numbered
from admin_app.errors import ConfigurationError
from admin_app.panel.access.access import Access
from admin_app.panel.kinds import operators_of
from admin_app.panel.operators.base import Operator
from admin_app.panel.operators.equality import InList
from admin_app.panel.operators.keys import RecordInList
from admin_app.panel.operators.links import (
    LinksEmpty,
    LinksInclude,
    LinksIncludeAll,
    LinksIncludeAny,
    LinksIncludeNone,
)
from admin_app.panel.operators.relation import (
    RelationEmpty,
    RelationInList,
    RelationIs,
    RelationNotInList,
    RelationUnder,
)
from admin_app.panel.resource import Resource

_OF_ONE: tuple[type[Operator], ...] = (
    RelationIs,
    RelationUnder,
    RelationInList,
    RelationNotInList,
    RelationEmpty,
)
_OF_LINKS: tuple[type[Operator], ...] = (LinksInclude, LinksIncludeAny, LinksIncludeAll, LinksIncludeNone, LinksEmpty)


def declared_filters(resource: Resource) -> dict[str, list[Operator]]:
    """Return the operators of each field that the resource declares."""
    if unknown := [name for name in resource.promoted or () if name not in resource.column_filters]:
        message = f"{type(resource).__name__}.promoted names {unknown[0]}, which is not in column_filters."
        raise ConfigurationError(message)
    found = {name: _operators(resource, name) for name in resource.column_filters}
    # Whatever its resource declares, every list can be narrowed to its ticked rows.
    found.setdefault("id", [one for one in _operators(resource, "id") if one.slug == InList.slug])
    return found


def filters_shown(access: Access) -> Mapping[str, Sequence[Operator]]:
    """Return the operators of each field that the person may filter by: a filter would reveal a hidden field."""
    declared: Mapping[str, Sequence[Operator]] = access.resource.filters_by_name  # type: ignore[assignment]  # set from above
    return {name: operators for name, operators in declared.items() if access.shows(name)}


def _operators(resource: Resource, name: str) -> list[Operator]:
    """Return the operators of a column, of a related column ("user.name"), or of a to-one relation ("user")."""
    relation, label = resource.relation(name), resource.label(name)
    if relation is not None:
        made = [kind(relation.attribute, label) for kind in (_OF_LINKS if relation.is_links else _OF_ONE)]
        return [one for one in made if one.fits()]
    attribute, through = resource.known_to_sql(name, "column_filters")
    found = operators_of(attribute, label, through)
    if name != "id" or is_numbered(resource.model):
        return found
    # Days and times have no filter for a list of values.
    return [*(one for one in found if one.slug != InList.slug), RecordInList(attribute, label)]
