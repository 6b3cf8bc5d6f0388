"""Groups of alike records that jobs found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        'found_group',
        sa.Column('job_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('key', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_found_group_job_id_job'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('job_id', 'number', name=op.f('pk_found_group')),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table('found_group')
