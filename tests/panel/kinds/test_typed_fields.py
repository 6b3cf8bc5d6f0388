"""Number fields of forms accept exactly the number that was typed, or show a message."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Field, Form

from admin_app.panel.kinds.number import DecimalField, FloatField, WholeNumberField


class Numbers(Form):
    """One field of each kind."""

    whole = WholeNumberField()
    exact = DecimalField()
    rough = FloatField()


def typed(name: str, text: str) -> Field:
    field: Any = Numbers(MultiDict({name: text}))[name]
    return field


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("whole", "5 045", 5045),
        ("whole", "5,045", 5045),
        ("exact", "9,90", Decimal("9.90")),
        ("exact", "1.234,50", Decimal("1234.50")),
        ("rough", "1e16", 1e16),
        ("rough", "\u22122,5", -2.5),
    ],
)
def test_a_number_is_the_one_that_was_typed(name: str, text: str, value: object) -> None:
    field = typed(name, text)

    assert (field.data, list(field.process_errors)) == (value, [])


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("whole", "1_000", "Enter a whole number, like 42."),
        ("whole", "50 45", "Enter a whole number, like 42."),
        ("whole", "5.045", "“5.045” could be 5045 or 5.045. Enter the one you mean."),
        ("exact", "5,045", "“5,045” could be 5045 or 5.045. Enter the one you mean."),
        ("exact", "1_0.5", "Enter a number, like 4.2."),
        ("rough", "12,34,567", "Enter a number, like 4.2."),
        ("rough", "nan", "Enter a number, like 4.2."),
    ],
)
def test_an_ambiguous_number_is_refused_at_its_field(name: str, text: str, message: str) -> None:
    field = typed(name, text)

    assert (field.data, list(field.process_errors), field._value()) == (None, [message], text)


@pytest.mark.parametrize("name", ["whole", "exact", "rough"])
def test_the_browser_sends_what_was_typed(name: str) -> None:
    assert 'type="text"' in str(Numbers()[name]())
