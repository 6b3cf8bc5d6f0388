"""Which indexes the sorts of a list need."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import pytest
from sqlalchemy import ForeignKey, Index, MetaData, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column, registry
from sqlalchemy.schema import CreateIndex

from admin_app.db.joined import local_table
from admin_app.db.record import Record
from admin_app.db.types import UtcDateTime
from admin_app.domain.records.archive import is_archived
from admin_app.extensions import NAMING_CONVENTION, table_of
from admin_app.selection.list_schema import ListSchema, SortKey
from admin_app.selection.sorting.indexes import declare_indexes


class PutAway(Record):
    """Something with an archive."""

    __archived_at__: ClassVar[str] = "gone_at"
    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    _sa_registry = registry(metadata=metadata)

    kind: Mapped[str]
    rank: Mapped[int]
    gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __mapper_args__: Any = {
        "polymorphic_on": "kind",
        "polymorphic_identity": "put_away",
        "version_id_col": Record.version,
    }


class Vehicle(PutAway):
    """Something with an archive in the table of the class that it is one of."""

    id: Mapped[int] = mapped_column(ForeignKey("put_away.id"), primary_key=True)
    price: Mapped[int]
    __mapper_args__: Any = {"polymorphic_identity": "vehicle"}


def written(table: Table, dialect: Dialect) -> list[str]:
    """Return the statements that make a table's indexes."""
    return sorted(str(CreateIndex(one).compile(dialect=dialect)) for one in table.indexes)


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()], ids=lambda one: str(one.name))
def test_an_archive_is_left_out_of_a_second_index_of_each_order_and_has_one_of_its_own(dialect: Dialect) -> None:
    sorts = {"id": SortKey(PutAway.id), "rank": SortKey(PutAway.rank)}
    schema = ListSchema(PutAway, sorts=sorts, default_sort="-rank")

    for _ in range(2):
        declare_indexes(schema, is_archived(PutAway))

    assert written(table_of(PutAway), dialect) == [
        "CREATE INDEX ix_put_away_id_shown ON put_away (id) WHERE gone_at IS NULL",
        "CREATE INDEX ix_put_away_rank_id ON put_away (rank, id)",
        "CREATE INDEX ix_put_away_rank_id_archived ON put_away (rank, id) WHERE gone_at IS NOT NULL",
        "CREATE INDEX ix_put_away_rank_id_shown ON put_away (rank, id) WHERE gone_at IS NULL",
    ]


def test_a_partial_index_keeps_its_name() -> None:
    class Vessel(Record):
        """Of whose vessels some are looked for by their length."""

        metadata = MetaData(naming_convention=NAMING_CONVENTION)
        _sa_registry = registry(metadata=metadata)

        length: Mapped[int]

    long = Vessel.length > 100
    Index(None, Vessel.length, Vessel.id, sqlite_where=long, postgresql_where=long)

    for _ in range(2):
        declare_indexes(ListSchema(Vessel, sorts={"length": SortKey(Vessel.length)}, default_sort="-length"))

    assert written(table_of(Vessel), sqlite.dialect()) == [
        "CREATE INDEX ix_vessel_length_id ON vessel (length, id) WHERE length > 100",
        "CREATE INDEX ix_vessel_length_id_all ON vessel (length, id)",
    ]


def test_no_partial_index_spans_two_tables() -> None:
    sorts = {"price": SortKey(Vehicle.price), "rank": SortKey(Vehicle.rank)}
    shown = "ix_put_away_rank_id_shown"

    declare_indexes(ListSchema(Vehicle, sorts=sorts, default_sort="-price"), is_archived(Vehicle))

    assert written(local_table(Vehicle), sqlite.dialect()) == [
        "CREATE INDEX ix_vehicle_price_id ON vehicle (price, id)"
    ]
    assert shown in {one.name for one in table_of(PutAway).indexes}
