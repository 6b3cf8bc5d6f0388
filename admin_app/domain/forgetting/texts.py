"""Every text column of the database, searched for a person's values: to replace them, and to prove that none is left."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote, quote_plus

from sqlalchemy import JSON, ColumnElement, String, Table, Text, cast, literal, or_, select, true, type_coerce, update
from sqlalchemy.types import TypeDecorator

from admin_app.db.dialects import is_postgres
from admin_app.db.json_values import recorded_models
from admin_app.db.versions import raised
from admin_app.domain.audit.recorder import RECORDED
from admin_app.extensions import AnyRow, AnySession, Base, Expression, TableColumn

REPLACEMENT = "[forgotten]"


@dataclass(frozen=True)
class Occurrences:
    """How many rows of a column hold a value."""

    table: str
    column: str
    count: int


def occurrences(
    session: AnySession, values: Collection[str], others: Mapping[str, ColumnElement[bool]] = MappingProxyType({})
) -> list[Occurrences]:
    """Return the columns in which any of these values occurs. Tables named in `others` are searched only in these rows."""
    counted = (
        (column, sum(1 for _ in _rows(session, column, values, others.get(column.table.name, true()))))
        for column in _text_columns()
    )
    return [Occurrences(column.table.name, column.name, number) for column, number in counted if number]


def replace_everywhere(session: AnySession, values: Collection[str]) -> int:
    """Write `REPLACEMENT` in place of values that belong to nobody else (not yet committed); return the number of changed texts."""
    number = 0
    for column in _text_columns():
        table = column.table
        more = raised(table) if table.name in recorded_models() else {}
        for *keys, text in list(_rows(session, column, values, true())):
            which = [key == value for key, value in zip(table.primary_key.columns, keys, strict=True)]
            new = {column.name: _as_kept(session, column, replaced(text, values)), **more}
            session.execute(update(table).where(*which).values(new), execution_options=RECORDED)
            number += 1
    return number


def replaced(text: str, values: Collection[str]) -> str:
    """Return a text without these values, in all their spellings."""
    return _pattern(values).sub(REPLACEMENT, text) if values else text


def _pattern(values: Collection[str]) -> re.Pattern[str]:
    """Match values as whole words: “Ann” is not part of “Annual”, nor ann@example.org of joann@example.org."""
    spelt = sorted({one for value in values for one in spellings(value)}, key=len, reverse=True)
    words = "|".join(map(re.escape, spelt))
    # An escape before it, in an address or in JSON, may end with a letter: "%3D", "\\n", "\\u00e4".
    before = r"(?:(?<![\w.+-])|(?<=%[0-9A-F]{2})|(?<=\\[nrtbf])|(?<=\\u[0-9A-F]{4}))"
    return re.compile(rf"{before}(?:{words})(?![\w-]|\.\w)", re.IGNORECASE)


def spellings(value: str) -> set[str]:
    """Return how a value is written: as it is, in addresses, in JSON."""
    return {value, quote(value), quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1]}


def _text_columns() -> Iterator[TableColumn]:
    for table in Base.metadata.sorted_tables:
        yield from (column for column in table.c if _is_text(column) and not _is_hash(table, column))


def _is_text(column: TableColumn) -> bool:
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    return isinstance(kind, String | JSON) and column.computed is None


def _is_hash(table: Table, column: TableColumn) -> bool:
    """Whether a column holds only keys, tokens or digests: nobody typed those."""
    is_key = column.primary_key and table.name not in recorded_models()
    return is_key or bool(column.info.get("secret")) or column.name.endswith(("_hash", "digest", "sha256"))


def _rows(
    session: AnySession, column: TableColumn, values: Collection[str], which: ColumnElement[bool]
) -> Iterator[AnyRow]:
    """Yield the key and the text of each row that contains a value."""
    if not values:
        return
    spelt = sorted({one for value in values for one in spellings(value)})
    holds = or_(*(_raw(column).icontains(one, autoescape=True) for one in spelt))
    pattern = _pattern(values)
    for row in session.execute(select(*column.table.primary_key.columns, _raw(column)).where(holds, which)):
        if pattern.search(row[-1]):
            yield row


def _raw(column: TableColumn) -> Expression:
    return cast(column, Text)


def _as_kept(session: AnySession, column: TableColumn, text: str) -> Expression:
    """Return a text as the column stores it; in a JSON column it is JSON already."""
    length = getattr(column.type, "length", None)
    is_json = isinstance(column.type, JSON) and is_postgres(session)
    return cast(literal(text, Text), JSON) if is_json else type_coerce(literal(text[:length], Text), Text)
