"""Search indexes on SQLite are merged a little with each write, never whole within one.

FTS5 merges sixteen pieces of about the same size at once, in the transaction of whoever saves: with a million posts one save
took 22 seconds.
"""

from __future__ import annotations

from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    tell(1000)


def downgrade() -> None:
    """Go back to FTS5's own number."""
    tell(16)


def tell(pieces: int) -> None:
    """Let every index have so many pieces of one size."""
    connection = op.get_bind()
    if connection.dialect.name != 'sqlite':
        return
    made = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%fts5%trigram%'"
    for (name,) in connection.exec_driver_sql(made).all():
        connection.exec_driver_sql(f"INSERT INTO \"{name}\"(\"{name}\", rank) VALUES ('crisismerge', {pieces})")
