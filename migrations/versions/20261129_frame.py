"""How each person likes the frame of every page: its theme, and whether the navigation is narrow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    theme = sa.Enum('system', 'light', 'dark', name='theme', native_enum=False, length=20)
    op.add_column('preference', sa.Column('theme', theme, server_default='system', nullable=False))
    op.add_column('preference', sa.Column('is_narrow', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Go back."""
    op.drop_column('preference', 'is_narrow')
    op.drop_column('preference', 'theme')
