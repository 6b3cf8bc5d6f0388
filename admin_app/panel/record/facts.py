"""The facts of a record: its columns and relations, without secrets."""

from __future__ import annotations

from collections.abc import Collection

from admin_app.db.attributes import hides_secret, is_computed, stored_columns
from admin_app.db.record import Record
from admin_app.panel.access.access import Access
from admin_app.panel.record_cells import cell_of
from admin_app.panel.resource import Resource
from admin_app.panel.view_models import Fact

# Facts of every record, which come last.
LAST = ("id", "created_at", "updated_at", "version")


def facts_of(access: Access, record: Record, *, leave_out: Collection[str] = ()) -> tuple[Fact, ...]:
    """Return a record's columns, to-one relations and links, without secrets and without bare foreign keys."""
    names = [name for name in fact_names(access) if name not in leave_out]
    return tuple(fact(access, record, name) for name in names)


def fact(access: Access, record: Record, name: str) -> Fact:
    """Return the fact of one column or relation."""
    return Fact(access.resource.label(name), cell_of(access, record, name, counts={}, is_whole=True))


def fact_names(access: Access) -> list[str]:
    """Return the names of the facts that the person may see: the record's own columns first; key, times and version last."""
    return access.shown(_told_names(access.resource))


def _told_names(resource: Resource) -> list[str]:
    if resource.column_details_list:
        return [name for name in resource.column_details_list if not hides_secret(resource.model, name)]
    model = resource.model
    plain = stored_columns(model)
    columns = [name for name, one in plain.items() if not one.foreign_keys and not one.info.get("secret")]
    relations = [name for name, one in resource.relations.items() if one.is_links or not one.is_many]
    names = [name for name in [*columns, *_computed(resource), *relations] if name not in LAST]
    return [*names, *(name for name in LAST if name in columns)]


def _computed(resource: Resource) -> list[str]:
    """Return the computed attributes in the resource's lists or form that are not secret."""
    names = dict.fromkeys([*resource.column_list, *resource.column_further_list, *resource.form_columns])
    return [name for name in names if is_computed(resource.model, name) and not hides_secret(resource.model, name)]
