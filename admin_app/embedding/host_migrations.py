"""Tell the application's own migrations which tables belong to the dashboard."""

from __future__ import annotations

from admin_app.embedding.mirror import is_of_application
from admin_app.extensions import TABLE_PREFIX


def is_outside_dashboard(name: str | None, kind: str, *_parents: object) -> bool:
    """Whether the application's migrations may look at a table; for Alembic's `include_name`.

    A table with the dashboard's prefix is the application's only if one of its models describes it.
    """
    return kind != "table" or not str(name).startswith(TABLE_PREFIX) or is_of_application(str(name))
