"""Texts with a format, where another program stored text without it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from admin_app.domain.records.rules import problem_with
from admin_app.kinds.markdown import html_of
from admin_app.kinds.phone import PhoneKind, spaced
from admin_app.panel.kinds import column_cell
from tests.kinds.everything import COLUMNS, Everything


@pytest.mark.parametrize(
    ("name", "stored", "text"),
    [
        ("phone", "extension 7", "extension 7"),
        ("colour", "url(#x)", "url(#x)"),
        ("country", "ZZ", "ZZ"),
        ("url", "file:///etc", "file:///etc"),
    ],
)
def test_a_value_in_a_wrong_format_is_shown_unchanged(name: str, stored: str, text: str) -> None:
    cell = column_cell(getattr(Everything, name), stored, is_whole=True)

    assert (cell.text, cell.url, "colour" in cell.kind) == (text, "", False)


def test_markdown_has_no_tag_that_does_something() -> None:
    html = html_of("*a*\n\n<script>b</script><img src=x onerror=c><i>d</i>")

    assert html == '<p><em>a</em></p>\n<img src="x"><i>d</i>'


def test_a_number_is_spaced_by_its_country() -> None:
    assert [spaced(one) for one in ("+33123456789", "")] == ["+33 1 23 45 67 89", ""]


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("email", "a\u200bb@x", "It contains an invisible character: zero width space (U+200B). Remove it."),
        ("url", "https://" + "x" * 200, "It must be 200 characters or fewer; it has 208."),
        ("url", "https://exa mple.com", "It must be a web address, like https://example.com."),
        ("email", "x" * 41, "It must be 40 characters or fewer; it has 41."),
        ("money", Decimal(10_000_000), "It must be between -10,000,000 and 10,000,000."),
        ("phone", "by post", "It must be a phone number with its country, like +49 30 123456."),
        ("phone", "+49 30 12345678901234567", "It must be 20 characters or fewer; it has 24."),
    ],
)
def test_a_problem_says_what_is_wrong(name: str, value: Any, problem: str) -> None:
    assert problem_with(COLUMNS[name], "It", value) == problem


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        (sa.Column("paid", sa.Numeric(9), info={"kind": "money"}), Decimal("1.5"), "Paid must be a whole number."),
        (
            sa.Column("paid", sa.Numeric, info={"kind": "money", "currency": "JPY"}),
            Decimal("1.5"),
            "Paid must be an amount of JPY, like 17.",
        ),
        (sa.Column("paid", sa.Numeric, info={"kind": "money", "currency": "KWD"}), Decimal("1.5"), None),
        (sa.Column("paid", sa.Numeric, info={"kind": "money"}), Decimal("1.23456"), None),
        (sa.Column("paid", sa.Numeric(9, 1, asdecimal=False)), 1.5, None),
        (sa.Column("paid", sa.Numeric(9, 1, asdecimal=False)), 1.25, "Paid must have at most 1 decimal place."),
    ],
)
def test_an_amount_has_no_more_places_than_its_column_and_its_currency(
    column: Any, value: Any, problem: str | None
) -> None:
    assert problem_with(column, "Paid", value) == problem


def test_a_number_that_no_telephone_can_have_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^\+49 12$"):
        PhoneKind(sa.Column("phone", sa.String(20), info={"kind": "phone"})).read("+49 12")
