"""Roles as rows, of which a person can have several.

Going back, a person keeps the strongest of the three roles that there were before, or else becomes a viewer.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

READING = ('list', 'view', 'history', 'export')
WRITING = ('create', 'edit', 'delete', 'import', 'bulk', 'undo', 'share')
GIVEN = (
    ('Owner', 'owner', ['*:*']),
    ('Editor', 'editor', sorted(f'*:{act}' for act in (*READING, *WRITING))),
    ('Viewer', 'viewer', sorted(f'*:{act}' for act in READING)),
)


def rename(column: str, to: str, filter_: str, filter_to: str) -> None:
    """Let saved views and chosen columns of the list of staff name the column as it is called now."""
    op.execute(f"UPDATE saved_view SET arguments = replace(arguments, '{filter_}', '{filter_to}') WHERE resource = 'staff'")
    op.execute(
        f"UPDATE preference SET columns = trim(replace(',' || columns || ',', ',{column},', ',{to},'), ',')"
        " WHERE resource = 'staff'"
    )


def upgrade() -> None:
    """Go forward."""
    role = op.create_table('role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('key', sa.String(length=20), nullable=False),
    sa.Column('permissions', sa.Text(), nullable=False),
    sa.Column('rows', sa.Text(), nullable=False),
    sa.Column('fields', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role')),
    sa.UniqueConstraint('key', name=op.f('uq_role_key')),
    sa.UniqueConstraint('name', name=op.f('uq_role_name')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('role', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_role_created_at_id'), ['created_at', 'id'], unique=False)

    # SQLite's own times have no zone: UTC is meant.
    now = datetime.now(UTC) if op.get_bind().dialect.name == 'postgresql' else datetime.now(UTC).replace(tzinfo=None)
    op.bulk_insert(role, [
        {'name': name, 'key': key, 'permissions': json.dumps(permissions, separators=(',', ':')), 'rows': '[]',
         'fields': '[]', 'created_at': now, 'updated_at': now, 'version': 1}
        for name, key, permissions in GIVEN
    ])

    # Not in a batch: SQLite adds and drops a column by itself, and the copy that a batch makes would lose AUTOINCREMENT.
    op.add_column('staff', sa.Column('roles', sa.Text(), server_default='["viewer"]', nullable=False))
    op.execute("""UPDATE staff SET roles = '["' || role || '"]'""")
    op.drop_index('ix_staff_role_id', table_name='staff')
    op.drop_column('staff', 'role')
    rename('role', 'roles', 'role__is=', 'roles__has=')


def downgrade() -> None:
    """Go back."""
    op.add_column('staff', sa.Column('role', sa.String(length=20), server_default='viewer', nullable=False))
    for key in ('editor', 'owner'):
        op.execute(f"""UPDATE staff SET role = '{key}' WHERE roles LIKE '%"{key}"%'""")
    op.create_index('ix_staff_role_id', 'staff', ['role', 'id'], unique=False)
    op.drop_column('staff', 'roles')
    rename('roles', 'role', 'roles__has=', 'role__is=')
    # The views that were shown to a role of one's own are their makers' alone.
    op.execute("UPDATE saved_view SET audience = 'mine' WHERE audience NOT IN ('mine', 'viewer', 'editor', 'owner', 'everyone')")
    op.drop_table('role')
