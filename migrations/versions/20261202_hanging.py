"""How much hangs on a record that a plan deletes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None
is_additive = True


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table('plan_line') as batch:
        batch.add_column(sa.Column('hanging', sa.Text(), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('plan_line') as batch:
        batch.drop_column('hanging')
