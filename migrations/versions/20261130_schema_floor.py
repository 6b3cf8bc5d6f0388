"""Which older programs may go on with the tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None
# Programs of the version before can go on with these tables.
is_additive = True


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        'schema_floor',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('revision', sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_schema_floor')),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table('schema_floor')
