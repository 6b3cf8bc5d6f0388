"""Whether an index finds rows by some columns, as far as the model declares it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Index

from admin_app.db.keys import keys_in
from admin_app.db.unique_together import is_computed, is_partial, unique_groups
from admin_app.extensions import TableColumn

# PostgreSQL's sorted kinds of indexes, which find the rows with one value. Others list words, areas or blocks.
_SORTED = (None, False, "", "btree")


def lead_an_index(columns: Sequence[TableColumn]) -> bool:
    """Whether an index begins with these columns in any order: the primary key's, a constraint's, or another one."""
    table = columns[0].table
    own = [list(one.columns) for one in table.indexes if is_whole(one) or _leaves_out_empty(one, columns)]
    groups = own + unique_groups(table) + [keys_in(table)]
    return any({*group[: len(columns)]} == {*columns} for group in groups) or any(
        one.unique for one in columns if len(columns) == 1
    )


def is_whole(index: Index) -> bool:
    """Whether an index has every row of its table, by the columns themselves."""
    return _is_sorted(index) and not is_partial(index)


def _leaves_out_empty(index: Index, columns: Sequence[TableColumn]) -> bool:
    """Whether an index lacks only rows in which one of these columns is NULL: nobody looks for those by a value."""
    wheres = [index.dialect_kwargs.get(f"{store}_where") for store in ("sqlite", "postgresql")]
    known = [one.is_not(None) for one in columns]
    is_known = all(where is None or any(one.compare(where) for one in known) for where in wheres)
    return _is_sorted(index) and is_known


def _is_sorted(index: Index) -> bool:
    return index.dialect_kwargs.get("postgresql_using") in _SORTED and not is_computed(index)
