"""Lists by columns whose values the stores hold otherwise than Python reads them: short floats, padded texts, unrounded numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin_app.extensions import db
from admin_app.selection.list_schema import ListSchema, SortKey
from admin_app.selection.paging.pages import page_of
from admin_app.selection.selection import Selection


class Base(DeclarativeBase):
    """A table of this test alone."""


class Sample(Base):
    """As another program made it, and wrote to it."""

    __tablename__ = "read_otherwise"

    id: Mapped[int] = mapped_column(primary_key=True)
    real: Mapped[Any] = mapped_column(sa.REAL, nullable=True)
    short: Mapped[Any] = mapped_column(sa.Float(24), nullable=True)
    long: Mapped[Any] = mapped_column(sa.Float, nullable=True)
    padded: Mapped[Any] = mapped_column(sa.CHAR(8), nullable=True)
    price: Mapped[Any] = mapped_column(sa.Numeric(6, 2), nullable=True)
    open: Mapped[Any] = mapped_column(sa.Numeric, nullable=True)


NAMES = ("real", "short", "long", "padded", "price", "open")
NUMBERS = ("0.1", "0.1", "19.990000000000002", "0.30000000000000004", "0.125", "1234.5678901234567")


@pytest.fixture(autouse=True)
def samples(context: object) -> Iterator[None]:  # noqa: ARG001 -- the store to make the table in
    Base.metadata.create_all(db.engine)
    with db.engine.begin() as connection:
        for key, number in enumerate(NUMBERS, start=1):
            values = ", ".join(
                "'a'" if name == "padded" and key < 4 else f"'{number[:8]}'" if name == "padded" else number
                for name in NAMES
            )
            connection.exec_driver_sql(f"INSERT INTO read_otherwise (id, {', '.join(NAMES)}) VALUES ({key}, {values})")
        connection.exec_driver_sql("INSERT INTO read_otherwise (id) VALUES (7)")
        if connection.dialect.name == "sqlite":
            # No number at all.
            odd = "(8, '', 'dear', 'dear'), (9, 'dear', '', '')"
            connection.exec_driver_sql(f"INSERT INTO read_otherwise (id, long, price, open) VALUES {odd}")
    yield
    db.session.remove()
    Base.metadata.drop_all(db.engine)


def listed(order: list[tuple[str, str]], per_page: int) -> list[Any]:
    """Go through the list by Next, no further than twice its length."""
    sorts = {name: SortKey(getattr(Sample, name)) for name in ("id", *NAMES)}
    schema = ListSchema(Sample, sorts=sorts, default_sort="id", page_sizes=(per_page,))
    selection = Selection.parse(schema, order)
    page, found = page_of(db.session, selection), []
    while len(found) < 18:
        found += [row.id for row in page.rows]
        if not page.after:
            break
        page = page_of(db.session, selection.changed(after=page.after))
    return found


def test_each_row_is_on_one_page() -> None:
    for name in [sign + name for name in NAMES for sign in ("", "-")]:
        for order in ([("sort", name)], [("sort", "padded"), ("then", name)]):
            assert listed(order, 1) == listed(order, 50), order


@pytest.mark.parametrize("name", ["real", "short", "long", "padded"])
def test_a_value_that_was_read_finds_its_rows(name: str) -> None:
    column = Sample.__table__.c[name]
    first = db.session.scalar(sa.select(column).where(Sample.id == 1))

    found = db.session.scalars(sa.select(Sample.id).where(column == first).order_by(Sample.id)).all()

    assert (first, found) == (("a", [1, 2, 3]) if name == "padded" else (0.1, [1, 2]))
