"""Lines of plans about records that do not exist yet, and about cells that are wrong."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table('plan_line', schema=None) as batch_op:
        batch_op.alter_column('record_id', existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column('cells', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('missing', sa.JSON(), nullable=True))
        batch_op.create_index('ix_plan_line_plan_id_record_id', ['plan_id', 'record_id'], unique=False)


def downgrade() -> None:
    """Go back; imports are no plans of before."""
    op.execute(sa.text("DELETE FROM plan_line WHERE plan_id IN (SELECT id FROM plan WHERE operation = 'import')"))
    op.execute(sa.text("DELETE FROM plan WHERE operation = 'import'"))
    with op.batch_alter_table('plan_line', schema=None) as batch_op:
        batch_op.drop_index('ix_plan_line_plan_id_record_id')
        batch_op.drop_column('missing')
        batch_op.drop_column('cells')
        batch_op.alter_column('record_id', existing_type=sa.Integer(), nullable=False)
