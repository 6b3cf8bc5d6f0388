"""Differences between the tables and the models: those that an upgrade resolves, the remaining ones, and their descriptions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from alembic.operations import MigrateOperation
from alembic.operations.ops import (
    AddColumnOp,
    AddConstraintOp,
    AlterColumnOp,
    CreateIndexOp,
    CreateTableOp,
    DropColumnOp,
    DropConstraintOp,
    DropIndexOp,
    DropTableOp,
    OpContainer,
)

from admin_app.db.unique_text import CreateUniqueText
from admin_app.selection.search.migrations import CreateSearchIndex
from admin_app.selection.sorting.migrations import CreateSortIndex

# The operations that an upgrade may perform: it adds things, and removes nothing.
_ADDING = (CreateTableOp, AddColumnOp, CreateIndexOp, CreateUniqueText, CreateSearchIndex, CreateSortIndex)

UNKNOWN = ": the dashboard does not have it"


@dataclass(frozen=True)
class Changes:
    """The operations to perform, in order, and the remaining differences."""

    made: tuple[MigrateOperation, ...]
    left: tuple[MigrateOperation, ...]


def changes_in(found: OpContainer | None, dialect: str) -> Changes:
    """Separate operations that an upgrade performs from the rest. On SQLite, a column can be made nullable only by recreating its table."""
    operations = list(_each(found))
    made = [one for one in operations if isinstance(one, _ADDING) or (_loosens(one) and dialect != "sqlite")]
    return Changes(tuple(made), tuple(one for one in operations if one not in made))


def in_words(one: MigrateOperation) -> str:
    """Describe a difference: the part of a table, and how it differs."""
    if isinstance(one, CreateTableOp):
        return f"table {one.table_name}"
    if isinstance(one, AddColumnOp | DropColumnOp | AlterColumnOp):
        return _column(one)
    if isinstance(one, CreateIndexOp | DropIndexOp):
        return f"index {one.index_name}{UNKNOWN if isinstance(one, DropIndexOp) else ''}"
    if isinstance(one, CreateSearchIndex | CreateSortIndex | CreateUniqueText):
        return _index(one)
    is_unknown = isinstance(one, DropConstraintOp | DropTableOp)
    return f"{_named(one)}{UNKNOWN if is_unknown else ''}"


def _named(one: MigrateOperation) -> str:
    """Return the name of an operation's subject: a constraint and its table, or the table alone."""
    table = getattr(one, "table_name", None) or getattr(one, "source_table", "")
    if not isinstance(one, AddConstraintOp | DropConstraintOp):
        return f"table {table}"
    name = getattr(one, "constraint_name", None)
    return f"constraint {name} of {table}" if name else f"a constraint of {table}"


def _index(one: CreateSearchIndex | CreateSortIndex | CreateUniqueText) -> str:
    if isinstance(one, CreateUniqueText):
        return f"unique text in {', '.join('.'.join(column) for column in one.columns)}"
    return f"search index of {one.table}" if isinstance(one, CreateSearchIndex) else f"index {one.index.name}"


def _column(one: AddColumnOp | DropColumnOp | AlterColumnOp) -> str:
    if isinstance(one, AddColumnOp):
        return f"column {one.table_name}.{one.column.name}"
    said = UNKNOWN if isinstance(one, DropColumnOp) else f": {_altered(one)}"
    return f"column {one.table_name}.{one.column_name}{said}"


def _each(found: OpContainer | None) -> Iterator[MigrateOperation]:
    for one in () if found is None else found.ops:
        if isinstance(one, OpContainer) and not isinstance(one, CreateTableOp):
            yield from _each(one)
        else:
            yield one


def _loosens(one: MigrateOperation) -> bool:
    """Whether an operation only makes a column nullable."""
    is_alone = isinstance(one, AlterColumnOp) and one.modify_type is None and one.modify_server_default is False
    return is_alone and isinstance(one, AlterColumnOp) and one.modify_nullable is True


def _altered(one: AlterColumnOp) -> str:
    said = []
    if one.modify_type is not None:
        said.append(f"the dashboard has {one.modify_type!r}")
    if one.modify_nullable is not None:
        said.append("may be empty" if one.modify_nullable else "may not be empty")
    if one.modify_server_default is not False:
        said.append("the dashboard has another default")
    return ", ".join(said) or "the dashboard declares it differently"
