"""Columns of lists: which types are supported, and which cells are valid."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from admin_app.db.list_of import ListOf
from admin_app.db.unreadable import Unreadable
from admin_app.extensions import db
from admin_app.kinds import kind_of, kind_of_value
from admin_app.kinds.array import ArrayKind, TagsKind
from admin_app.kinds.history import from_json_sql, json_of
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
        (ListOf(sa.Uuid), "array"),
        (ListOf(sa.Numeric), "other"),
        (ListOf(sa.LargeBinary), "other"),
        (sa.ARRAY(sa.String).with_variant(sa.JSON(), "sqlite"), "other"),
        (sa.DateTime(timezone=True), "other"),
    ],
)
def test_flat_lists_of_values_of_a_kind_are_accepted(type_: Any, name: str) -> None:
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


UID = UUID("12345678-1234-5678-1234-567812345678")
# By the type of the items: the items, what a list shows, and what the history keeps.
LISTS: dict[str, tuple[Any, list[Any], str, str]] = {
    "date": (sa.Date, [date(2024, 1, 1), None], "2024-01-01, ", '["2024-01-01", null]'),
    "time": (sa.Time, [time(9, 30), time(10, 0, 0, 250_000)], "09:30:00, 10:00:00.250000", ""),
    "uuid": (sa.Uuid, [UID], str(UID), f'["{UID.hex}"]'),
    "decimal": (sa.Numeric(10, 2), [Decimal("1.10"), Decimal("-3.00")], "1.10, -3.00", '["1.10", "-3.00"]'),
    "float": (sa.Float, [0.1, 1e300], "0.1, 1e+300", '["0.1", "1e+300"]'),
    "local_datetime": (sa.DateTime, [datetime(2026, 10, 25, 2, 30)], "2026-10-25T02:30:00", ""),  # noqa: DTZ001 -- it has none
    "datetime": (
        sa.DateTime(timezone=True),
        [datetime(2026, 10, 25, 1, 30, tzinfo=UTC)],
        "2026-10-25T01:30:00Z",
        '["2026-10-25T01:30:00.000000+00:00"]',
    ),
    "nested": (sa.Integer, [[1, 2], [3, 4]], "[1, 2], [3, 4]", ""),
    "nested_choices": (
        sa.Enum("a", "b, c", name="nested_choice"),
        [["a", "b, c"], ["a", "a"]],
        '["a", "b, c"], ["a", "a"]',
        '{{a,"b, c"},{a,a}}',
    ),
    "empty": (sa.Date, [], "empty", "[]"),
}


def written(items: list[Any]) -> str:
    kind = kind_of_value(list)
    assert kind is not None
    return str(kind.to_csv(items))


IN_JSON = ("date", "time", "uuid", "empty")


@pytest.mark.usefixtures("context")
def test_lists_of_every_kind_are_shown_kept_and_brought_back() -> None:
    dialect = db.engine.dialect.name
    of = ListOf if dialect == "sqlite" else sa.ARRAY
    names = [name for name in LISTS if name in IN_JSON or dialect != "sqlite"]
    columns = [sa.Column(name, of(LISTS[name][0])) for name in names]
    table = sa.Table("lists", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), *columns)
    with db.engine.connect() as connection:
        table.create(connection)
        connection.execute(table.insert().values(id=1, **{name: LISTS[name][1] for name in names}))
        connection.execute(table.insert().values(id=2))
        row = connection.execute(sa.select(*columns).where(table.c.id == 1)).one()._mapping
        kept = {one.name: kind_of(one).to_history(row[one]) for one in columns}
        whole = connection.scalar(
            sa.select(json_of({one.name: one for one in columns}, dialect)).where(table.c.id == 1)
        )
        back = {one.name: from_json_sql(one, sa.literal(whole), one.name, dialect) for one in columns}
        connection.execute(table.update().where(table.c.id == 2).values(**back))
        again = connection.execute(sa.select(*columns).where(table.c.id == 2)).one()._mapping
        connection.rollback()

        for one in columns:
            _, items, shown, history = LISTS[one.name]
            kind = kind_of(one)
            assert [row[one], again[one], kind.from_history(kept[one.name])] == [items] * 3
            assert (kind.name, column_cell(one, items, is_whole=True).text, kept[one.name]) == (
                "array",
                shown,
                history or kept[one.name],
            )
            assert kind.may_return(kept[one.name])
            if not one.name.startswith("nested"):
                assert kind.from_cell(written(items)) == items
                assert kind.items_of([word for word in kind.words(items) if word]) == [
                    i for i in items if i is not None
                ]
        assert json.loads(str(whole)) == kept


def test_a_list_of_what_no_kind_is_for_is_drawn_as_files_have_it() -> None:
    column = sa.Column("it", sa.ARRAY(sa.LargeBinary))

    assert column_cell(column, [b"\0\xff", None], is_whole=True).text == '["00ff", null]'
