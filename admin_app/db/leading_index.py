"""Whether an index finds rows by some columns, as far as the model declares it."""

from __future__ import annotations

from collections.abc import Sequence

from admin_app.db.keys import keys_in
from admin_app.db.unique_together import unique_groups
from admin_app.extensions import TableColumn


def lead_an_index(columns: Sequence[TableColumn]) -> bool:
    """Whether an index begins with these columns in any order: the primary key's, a constraint's, or another one."""
    table = columns[0].table
    groups = [list(one.columns) for one in table.indexes] + unique_groups(table) + [keys_in(table)]
    return any({*group[: len(columns)]} == {*columns} for group in groups) or any(
        one.unique for one in columns if len(columns) == 1
    )
