"""Saved views, and what each person prefers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('saved_view',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('resource', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('arguments', sa.Text(), nullable=False),
    sa.Column('audience', sa.Enum('mine', 'viewer', 'editor', 'owner', 'everyone', name='audience', native_enum=False, length=20), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_saved_view_staff_id_staff'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_view')),
    sa.UniqueConstraint('staff_id', 'resource', 'name', name=op.f('uq_saved_view_staff_id_resource_name')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('saved_view', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_saved_view_audience'), ['audience'], unique=False)
        batch_op.create_index(batch_op.f('ix_saved_view_staff_id'), ['staff_id'], unique=False)

    op.create_table('preference',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('resource', sa.String(length=60), nullable=False),
    sa.Column('columns', sa.Text(), nullable=False),
    sa.Column('page_size', sa.Integer(), nullable=False),
    sa.Column('density', sa.Enum('comfortable', 'compact', name='density', native_enum=False, length=20), nullable=False),
    sa.Column('default_view_id', sa.Integer(), nullable=True),
    sa.Column('has_shortcuts', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['default_view_id'], ['saved_view.id'], name=op.f('fk_preference_default_view_id_saved_view'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_preference_staff_id_staff'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_preference')),
    sa.UniqueConstraint('staff_id', 'resource', name=op.f('uq_preference_staff_id_resource'))
    )
    with op.batch_alter_table('preference', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_preference_default_view_id'), ['default_view_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_preference_staff_id'), ['staff_id'], unique=False)



def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('preference', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_preference_staff_id'))
        batch_op.drop_index(batch_op.f('ix_preference_default_view_id'))

    op.drop_table('preference')
    with op.batch_alter_table('saved_view', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_saved_view_staff_id'))
        batch_op.drop_index(batch_op.f('ix_saved_view_audience'))

    op.drop_table('saved_view')
