"""Where the id of a merged record leads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('redirect',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('model', sa.String(length=63), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('target_id', sa.Integer(), nullable=False),
    sa.Column('change_set_id', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_redirect')),
    sa.UniqueConstraint('model', 'record_id', name=op.f('uq_redirect_model_record_id'))
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table('redirect')
