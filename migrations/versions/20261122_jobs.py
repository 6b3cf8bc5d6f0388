"""Jobs, their files and workers; what people chose on export pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

STATES = ('waiting', 'running', 'done', 'failed', 'cancelled')


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        'job',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('staff_id', sa.Integer(), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('arguments', sa.JSON(), nullable=False),
        sa.Column('state', sa.Enum(*STATES, name='jobstate', native_enum=False, length=20), nullable=False),
        sa.Column('attempt', sa.Integer(), nullable=False),
        sa.Column('done', sa.BigInteger(), nullable=False),
        sa.Column('total', sa.BigInteger(), nullable=True),
        sa.Column('problem_count', sa.Integer(), nullable=False),
        sa.Column('problems', sa.JSON(), nullable=False),
        sa.Column('error', sa.Text(), nullable=False),
        sa.Column('file_name', sa.String(length=200), nullable=False),
        sa.Column('file_size', sa.BigInteger(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('heartbeat_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_job_staff_id_staff'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_job')),
        sqlite_autoincrement=True,
    )
    for column in ('staff_id', 'state', 'expires_at'):
        op.create_index(op.f(f'ix_job_{column}'), 'job', [column], unique=False)
    op.create_table(
        'job_chunk',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('job_id', sa.Integer(), nullable=False),
        sa.Column('attempt', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_job_chunk_job_id_job'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_job_chunk')),
    )
    op.create_index(op.f('ix_job_chunk_job_id_attempt_number'), 'job_chunk', ['job_id', 'attempt', 'number'], unique=True)
    op.create_table(
        'worker',
        sa.Column('id', sa.String(length=80), nullable=False),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_worker')),
    )
    op.create_table(
        'export_choice',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('staff_id', sa.Integer(), nullable=False),
        sa.Column('resource', sa.String(length=80), nullable=False),
        sa.Column('choice', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ['staff_id'], ['staff.id'], name=op.f('fk_export_choice_staff_id_staff'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_export_choice')),
    )
    op.create_index(op.f('ix_export_choice_staff_id_resource'), 'export_choice', ['staff_id', 'resource'], unique=True)


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f('ix_export_choice_staff_id_resource'), table_name='export_choice')
    op.drop_table('export_choice')
    op.drop_table('worker')
    op.drop_index(op.f('ix_job_chunk_job_id_attempt_number'), table_name='job_chunk')
    op.drop_table('job_chunk')
    for column in ('expires_at', 'state', 'staff_id'):
        op.drop_index(op.f(f'ix_job_{column}'), table_name='job')
    op.drop_table('job')
