"""Search indexes."""

from __future__ import annotations

from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_search_index('post', ['content'])
    op.create_search_index('staff', ['name', 'email'])
    op.create_search_index('user', ['name', 'email'])


def downgrade() -> None:
    """Go back."""
    op.drop_search_index('user', ['name', 'email'])
    op.drop_search_index('staff', ['name', 'email'])
    op.drop_search_index('post', ['content'])
