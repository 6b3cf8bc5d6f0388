"""Unique text that ignores case: a function that both databases know, and unique indexes over its result.

Each SQLite connection is given the function. PostgreSQL keeps its own, generated from Python's case tables. So both
stores and `unicode_text.caseless` always agree, and no index depends on the locale or the libraries of a machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Enum, MetaData, String, func, text

from admin_app import unicode_text
from admin_app.db.keys import key_called
from admin_app.db.quoting import NAME, fitted, plain, quoted, unquoted
from admin_app.db.record import Record
from admin_app.db.versions import may_be_altered
from admin_app.extensions import AnyColumn, TableColumn

# A column of a table: the names of both.
ColumnName = tuple[str, str]

_ENDING = "caseless"
# Where names were cut off.
_LONGEST_NAME = 63
_OWN = re.compile(rf"uq_.+_{_ENDING}", re.DOTALL)
_COLUMN = re.compile(rf"\(caseless\(+({NAME})\)")
# No letter above this has capitals. The test of all letters would fail if one had.
_LETTERS = range(0x80, 0x20000)


def caseless(value: object) -> Any:
    """Return what SQLite's function of this name returns. The value may have any type, because other programs write there too."""
    return unicode_text.caseless(value) if isinstance(value, str) else value


def is_caseless(column: TableColumn) -> bool:
    """Whether no two records may have the same text in this column, ignoring case."""
    is_kept = bool(getattr(column, "unique", False)) and may_be_altered(column.table)
    return is_kept and isinstance(column.type, String) and not isinstance(column.type, Enum)


def same(column: AnyColumn, value: object) -> ColumnElement[bool]:
    """Whether a column has this text, ignoring case, by its unique index.

    Python folds the typed text: folding a long one would keep PostgreSQL busy.
    """
    key = unicode_text.caseless(value) if isinstance(value, str) else func.caseless(value)
    condition: ColumnElement[bool] = func.caseless(column) == key
    return condition


def same_in(column: TableColumn, one: Any, other: object) -> ColumnElement[bool]:
    """Whether two values count as the same in this column: ignoring case if its text is unique."""
    condition: ColumnElement[bool] = same(one, other) if is_caseless(column) else one == other
    return condition


def same_as_any(column: AnyColumn, values: Iterable[str]) -> ColumnElement[bool]:
    """Whether a column has one of these texts, ignoring case."""
    return func.caseless(column).in_([unicode_text.caseless(value) for value in values])


def declared(metadata: MetaData) -> set[ColumnName]:
    """Return the columns that need such an index: unique text of records, without secrets."""
    tables: set[Any] = {one.local_table for one in Record.registry.mappers if issubclass(one.class_, Record)}
    return {
        (table.name, column.name)
        for table in tables & set(metadata.tables.values())
        for column in table.columns
        if is_caseless(column) and not column.info.get("secret")
    }


def index_name(table: str, column: str) -> str:
    """Return the name of a column's index."""
    return fitted(f"uq_{table}_{column}", _ENDING)


def former_name(table: str, column: str) -> str:
    """Return the name that an index has from before: a long one was cut off, whatever other index then had the same."""
    return f"uq_{table}_{column}"[: _LONGEST_NAME - len(_ENDING) - 1] + f"_{_ENDING}"


def is_own(name: str | None) -> bool:
    """Whether an index of the database is one of these. Alembic cannot read them on SQLite and must leave them to us."""
    return name is not None and _OWN.fullmatch(name) is not None


def present(connection: Connection) -> dict[ColumnName, str]:
    """Return the columns that have such an index in the database, each with the name of its index."""
    indexes = (
        "SELECT tbl_name, name, sql FROM sqlite_schema WHERE type = 'index'"
        if connection.dialect.name == "sqlite"
        else "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
    )
    own = [(*one[:2], _COLUMN.search(one[2] or "")) for one in connection.execute(text(indexes)) if is_own(one[1])]
    return {(table, unquoted(found[1])): name for table, name, found in own if found}


def creation(table: str, column: str) -> str:
    """Return the statement that creates the index of a column."""
    return f"CREATE UNIQUE INDEX {quoted(index_name(table, column))} ON {quoted(table)} (caseless({quoted(column)}))"


def removal(name: str) -> str:
    """Return the statement that removes an index of this name."""
    return f"DROP INDEX IF EXISTS {quoted(name)}"


def clashes(connection: Connection, table: str, column: str) -> Sequence[Sequence[tuple[int, str]]]:
    """Return the records that have the same text in a column, as (id, text), grouped by text."""
    own, here, key = quoted(key_called(table)), quoted(table), f"caseless({quoted(column)})"
    several = f"SELECT {key} FROM {here} GROUP BY 1 HAVING count({key}) > 1"
    rows = f"SELECT {key}, {own}, {quoted(column)} FROM {here} WHERE {key} IN ({several}) ORDER BY 1, 2"
    found: dict[str, list[tuple[int, str]]] = {}
    for same_text, record_id, value in connection.execute(plain(rows)):
        found.setdefault(same_text, []).append((record_id, value))
    return list(found.values())


def function_for_postgres() -> str:
    """Return the statement that creates PostgreSQL's function, which folds letter by letter with Python's tables.

    It is written in PL/pgSQL, because the planner would inline an SQL function, tables included, into every
    statement.
    """
    return f"""
        CREATE FUNCTION caseless(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
        DECLARE folded text;
        BEGIN
            IF octet_length(value) = length(value) THEN
                RETURN lower(value COLLATE "C");
            END IF;
            folded = lower(normalize(value, NFC) COLLATE "C");
            {" ".join(_steps())}
            RETURN normalize(folded, NFC);
        END $$"""


def _steps() -> Iterator[str]:
    """Yield the steps that fold the letters. A step runs only if the text has one of its letters, because `translate` compares each letter with all of its own."""
    composed = [one for one in map(chr, _LETTERS) if unicode_text.composed(one) == one]
    folds = {one: fold for one in composed if (fold := unicode_text.caseless(one)) != one}
    for some in _batched([one for one, fold in folds.items() if len(fold) == 1]):
        new = "".join(folds[one] for one in some)
        yield _where(f"{some[0]}-{some[-1]}", f"translate(folded, '{''.join(some)}', '{new}')")
    longer = {one: fold for one, fold in folds.items() if len(fold) > 1}
    value = "folded"
    for one, fold in longer.items():
        value = f"replace({value}, '{one}', '{fold}')"
    yield _where("".join(longer), value)


def _batched(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """Split the values into batches of a hundred."""
    return (values[start : start + 100] for start in range(0, len(values), 100))


def _where(found: str, value: str) -> str:
    return f"""IF folded COLLATE "C" ~ '[{found}]' THEN folded = {value}; END IF;"""
