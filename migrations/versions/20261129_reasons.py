"""Whether a role asks for a reason before many records are changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column('role', sa.Column('needs_reason', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Go back."""
    # Not in a batch: SQLite drops a column by itself, and the copy that a batch makes would lose AUTOINCREMENT.
    op.drop_column('role', 'needs_reason')
