"""The columns that an export may contain, and those that an import may fill: the ones that a resource declares, and never a secret."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Column, Text
from sqlalchemy import inspect as inspect_mapper

from admin_app.db.attributes import is_secret, is_sql
from admin_app.db.json_values import history_columns
from admin_app.db.keys import key_names
from admin_app.domain.records.rules import is_imported
from admin_app.errors import SelectionError
from admin_app.kinds import kind_of
from admin_app.panel.access.access import Access
from admin_app.panel.export.headers import Headers
from admin_app.panel.filters.declared import filters_shown
from admin_app.panel.list.columns import Columns
from admin_app.panel.list.selections import schema_for
from admin_app.panel.resource import Resource
from admin_app.relations import relation_of
from admin_app.selection.selection import Selection
from admin_app.transfer.columns import ExportColumn, ImportColumn
from admin_app.transfer.export.reader import title_column
from admin_app.transfer.formats.xlsx import LONGEST_TEXT
from admin_app.transfer.import_.wrong_rows import ERROR


class ExportColumns:
    """The columns of a person's exports: all that they may contain, and the default ones."""

    def __init__(self, access: Access) -> None:
        """Keep the person's access."""
        self._access = access
        self._resource = access.resource

    def named(self, selection: Selection, keys: Sequence[str] = ()) -> list[ExportColumn]:
        """Return the columns with these keys, or those that the list shows; raise `SelectionError` for a key that is not offered."""
        offered = self.offered()
        if unknown := [key for key in keys if key not in offered]:
            message = f"The column “{unknown[0][:50]}” cannot be exported."
            raise SelectionError(message, list(offered))
        return [offered[key] for key in dict.fromkeys(keys or self.listed(selection))]

    def listed(self, selection: Selection) -> list[str]:
        """Return the keys of the columns that the list shows. A relation takes two columns: the id for imports, and the name for people."""
        shown = [key for name in Columns(self._access).visible(selection) for key in self._keys_of(name)]
        return [key for key in shown if self._access.may_export(key)]

    def offered(self) -> dict[str, ExportColumn]:
        """Return every column that may be exported, by its key: the list's, then what search, filters, sorts and forms name."""
        access, resource = self._access, self._resource
        attributes = inspect_mapper(resource.model).attrs
        forms = [name for name in resource.form_columns if name in attributes]
        lists = [*Columns(access).choosable(), *resource.searched(), *schema_for(access).sorts, *filters_shown(access)]
        own, shown = key_names(resource.model), Columns(access).choosable()
        # A primary key with another name than "id" is one column, unless a list shows it as the ID as well.
        lists = [name for name in lists if name != "id" or name in {*own, *shown}]
        names = [name for name in [*lists, *forms, *own] if access.may_export(name)]
        headers = Headers(resource)
        found = {key: self._column(key, headers) for name in names for key in self._keys_of(name)}
        return {key: column for key, column in found.items() if not _is_secret(column)}

    def may_be_long(self) -> bool:
        """Whether a cell that may be exported can hold more text than Excel takes."""
        return any(map(_may_be_long, self.offered().values()))

    def _keys_of(self, name: str) -> Iterator[str]:
        relation = self._resource.relation(name)
        if relation is not None and not relation.is_many:
            yield from relation.own_names
            other = self._access.beyond(name)
            if other is not None and not other.shows_title():
                return
        if relation is not None and relation.is_links:
            yield f"{name}.id"
            other = self._access.beyond(name)
            if other is not None and not other.shows_title():
                return
        yield name

    def _column(self, key: str, headers: Headers) -> ExportColumn:
        label = headers.of(key)
        if (relation := self._resource.relation(key)) is not None:
            return ExportColumn(key, label, relation=relation.attribute, rows=self._access.seen_beyond(key))
        if (linked := self._resource.relation(key.partition(".")[0])) is not None and linked.is_links:
            rows = self._access.seen_beyond(linked.key)
            label = headers.labelled(key, f"{self._resource.label(linked.key)} ID")
            return ExportColumn(key, label, self._resource.attribute(key)[0], linked.attribute, rows)
        if "." not in key and not is_sql(self._resource.model, key):
            return ExportColumn(key, label)
        return ExportColumn(key, label, *self._resource.attribute(key))


def import_columns(resource: Resource) -> list[ImportColumn]:
    """Return the columns that a file may fill: the form's columns, the foreign keys of its relations, the key and the times."""
    own = key_names(resource.model)
    names = [*(name for name in resource.form_columns if name not in own), *own, "created_at"]
    ties = {name: resource.relation(name) for name in names if not resource.is_links(name)}
    keys = [key for name, tie in ties.items() for key in ([name] if tie is None else tie.own_names)]
    # An import into columns that the history does not keep could not be undone.
    columns, headers = history_columns(resource.model), Headers(resource)
    links = [_links_column(resource, name, headers) for name in resource.form_columns if resource.is_links(name)]
    # The key is included under any name: rows find their records by it.
    found = [
        ImportColumn("id" if own == [key] else key, resource.label(key), columns[key], written=(key, headers.of(key)))
        for key in dict.fromkeys(keys)
        if key in columns and is_imported(columns[key])
    ]
    return [*found, *links]


def _links_column(resource: Resource, name: str, headers: Headers) -> ImportColumn:
    """Return the column of a many-to-many relation; a file may hold its names, ids or both."""
    label = resource.label(name)
    written = (headers.labelled(f"{name}.id", f"{label} ID"), headers.of(name))
    return ImportColumn(name, label, Column(name, Text), (f"{name}.id", f"{label} ID"), written=written)


def ignored_headers(access: Access) -> list[str]:
    """Return the headers that an import ignores: columns that an export writes for people, and the column of a row's problems."""
    known = {column.key for column in import_columns(access.resource)}
    offered = ExportColumns(access).offered()
    return [ERROR, *(word for key, one in offered.items() if key not in known for word in (key, one.header))]


def _may_be_long(column: ExportColumn) -> bool:
    """Whether the column has no limit that keeps its texts short; for a related record, the column that names it counts."""
    if column.is_count:
        return False
    of = column.column
    if of is None and column.relation is not None and not column.is_links:
        of = title_column(relation_of(column.relation).target)
    if of is None or column.is_links:
        return True
    kind = kind_of(of)
    # Excel counts some characters as two.
    return not kind.is_inert and (kind.longest is None or 2 * kind.longest > LONGEST_TEXT)


def _is_secret(column: ExportColumn) -> bool:
    return column.column is not None and is_secret(column.column)
