"""How far rows are filled for which a migration made a column."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None
is_additive = True


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        'backfill_state',
        sa.Column('revision', sa.String(length=32), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('position', sa.JSON(), nullable=False),
        sa.Column('done', sa.BigInteger(), nullable=False),
        sa.Column('total', sa.BigInteger(), nullable=False),
        sa.Column('error', sa.Text(), nullable=False),
        sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('revision', name=op.f('pk_backfill_state')),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table('backfill_state')
