"""The time zone of each member of staff."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column('staff', sa.Column('time_zone', sa.String(length=64), server_default='', nullable=False))


def downgrade() -> None:
    """Go back."""
    # Not in a batch: SQLite drops a column by itself, and the copy that a batch makes would lose AUTOINCREMENT.
    op.drop_column('staff', 'time_zone')
