"""Files that records hold."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("has_preview", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_stored_file_sha256")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_stored_file_look_at"), "stored_file", ["look_at"], unique=False)
    op.create_table(
        "stored_file_chunk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["stored_file_id"],
            ["stored_file.id"],
            name=op.f("fk_stored_file_chunk_stored_file_id_stored_file"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file_chunk")),
    )
    op.create_index(
        op.f("ix_stored_file_chunk_stored_file_id_attempt_number"),
        "stored_file_chunk",
        ["stored_file_id", "attempt", "number"],
        unique=True,
    )


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_stored_file_chunk_stored_file_id_attempt_number"), table_name="stored_file_chunk")
    op.drop_table("stored_file_chunk")
    op.drop_index(op.f("ix_stored_file_look_at"), table_name="stored_file")
    op.drop_table("stored_file")
