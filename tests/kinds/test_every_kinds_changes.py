"""Every kind of column in turn: what can be done with it in many records at once."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from admin_app.db.string_set import StringSet
from admin_app.domain.records.rules import problem_with
from admin_app.errors import InvalidRecord
from admin_app.panel.kinds import panel_kind_of
from tests.kinds.everything import COLUMNS, MOMENT, SAMPLES

# By kind what can be done beside setting and clearing: what is typed, what a record has, and what it gets; what is refused.
Changes = dict[str, tuple[tuple[str, ...], Any, Any, tuple[str, ...]]]
BULK_CHANGES: dict[str, Changes] = {
    "email": {"replace": (("a@", "b@"), "a@x", "b@x", ("", "b"))},
    "url": {"replace": (("http:", "https:"), "http://a", "https://a", ("", "b"))},
    "phone": {"replace": (("+49", "+41"), "+49301234567", "+41301234567", ("", "b"))},
    "colour": {"replace": (("#00", "#ff"), "#00aa00", "#ffaa00", ("", "b"))},
    "country": {},
    "ip": {"replace": (("192", "10"), "192.0.2.7", "10.0.2.7", ("", "b"))},
    "network": {"replace": (("/24", "/25"), "192.0.2.0/24", "192.0.2.0/25", ("", "b"))},
    "currency": {"replace": (("DEM", "EUR"), "DEM", "EUR", ("", "b"))},
    "markdown": {"replace": (("b", "\\1"), "abB", "a\\1B", ("x" * 1001, ""))},
    "image": {},
    "file": {},
    "money": {"increase": (("-0,10",), Decimal("9.99"), Decimal("9.89"), ("dear",))},
    "tags": {},
    "array": {},
    "string_set": {
        "add": (("c, a",), StringSet(["b", "a"]), StringSet(["a", "b", "c"]), (" , ",)),
        "remove": (("c, a",), StringSet(["b", "a"]), StringSet(["b"]), (",",)),
    },
    "choice": {},
    "boolean": {},
    "datetime": {
        "later": (("2",), MOMENT, MOMENT.replace(month=2, day=2), ("-2",)),
        "earlier": (("31",), MOMENT, MOMENT.replace(year=2025, month=12), ("0",)),
    },
    "local_datetime": {
        "later": (("1",), datetime(2026, 1, 31, 12), datetime(2026, 2, 1, 12), ("soon",)),  # noqa: DTZ001 -- of no zone
        "earlier": (("1",), datetime(2026, 2, 1, 12), datetime(2026, 1, 31, 12), ("1.5",)),  # noqa: DTZ001
    },
    "date": {
        "later": (("1",), date(2026, 2, 28), date(2026, 3, 1), ("9999999",)),
        "earlier": (("1",), date(2026, 3, 1), date(2026, 2, 28), ("",)),
    },
    "time": {},
    "interval": {},
    "uuid": {},
    "whole_number": {"increase": (("-1,000",), 42, -958, ("1.5",))},
    "float": {"increase": (("0.5",), 0.25, 0.75, ("much",))},
    "decimal": {"increase": (("-0,10",), Decimal("9.99"), Decimal("9.89"), ("dear",))},
    "json": {},
    "long_text": {"replace": (("b\u0301", "C"), "a b\u0301 B\u0301", "a C B\u0301", ("", "C"))},
    "text": {"replace": (("b", "\\1"), "abB", "a\\1B", ("x" * 1001, ""))},
    "binary": {},
}
ALL_CHANGES = [pytest.param(name, key, id=f"{name}-{key}") for name, ways in BULK_CHANGES.items() for key in ways]


def bulk_change(name: str, key: str) -> Any:
    return next(one for one in panel_kind_of(COLUMNS[name]).bulk_changes if one.key == key)


def test_every_kind_says_what_can_be_done_with_many_records() -> None:
    found = {name: [one.key for one in panel_kind_of(COLUMNS[name]).bulk_changes] for name in SAMPLES}

    assert found == {name: list(ways) for name, ways in BULK_CHANGES.items()}


@pytest.mark.parametrize(("name", "key"), ALL_CHANGES)
def test_a_change_makes_one_value_of_another(name: str, key: str) -> None:
    typed, value, becomes, _ = BULK_CHANGES[name][key]

    change = bulk_change(name, key).read(COLUMNS[name], typed)

    assert change(value) == becomes
    assert type(change(value)) is type(value)
    assert problem_with(COLUMNS[name], "It", becomes) is None


@pytest.mark.parametrize(("name", "key"), ALL_CHANGES)
def test_a_change_is_said_with_what_was_typed(name: str, key: str) -> None:
    change, typed = bulk_change(name, key), BULK_CHANGES[name][key][0]

    assert len(change.inputs) == len(typed)
    assert all(text in change.said.format(*typed) for text in typed)


@pytest.mark.parametrize(("name", "key"), ALL_CHANGES)
def test_a_change_of_nonsense_is_refused(name: str, key: str) -> None:
    change = bulk_change(name, key)

    with pytest.raises((ValueError, InvalidRecord), match=r"^Enter "):
        change.read(COLUMNS[name], BULK_CHANGES[name][key][3])
