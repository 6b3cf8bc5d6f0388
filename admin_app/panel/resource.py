"""`ResourceView`: what a model needs for a place in the dashboard, as a list of capabilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from flask_sqlalchemy import SQLAlchemy

from admin_app.domain.nouns import name_records
from admin_app.domain.permissions import Act
from admin_app.panel.history import History
from admin_app.selection.indexes import declare_indexes


class ResourceView(History):
    """The declaration of one model's place in the dashboard.

    A subclass names its `record` (the model), `column_list`, `form_columns` and, as wanted, `column_further_list` (what a person may add),
    `column_searchable_list`, `column_sortable_list`, `column_filters`, `column_default_sort`, `column_labels` and `column_formatters`, all as
    Flask-Admin knows them; the capabilities do the rest.
    """

    acts: ClassVar[dict[str, Act]] = {
        "index_view": Act.LIST,
        "columns_view": Act.LIST,
        "page_size_view": Act.LIST,
        "ticked_view": Act.LIST,
        # Everybody keeps views of their own; sharing one asks for `Act.SHARE`, changing one for whose it is.
        "views_view": Act.LIST,
        "new_view": Act.LIST,
        "save_view": Act.LIST,
        "change_view": Act.LIST,
        "remove_view": Act.LIST,
        "default_view": Act.LIST,
        "details_view": Act.VIEW,
        "lookup_view": Act.LIST,
        "create_view": Act.CREATE,
        "edit_view": Act.EDIT,
        "presence_view": Act.EDIT,
        "delete_view": Act.DELETE,
        "export": Act.EXPORT,
        "export_page": Act.EXPORT,
        "history_view": Act.HISTORY,
        "restore_view": Act.UNDO,
    }
    purposes: ClassVar[Mapping[str, str]] = {
        "create_view": "add a {noun}",
        "edit_view": "change a {noun}",
        "delete_view": "delete a {noun}",
        "restore_view": "restore a {noun}",
        "export_page": "export this many {nouns}",
    }

    def __init__(self, db: SQLAlchemy) -> None:
        """Build lists, filters and forms from the model."""
        name = self.record.__name__.lower()
        self.noun = self.noun or name
        self.nouns = self.nouns or f"{self.noun}s"
        name_records(self.record, self.noun, self.nouns)
        super().__init__(self.record, db, name=self.plural, endpoint=name)
        self.require_columns()
        self.require_rules()
        declare_indexes(self.declared_offer())
        declare_indexes(self.offer_of_newest())

    def asked_acts(self) -> set[Act]:
        """Return the acts that this resource's pages ask a right for."""
        return {*self.acts.values(), Act.SHARE}

    def ruled_fields(self) -> list[str]:
        """Name the fields that a role may hide or close: what the form and the lists show, but for the key."""
        names = dict.fromkeys([*self.form_columns, *self.column_list, *self.column_further_list])
        return [name for name in names if "." not in name and name != "id"]
