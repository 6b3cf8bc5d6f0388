"""Tables and columns with any letters in their names have the same indexes as others."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from admin_app.db import caseless
from admin_app.db.backfill import Backfill
from admin_app.db.defaults import server_default_of
from admin_app.db.quoting import names_in, plain, quoted
from admin_app.extensions import db
from admin_app.selection.search import indexes as search_indexes
from admin_app.selection.search.match_sql import pieces_matched
from admin_app.selection.sorting import text_indexes
from admin_app.selection.sorting.text_indexes import SortIndex

ODD, NUMBER, LABEL = "s\"ay 'hi'\nthere\\, a:b", 'the "number"', 'na\'me "x"'
TABLE = sa.Table(
    ODD,
    sa.MetaData(),
    sa.Column(NUMBER, sa.Integer, primary_key=True),
    sa.Column(LABEL, sa.String(20)),
    sa.Column("a b", sa.Integer),
)
SORTED = SortIndex(ODD, LABEL, "a b", "sort_key", NUMBER)


def test_a_name_is_read_as_it_was_written() -> None:
    assert names_in(f"plain, {quoted(ODD)}, {quoted('a b')}") == ["plain", ODD, "a b"]


def test_a_name_too_long_for_postgres_keeps_its_ending_and_is_told_from_others() -> None:
    short, *long = (SortIndex("a" * 40, "ß" * number).name_on("postgresql") for number in (3, 20, 21))

    assert short == f"ix_{'a' * 40}_ßßß_sort_key"
    assert [len(one.encode()) for one in long] == [62, 62]
    assert [text_indexes.is_own(one) for one in long] == [True, True]
    assert len({*long}) == 2


@pytest.mark.usefixtures("context")
def test_a_backfill_fills_a_table_with_any_letters_in_its_names() -> None:
    left = Backfill("9001", "", ODD, f"{quoted(LABEL)} = ' :none'", f"{quoted(LABEL)} IS NULL OR ' :x' = ''", NUMBER)

    with db.engine.connect() as connection:
        TABLE.create(connection)
        connection.execute(TABLE.insert(), [{NUMBER: number, LABEL: None} for number in (1, 2, 3)])
        steps = [left.left(connection), left.next_keys(connection, [1], 1), left.fill(connection, [2, 3])]
        found = connection.execute(sa.select(TABLE.c[NUMBER], TABLE.c[LABEL]).order_by(TABLE.c[NUMBER])).all()
        connection.rollback()

    assert steps == [3, [2], 0]
    assert found == [(1, None), (2, " :none"), (3, " :none")]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("context")
def test_a_foreign_key_to_a_name_with_a_dot_keeps_its_rule() -> None:
    with db.engine.connect() as connection:
        connection.execute(plain('CREATE TABLE "a.b" ("c.d" INTEGER PRIMARY KEY)'))
        connection.execute(plain('CREATE TABLE part (of_id INTEGER REFERENCES "a.b"("c.d") ON DELETE CASCADE)'))
        table = sa.Table("part", sa.MetaData(), autoload_with=connection)
        connection.rollback()

    assert [one.ondelete for one in table.foreign_keys] == ["CASCADE"]


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
@pytest.mark.usefixtures("context")
def test_the_sequence_of_a_table_with_any_letters_is_found() -> None:
    table = sa.Table(ODD, sa.MetaData(), sa.Column("id", sa.Integer, sa.Identity(), primary_key=True))

    with db.engine.connect() as connection:
        table.create(connection)
        number = connection.scalar(sa.select(server_default_of(table.c.id, "postgresql")))
        connection.rollback()

    assert number == 1


def test_every_index_of_ours_is_made_found_and_removed(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 -- the store to make it in
    dialect = db.engine.dialect.name
    monkeypatch.setattr(search_indexes, "key_called", lambda _table: NUMBER)
    made = [
        caseless.creation(ODD, LABEL),
        text_indexes.creation(dialect, SORTED),
        *search_indexes.creation(dialect, ODD, [LABEL]),
    ]
    removed = [
        caseless.removal(caseless.index_name(ODD, LABEL)),
        text_indexes.removal(dialect, SORTED),
        *search_indexes.removal(dialect, ODD, [LABEL]),
    ]

    def present() -> list[bool]:
        searched = search_indexes.present(connection).get(ODD) == (LABEL,)
        return [(ODD, LABEL) in caseless.present(connection), SORTED in text_indexes.present(connection), searched]

    with db.engine.connect() as connection:
        TABLE.create(connection)
        for one in made:
            connection.execute(plain(one))
        there = present()
        connection.execute(TABLE.insert().values({NUMBER: 7, LABEL: "A title"}))
        connection.execute(TABLE.update().values({LABEL: "A word"}))
        found = connection.scalars(pieces_matched(ODD, "word")).all() if dialect == "sqlite" else [7]
        for one in removed:
            connection.execute(plain(one))
        left = present()
        connection.rollback()

    assert (there, found, left) == ([True] * 3, [7], [False] * 3)
