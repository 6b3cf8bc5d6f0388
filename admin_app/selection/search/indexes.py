"""The search indexes: three-letter pieces of every searched column, kept current by the database itself.

SQLite: one FTS5 table per model (`post_search`), which stores no text itself, with triggers on the model's table.
PostgreSQL: one `pg_trgm` index per column (`ix_post_content_trigrams`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, MetaData, text

from admin_app.db.attributes import stored_column
from admin_app.db.keys import is_number, key_called, key_in
from admin_app.db.quoting import fitted, plain, quoted, quoted_text
from admin_app.db.versions import may_be_altered
from admin_app.errors import ClashError
from admin_app.kinds import kind_of
from admin_app.selection.list_schema import SearchColumn

# The key in the metadata for the searched columns by table.
_DECLARED = "search"
_SUFFIX = "_search"
# Segments that SQLite collects before it merges them. With its default of 4, a bulk insert spends most of its time merging:
# 20,000 posts into a million took 13 s instead of 2 s.
MERGED = 8
# Segments of one size after which SQLite merges them all at once, in the transaction of a person's save. With its default
# of 16 such a merge took 22 s with a million posts. Until then writes merge in small steps.
MOST_PIECES = 1000
# FTS5 keeps its data in tables with these suffixes.
_PARTS = ("_data", "_idx", "_config", "_docsize", "_content")
_OWN = re.compile(rf".+_search({'|'.join(_PARTS)})?|ix_.+_trigrams", re.DOTALL)


def declare(searched: Iterable[SearchColumn]) -> None:
    """Note which columns a resource searches; a related model's columns go with that model's table."""
    for one in searched:
        column = stored_column(one.column)
        if column is None:
            continue
        tables = column.table.metadata.info.setdefault(_DECLARED, {})
        names = tables.get(column.table.name, ())
        # SQLite's index identifies rows by numbers.
        is_kept = kind_of(column).is_text and is_number(key_in(column.table)) and may_be_altered(column.table)
        if is_kept and column.name not in names:
            tables[column.table.name] = (*names, column.name)


def declared(metadata: MetaData) -> Mapping[str, tuple[str, ...]]:
    """Return the searched columns by table."""
    tables: Mapping[str, tuple[str, ...]] = metadata.info.get(_DECLARED, {})
    return tables


def is_indexed(column: SearchColumn) -> bool:
    """Whether a searched column is in an index."""
    stored = stored_column(column.column)
    return stored is not None and stored.name in declared(stored.table.metadata).get(stored.table.name, ())


def search_table(table: str) -> str:
    """Return the name of SQLite's index of a table."""
    return f"{table}{_SUFFIX}"


def is_own(name: str | None, metadata: MetaData) -> bool:
    """Whether a table or index in the database is a search index, which Alembic must leave alone."""
    return name is not None and _OWN.fullmatch(name) is not None and name not in metadata.tables


def present(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Return the indexed columns by table, for the search indexes in the database."""
    return _present_on_sqlite(connection) if connection.dialect.name == "sqlite" else _present_on_postgres(connection)


def _present_on_sqlite(connection: Connection) -> dict[str, tuple[str, ...]]:
    found = connection.execute(
        text(
            "SELECT s.name, c.name FROM sqlite_schema AS s, pragma_table_info(s.name) AS c "
            "WHERE s.type = 'table' AND s.sql LIKE 'CREATE VIRTUAL TABLE%fts5%trigram%' ORDER BY s.name, c.cid"
        )
    )
    return _grouped((name.removesuffix(_SUFFIX), column) for name, column in found if name.endswith(_SUFFIX))


def _present_on_postgres(connection: Connection) -> dict[str, tuple[str, ...]]:
    found = connection.execute(
        text(
            "SELECT t.relname, a.attname FROM pg_index AS x "
            "JOIN pg_class AS i ON i.oid = x.indexrelid JOIN pg_class AS t ON t.oid = x.indrelid "
            "JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = x.indkey[0] "
            "JOIN pg_opclass AS o ON o.oid = x.indclass[0] "
            "WHERE o.opcname = 'gin_trgm_ops' AND t.relnamespace = current_schema()::regnamespace ORDER BY 1, 2"
        )
    )
    return _grouped((table, column) for table, column in found)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    columns: dict[str, tuple[str, ...]] = {}
    for table, column in pairs:
        columns[table] = (*columns.get(table, ()), column)
    return columns


def creation(dialect: str, table: str, columns: Sequence[str]) -> list[str]:
    """Return the statements that create a table's index and fill it with the existing rows."""
    if dialect == "sqlite":
        told = [("automerge", str(MERGED)), ("crisismerge", str(MOST_PIECES)), ("rebuild", "NULL")]
        built = [_telling(table, f"('{command}', {value})") for command, value in told]
        return [_virtual_table(table, columns), *built, *triggers(table, columns).values()]
    return ["CREATE EXTENSION IF NOT EXISTS pg_trgm", *(_trigrams(table, one) for one in columns)]


def index_names(dialect: str, table: str, columns: Sequence[str]) -> list[str]:
    """Return, for each of those statements, the name of the PostgreSQL index that it creates, or ""."""
    if dialect == "sqlite":
        return [""] * len(creation(dialect, table, columns))
    return ["", *(_index(table, one) for one in columns)]


def removal(dialect: str, table: str, columns: Sequence[str]) -> list[str]:
    """Return the statements that remove a table's index. PostgreSQL's extension stays: others may use it by now."""
    if dialect == "sqlite":
        dropped = [f"DROP TRIGGER IF EXISTS {quoted(name)}" for name in triggers(table, columns)]
        return [*dropped, f"DROP TABLE IF EXISTS {quoted(search_table(table))}"]
    return [f"DROP INDEX IF EXISTS {quoted(_index(table, one))}" for one in columns]


def require_free(connection: Connection, table: str, columns: Sequence[str]) -> None:
    """Raise `ClashError` if something else has a name that the table's index needs in SQLite."""
    if connection.dialect.name != "sqlite":
        return
    _require_free(table, columns, connection.scalars(text("SELECT name FROM sqlite_schema")))


def require_unmodelled(connection: Connection, table: str, columns: Sequence[str], metadata: MetaData) -> None:
    """Raise `ClashError` if the table of a model has such a name."""
    if connection.dialect.name == "sqlite":
        _require_free(table, columns, metadata.tables)


def _require_free(table: str, columns: Sequence[str], taken: Iterable[str]) -> None:
    own = [*(f"{search_table(table)}{part}" for part in ("", *_PARTS)), *triggers(table, columns)]
    # SQLite tells names apart without regard to case.
    needed = {one.lower() for one in own}
    if found := sorted(one for one in taken if one.lower() in needed):
        message = (
            f"The search index of {table} needs the name {found[0]}, which something else has: give that another name, "
            f"or take column_searchable_list from the resource of {table}. Nothing was changed."
        )
        raise ClashError(message)


def repair(connection: Connection) -> None:
    """Create triggers again that SQLite dropped: Alembic changes a table by copying it and dropping the old one."""
    if connection.dialect.name != "sqlite":
        return
    tables: Mapping[str, tuple[str, ...]] = _present_on_sqlite(connection)
    there = set(connection.scalars(text("SELECT name FROM sqlite_schema WHERE type IN ('table', 'trigger')")))
    for table, columns in tables.items():
        missing = [sql for name, sql in triggers(table, columns).items() if name not in there]
        for statement in missing if table in there else ():
            connection.exec_driver_sql(statement)


@contextmanager
def loading(connection: Connection, table: str, rows: int) -> Iterator[None]:
    """Let SQLite index the new rows in one go at the end of the block if they outnumber the existing ones: several times as fast."""
    columns = _present_on_sqlite(connection).get(table) if connection.dialect.name == "sqlite" else None
    there = columns and connection.scalar(plain(f"SELECT max({quoted(key_called(table))}) FROM {quoted(table)}"))
    if not columns or rows < (there or 0):
        yield
        return
    for name in triggers(table, columns):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {quoted(name)}")
    yield
    connection.exec_driver_sql(_telling(table, "('rebuild', NULL)"))
    repair(connection)


def _virtual_table(table: str, columns: Sequence[str]) -> str:
    # Without positions and lengths the index is a third as large. Only ranking and phrases need them, and neither is used.
    return (
        f"CREATE VIRTUAL TABLE {quoted(search_table(table))} USING fts5({_names(columns)}, content={quoted_text(table)}, "
        f"content_rowid={quoted_text(key_called(table))}, tokenize='trigram', detail='none', columnsize=0)"
    )


def _telling(table: str, values: str) -> str:
    """Return an FTS5 command: an INSERT into the column that has the table's name."""
    index = quoted(search_table(table))
    return f"INSERT INTO {index}({index}, rank) VALUES {values}"


def triggers(table: str, columns: Sequence[str]) -> dict[str, str]:
    """Return SQLite's triggers by their names."""
    index = quoted(search_table(table))
    key, news, olds = key_called(table), _names(columns, "new."), _names(columns, "old.")
    add = f"INSERT INTO {index}(rowid, {_names(columns)}) VALUES ({_names([key], 'new.')}, {news});"
    # FTS5 finds an entry to remove by the old text, which its table doesn't store.
    take = f"INSERT INTO {index}({index}, rowid, {_names(columns)}) VALUES ('delete', {_names([key], 'old.')}, {olds});"
    changed = " OR ".join(f"old.{one} IS NOT new.{one}" for one in map(quoted, (key, *columns)))
    here = quoted(table)
    events = {
        "insert": f"AFTER INSERT ON {here} BEGIN {add} END",
        "delete": f"AFTER DELETE ON {here} BEGIN {take} END",
        "update": f"AFTER UPDATE OF {_names([key, *columns])} ON {here} WHEN {changed} BEGIN {take} {add} END",
    }
    names = {event: f"{search_table(table)}_{event}" for event in events}
    return {names[event]: f"CREATE TRIGGER {quoted(names[event])} {body}" for event, body in events.items()}


def _names(columns: Sequence[str], prefix: str = "") -> str:
    return ", ".join(f"{prefix}{quoted(column)}" for column in columns)


def _trigrams(table: str, column: str) -> str:
    return f"CREATE INDEX {quoted(_index(table, column))} ON {quoted(table)} USING gin ({quoted(column)} gin_trgm_ops)"


def _index(table: str, column: str) -> str:
    return fitted(f"ix_{table}_{column}", "trigrams")
