"""Several values in one text."""

from __future__ import annotations

from admin_app.value_lists import list_of, values_of


def test_values_are_read_as_they_were_written() -> None:
    values = ["plain", "of two words", "one, two", 'a "name"', "x; y", "12"]

    assert values_of(list_of(values)) == values
