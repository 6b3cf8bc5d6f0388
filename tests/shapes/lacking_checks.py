"""`manage.py check --resources` says what a resource lacks, with the line to add. Copied by test_shapes.py."""

from __future__ import annotations

import pytest

from admin_app.cli.check_resources import findings_of_resources

# What is wrong, and the line to add, one behind the other.
FINDINGS = """\
A lack is called “Lack 7”.
Add to Lack: title = "label"
Lack.at has the type DateTime, which no kind is for: nobody can change it.
Use UtcDateTime of admin_app/db/types.py.
Lack.shape has the type PickleType, which no kind is for: nobody can change it.
Add a kind, or name one in info: see docs/kinds.md.
Lack.shape is needed, and no form can give it: nobody can add lacks.
Give it a default, let it be NULL, or write: can_create = False
Lack.archived_at is a column like any other.
Add to Lack: __archived_at__ = "archived_at"
Lack.sort_order is a column like any other.
Add to Lack: __position__ = "sort_order"
Lack.homepage is a text like any other.
Write: homepage = mapped_column(…, info={"kind": "url"})
Lack.paper takes files of any type of up to 20 MB.
Write: paper = mapped_column(…, info={"kind": "file", "types": ["application/pdf"], "megabytes": 20})
Lack.paid is an amount without a currency.
Write: paid = mapped_column(…, info={"kind": "money", "currency": "paid_currency"})
Lack.unit_price is shown without its currency, which paid_currency holds.
Write: unit_price = mapped_column(…, info={"kind": "money", "currency": "paid_currency"})
Lack.post_id is a foreign key without an index: a deletion of what it points at reads the whole table.
Write: post_id = mapped_column(…, index=True)
LackResource sorts by body, which cannot have an index.
Take body out of column_sortable_list.
LackResource sorts by length, which is computed for every row.
Write: length = mapped_column(Computed("length(label)", persisted=True)), which gets an index.
LackResource sorts by fellows, which is computed for every row.
Take fellows out of column_sortable_list, or keep it in a column.
An imported file finds lacks by their number only.
Write: label = mapped_column(…, unique=True)
"""


@pytest.fixture
def store() -> str:
    """Stay on one store: models are asked."""
    return "sqlite"


@pytest.mark.usefixtures("context")
def test_what_a_resource_lacks_is_said_with_the_line_to_add() -> None:
    found = [one for one in findings_of_resources() if "Lack" in one.problem or "lack" in one.problem]

    assert "".join(f"{one.problem}\n{one.advice}\n" for one in found) == FINDINGS
