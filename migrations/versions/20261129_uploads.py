"""Uploads: files that people send to be imported, and which plan is made of which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        'upload',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('staff_id', sa.Integer(), nullable=False),
        sa.Column('resource', sa.String(length=63), nullable=False),
        sa.Column('file_name', sa.String(length=200), nullable=False),
        sa.Column('size', sa.BigInteger(), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.Column('reading', sa.JSON(), nullable=False),
        sa.Column('mapping', sa.JSON(), nullable=False),
        sa.Column('headers_digest', sa.String(length=64), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_upload_staff_id_staff'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_upload')),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f('ix_upload_staff_id'), 'upload', ['staff_id'], unique=False)
    op.create_index(op.f('ix_upload_expires_at'), 'upload', ['expires_at'], unique=False)
    op.create_index(op.f('ix_upload_resource_headers_digest'), 'upload', ['resource', 'headers_digest'], unique=False)
    op.create_table(
        'upload_chunk',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('upload_id', sa.Integer(), nullable=False),
        sa.Column('attempt', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ['upload_id'], ['upload.id'], name=op.f('fk_upload_chunk_upload_id_upload'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_upload_chunk')),
    )
    op.create_index(
        op.f('ix_upload_chunk_upload_id_attempt_number'),
        'upload_chunk',
        ['upload_id', 'attempt', 'number'],
        unique=True,
    )
    op.create_table(
        'planned_upload',
        sa.Column('plan_id', sa.Integer(), nullable=False),
        sa.Column('upload_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_planned_upload_plan_id_plan'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(
            ['upload_id'], ['upload.id'], name=op.f('fk_planned_upload_upload_id_upload'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('plan_id', name=op.f('pk_planned_upload')),
    )
    op.create_index(op.f('ix_planned_upload_upload_id'), 'planned_upload', ['upload_id'], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f('ix_planned_upload_upload_id'), table_name='planned_upload')
    op.drop_table('planned_upload')
    op.drop_index(op.f('ix_upload_chunk_upload_id_attempt_number'), table_name='upload_chunk')
    op.drop_table('upload_chunk')
    op.drop_index(op.f('ix_upload_resource_headers_digest'), table_name='upload')
    op.drop_index(op.f('ix_upload_expires_at'), table_name='upload')
    op.drop_index(op.f('ix_upload_staff_id'), table_name='upload')
    op.drop_table('upload')
