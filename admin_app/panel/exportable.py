"""What may leave a resource as a file: the columns that its declaration names, and never a secret."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import inspect as inspect_mapper

from admin_app.domain.permissions.policy import Action
from admin_app.domain.permissions.rights import FieldRight
from admin_app.errors import SelectionError
from admin_app.panel.deleting import Deleting
from admin_app.panel.engine import foreign_key_of
from admin_app.panel.registry import resource_of
from admin_app.selection.selection import Selection
from admin_app.transfer.columns import ExportColumn, ImportColumn


class Exportable(Deleting):
    """The columns of files: what an export may write, what it writes if nobody chooses, what an import reads."""

    def export_columns(self, selection: Selection, keys: Sequence[str] = ()) -> list[ExportColumn]:
        """Return these columns in this order, those that the list shows if none are named; raise `SelectionError` for others."""
        offered = self.exportable()
        if unknown := [key for key in keys if key not in offered]:
            message = f"The column “{unknown[0][:50]}” cannot be exported."
            raise SelectionError(message, list(offered))
        return [offered[key] for key in dict.fromkeys(keys or self.listed_columns(selection))]

    def listed_columns(self, selection: Selection) -> list[str]:
        """Return the keys of the columns the list shows; a relation takes two, the id that an import reads and the name that a person does."""
        shown = [key for name in self.visible_columns(selection) for key in self._keys_of(name)]
        return [key for key in shown if self._leaves(key)]

    def exportable(self) -> dict[str, ExportColumn]:
        """Return every column that may be exported, by its key: the list's, then what search, filters, sorts and forms name."""
        attributes = inspect_mapper(self.model).attrs
        forms = [name for name in self.form_columns if name in attributes]
        names = [*self.choosable_columns(), *self.searched(), *self.schema().sorts, *self.filters_by_name, *forms, "id"]
        found = {key: self._export_column(key) for name in names if self._leaves(name) for key in self._keys_of(name)}
        return {key: column for key, column in found.items() if not _is_secret(column)}

    def _leaves(self, name: str) -> bool:
        """Whether a column that the person sees may also leave."""
        first = name.partition(".")[0]
        return self.shows(name) and self.right_to(first, [Action.EXPORT]) is not FieldRight.HIDDEN

    def _keys_of(self, name: str) -> Iterator[str]:
        relation = self.relation(name)
        if relation is not None and not relation.uselist:
            yield str(foreign_key_of(relation).key)
            other = resource_of(relation.mapper.class_)
            if other is not None and not other.shows_title():
                return
        yield name

    def _export_column(self, key: str) -> ExportColumn:
        label = self.get_column_name(key)
        if (relation := self.relation(key)) is not None:
            return ExportColumn(key, label, relation=relation.class_attribute, rows=self.seen_beyond(key))
        if "." not in key and key not in inspect_mapper(self.model).column_attrs:
            return ExportColumn(key, label)
        column, relation_to_it = self._resolved(key)
        return ExportColumn(key, label, column, relation_to_it)

    def import_columns(self) -> list[ImportColumn]:
        """Return what a file may bring: the form's columns, the foreign keys behind its relations, the key and the times."""
        names = [*self.form_columns, "id", "created_at"]
        keys = [str(foreign_key_of(relation).key) if (relation := self.relation(name)) else name for name in names]
        columns = self.model.__table__.columns
        return [ImportColumn(key, self.get_column_name(key), columns[key]) for key in keys if key in columns]

    def ignored_headers(self) -> list[str]:
        """Return the headers an export writes for people, which an import passes over."""
        known = {column.key for column in self.import_columns()}
        return [word for key, one in self.exportable().items() if key not in known for word in (key, one.header)]


def _is_secret(column: ExportColumn) -> bool:
    return column.column is not None and bool(column.column.property.columns[0].info.get("secret"))
