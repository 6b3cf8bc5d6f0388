"""Notes on records, whom they mention, what people watch, and when their digest was sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        'note',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('subject', sa.String(length=63), nullable=False),
        sa.Column('subject_id', sa.Integer(), nullable=False),
        sa.Column('author_id', sa.Integer(), nullable=False),
        sa.Column('author', sa.String(length=80), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_note')),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f('ix_note_subject_subject_id_id'), 'note', ['subject', 'subject_id', 'id'], unique=False)
    op.create_table(
        'mention',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('note_id', sa.Integer(), nullable=False),
        sa.Column('staff_id', sa.Integer(), nullable=False),
        sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_mention_staff_id_staff'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_mention')),
    )
    op.create_index(op.f('ix_mention_note_id_staff_id'), 'mention', ['note_id', 'staff_id'], unique=True)
    op.create_index(op.f('ix_mention_staff_id_read_at'), 'mention', ['staff_id', 'read_at'], unique=False)
    op.create_table(
        'watch',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('staff_id', sa.Integer(), nullable=False),
        sa.Column('subject', sa.String(length=63), nullable=False),
        sa.Column('subject_id', sa.Integer(), nullable=False),
        sa.Column('seen_change_id', sa.BigInteger(), nullable=False),
        sa.Column('seen_note_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_watch_staff_id_staff'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_watch')),
    )
    op.create_index(
        op.f('ix_watch_staff_id_subject_subject_id'), 'watch', ['staff_id', 'subject', 'subject_id'], unique=True
    )
    op.create_table(
        'view_watch',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('staff_id', sa.Integer(), nullable=False),
        sa.Column('view_id', sa.Integer(), nullable=False),
        sa.Column('seen_id', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_view_watch_staff_id_staff'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(
            ['view_id'], ['saved_view.id'], name=op.f('fk_view_watch_view_id_saved_view'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_view_watch')),
    )
    op.create_index(op.f('ix_view_watch_staff_id_view_id'), 'view_watch', ['staff_id', 'view_id'], unique=True)
    op.create_index(op.f('ix_view_watch_view_id'), 'view_watch', ['view_id'], unique=False)
    op.add_column('preference', sa.Column('has_digest', sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column('preference', sa.Column('digest_sent_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column('preference', 'digest_sent_at')
    op.drop_column('preference', 'has_digest')
    op.drop_index(op.f('ix_view_watch_view_id'), table_name='view_watch')
    op.drop_index(op.f('ix_view_watch_staff_id_view_id'), table_name='view_watch')
    op.drop_table('view_watch')
    op.drop_index(op.f('ix_watch_staff_id_subject_subject_id'), table_name='watch')
    op.drop_table('watch')
    op.drop_index(op.f('ix_mention_staff_id_read_at'), table_name='mention')
    op.drop_index(op.f('ix_mention_note_id_staff_id'), table_name='mention')
    op.drop_table('mention')
    op.drop_index(op.f('ix_note_subject_subject_id_id'), table_name='note')
    op.drop_table('note')
