"""The ON DELETE and ON UPDATE rules of foreign keys, in tables that are reflected from SQLite.

SQLAlchemy reads `ON DELETE` and `ON UPDATE` there only behind `FOREIGN KEY (...)`, not in the definition of a column.
Without them, a delete page would say that rows stay which the database deletes, and a migration that rebuilds the
table would drop the rules.
"""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import Connection, ForeignKey, ForeignKeyConstraint, Table, event, text
from sqlalchemy.engine import Inspector
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.sql.base import SchemaEventTarget

_RULES = "rules of foreign keys"
_NOTHING = "NO ACTION"
_ASKED = text(
    'SELECT id, "table", "from", on_delete, on_update FROM pragma_foreign_key_list(:name, :schema) ORDER BY id, seq'
)

# The ON DELETE and the ON UPDATE rule, by the columns and the table that they refer to.
Rules = dict[tuple[tuple[str, ...], str], tuple[str, str]]


def keep_rules() -> None:
    """Complete every table that is read from now on."""
    event.listen(Table, "column_reflect", _read_rules)
    event.listen(ForeignKeyConstraint, "after_parent_attach", _complete)


def _read_rules(inspector: Inspector, table: Table, _column: ReflectedColumn) -> None:
    """Read a table's rules at its first column, before its foreign keys are reflected."""
    if _RULES not in table.info and inspector.dialect.name == "sqlite" and isinstance(inspector.bind, Connection):
        table.info[_RULES] = _rules_of(inspector.bind, table)


def _rules_of(connection: Connection, table: Table) -> Rules:
    columns: dict[int, list[str]] = defaultdict(list)
    found: dict[int, tuple[str, str, str]] = {}
    for row in connection.execute(_ASKED, {"name": table.name, "schema": table.schema or "main"}):
        columns[row[0]].append(row[2])
        found[row[0]] = (row[1], row[3], row[4])
    return {(tuple(columns[key]), name): (deletion, change) for key, (name, deletion, change) in found.items()}


def _complete(key: SchemaEventTarget, table: SchemaEventTarget) -> None:
    """Set the rules of a foreign key of a reflected table."""
    if not (isinstance(key, ForeignKeyConstraint) and isinstance(table, Table) and _RULES in table.info):
        return
    named = (tuple(key.column_keys), key.elements[0].target_tokens.table_name)
    deletion, change = table.info[_RULES].get(named, (_NOTHING, _NOTHING))
    constraint: ForeignKeyConstraint = key
    parts: list[ForeignKeyConstraint | ForeignKey] = [constraint, *constraint.elements]
    for one in parts:
        one.ondelete = one.ondelete or (deletion if deletion != _NOTHING else None)
        one.onupdate = one.onupdate or (change if change != _NOTHING else None)
