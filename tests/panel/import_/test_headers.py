"""What is guessed from headers and cells."""

from __future__ import annotations

import pytest
from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table

from admin_app.formatting import label
from admin_app.panel.import_.headers import FoundDate, digest_of, found_date, guessed_lookup
from admin_app.panel.import_.other_names import column_meant
from admin_app.transfer.columns import ImportColumn
from admin_app.transfer.import_.options import DateOrder

DAY, MONTH, NONE = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST, DateOrder.NONE
PEOPLE = Table(
    "people", MetaData(), Column("id", Integer, primary_key=True),
    Column("email", String, unique=True, info={"format": "email"}), Column("nick", String, unique=True),
)  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "text", "guess"),
    [
        ([], "", NONE),
        (["2026-04-03", "soon", "3.4", "1.2.3.2026"], "", NONE),
        (["03.04.2026"], "03.04.2026", DAY),
        (["03/04/2026"], "03/04/2026", NONE),
        (["03/04/2026", "25/12/2026"], "03/04/2026", DAY),
        (["03/04/2026", "12/25/2026"], "03/04/2026", MONTH),
        (["x", " 3-4-2026 09:30"], "3-4-2026", NONE),
    ],
)
def test_an_unambiguous_date_decides_the_order_of_days_and_months(
    cells: list[str], text: str, guess: DateOrder
) -> None:
    assert found_date(cells) == FoundDate(text, guess)


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("03.04.2026", DAY, "3 April 2026"),
        ("03.04.2026", MONTH, "4 March 2026"),
        ("25.12.2026", MONTH, ""),
        ("31.02.2026", DAY, ""),
        ("", DAY, ""),
    ],
)
def test_a_date_is_shown_as_each_order_reads_it(text: str, order: DateOrder, expected: str) -> None:
    assert FoundDate(text).meant(order) == expected


@pytest.mark.parametrize(
    ("cells", "keys", "expected"),
    [
        (["1", " 22 "], ["id", "email", "nick"], "id"),
        (["ann@example.com", "1"], ["id", "email", "nick"], "email"),
        (["ann", "1"], ["id", "email", "nick"], "nick"),
        (["ann"], ["id", "email"], "id"),
        (["ann@example.com"], ["id", "nick"], "nick"),
        ([], ["id", "email", "nick"], "id"),
    ],
)
def test_cells_show_by_which_column_they_name_records(cells: list[str], keys: list[str], expected: str) -> None:
    assert guessed_lookup({key: PEOPLE.c[key] for key in keys}, cells) == expected


def column(key: str, **info: str) -> ImportColumn:
    kind = DateTime() if key.endswith("_at") else String()
    return ImportColumn(key, label(key), Column(key, kind, info=info))


@pytest.mark.parametrize(
    ("title", "keys", "meant"),
    [
        ("E-Mail", ["email", "name"], "email"),
        ("Email address", ["email", "name"], "email"),
        ("mail", ["contact", "name"], "contact"),
        ("Mail", ["contact", "email"], "email"),
        # Neither is more of an email than the other.
        ("Mail", ["contact", "invoices"], ""),
        ("Tel.", ["phone", "name"], "phone"),
        ("Created", ["created_at", "paid_at"], "created_at"),
        ("Date paid", ["created_at", "paid_at"], "paid_at"),
        ("Born", ["created_at"], ""),
        ("Date", ["created_at", "email"], ""),
        ("—", ["email", "name"], ""),
    ],
)
def test_a_title_means_the_one_column_that_fits_it(title: str, keys: list[str], meant: str) -> None:
    emails = {"contact", "email", "invoices"}
    columns = {key: column(key, **({"format": "email"} if key in emails else {})) for key in keys}

    assert column_meant(title, columns) == meant


def test_headers_are_the_same_in_whatever_order_and_case() -> None:
    one, other = digest_of(["Name", "E mail"]), digest_of(["e_MAIL", " name"])

    assert (one == other, one == digest_of(["Name"]), len(one)) == (True, False, 64)
