"""Sessions that say where they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    # Sessions that are there have been seen when they began, as far as anybody knows.
    with op.batch_alter_table('staff_session', schema=None) as batch_op:
        batch_op.add_column(sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('user_agent', sa.String(length=300), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('address', sa.String(length=45), nullable=False, server_default=''))
    op.execute("UPDATE staff_session SET last_seen_at = created_at")
    with op.batch_alter_table('staff_session', schema=None) as batch_op:
        batch_op.alter_column('last_seen_at', existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.alter_column('user_agent', existing_type=sa.String(length=300), server_default=None)
        batch_op.alter_column('address', existing_type=sa.String(length=45), server_default=None)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('staff_session', schema=None) as batch_op:
        batch_op.drop_column('address')
        batch_op.drop_column('user_agent')
        batch_op.drop_column('last_seen_at')
