"""The records that people opened last, the order of their saved views, and the history of deleted notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None
is_additive = True


def upgrade() -> None:
    """Go forward."""
    # First, since PostgreSQL commits whatever was done before it.
    op.create_index_concurrently(
        'ix_change_set_note', 'change_set', ['resource', 'record_id', 'id'], where="kind = 'note'"
    )
    is_sqlite = op.get_context().dialect.name == 'sqlite'
    op.create_table(
        'opened_record',
        sa.Column('staff_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('table_name', sa.String(length=63), nullable=False),
        sa.Column('record_id', sa.Integer() if is_sqlite else sa.Text(), autoincrement=False, nullable=False),
        sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['staff_id'], ['staff.id'], name=op.f('fk_opened_record_staff_id_staff'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('staff_id', 'table_name', 'record_id', name=op.f('pk_opened_record')),
    )
    op.create_table(
        'view_place',
        sa.Column('staff_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('view_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ['staff_id'], ['staff.id'], name=op.f('fk_view_place_staff_id_staff'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['view_id'], ['saved_view.id'], name=op.f('fk_view_place_view_id_saved_view'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('staff_id', 'view_id', name=op.f('pk_view_place')),
    )
    op.create_index(op.f('ix_view_place_view_id'), 'view_place', ['view_id'])


def downgrade() -> None:
    """Go back."""
    op.drop_table('view_place')
    op.drop_table('opened_record')
    op.drop_index('ix_change_set_note', table_name='change_set')
