"""Links in a file's rows: given by key or name, compared with existing ones, replaced or added, and made with new records."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import ColumnElement, select

from admin_app.db.transaction import transaction
from admin_app.domain.plan import plan as plans
from admin_app.domain.plan.imported_row import ImportedRow
from admin_app.domain.plan.lines import insert_lines
from admin_app.domain.plan.link_lookup import LinkLookup
from admin_app.domain.plan.row_matcher import RowMatcher
from admin_app.extensions import db, table_of
from admin_app.models.change_set import Change
from admin_app.relations import links_of
from tests.domain.plan.planning import begun, carried_out
from tests.relations.linked import Article, Tag

pytestmark = pytest.mark.usefixtures("linked")

FIELDS = ("name", "tags", "see_also")


@pytest.fixture(autouse=True)
def articles(request: pytest.FixtureRequest) -> None:
    """Make the article 1 with the tags 1 and 2, and an article 2 and an article 3 of one name."""
    request.getfixturevalue("linked")
    with transaction(db.session):
        db.session.add(Article(name="First", tags=[Tag(name="a"), Tag(name="b")]))
        db.session.flush()
        db.session.add_all([Article(name="Twin"), Article(name="Twin"), Tag(name="c")])


def matcher(*, seen: ColumnElement[bool] | None = None, adds: bool = False) -> RowMatcher:
    names = {"tags": table_of(Tag).c.name, "see_also": table_of(Article).c.name}
    rows = {"tags": seen, "see_also": None}
    links = {name: LinkLookup(links_of(Article)[name], [column], rows[name], adds) for name, column in names.items()}
    return RowMatcher(Article, FIELDS, links=links)


def line(matcher: RowMatcher, key: int | None = 1, **values: Any) -> dict[str, Any]:
    """Return what a row with these cells makes."""
    row = ImportedRow(2, {"id": key, **values}, {name: str(value) for name, value in values.items()})
    (found,) = matcher.lines(db.session, 1, [row])
    return found


@pytest.mark.parametrize(
    ("cell", "adds", "after"),
    [
        ("A, 3", False, [1, 3]),
        ("c", True, [1, 2, 3]),
        (None, False, []),
        ("2; a", False, None),
        ("b", True, None),
    ],
)
def test_links_of_a_record_are_replaced_or_added_to(cell: str | None, adds: bool, after: list[int] | None) -> None:  # noqa: FBT001 -- a parameter of the test
    found = line(matcher(adds=adds), name="First", tags=cell)

    assert (found["verdict"], found["before"], found["after"]) == (
        ("same", None, None) if after is None else ("change", {"tags": [1, 2]}, {"tags": after})
    )


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"tags": "a, fish"}, {"tags": ["“fish”: it does not exist.", "a, fish"]}),
        ({"tags": "9"}, {"tags": ["“9”: it does not exist.", "9"]}),
        ({"see_also": "Twin"}, {"see_also": ["“Twin”: it means several records.", "Twin"]}),
    ],
)
def test_a_cell_that_means_no_record_or_several_is_wrong(cells: dict[str, str], said: dict[str, list[str]]) -> None:
    found = line(matcher(), **cells)

    assert (found["verdict"], found["cells"]) == ("wrong", said)


def test_a_hidden_link_is_neither_named_nor_removed() -> None:
    mine = matcher(seen=Tag.name != "b")

    named, lost, kept = (line(mine, tags=text) for text in ("b", "a", "3"))
    added = line(matcher(seen=Tag.name != "b", adds=True), tags="3")

    assert named["cells"] == {"tags": ["“b”: it does not exist.", "b"]}
    assert lost["cells"] == {"tags": ["you cannot change it in this record.", "a"]}
    assert kept["cells"] == {"tags": ["you cannot change it in this record.", "3"]}
    assert added["after"] == {"tags": [1, 2, 3]}


def test_new_records_are_created_with_their_links_and_the_history_has_them() -> None:
    rows = [
        ImportedRow(2, {"id": None, "name": "New", "tags": "b, c"}, {}),
        ImportedRow(3, {"id": 1, "tags": "c"}, {}),
        ImportedRow(4, {"id": None, "name": "Bare"}, {}),
    ]
    plan = begun(Article, FIELDS, "import")
    insert_lines(db.session, matcher().lines(db.session, plan.id, rows))
    plans.await_agreement(db.session, plan, plans.counted_lines(db.session, plan))
    db.session.commit()

    carried_out(plan)

    found = {one.name: [tag.name for tag in one.tags] for one in db.session.scalars(select(Article))}
    assert found == {"First": ["c"], "Twin": [], "New": ["b", "c"], "Bare": []}
    told = db.session.scalars(select(Change).where(Change.change_set_id == plan.change_set_id).order_by(Change.id))
    assert [(one.act, (one.after or {}).get("tags")) for one in told] == [
        ("update", [3]),
        ("create", [2, 3]),
        ("create", []),
    ]
