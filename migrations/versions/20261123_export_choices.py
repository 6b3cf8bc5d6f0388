"""What was chosen on an export page becomes a column of what each person prefers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

# The longest name of a resource that `preference` holds.
LONGEST = 60


def upgrade() -> None:
    """Go forward."""
    op.add_column('preference', sa.Column('export_choice', sa.JSON(), server_default='{}', nullable=False))
    # WHERE tells SQLite that the ON after it begins no join.
    op.execute(f"""
        INSERT INTO preference (staff_id, resource, columns, page_size, density, has_shortcuts, export_choice)
        SELECT staff_id, resource, '', 0, 'comfortable', true, choice FROM export_choice WHERE length(resource) <= {LONGEST}
        ON CONFLICT (staff_id, resource) DO UPDATE SET export_choice = excluded.export_choice
    """)
    op.drop_index(op.f('ix_export_choice_staff_id_resource'), table_name='export_choice')
    op.drop_table('export_choice')


def downgrade() -> None:
    """Go back."""
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
    # PostgreSQL compares JSON only as text.
    op.execute("""
        INSERT INTO export_choice (staff_id, resource, choice)
        SELECT staff_id, resource, export_choice FROM preference WHERE CAST(export_choice AS TEXT) <> '{}'
    """)
    with op.batch_alter_table('preference') as batch_op:
        batch_op.drop_column('export_choice')
