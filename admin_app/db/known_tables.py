"""Refuse tables for which no statement could be written, or no history kept."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import MetaData

from admin_app.db.record import Record
from admin_app.db.versions import may_be_altered
from admin_app.errors import ConfigurationError
from admin_app.extensions import table_of


def require_referenced(metadata: MetaData) -> None:
    """Raise `ConfigurationError` for a foreign key to a table that no model describes: no query over it could be made."""
    for table in metadata.tables.values():
        for key in table.foreign_keys:
            target = key.target_fullname.rpartition(".")[0]
            if target not in metadata.tables:
                message = (
                    f"The column {key.parent} refers to {key.target_fullname}, and no model describes the table {target}: "
                    f"add its model, or take the ForeignKey out of the column."
                )
                raise ConfigurationError(message)


def require_distinct(models: Iterable[type[Record]]) -> None:
    """Raise `ConfigurationError` for two tables of one name, because the history knows records by it, and for a table that migrations would look for in the wrong schema."""
    known: dict[str, type[Record]] = {}
    for model in models:
        table = table_of(model)
        other = known.setdefault(str(table.name), model)
        if table_of(other) is not table:
            names = f"{table_of(other).fullname} of {other.__name__} and {table.fullname} of {model.__name__}"
            message = f"The tables {names} have one name, by which the history knows their records: leave one of the models out, or let it describe a view that has another name."
            raise ConfigurationError(message)
        if table.schema is not None and may_be_altered(table):
            message = f"{model.__name__} is in the schema {table.schema}, which no migration of the dashboard alters: write class {model.__name__}(Legacy)."
            raise ConfigurationError(message)
