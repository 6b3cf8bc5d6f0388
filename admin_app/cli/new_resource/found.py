"""Find a table, a view or a materialised view by its name, and the columns that identify its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import click
import sqlalchemy as sa
from sqlalchemy.engine import Inspector
from sqlalchemy.engine.interfaces import ReflectedIndex

from admin_app.cli.new_resource.described import generic
from admin_app.cli.new_resource.links import Link, links_of_table
from admin_app.cli.new_resource.model_file import computed_by
from admin_app.db.key_values import value_kind
from admin_app.errors import NotFoundError
from admin_app.extensions import TableColumn, db

# The number of rows of a view that are read to find columns that identify a row, and the most columns tried together.
_MOST_ROWS, _MOST_COLUMNS = 100_000, 8
# The number of foreign keys of an association table.
_SIDES = 2


@dataclass(frozen=True)
class Found:
    """A table or view of the database."""

    table: sa.Table
    is_view: bool
    # Columns with a unique index of their own.
    unique: frozenset[str]
    # The columns that identify a row if there is no primary key.
    key: Sequence[str] = ()


def find(name: str) -> Found:
    """Return the table or view with this name, which may be SCHEMA.NAME; raise `NotFoundError` if there is none."""
    inspector = sa.inspect(db.engine)
    schema, bare = _place_of(inspector, name)
    table = sa.Table(bare, sa.MetaData(), schema=schema, autoload_with=db.engine, resolve_fks=False)
    if db.engine.dialect.name == "sqlite":
        _complete(table)
    is_view = bare in _views(inspector, schema)
    unique = [columns for columns in _unique(inspector, table) if columns]
    return Found(
        table, is_view, frozenset(one[0] for one in unique if len(one) == 1), _key(table, unique, is_view=is_view)
    )


def links_to(table: sa.Table) -> list[Link]:
    """Return the links of a table's rows, by every association table."""
    around = sa.MetaData()
    inspector = sa.inspect(db.engine)
    keys = inspector.get_multi_foreign_keys(schema=table.schema)
    names = [name for (_, name), found in keys.items() if len(found) == _SIDES]
    tables = [
        sa.Table(one, around, schema=table.schema, autoload_with=db.engine, resolve_fks=False) for one in sorted(names)
    ]
    found = [link for one in tables for link in links_of_table(one)]
    return [one for one in found if next(iter(one.own.foreign_keys)).target_fullname in _keys_of(table)]


def _keys_of(table: sa.Table) -> set[str]:
    return {f"{table.fullname}.{one.name}" for one in table.primary_key} if len(table.primary_key) == 1 else set()


def _place_of(inspector: Inspector, name: str) -> tuple[str | None, str]:
    """Return the schema and the name of a table or view. A name may have a dot in it."""
    schema, _, bare = name.partition(".")
    places = [(None, name), *([(schema, bare)] if bare and schema in inspector.get_schema_names() else [])]
    for place, one in places:
        if one in {*inspector.get_table_names(place), *_views(inspector, place)}:
            return place, one
    message = f"“{name}” is neither a model nor a table of the database."
    schemas = [one for one in inspector.get_schema_names() if one not in {"information_schema", "pg_catalog"}]
    if elsewhere := [f"{one}.{name}" for one in schemas if name in inspector.get_table_names(one)]:
        message = f"“{name}” is in another schema: ask for {' or '.join(elsewhere)}."
    raise NotFoundError(message)


def _views(inspector: Inspector, schema: str | None) -> set[str]:
    kept = inspector.get_materialized_view_names(schema) if inspector.dialect.name == "postgresql" else []
    return {*inspector.get_view_names(schema), *kept}


def _unique(inspector: Inspector, table: sa.Table) -> list[list[str]]:
    """Return the columns of each unique index. SQLite creates one for a constraint."""
    indexes = inspector.get_indexes(table.name, table.schema, include_auto_indexes=True)
    whole = [_names_in(one) for one in indexes if one["unique"]]
    constraints = inspector.get_unique_constraints(table.name, table.schema)
    return [*whole, *(list(one["column_names"]) for one in constraints)]


def _names_in(index: ReflectedIndex) -> list[str]:
    """Return the columns of an index, none if it is over expressions, or over some rows only."""
    is_partial = any(name.endswith("_where") for name in index.get("dialect_options", {}))
    names = [one for one in index["column_names"] if one is not None]
    return [] if is_partial or len(names) < len(index["column_names"]) else names


def _complete(table: sa.Table) -> None:
    """Add what SQLAlchemy does not reflect from SQLite: the expressions of computed columns, and that SQLite numbers only INTEGER keys."""
    with db.engine.connect() as connection:
        asked = {"name": table.name}
        sql = str(connection.scalar(sa.text("SELECT sql FROM sqlite_schema WHERE name = :name"), asked))
        types = connection.execute(sa.text("SELECT name, type FROM pragma_table_info(:name)"), asked)
        declared = {name: str(of).upper() for name, of in types}
    for one in table.columns:
        if one.computed is not None and not str(one.computed.sqltext):
            one.computed.sqltext = sa.text(computed_by(sql, str(one.name)))
    for key in table.primary_key:
        if declared[str(key.name)] != "INTEGER" or "WITHOUT ROWID" in sql.upper():
            key.autoincrement = False


# ---- the columns that identify a row


def _key(table: sa.Table, unique: Sequence[Sequence[str]], *, is_view: bool) -> Sequence[str]:
    """Return the columns that identify a row if there is no primary key; refuse a table without such columns."""
    if keys := list(table.primary_key):
        _require_addressable(table, keys)
        return ()
    for columns in unique:
        if all(_is_addressable(table.columns[one]) and (is_view or not table.columns[one].nullable) for one in columns):
            return columns
    if is_view:
        return _distinct(table)
    raise click.ClickException(_without_key(table))


def _require_addressable(table: sa.Table, keys: Sequence[TableColumn]) -> None:
    if wrong := [key.name for key in keys if not _is_addressable(key)]:
        message = f"The key {wrong[0]} of {table.name} is of a type that no address can name."
        raise click.ClickException(message)


def _is_addressable(column: TableColumn) -> bool:
    return value_kind(generic(column.type)) is not None


def _without_key(table: sa.Table) -> str:
    """Say what to do with a table without a key: the databases' own row numbers (ctid, rowid) do not identify a row for good."""
    begin = f"{table.fullname} has no primary key, by which its rows are told apart."
    if db.engine.dialect.name == "postgresql":
        return (
            f"{begin} Add one: ALTER TABLE {table.fullname} ADD COLUMN id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY."
            " If it must not be altered, ask for a view of it, which is only to look at."
        )
    view = "a view of it with rowid AS id"
    return f"{begin} Make it anew with one, or ask for {view}, which is only to look at."


def _distinct(table: sa.Table) -> Sequence[str]:
    """Return the fewest columns of a view that identify each of its present rows."""
    columns = [one for one in table.columns if _is_addressable(one)][:_MOST_COLUMNS]
    with db.engine.connect() as connection:
        for several in _choices(columns):
            if _tells_apart(connection, table, several):
                return [str(one.name) for one in several]
    message = f"No column of {table.fullname}, and no two together, tell its rows apart: let the view have one that does, like row_number() OVER () AS id."
    raise click.ClickException(message)


def _choices(columns: Sequence[TableColumn]) -> Iterator[tuple[TableColumn, ...]]:
    for number in (1, 2):
        yield from combinations(columns, number)


def _tells_apart(connection: sa.Connection, table: sa.Table, columns: Sequence[TableColumn]) -> bool:
    read = sa.select(*columns).select_from(table).limit(_MOST_ROWS).subquery()
    alike = sa.select(read).distinct().where(*(one.is_not(None) for one in read.c)).subquery()
    counts = [sa.select(sa.func.count()).select_from(one).scalar_subquery() for one in (read, alike)]
    rows, different = connection.execute(sa.select(*counts)).one()
    return bool(rows == different)
