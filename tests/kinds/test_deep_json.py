"""JSON that another program nested deeper than Python can follow: it is shown and kept, and breaks nothing."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask
from werkzeug.datastructures import MultiDict

from admin_app.db.json_spelling import DeepJson, Spelled, read_json, spelled, spelled_text, write_json
from admin_app.kinds import kind_of
from admin_app.panel.kinds import column_cell
from tests.kinds.everything import COLUMNS, Everything
from tests.kinds.test_every_kinds_pages import field_of

DEEP = '[{"a":\n[' * 1000 + '"x"' + "]}]" * 1000


def test_both_stores_give_it_back_as_it_was_written(stored: sa.Connection, context: Flask) -> None:  # noqa: ARG001 -- the store
    where = sa.text("UPDATE every_kind SET json = :deep WHERE id = 1")
    as_json = sa.text("UPDATE every_kind SET json = CAST(:deep AS JSON) WHERE id = 1")
    stored.execute(as_json if stored.dialect.name == "postgresql" else where, {"deep": DEEP})

    value = stored.scalar(sa.select(Everything.json).where(Everything.id == 1))
    stored.execute(sa.update(Everything).where(Everything.id == 2).values(json=value))
    both = stored.scalars(sa.select(Everything.json).order_by(Everything.id)).all()

    assert (type(value), both) == (DeepJson, [DEEP, DEEP])
    if stored.dialect.name == "sqlite":
        assert stored.scalar(sa.select(Spelled(Everything.json)).where(Everything.id == 1)) == DEEP


def test_files_the_history_and_pages_have_its_text(context: Flask) -> None:  # noqa: ARG001 -- for cells
    kind = kind_of(COLUMNS["json"])
    value = read_json(DEEP.encode())
    dialect = sa.create_engine("sqlite://").dialect

    assert [kind.to_csv(value), kind.history_of(value), spelled_text(DEEP), write_json(value)] == [DEEP] * 4
    assert kind.value_in_history(DEEP) == value
    assert kind.row_reader(dialect)(DEEP) == DEEP
    assert "x" in str(column_cell(COLUMNS["json"], value, is_whole=True).text)


def test_a_form_that_is_sent_as_it_was_drawn_keeps_it() -> None:
    drawn = field_of("json", data=DeepJson(DEEP))

    # Browsers send lines in this way.
    sent = field_of("json", MultiDict({"it": DEEP.replace("\n", "\r\n")}), data=DeepJson(DEEP))
    other = field_of("json", MultiDict({"it": f"[{DEEP}]"}), data=DeepJson(DEEP))

    assert (drawn._value(), sent.data, list(sent.errors)) == (DEEP, DEEP, [])
    assert list(other.errors) == ['Enter JSON, like {"size": 4}. The JSON is nested too deeply.']


def test_many_brackets_beside_each_other_or_within_a_text_are_not_deep() -> None:
    flat = [[{"a": "]]" + "[" * 300}]] * 200

    assert read_json(spelled(flat)) == flat
