"""Say which rule of the database a record breaks, and in which field: a check, a domain, an exclusion, a missing value or a partition."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import CheckConstraint, Table
from sqlalchemy.exc import IntegrityError

from admin_app.db.attributes import stored_columns
from admin_app.db.joined import tables_of
from admin_app.db.record import Record

_CHECK = re.compile(r"(?:CHECK|NOT NULL) constraint failed: (?P<name>.+)", re.DOTALL)
_WORD = re.compile(r"\w+")
# PostgreSQL's error code for a check; without the name of one, it means that no partition takes the row.
_CHECK_CODE = "23514"
NO_PARTITION = "The database has no partition for this record. Nothing was saved."
NO_VALUE = "The database needs a value here."
UNNAMED = "The database refuses this by one of its rules."


def broken_rule(error: IntegrityError, model: type[Record]) -> dict[str, str]:
    """Return the problem by field, under "" if it concerns no single field; return nothing if the database names no rule."""
    said = getattr(error.orig, "diag", None)
    name, column = getattr(said, "constraint_name", None), getattr(said, "column_name", None)
    found = _CHECK.fullmatch(str(error.orig))
    if column or (found and found[0].startswith("NOT NULL")):
        fields = _fields_in(model, column or str(found and found["name"].rpartition(".")[2]))
        return {fields[0]: NO_VALUE} if len(fields) == 1 else {}
    name = name or (found["name"] if found else None)
    if name is None:
        is_partition = getattr(said, "sqlstate", None) == _CHECK_CODE
        return {"": NO_PARTITION} if is_partition else {}
    fields = _fields_in(model, _condition_of(model, name))
    is_named = found is None or _is_name(model, name)
    words = f"The database refuses this by its rule “{name}”." if is_named else UNNAMED
    return {fields[0]: words} if len(fields) == 1 else {"": f"{words} Nothing was saved."}


def _is_name(model: type[Record], said: str) -> bool:
    """Whether SQLite named a check. For an unnamed check it quotes the SQL, which may be long or a single column."""
    named = {str(one.name) for table in tables_of(model) for one in _checks_of(table)}
    return said in named or (_WORD.fullmatch(said) is not None and not _fields_in(model, said))


def _condition_of(model: type[Record], name: str) -> str:
    """Return the SQL of a check of the model. For an unknown check, return its name without the table: PostgreSQL builds it from the columns."""
    for table in tables_of(model):
        for one in _checks_of(table):
            if str(one.name) == name:
                return str(one.sqltext)
    beginnings = [f"{table.name}_" for table in tables_of(model)]
    begins = next((one for one in beginnings if name.startswith(one)), "")
    return name.removeprefix(begins).removesuffix("_check")


def _checks_of(table: Table) -> Iterator[CheckConstraint]:
    yield from (one for one in table.constraints if isinstance(one, CheckConstraint))


def _fields_in(model: type[Record], words: str) -> list[str]:
    """Return the attributes whose columns occur in some SQL."""
    said = {*_WORD.findall(words)}
    return [name for name, column in stored_columns(model).items() if column.name in said]
