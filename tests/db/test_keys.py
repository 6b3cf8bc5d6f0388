"""Keys: printed for addresses, stored beside those of other models, compared by both stores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, String, Table, Uuid, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin_app.db.attributes import require_whole
from admin_app.db.keys import (
    Key,
    RecordKey,
    from_stored,
    is_ordered,
    is_record,
    key_from,
    key_in,
    print_key,
    read_key,
    require_key,
    stored,
    stored_key,
)
from admin_app.db.record import Record
from admin_app.errors import ConfigurationError
from admin_app.extensions import db

ONE = UUID("0190a5d4-7c1e-7b3a-8f00-000000000001")
HOSTILE = ("EUR", "a/b", "1,2", "s:x", " x ", "100%", "~1~2", "..", "é", "_version-1", "2.2F", "\U0001f600", "007")


class _Base(DeclarativeBase):
    """Apart from the dashboard's own tables."""


class _Text(_Base):
    __tablename__ = "a_text"
    code: Mapped[str] = mapped_column(String(20), primary_key=True)


class _Uuid(_Base):
    __tablename__ = "a_uuid"
    id: Mapped[UUID] = mapped_column(primary_key=True)


class _Number(_Base):
    __tablename__ = "a_number"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)


class _Two(_Base):
    __tablename__ = "two"
    one: Mapped[int] = mapped_column(primary_key=True)
    other: Mapped[int] = mapped_column(primary_key=True)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_printed_text_has_letters_digits_and_points_alone_and_is_read_again(text: str) -> None:
    printed = print_key(text)

    assert printed.replace(".", "a").isalnum()
    assert printed.isascii()
    assert read_key(_Text, printed) == text


def test_keys_are_read_as_a_person_writes_them() -> None:
    read = [read_key(_Text, "AB-100"), read_key(_Uuid, f" {ONE} "), read_key(_Uuid, ONE.hex), read_key(_Number, "12")]

    assert read == ["AB-100", ONE, ONE, 12]


@pytest.mark.parametrize(
    ("model", "text"),
    [(_Text, ""), (_Text, "a" * 21), (_Text, "a\0b"), (_Text, ".FF"), (_Text, "\ud800"), (_Uuid, "x"), (_Number, "x")],
)
def test_what_no_record_can_have_is_no_key(model: type[object], text: str) -> None:
    assert read_key(model, text) is None


@pytest.mark.parametrize("key", [7, "7", "s:7", "u:7", ONE])
def test_a_stored_key_comes_back_as_it_was(key: Key) -> None:
    assert from_stored(stored(key)) == key


def test_several_columns_are_no_key() -> None:
    with pytest.raises(ConfigurationError, match=r"_Two: the key \(two.one, two.other\) must be one column"):
        require_key(_Two)


class _Animal(_Base):
    __tablename__ = "animal"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    __mapper_args__: ClassVar[dict[str, str]] = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}


class _Cat(_Animal):
    __mapper_args__: ClassVar[dict[str, str]] = {"polymorphic_identity": "cat"}


def test_a_subclass_has_no_columns_of_its_own() -> None:
    require_whole(_Animal)

    class _Dog(_Animal):
        __mapper_args__: ClassVar[dict[str, str]] = {"polymorphic_identity": "dog"}
        tricks: Mapped[str | None] = mapped_column(String(20))

    with pytest.raises(
        ConfigurationError, match=r"_Dog\.tricks is a column of a subclass alone: declare it in _Animal"
    ):
        require_whole(_Animal)


def test_an_id_that_is_not_the_key_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="call it `own_id"):
        type(
            "WithOwnId",
            (Record,),
            {
                "__module__": __name__,
                "code": mapped_column(String(3), primary_key=True),
                "id": mapped_column("id", Integer),
            },
        )


TABLES = MetaData()
OF_RECORDS = Table("of_records", TABLES, Column("record_id", RecordKey))
MODELS = {
    "number": (Table("numbered", TABLES, Column("key", Integer, primary_key=True)), 7),
    "text": (Table("coded", TABLES, Column("key", String(20), primary_key=True)), "a/b, 5%"),
    "uuid": (Table("marked", TABLES, Column("key", Uuid, primary_key=True)), ONE),
}


@pytest.fixture
def connection(app: Flask) -> Iterator[Connection]:
    with app.app_context(), db.engine.connect() as connection:
        TABLES.create_all(connection)
        yield connection
        connection.rollback()


@pytest.mark.parametrize("kind", MODELS)
def test_both_stores_compare_stored_keys_with_a_models_own(connection: Connection, kind: str) -> None:
    table, key = MODELS[kind]
    connection.execute(insert(table).values(key=key))
    connection.execute(insert(OF_RECORDS).from_select(["record_id"], select(stored_key(key_in(table)))))
    own = OF_RECORDS.c.record_id

    found = [
        connection.scalar(select(own)),
        connection.scalar(select(own).where(own == key)),
        connection.scalar(select(key_in(table)).join(OF_RECORDS, is_record(table, own))),
        connection.scalar(select(key_in(table)).where(key_in(table).in_(select(key_from(table, own))))),
        connection.scalar(select(own).join(table, own == stored_key(key_in(table)))),
    ]

    assert found == [key] * 5
    assert is_ordered(table) is (kind != "uuid")
