"""Where the id of a merged record leads, and an index of emails that most likely are one person's.

The function is SQLite's from each connection (`unicode_text.mailbox`); PostgreSQL gets its own here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

# In PL/pgSQL, like `caseless`, which it calls: the planner does not take it apart. By the name of the schema too, since
# ANALYZE looks for functions nowhere else than it is told.
FUNCTION = """
    CREATE FUNCTION mailbox(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
    DECLARE
        folded text := {schema}.caseless(value);
        behind integer := position('@' in reverse(folded));
        bare text;
    BEGIN
        IF behind = 0 THEN
            RETURN folded;
        END IF;
        bare := replace(split_part(left(folded, -behind), '+', 1), '.', '');
        IF bare = '' THEN
            RETURN folded;
        END IF;
        RETURN bare || right(folded, behind);
    END $$
"""


def upgrade() -> None:
    """Go forward."""
    op.create_table('redirect',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('model', sa.String(length=63), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('target_id', sa.Integer(), nullable=False),
    sa.Column('change_set_id', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_redirect')),
    sa.UniqueConstraint('model', 'record_id', name=op.f('uq_redirect_model_record_id'))
    )
    if op.get_bind().dialect.name == 'postgresql':
        schema = op.get_bind().exec_driver_sql('SELECT quote_ident(current_schema())').scalar_one()
        op.get_bind().exec_driver_sql(FUNCTION.format(schema=schema))
    op.create_sort_index('user', 'email', '', 'mailbox')


def downgrade() -> None:
    """Go back."""
    op.drop_sort_index('user', 'email', '', 'mailbox')
    if op.get_bind().dialect.name == 'postgresql':
        op.get_bind().exec_driver_sql('DROP FUNCTION mailbox(text)')
    op.drop_table('redirect')
