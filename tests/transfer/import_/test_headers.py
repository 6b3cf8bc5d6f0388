"""Which column a title of a file means."""

from __future__ import annotations

import pytest
from sqlalchemy import Column, Text

from admin_app.errors import TransferError
from admin_app.transfer.columns import ImportColumn
from admin_app.transfer.import_.headers import columns_named

pytestmark = pytest.mark.covers

COLUMNS = [ImportColumn(key, "Name", Column(key, Text), written=(f"Name ({key})",)) for key in ("Name", "name")]


@pytest.mark.parametrize("titles", [["name", "Name"], ["Name (name)", "Name (Name)"]])
def test_names_that_differ_in_capitals_alone_are_told_apart_letter_by_letter(titles: list[str]) -> None:
    assert columns_named(titles, COLUMNS, []) == {0: "name", 1: "Name"}


def test_a_title_that_may_mean_two_columns_means_neither() -> None:
    with pytest.raises(TransferError, match=r"“NAME” is not a column of this list\. Choose from: Name, name\."):
        columns_named(["NAME"], COLUMNS, [])


def test_a_title_that_is_the_name_of_one_column_and_the_label_of_another_means_neither() -> None:
    columns = [
        ImportColumn("name", "email", Column("name", Text)),
        ImportColumn("email", "Address", Column("email", Text)),
    ]

    with pytest.raises(TransferError, match="“email” is not a column"):
        columns_named(["email"], columns, [])

    assert columns_named(["name", "Address"], columns, []) == {0: "name", 1: "email"}


def test_what_an_export_writes_for_people_is_no_column_that_differs_in_capitals() -> None:
    assert columns_named(["name", "Name"], COLUMNS[1:], ["Name"]) == {0: "name"}
