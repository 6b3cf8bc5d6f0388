"""Where the id of a merged record leads, and indexes of names and emails that are alike.

The functions are SQLite's from each connection (`unicode_text`); PostgreSQL gets its own here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

# In PL/pgSQL, like those that they call: the planner does not take them apart. By the name of the schema too, since
# ANALYZE looks for functions nowhere else than it is told.
MAILBOX = """
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

NAMESAKE = """
    CREATE FUNCTION namesake(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
    BEGIN
        RETURN split_part({schema}.sort_key(value), chr(1), 1);
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
        for function in (MAILBOX, NAMESAKE):
            op.get_bind().exec_driver_sql(function.format(schema=schema))
    op.create_sort_index('user', 'email', '', 'mailbox')
    op.create_sort_index('user', 'name', '', 'namesake')


def downgrade() -> None:
    """Go back."""
    op.drop_sort_index('user', 'name', '', 'namesake')
    op.drop_sort_index('user', 'email', '', 'mailbox')
    if op.get_bind().dialect.name == 'postgresql':
        op.get_bind().exec_driver_sql('DROP FUNCTION mailbox(text)')
        op.get_bind().exec_driver_sql('DROP FUNCTION namesake(text)')
    op.drop_table('redirect')
