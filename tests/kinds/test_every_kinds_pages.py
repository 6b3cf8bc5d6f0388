"""Every kind of column in turn: its field, its operators, its cell."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form

from admin_app.panel.kinds import cell_kind_of, column_cell, operators_of, panel_kind_of
from tests.kinds.everything import COLUMNS, FIELDS, SAMPLES, TYPED, TYPED_FIELDS, Everything, value_of
from tests.subject import meaning_something


def field_of(name: str, sent: MultiDict[str, str] | None = None, data: Any = None) -> Any:
    """Bind the field that a form has for a column."""

    class OneField(Form):
        it = panel_kind_of(COLUMNS[name]).field(COLUMNS[name], {"label": "It"})

    form = OneField(sent, data=None if data is None else {"it": data})
    if sent is not None:
        form.validate()
    return form["it"]


@pytest.mark.parametrize(("name", "place"), TYPED_FIELDS)
def test_a_field_reads_what_a_person_types(name: str, place: int) -> None:
    typed = SAMPLES[name].typed[place]

    field = field_of(name, MultiDict({"it": typed} if typed else {}))

    assert (field.data, list(field.errors)) == (value_of(name, place), [])


@pytest.mark.parametrize(("name", "place"), TYPED_FIELDS)
def test_a_field_that_is_sent_as_it_was_drawn_changes_nothing(name: str, place: int) -> None:
    value = value_of(name, place)
    drawn = field_of(name, data=value)
    if name == "boolean":
        sent = {"it": "y" if drawn.data else "false"}
    else:
        sent = {
            "it": drawn.data if name == "country" else drawn._value() if name != "choice" else str(drawn.data.value)
        }

    assert field_of(name, MultiDict(sent)).data == value


@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if sample.unreadable])
def test_what_a_field_cannot_read_is_said_at_the_field(name: str) -> None:
    field = field_of(name, MultiDict({"it": SAMPLES[name].unreadable}))

    assert len(field.errors) > 0


@pytest.mark.parametrize("name", TYPED)
def test_templates_are_told_a_fields_kind(name: str) -> None:
    assert field_of(name).kind == name


# ---- operators and cells


@pytest.mark.no_cover
@pytest.mark.parametrize("name", SAMPLES)
def test_every_operator_asks_both_stores(name: str, stored: sa.Connection, context: Flask) -> None:
    operators = operators_of(getattr(Everything, name), "It")

    for operator in operators:
        text = meaning_something(context, operator, 1)
        condition = operator.criterion(operator.parse(text))
        assert stored.scalar(sa.select(sa.func.count()).select_from(Everything).where(condition)) in {0, 1, 2}
        assert operator.sentence(text).startswith("It")
    slugs = [operator.slug for operator in operators]
    assert slugs
    assert len(slugs) == len(set(slugs))


@pytest.mark.no_cover
@pytest.mark.parametrize(("name", "place"), FIELDS)
def test_a_cell_leads_to_the_rows_with_its_value(name: str, place: int, stored: sa.Connection) -> None:
    value = value_of(name, place)
    for operator in operators_of(getattr(Everything, name), "It"):
        if (typed := operator.typed(value)) is not None:
            found = sa.select(COLUMNS.id).where(operator.criterion(operator.parse(typed)))
            assert place + 1 in set(stored.scalars(found))


@pytest.mark.parametrize(("name", "place"), FIELDS)
def test_a_cell_says_its_value(name: str, place: int) -> None:
    cell = column_cell(getattr(Everything, name), value_of(name, place), is_whole=False)

    assert (cell.text, cell.kind) == (SAMPLES[name].shown[place], SAMPLES[name].cell)
    assert cell_kind_of(getattr(Everything, name)) == cell.kind
