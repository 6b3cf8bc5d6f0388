"""A column of a type without a kind: its text is shown, searched, exported and kept in the history."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from admin_app.db.driver_text import text_of, value_of
from admin_app.db.unreadable import Unreadable
from admin_app.domain.records.rules import is_imported
from admin_app.errors import ConfigurationError
from admin_app.extensions import db
from admin_app.kinds import KINDS, kind_of, kind_of_value, require_kind
from admin_app.kinds.base import Kind
from admin_app.kinds.history import from_json_sql, json_of
from admin_app.panel.kinds import operators_of, require_known, value_cell
from admin_app.transfer.columns import ImportColumn
from admin_app.transfer.formats import FORMATS, FileOptions
from admin_app.transfer.import_.rows import cell_reader


class Release(TypeDecorator[Any]):
    """A version number: a tuple in Python, text in the table; it does not know what to do with anything else."""

    impl = sa.String(20)
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Any) -> str | None:
        return None if value is None else ".".join(str(int(part)) for part in value)

    def process_result_value(self, value: str | None, _dialect: Any) -> Any:
        return None if value is None else tuple(int(part) for part in value.split("."))


class Measured(TypeDecorator[Any]):
    impl = sa.Float
    cache_ok = True


class Marked(TypeDecorator[Any]):
    impl = sa.String(20)
    cache_ok = True


class Counted(TypeDecorator[Any]):
    impl = sa.Integer
    cache_ok = True


class Point(UserDefinedType[Any]):
    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        return "point"


# By the column's name: its type, a value, and a part of its text to look for.
ON_BOTH: dict[str, tuple[TypeEngine[Any], Any, str]] = {
    "release": (Release(), (1, 20), "20"),
    "pickled": (sa.PickleType(), {"a": [1, None]}, ""),
    "measured": (Measured(), 0.1, "0.1"),
    "counted": (Counted(), 7, "7"),
    "marked": (Marked(), "hex:00", "HEX:0"),
    "of_two_kinds": (sa.String(40).with_variant(pg.MACADDR(), "postgresql"), "08:00:2b:01:02:03", "2b:01"),
}
ON_POSTGRES: dict[str, tuple[TypeEngine[Any], Any, str]] = {
    "words": (pg.TSVECTOR(), "'a' 'fat'", "fat"),
    "span": (pg.INT4RANGE(), pg.Range(1, 5), "[1,5"),
    "spans": (pg.INT4MULTIRANGE(), [pg.Range(1, 3), pg.Range(5, 7)], "[5,7"),
    "bits": (pg.BIT(3), pg.BitString("101"), "101"),
    "place": (Point(), "(1,2)", "(1,2"),
    "lengths": (sa.ARRAY(sa.Interval()), [Unreadable("1 mon -2 days"), None, Unreadable("infinity")], "1 mon"),
    "hashed": (pg.HSTORE(), {"a": "1", "b": None}, '"a"=>'),
}


@dataclass(frozen=True)
class Odd:
    """A table of such columns on the store at hand, with a row of values and one without."""

    table: sa.Table
    connection: sa.Connection
    samples: dict[str, tuple[TypeEngine[Any], Any, str]]

    @property
    def columns(self) -> dict[str, sa.Column[Any]]:
        return {name: self.table.c[name] for name in self.samples}

    def values(self) -> dict[str, Any]:
        return {name: value for name, (_, value, _) in self.samples.items()}

    def read(self, key: int) -> dict[str, Any]:
        row = self.connection.execute(sa.select(*self.columns.values()).where(self.table.c.id == key)).one()
        return dict(row._mapping)


@pytest.fixture
def odd(context: Flask) -> Iterator[Odd]:  # noqa: ARG001 -- the store to make the table in
    samples = ON_BOTH if db.engine.dialect.name == "sqlite" else ON_BOTH | ON_POSTGRES
    metadata = sa.MetaData()
    columns = [sa.Column(name, type_, nullable=True) for name, (type_, _, _) in samples.items()]
    table = sa.Table("odd", metadata, sa.Column("id", sa.Integer, primary_key=True), *columns)
    with db.engine.connect() as connection:
        if samples is not ON_BOTH:
            connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS hstore"))
        metadata.create_all(connection)
        made = Odd(table, connection, samples)
        connection.execute(table.insert().values(id=1, **made.values()))
        connection.execute(table.insert().values(id=2))
        yield made
        connection.rollback()


def test_a_type_that_no_kind_is_for_is_shown_and_changed_by_nobody(odd: Odd) -> None:
    kinds = [kind_of(column) for column in odd.columns.values()]

    assert [kind.name for kind in kinds] == ["other"] * len(odd.samples)
    assert all(kind.is_read_only and not kind.is_ordered for kind in kinds)


def test_python_and_the_database_write_the_same_into_the_history(odd: Odd) -> None:
    written = odd.connection.scalar(
        sa.select(json_of(odd.columns, odd.connection.dialect.name)).where(odd.table.c.id == 1)
    )

    kept = {name: kind_of(column).to_history(odd.values()[name]) for name, column in odd.columns.items()}
    assert json.loads(str(written)) == kept


def test_python_reads_every_value_from_the_history(odd: Odd) -> None:
    kept = {name: kind_of(column).to_history(odd.values()[name]) for name, column in odd.columns.items()}
    read = {name: kind_of(column).from_history(kept[name]) for name, column in odd.columns.items()}

    odd.connection.execute(odd.table.update().where(odd.table.c.id == 2).values(**read))

    assert odd.read(2) == odd.read(1) == odd.values()


def test_the_database_reads_every_value_from_the_history(odd: Odd) -> None:
    dialect = odd.connection.dialect.name
    whole = odd.connection.scalar(sa.select(json_of(odd.columns, dialect)).where(odd.table.c.id == 1))
    values = {name: from_json_sql(column, sa.literal(whole), name, dialect) for name, column in odd.columns.items()}

    odd.connection.execute(odd.table.update().where(odd.table.c.id == 2).values(**values))

    same = [
        kind_of(one).comparable(one).is_not_distinct_from(kind_of(one).comparable(values[name]))
        for name, one in odd.columns.items()
    ]  # fmt: skip -- one condition a column
    assert odd.read(2) == odd.values()
    assert odd.connection.scalar(sa.select(sa.func.count()).select_from(odd.table).where(*same)) == 2


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_lengths_of_time_are_kept_beside_those_that_python_has_not(odd: Odd) -> None:
    column, lengths = odd.table.c.lengths, [[Unreadable("1 mon")], [-timedelta(hours=2)]]
    kind = kind_of(column)

    kept = kind.from_history(kind.to_history(lengths))
    odd.connection.execute(odd.table.update().where(odd.table.c.id == 2).values(lengths=kept))

    assert (kept, odd.read(2)["lengths"]) == (lengths, lengths)
    assert value_cell(lengths, is_whole=True).text == '[["1 mon"], ["-1 day, 22:00:00"]]'


def test_a_list_is_narrowed_by_its_text_and_by_whether_there_is_any(odd: Odd) -> None:
    class Base(DeclarativeBase):
        metadata = odd.table.metadata

    class Record(Base):
        __table__ = odd.table

    for name, (_, _, part) in odd.samples.items():
        contains, empty = operators_of(getattr(Record, name), "It")
        ids = sa.select(odd.table.c.id)
        assert part == "" or list(odd.connection.scalars(ids.where(contains.criterion(contains.parse(part))))) == [1]
        assert list(odd.connection.scalars(ids.where(empty.criterion(empty.parse("yes"))))) == [2]


def test_lists_and_files_say_its_text(odd: Odd) -> None:
    for name, value in odd.values().items():
        written = b"".join(FORMATS["csv"].write(["a"], [[value]], FileOptions(), lambda _row, _problem: None))
        assert value_cell(value, is_whole=True).text != ""
        assert len(written) > len(b"a\r\n\r\n"), name


@pytest.mark.usefixtures("context")
def test_no_address_and_no_file_brings_a_value(odd: Odd) -> None:
    kind = kind_of(odd.columns["pickled"])

    with pytest.raises(ValueError, match=r"^(hex:|\\x)8005"):
        kind.from_url(kind.to_url({"a": 1}))
    assert not is_imported(odd.columns["pickled"])
    with pytest.raises(ValueError, match=r"^cannot be changed here\.$"):
        cell_reader(ImportColumn("pickled", "It", odd.columns["pickled"]), is_verbatim=False)("x")


@pytest.mark.parametrize("dialect", [sqlite.dialect(), psycopg.dialect()], ids=["sqlite", "postgres"])
def test_a_value_that_a_types_conversion_refuses_is_written_and_read_as_text(dialect: sa.Dialect) -> None:
    assert text_of("unreleased", Release(), dialect) == "unreleased"
    assert value_of("unreleased", Release(), dialect) == "unreleased"
    assert text_of(None, Release(), dialect) is None


def test_a_type_unknown_to_the_driver_is_written_as_python_does() -> None:
    assert text_of(1j, Point(), psycopg.dialect()) == "1j"
    assert text_of(b"\0a", Point(), psycopg.dialect()) == "\\x0061"


# ---- kinds by name


class Base(DeclarativeBase):
    """Tables of this test alone."""


class NameLookup(Base):
    """Names kinds that there are not, or that are not for its columns' types."""

    __tablename__ = "named_kinds"

    id: Mapped[int] = mapped_column(primary_key=True)
    unheard_of: Mapped[str] = mapped_column(sa.String(9), info={"kind": "smell"})
    picture: Mapped[Any] = mapped_column(sa.PickleType)


class Half(Kind[Any]):
    """A kind that has no place on the pages."""

    name = "half"
    types = (sa.PickleType,)
    values = (memoryview,)


def test_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(ConfigurationError, match=r"^NameLookup\.unheard_of names the kind smell\. Name one of "):
        require_known(NameLookup)


def test_a_kind_that_is_not_for_the_type_is_refused() -> None:
    column = sa.Column("size", sa.Integer, info={"kind": "long_text"})

    with pytest.raises(ConfigurationError) as refusal:
        require_kind(column, "Shirt.size")

    assert str(refusal.value) == "Shirt.size names the kind long_text, which is for Text, not for Integer."


def test_a_kind_without_a_place_on_the_pages_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("admin_app.kinds._ALL", (Half, *KINDS))
    monkeypatch.setattr("admin_app.kinds._BY_TYPE", {})

    class Pictured(Base):
        __tablename__ = "pictured"

        picture: Mapped[Any] = mapped_column(sa.PickleType, primary_key=True)

    with pytest.raises(ConfigurationError) as refusal:
        require_known(Pictured)

    assert str(refusal.value) == (
        "Pictured.picture is of the kind half: add a panel kind for it in admin_app/panel/kinds."
    )


def test_a_value_that_no_column_holds_is_shown_and_written_as_text() -> None:
    written = b"".join(FORMATS["csv"].write(["a"], [[1j]], FileOptions(), lambda _row, _problem: None))

    assert (kind_of_value(memoryview), value_cell(1j, is_whole=False).text) == (None, "1j")
    assert b"1j" in written
