"""Write and read a whole row in the history's JSON, in each database's SQL.

Python and both databases write the same JSON for the same value, so that a change of 100,000 rows can be recorded and undone
without reading them: whole numbers and booleans as numbers, everything else as text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import JSON, ColumnElement, String, Table, cast, func, literal, literal_column
from sqlalchemy.types import Text

from admin_app.db.joined import column_in
from admin_app.db.json_values import history_columns
from admin_app.db.keys import keys_in
from admin_app.db.limits import LONGEST_TITLE
from admin_app.db.record import Record
from admin_app.extensions import Expression, TableColumn, table_of
from admin_app.kinds import kind_of


def json_of(
    columns: Mapping[str, TableColumn],
    dialect: str,
    *,
    of: Table | None = None,
    further: Mapping[str, Expression] = MappingProxyType({}),
) -> ColumnElement[str]:
    """Return the SQL that writes these columns of a row as the history's JSON, with further values that are JSON already.

    `of` is the table whose rows are read, if the columns may belong to other tables with the same key.
    """
    whole: ColumnElement[str] = literal("{", String)
    values = {name: column if of is None else column_in(of, column) for name, column in columns.items()}
    pairs = [pair_of(name, column, dialect, values[name]) for name, column in columns.items()]
    pairs += [literal(f"{json.dumps(name)}:", String) + one for name, one in further.items()]
    for place, pair in enumerate(pairs):
        whole = whole + literal("," if place else "", String) + pair
    return whole + literal("}", String)


def pair_of(name: str, column: TableColumn, dialect: str, value: Expression | None = None) -> ColumnElement[str]:
    """Return the SQL that writes one column, or another value of its type, as a member of that JSON: `"name":"Ann"`."""
    return literal(f"{json.dumps(name)}:", String) + _quoted(column, dialect, column if value is None else value)


def from_json_sql(column: TableColumn, values: Expression, name: str, dialect: str) -> Expression:
    """Return the SQL that reads a column's value from the history's JSON."""
    kind = kind_of(column)
    if dialect == "sqlite":
        return kind.from_history_on_sqlite(func.json_extract(values, f'$."{name}"'))
    return kind.from_history_on_postgres(func.json_extract_path_text(cast(values, JSON), name))


def title_of(model: type[Record]) -> ColumnElement[str]:
    """Return the SQL that names a row by the beginning of its first text."""
    numbered = literal(f"{model.__name__} ", String) + _called_in_sql(model)
    texts = [column for column in history_columns(model).values() if kind_of(column).normaliser is not None]
    if not texts:
        return numbered
    first = column_in(table_of(model), texts[0])
    return func.coalesce(func.nullif(func.substr(first, 1, LONGEST_TITLE), ""), numbered)


def _called_in_sql(model: type[Record]) -> Expression:
    """Return the SQL of a key as people read it."""
    first, *others = (cast(one, String) for one in keys_in(table_of(model)))
    whole: Expression = first
    for one in others:
        whole = whole + literal(", ", String) + one
    return whole


def _quoted(column: TableColumn, dialect: str, value: Expression) -> ColumnElement[str]:
    """Return the SQL of one value as JSON."""
    kind = kind_of(column)
    if dialect == "sqlite":
        return func.json_quote(kind.history_on_sqlite(value), type_=String())
    return func.coalesce(cast(func.to_json(kind.history_on_postgres(value)), Text), literal_column("'null'"))
