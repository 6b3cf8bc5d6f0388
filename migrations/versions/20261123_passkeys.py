"""Passkeys, the questions they have answered, and an index of what was done about a record's access."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('passkey',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('site', sa.String(length=253), nullable=False),
    sa.Column('credential', sa.String(length=1364), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('sign_count', sa.BigInteger(), nullable=False),
    sa.Column('transports', sa.String(length=100), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_passkey_staff_id_staff'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_passkey')),
    sa.UniqueConstraint('credential', name=op.f('uq_passkey_credential'))
    )
    with op.batch_alter_table('passkey', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_passkey_staff_id'), ['staff_id'], unique=False)

    op.create_table('used_challenge',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_used_challenge'))
    )
    with op.batch_alter_table('used_challenge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_used_challenge_expires_at'), ['expires_at'], unique=False)

    about_access = sa.text("kind = 'access'")
    op.create_index('ix_change_set_access', 'change_set', ['resource', 'record_id', 'id'], unique=False,
                    sqlite_where=about_access, postgresql_where=about_access)


def downgrade() -> None:
    """Go back."""
    op.drop_index('ix_change_set_access', table_name='change_set')
    op.drop_table('used_challenge')
    op.drop_table('passkey')
