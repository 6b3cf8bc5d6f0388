"""What people pinned to their home page, and whether they still see the first steps there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        'pin',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('staff_id', sa.Integer(), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('resource', sa.String(length=60), nullable=False),
        sa.Column('view_id', sa.Integer(), nullable=True),
        sa.Column('arguments', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_pin_staff_id_staff'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(
            ['view_id'], ['saved_view.id'], name=op.f('fk_pin_view_id_saved_view'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_pin')),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f('ix_pin_staff_id'), 'pin', ['staff_id'], unique=False)
    op.create_index(op.f('ix_pin_view_id'), 'pin', ['view_id'], unique=False)
    op.add_column(
        'preference', sa.Column('has_first_steps', sa.Boolean(), server_default=sa.true(), nullable=False)
    )


def downgrade() -> None:
    """Go back."""
    # Not in a batch: SQLite drops a column by itself.
    op.drop_column('preference', 'has_first_steps')
    op.drop_table('pin')
