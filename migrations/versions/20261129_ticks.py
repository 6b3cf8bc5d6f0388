"""Ticked rows of lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('tick_set',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('resource', sa.String(length=63), nullable=False),
    sa.Column('list_key', sa.String(length=64), nullable=False),
    sa.Column('is_all_but', sa.Boolean(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_tick_set_staff_id_staff'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tick_set')),
    sa.UniqueConstraint('staff_id', 'resource', 'list_key', name=op.f('uq_tick_set_staff_id_resource_list_key')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('tick_set', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tick_set_changed_at'), ['changed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_tick_set_staff_id'), ['staff_id'], unique=False)

    op.create_table('tick',
    sa.Column('set_id', sa.Integer(), nullable=False),
    sa.Column('record_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('page', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['set_id'], ['tick_set.id'], name=op.f('fk_tick_set_id_tick_set'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('set_id', 'record_id', name=op.f('pk_tick'))
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table('tick')
    op.drop_table('tick_set')
