"""Sessions: as whom their person sees the dashboard, and since when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table('staff_session', schema=None) as batch_op:
        batch_op.add_column(sa.Column('seen_as_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('seen_as_since', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f('fk_staff_session_seen_as_id_staff'), 'staff', ['seen_as_id'], ['id'], ondelete='SET NULL'
        )
        batch_op.create_index(batch_op.f('ix_staff_session_seen_as_id'), ['seen_as_id'], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('staff_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_staff_session_seen_as_id'))
        batch_op.drop_constraint(batch_op.f('fk_staff_session_seen_as_id_staff'), type_='foreignkey')
        batch_op.drop_column('seen_as_since')
        batch_op.drop_column('seen_as_id')
