"""Columns of lists: which types are supported, and which cells are valid."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from admin_app.db.list_of import ListOf
from admin_app.db.unreadable import Unreadable
from admin_app.extensions import db
from admin_app.kinds import kind_of
from admin_app.kinds.array import ArrayKind, TagsKind
from admin_app.panel.kinds import column_cell

TEXTS = ArrayKind(sa.Column("words", ListOf(sa.String(40))))


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        (sa.ARRAY(sa.Integer), "array"),
        (pg.ARRAY(sa.Enum("a", "b", name="letters"), dimensions=1), "array"),
        (ListOf(sa.Text), "array"),
        (sa.ARRAY(sa.Integer, dimensions=2), "other"),
        (sa.ARRAY(sa.Integer, as_tuple=True), "other"),
        (sa.ARRAY(sa.Numeric), "other"),
        (ListOf(sa.LargeBinary), "other"),
        (sa.ARRAY(sa.String).with_variant(sa.JSON(), "sqlite"), "other"),
        (sa.DateTime(timezone=True), "other"),
    ],
)
def test_flat_lists_of_texts_numbers_or_choices_are_accepted(type_: Any, name: str) -> None:
    assert kind_of(sa.Column("it", type_)).name == name


def test_a_cell_is_json_or_words_with_commas() -> None:
    numbers = kind_of(sa.Column("it", ListOf(sa.Integer), nullable=False))

    assert [numbers.from_cell(one) for one in ("[1, null, 3]", " 1, ,3 ", "[]")] == [[1, None, 3], [1, 3], []]
    assert numbers.value_of_empty_cell() == []


def test_a_tag_is_kept_once() -> None:
    tags = TagsKind(sa.Column("it", ListOf(sa.String)))

    assert [tags.from_cell(one) for one in ('["b", "a", "b"]', "b,a,b")] == [["b", "a"], ["b", "a"]]


def test_a_missing_item_keeps_its_position() -> None:
    column = sa.Column("it", sa.ARRAY(sa.Integer))
    kind = ArrayKind(column)

    assert (kind.problem_with("It", [1, None]), kind.history_of([1, None])) == (None, "[1, null]")
    assert kind.problem_with("Sizes", [2**31]) == "Each of Sizes must be between -2,147,483,648 and 2,147,483,647."
    assert column_cell(column, [1, None], is_whole=True).text == "1, "


def test_a_migration_writes_the_type_of_each_database() -> None:
    assert ListOf(sa.String(9)).in_migration == "sa.JSON().with_variant(sa.ARRAY(sa.String(length=9)), 'postgresql')"


def test_a_choice_of_texts_is_an_item_as_it_is() -> None:
    kind = ArrayKind(sa.Column("it", ListOf(sa.Enum("a", "b", name="letters"))))

    assert (kind.words(["a"]), kind.from_cell("b, a")) == (["a"], ["b", "a"])


def test_every_text_may_return_to_a_list_of_texts() -> None:
    assert (TEXTS.may_return('["a"]'), TEXTS.may_return_sql(sa.literal('["a"]'))) == (True, None)


def test_a_cell_is_a_list_of_json_or_words_with_commas() -> None:
    cells = ('["a, b", 7, null]', "a, b ,", "[]", "")

    assert [TEXTS.from_cell(cell) for cell in cells] == [["a, b", "7", None], ["a", "b"], [], []]


@pytest.mark.parametrize(
    "cell", ['[["a"]]', '[{"a": 1}]', "[true]", "[NaN]", "[1e4000]", '["\\ud800"]', '["\\u0000"]', "[1", "[" * 100_000]
)
def test_other_values_than_lists_of_texts_and_numbers_are_refused(cell: str) -> None:
    with pytest.raises(ValueError, match=r'^must be a list, like \["a", "b"\], or a, b\.$'):
        TEXTS.from_cell(cell)


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
@pytest.mark.usefixtures("context")
def test_a_list_with_a_date_that_cannot_be_read_is_written_back() -> None:
    dates = [date(2024, 1, 1), None, Unreadable("infinity")]

    found = db.session.scalar(sa.select(sa.cast(sa.literal(dates, ListOf(sa.Date)), ListOf(sa.Date))))

    assert (found, type(found[2])) == (dates, Unreadable)
