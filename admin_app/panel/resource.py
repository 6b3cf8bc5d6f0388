"""`ResourceView`: what a model needs for a place in the dashboard, as a list of capabilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from flask_sqlalchemy import SQLAlchemy

from admin_app.domain.naming import name_records
from admin_app.domain.permissions.policy import Action
from admin_app.panel.history import History
from admin_app.selection.sorting.indexes import declare_indexes


class ResourceView(History):
    """The declaration of one model's place in the dashboard.

    A subclass names its `record` (the model), `column_list`, `form_columns` and, as wanted, `column_further_list` (what a person may add),
    `column_searchable_list`, `column_sortable_list`, `column_filters`, `column_default_sort`, `column_labels` and `column_formatters`, all as
    Flask-Admin knows them; the capabilities do the rest.
    """

    acts: ClassVar[dict[str, Action]] = {
        "index_view": Action.LIST,
        "columns_view": Action.LIST,
        "page_size_view": Action.LIST,
        "ticked_view": Action.LIST,
        # Everybody keeps views of their own; sharing one asks for `Action.SHARE`, changing one for whose it is.
        "views_view": Action.LIST,
        "new_view": Action.LIST,
        "save_view": Action.LIST,
        "change_view": Action.LIST,
        "remove_view": Action.LIST,
        "default_view": Action.LIST,
        "details_view": Action.VIEW,
        "lookup_view": Action.LIST,
        "create_view": Action.CREATE,
        "edit_view": Action.EDIT,
        "presence_view": Action.EDIT,
        "delete_view": Action.DELETE,
        "export": Action.EXPORT,
        "export_page": Action.EXPORT,
        "history_view": Action.HISTORY,
        "restore_view": Action.UNDO,
    }
    purposes: ClassVar[Mapping[str, str]] = {
        "create_view": "add a {noun}",
        "edit_view": "change a {noun}",
        "delete_view": "delete a {noun}",
        "restore_view": "restore a {noun}",
        "export_page": "export so many {nouns}",
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

    def asked_acts(self) -> set[Action]:
        """Return the acts that this resource's pages ask a right for."""
        return {*self.acts.values(), Action.SHARE}

    def ruled_fields(self) -> list[str]:
        """Name the fields that a role may hide or close: what the form and the lists show, but for the key."""
        names = dict.fromkeys([*self.form_columns, *self.column_list, *self.column_further_list])
        return [name for name in names if "." not in name and name != "id"]
