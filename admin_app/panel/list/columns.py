"""The columns that a list can show, and those that it shows: by the address, the person's settings, or the resource."""

from __future__ import annotations

from collections.abc import Collection

from admin_app.db.attributes import hides_secret, hybrids
from admin_app.db.record import Record
from admin_app.domain.preferences import Settings
from admin_app.errors import ConfigurationError
from admin_app.panel.access.access import Access
from admin_app.panel.resource import Resource
from admin_app.selection.selection import Selection
from admin_app.web.auth.login import current_principal

# An argument of a cell's address: the columns of the table with the cell.
CELLS = "cells"


class Columns:
    """A resource's columns for one person. The first of `column_list` names the record: it links to it, and is always shown."""

    def __init__(self, access: Access) -> None:
        """Keep the access."""
        self._access = access
        self._resource = access.resource

    def choosable(self) -> tuple[str, ...]:
        """Return every column that a list of this resource can show to the person."""
        names = dict.fromkeys([*self._resource.column_list, *self._resource.column_further_list])
        # The id is not secret, and without any column nothing would link to a record.
        return tuple(self._access.shown(names)) or ("id",)

    def usual(self) -> tuple[str, ...]:
        """Return the default columns."""
        return tuple(self._access.shown(self._resource.column_list)) or self.choosable()[:1]

    def visible(self, selection: Selection) -> tuple[str, ...]:
        """Return the columns of this selection that the person sees; lists and files both use this."""
        settings = () if selection.parent is not None else settings_for(self._resource).columns
        chosen = selection.columns or settings
        return self.ordered(chosen) if chosen else self.usual()

    def ordered(self, chosen: Collection[str]) -> tuple[str, ...]:
        """Return the chosen columns that exist, the one that names the record first; if none is chosen, the default ones."""
        offered = self.choosable()
        names = [name for name in chosen if name in offered]
        return tuple(dict.fromkeys([offered[0], *names])) if names else self.usual()

    def gone(self, selection: Selection) -> list[str]:
        """Return the columns in the address that the list does not have."""
        offered = self.choosable()
        return [name for name in selection.columns if name not in offered]


def settings_for(resource: Resource) -> Settings:
    """Return the current person's settings for a resource's lists."""
    person = current_principal()
    return Settings() if person is None else person.settings_of(resource.endpoint)


def require_columns(resource: Resource) -> None:
    """Raise `ConfigurationError` for a declared column that a list cannot show, or must not: a secret."""
    for name in [*resource.column_list, *resource.column_further_list]:
        if not _can_show(resource, name):
            message = f"{resource.model.__name__}.{name} cannot be a column of a list."
            raise ConfigurationError(message)


def _can_show(resource: Resource, name: str) -> bool:
    first, _, rest = name.partition(".")
    relation = resource.relation(first)
    if relation is None:
        return not rest and _is_shown(resource.model, first)
    return not rest or (not relation.is_many and _is_shown(relation.target, rest))


def _is_shown(model: type[Record], name: str) -> bool:
    """Whether the name is not secret. For a property that is not a column, its author is responsible."""
    is_there = name in hybrids(model) or hasattr(model, name)
    return is_there and not hides_secret(model, name)
