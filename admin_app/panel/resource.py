"""`ResourceView`: what a model needs for a place in the dashboard, as a list of capabilities."""

from __future__ import annotations

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
        "index_view": Act.VIEW,
        "columns_view": Act.VIEW,
        "page_size_view": Act.VIEW,
        "ticked_view": Act.VIEW,
        # Everybody keeps views of their own; sharing one asks for `Act.SHARE`, changing one for whose it is.
        "views_view": Act.VIEW,
        "new_view": Act.VIEW,
        "save_view": Act.VIEW,
        "change_view": Act.VIEW,
        "remove_view": Act.VIEW,
        "default_view": Act.VIEW,
        "details_view": Act.VIEW,
        "lookup_view": Act.VIEW,
        "create_view": Act.CREATE,
        "edit_view": Act.EDIT,
        "presence_view": Act.EDIT,
        "delete_view": Act.DELETE,
        "export": Act.EXPORT,
        "export_page": Act.EXPORT,
        "history_view": Act.HISTORY,
        "restore_view": Act.UNDO,
    }

    def __init__(self, db: SQLAlchemy) -> None:
        """Build lists, filters and forms from the model."""
        name = self.record.__name__.lower()
        self.noun = self.noun or name
        self.nouns = self.nouns or f"{self.noun}s"
        name_records(self.record, self.noun, self.nouns)
        super().__init__(self.record, db, name=self.plural, endpoint=name)
        self.require_columns()
        declare_indexes(self.offer())
