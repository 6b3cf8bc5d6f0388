"""Who somebody is to the company's provider of identities and in its directory."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        'identity',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('staff_id', sa.Integer(), nullable=False),
        sa.Column('issuer', sa.String(length=255), nullable=False),
        sa.Column('subject', sa.String(length=255), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['staff_id'], ['staff.id'], name=op.f('fk_identity_staff_id_staff'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_identity')),
        sa.UniqueConstraint('issuer', 'subject', name=op.f('uq_identity_issuer_subject')),
    )
    op.create_table(
        'directory_person',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('staff_id', sa.Integer(), nullable=False),
        sa.Column('user_name', sa.String(length=255), nullable=False),
        sa.Column('external_id', sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ['staff_id'], ['staff.id'], name=op.f('fk_directory_person_staff_id_staff'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_person')),
        sa.UniqueConstraint('user_name', name=op.f('uq_directory_person_user_name')),
    )
    op.create_index(op.f('ix_identity_staff_id'), 'identity', ['staff_id'], unique=True)
    op.create_index(op.f('ix_directory_person_staff_id'), 'directory_person', ['staff_id'], unique=True)
    op.create_index(op.f('ix_directory_person_external_id'), 'directory_person', ['external_id'])
    op.create_table(
        'directory_group',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=255), nullable=False),
        sa.Column('external_id', sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_group')),
        sa.UniqueConstraint('name', name=op.f('uq_directory_group_name')),
    )
    op.create_table(
        'directory_member',
        sa.Column('group_id', sa.Integer(), nullable=False),
        sa.Column('staff_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ['group_id'],
            ['directory_group.id'],
            name=op.f('fk_directory_member_group_id_directory_group'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['staff_id'], ['staff.id'], name=op.f('fk_directory_member_staff_id_staff'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('group_id', 'staff_id', name=op.f('pk_directory_member')),
    )
    op.create_index(op.f('ix_directory_member_staff_id'), 'directory_member', ['staff_id'])
    op.create_table(
        'directory_token',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('token_hash', sa.String(length=64), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_token')),
        sa.UniqueConstraint('token_hash', name=op.f('uq_directory_token_token_hash')),
    )
    op.add_column('staff_session', sa.Column('id_token', sa.Text(), nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column('staff_session', 'id_token')
    for table in ('directory_token', 'directory_member', 'directory_group', 'directory_person', 'identity'):
        op.drop_table(table)
