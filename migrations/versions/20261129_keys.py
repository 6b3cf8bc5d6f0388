"""Keys of every kind: what speaks of records of any model keeps a text or a UUID as well as a number.

Revision ID: 0026
Revises: 0025
Create Date: 2026-11-29
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

COLUMNS = (
    *[("change_set", "record_id"), ("change", "record_id"), ("plan_line", "record_id"), ("tick", "record_id")],
    *[("presence", "record_id"), ("redirect", "record_id"), ("redirect", "target_id"), ("submission", "record_id")],
    *[("watch", "subject_id"), ("note", "subject_id")],
)


def upgrade() -> None:
    """Let PostgreSQL write the numbers as texts; SQLite keeps a text in a column of numbers as it is."""
    if op.get_bind().dialect.name == "postgresql":
        for table, column in COLUMNS:
            using = f'"{column}"::text'
            op.alter_column(table, column, type_=sa.Text(), existing_type=sa.Integer(), postgresql_using=using)


def downgrade() -> None:
    """Go back to numbers, which is not possible once there are other keys."""
    if op.get_bind().dialect.name == "postgresql":
        for table, column in COLUMNS:
            using = f'"{column}"::integer'
            op.alter_column(table, column, type_=sa.Integer(), existing_type=sa.Text(), postgresql_using=using)
