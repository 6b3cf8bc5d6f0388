"""Which indexes find rows by a column: those with all rows, by the column itself."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from admin_app.db.leading_index import is_whole, lead_an_index
from admin_app.db.unique_together import unique_groups

LINE = sa.Table(
    "line",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("order_id", sa.Integer),
    sa.Column("label", sa.String(20)),
)
ORDER, LABEL = LINE.c.order_id, LINE.c.label
OPEN, KNOWN = LABEL == "open", ORDER.is_not(None)
INDEXES = {
    "whole": (sa.Index("a", ORDER, LABEL), True),
    "backwards": (sa.Index("b", ORDER.desc().nulls_last()), True),
    "second": (sa.Index("c", LABEL, ORDER), False),
    "of some rows": (sa.Index("d", ORDER, sqlite_where=OPEN, postgresql_where=OPEN), False),
    "of some rows on one store": (sa.Index("e", ORDER, postgresql_where=OPEN), False),
    "of rows that have it": (sa.Index("f", ORDER, sqlite_where=KNOWN, postgresql_where=KNOWN), True),
    "of rows that have another": (sa.Index("g", ORDER, sqlite_where=LABEL.is_not(None)), False),
    "computed": (sa.Index("h", sa.func.abs(ORDER)), False),
    "computed in words": (sa.Index("i", sa.text("abs(order_id)")), False),
    "negated": (sa.Index("j", -ORDER), False),
    "of blocks": (sa.Index("k", ORDER, postgresql_using="brin"), False),
}


@pytest.mark.parametrize("kind", INDEXES)
def test_an_index_leads_to_rows_if_it_has_all_of_them_by_the_column_itself(kind: str) -> None:
    index, leads = INDEXES[kind]
    table = LINE.to_metadata(sa.MetaData())
    table.indexes = {one for one in table.indexes if one.name == index.name}

    assert lead_an_index([table.c.order_id]) is leads


def test_only_an_index_with_every_row_sorts_a_list() -> None:
    assert [kind for kind, (index, _) in INDEXES.items() if is_whole(index)] == ["whole", "backwards", "second"]


def test_a_unique_sum_makes_no_column_unique() -> None:
    table = sa.Table("pair", sa.MetaData(), sa.Column("a", sa.Integer), sa.Column("b", sa.Integer))
    sa.Index("sum", table.c.a + table.c.b, unique=True)
    sa.Index("both", table.c.a, table.c.b.desc(), unique=True)

    assert unique_groups(table) == [[table.c.a, table.c.b]]
