"""Fill in a new record's form from the list's filters: if all rows have the same user, so does the new record."""

from __future__ import annotations

from admin_app.domain.permissions.policy import Action
from admin_app.extensions import Values
from admin_app.panel.access.access import Access
from admin_app.panel.filters.declared import filters_shown
from admin_app.panel.resource import by_key
from admin_app.selection.conditions import field_of
from admin_app.selection.selection import Selection


def carried(access: Access, selection: Selection) -> dict[str, str]:
    """Return the arguments that fill in a new record's form from the list's filters: a relation's value, or for other fields the filter itself."""
    found: dict[str, str] = {}
    for one in selection.conditions:
        name = field_of(one.key)
        if name in access.resource.form_columns and not one.problem and access.may_write(name, Action.CREATE):
            is_relation = access.resource.relation(name) is not None
            found[name if is_relation else one.key] = str(one.value) if is_relation else one.text
    return found


def values_of(access: Access, arguments: dict[str, str]) -> Values:
    """Read the values to fill in from an address, ignoring those that cannot be read."""
    filters, found = by_key(filters_shown(access)), {}
    for key in arguments.keys() & filters.keys():
        name = field_of(key)
        if name and access.resource.relation(name) is None and "\0" not in arguments[key]:
            try:
                found[name] = filters[key].parse(arguments[key])
            except ValueError:
                continue
    return found
