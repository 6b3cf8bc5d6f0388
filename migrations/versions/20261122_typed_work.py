"""Typed work: drafts, submissions, and who is at a form."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('draft',
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_draft_staff_id_staff'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_draft'))
    )
    with op.batch_alter_table('draft', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_draft_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_draft_staff_id'), ['staff_id'], unique=False)

    op.create_table('presence',
    sa.Column('table_name', sa.String(length=63), nullable=False),
    sa.Column('record_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('staff_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_presence_staff_id_staff'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('table_name', 'record_id', 'staff_id', name=op.f('pk_presence'))
    )
    with op.batch_alter_table('presence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_presence_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_presence_staff_id'), ['staff_id'], unique=False)

    op.create_table('submission',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_submission_staff_id_staff'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_submission'))
    )
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_submission_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_submission_staff_id'), ['staff_id'], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table('submission')
    op.drop_table('presence')
    op.drop_table('draft')
