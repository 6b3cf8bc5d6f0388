"""Marks of people whose data was removed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        'forgotten',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('model', sa.String(length=63), nullable=False),
        sa.Column('record_id', sa.Text().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('actor', sa.String(length=210), nullable=False),
        sa.Column('reason', sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_forgotten')),
    )
    op.create_index('ix_forgotten_model_record_id', 'forgotten', ['model', 'record_id'])


def downgrade() -> None:
    """Go back."""
    op.drop_table('forgotten')
