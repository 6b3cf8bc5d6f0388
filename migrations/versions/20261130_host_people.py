"""Whose account is whose, where the application around the dashboard signs people in.

Revision ID: 0028
Revises: 0027
Create Date: 2026-11-30
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        'host_person',
        sa.Column('key', sa.String(length=255), nullable=False),
        sa.Column('staff_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_host_person_staff_id_staff'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_host_person')),
    )
    op.create_index(op.f('ix_host_person_staff_id'), 'host_person', ['staff_id'], unique=True)


def downgrade() -> None:
    """Go back."""
    op.drop_table('host_person')
