"""Tables and columns with any letters in their names have the same indexes as others."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from admin_app.db import caseless
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


def test_every_index_of_ours_is_made_found_and_removed(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 -- the store to make it in
    dialect = db.engine.dialect.name
    monkeypatch.setattr(search_indexes, "key_called", lambda _table: NUMBER)
    made = [
        caseless.creation(ODD, LABEL),
        text_indexes.creation(dialect, SORTED),
        *search_indexes.creation(dialect, ODD, [LABEL]),
    ]
    removed = [
        caseless.removal(ODD, LABEL),
        text_indexes.removal(SORTED),
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
