"""Whether the database finds rows by columns without reading the whole table, as far as the model says."""

from __future__ import annotations

from collections.abc import Sequence

from admin_app.db.keys import keys_in
from admin_app.db.unique_together import unique_groups
from admin_app.extensions import TableColumn


def lead_an_index(columns: Sequence[TableColumn]) -> bool:
    """Whether an index begins with these columns, in whatever order: the key's, a constraint's or one of its own."""
    table = columns[0].table
    groups = [list(one.columns) for one in table.indexes] + unique_groups(table) + [keys_in(table)]
    return any({*group[: len(columns)]} == {*columns} for group in groups) or any(
        one.unique for one in columns if len(columns) == 1
    )
