"""Plans: what would be done to many records, line by line."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        'plan',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('staff_id', sa.Integer(), nullable=True),
        sa.Column('resource', sa.String(length=63), nullable=False),
        sa.Column('model', sa.String(length=63), nullable=False),
        sa.Column('operation', sa.String(length=40), nullable=False),
        sa.Column('arguments', sa.JSON(), nullable=False),
        sa.Column('fields', sa.JSON(), nullable=False),
        sa.Column('scope', sa.Text(), nullable=False),
        sa.Column('listed', sa.BigInteger(), nullable=True),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('reason', sa.String(length=300), nullable=False),
        sa.Column('counts', sa.JSON(), nullable=False),
        sa.Column('reasons', sa.JSON(), nullable=False),
        sa.Column('empty', sa.BigInteger(), nullable=True),
        sa.Column('tally', sa.JSON(), nullable=False),
        sa.Column('effect_number', sa.BigInteger(), nullable=False),
        sa.Column('change_set_id', sa.Integer(), nullable=True),
        sa.Column('job_id', sa.Integer(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_plan_staff_id_staff'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_plan')),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f('ix_plan_staff_id'), 'plan', ['staff_id'], unique=False)
    op.create_index(op.f('ix_plan_expires_at'), 'plan', ['expires_at'], unique=False)
    op.create_table(
        'plan_line',
        sa.Column('plan_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
        sa.Column('record_id', sa.Integer(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('verdict', sa.String(length=10), nullable=False),
        sa.Column('problem', sa.String(length=300), nullable=False),
        sa.Column('before', sa.Text(), nullable=True),
        sa.Column('after', sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_plan_line_plan_id_plan'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('plan_id', 'number', name=op.f('pk_plan_line')),
    )
    op.create_index(
        'ix_plan_line_plan_id_verdict_number', 'plan_line', ['plan_id', 'verdict', 'number'], unique=False
    )


def downgrade() -> None:
    """Go back."""
    op.drop_index('ix_plan_line_plan_id_verdict_number', table_name='plan_line')
    op.drop_table('plan_line')
    op.drop_index(op.f('ix_plan_expires_at'), table_name='plan')
    op.drop_index(op.f('ix_plan_staff_id'), table_name='plan')
    op.drop_table('plan')
