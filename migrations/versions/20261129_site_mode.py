"""Maintenance, and the operator's banner."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        'site_mode',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('banner', sa.String(length=300), server_default='', nullable=False),
        sa.Column('is_maintained', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('until', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_site_mode')),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table('site_mode')
