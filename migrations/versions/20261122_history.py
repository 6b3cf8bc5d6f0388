"""History: change sets and changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('change_set',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor', sa.String(length=210), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('resource', sa.String(length=63), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=True),
    sa.Column('summary', sa.String(length=300), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=True),
    sa.Column('request_id', sa.String(length=36), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('undoes_id', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_set')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('change_set', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_change_set_at'), ['at'], unique=False)
        batch_op.create_index('ix_change_set_actor_id_id', ['actor_id', 'id'], unique=False)
        batch_op.create_index('ix_change_set_kind_id', ['kind', 'id'], unique=False)
        batch_op.create_index('ix_change_set_resource_id', ['resource', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_change_set_undoes_id'), ['undoes_id'], unique=False)

    op.create_table('change',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('change_set_id', sa.Integer(), nullable=False),
    sa.Column('model', sa.String(length=63), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('act', sa.String(length=6), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('before', sa.Text(), nullable=True),
    sa.Column('after', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('change', schema=None) as batch_op:
        batch_op.create_index('ix_change_change_set_id_id', ['change_set_id', 'id'], unique=False)
        batch_op.create_index('ix_change_model_record_id_id', ['model', 'record_id', 'id'], unique=False)
    op.create_search_index('change_set', ['summary', 'actor'])


def downgrade() -> None:
    """Go back."""
    op.drop_search_index('change_set', ['summary', 'actor'])
    with op.batch_alter_table('change', schema=None) as batch_op:
        batch_op.drop_index('ix_change_model_record_id_id')
        batch_op.drop_index('ix_change_change_set_id_id')

    op.drop_table('change')
    with op.batch_alter_table('change_set', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_change_set_undoes_id'))
        batch_op.drop_index('ix_change_set_resource_id')
        batch_op.drop_index('ix_change_set_kind_id')
        batch_op.drop_index('ix_change_set_actor_id_id')
        batch_op.drop_index(batch_op.f('ix_change_set_at'))

    op.drop_table('change_set')
