"""Make the tables that were there before, as another program would have."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "9001"
down_revision = "HEAD"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "old_customer",
        sa.Column("cust_no", sa.Integer(), primary_key=True),
        sa.Column("label", sa.String(40), nullable=False),
        sa.Column("mail", sa.String(60), nullable=False, unique=True),
    )
    op.create_table(
        "order",
        sa.Column("order", sa.String(60), primary_key=True),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("query", sa.Text()),
        sa.Column("page", sa.Integer()),
        sa.Column("from", sa.String(60)),
        sa.Column("customer_id", sa.Integer(), sa.ForeignKey("old_customer.cust_no")),
    )
    op.create_table(
        "old_vehicle",
        sa.Column("plate_no", sa.Integer(), primary_key=True),
        sa.Column("label", sa.String(40), nullable=False),
        sa.Column("sort", sa.String(10), nullable=False),
    )
    op.create_table(
        "old_truck",
        sa.Column("plate_no", sa.Integer(), sa.ForeignKey("old_vehicle.plate_no"), primary_key=True),
        sa.Column("load", sa.Integer()),
        sa.Column("from", sa.String(40)),
    )
    counted = 'SELECT customer_id AS customer, count(*) AS number FROM "order" GROUP BY customer_id'
    op.execute(f"CREATE VIEW order_total AS {counted}")


def downgrade() -> None:
    """Take them away."""
    op.execute("DROP VIEW order_total")
    op.drop_table("old_truck")
    op.drop_table("old_vehicle")
    op.drop_table("order")
    op.drop_table("old_customer")
