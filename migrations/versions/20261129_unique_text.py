"""Unique text is the same in whatever capitals, however it comes into the database.

Forms and imports asked for that; an undo, or two saves at once, could make `One@example.com` beside `one@example.com`.
"""

from __future__ import annotations

from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

COLUMNS = [('role', 'key'), ('role', 'name'), ('staff', 'email'), ('user', 'email')]


def upgrade() -> None:
    """Go forward; where texts clash that are there, say which, and change nothing."""
    op.create_unique_text(COLUMNS)


def downgrade() -> None:
    """Go back."""
    op.drop_unique_text(COLUMNS)
    if op.get_context().dialect.name == 'postgresql':
        op.execute('DROP FUNCTION IF EXISTS caseless(text)')
