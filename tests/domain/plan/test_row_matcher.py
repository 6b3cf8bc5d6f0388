"""What one row means: which record it belongs to, what it may change, and what a new record needs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar, cast

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin_app.db.record import Record, Versioned
from admin_app.db.unreadable import Unreadable
from admin_app.domain.plan.creation import default_of
from admin_app.domain.plan.imported_row import CellProblem, ImportedRow
from admin_app.domain.plan.lines import Line
from admin_app.domain.plan.name_lookup import NameLookup
from admin_app.domain.plan.row_matcher import RowMatcher
from admin_app.domain.plan.same_cells import says
from admin_app.extensions import db, table_of
from admin_app.models.post import Post
from admin_app.models.user import User

pytestmark = pytest.mark.usefixtures("context")


class Base(DeclarativeBase):
    """Tables of this test alone."""


class Switch(Versioned, Base):
    """What is on or off, and says which."""

    __tablename__ = "switch"
    __history__: ClassVar[tuple[str, ...] | None] = None

    id: Mapped[int] = mapped_column(primary_key=True)
    is_on: Mapped[bool]


def row(**values: Any) -> ImportedRow:
    return ImportedRow(2, values, {key: str(value) for key, value in values.items()})


def lines(matcher: RowMatcher, *rows: ImportedRow) -> Sequence[Line]:
    return matcher.lines(db.session, 0, list(rows))


def test_a_wrong_line_names_the_record_of_its_row(make_user: Any) -> None:
    key = make_user().id
    wrong = ImportedRow(2, {"id": key}, {}, {"name": CellProblem("enter the name.", "")})

    (line,) = lines(RowMatcher(User, ("name",)), wrong)

    assert (line["record_id"], line["verdict"], line["cells"]) == (key, "wrong", {"name": ["enter the name.", ""]})


def test_a_record_that_may_be_seen_and_not_changed_is_refused(make_post: Any) -> None:
    mine, other = make_post(content="mine"), make_post(content="other")
    matcher = RowMatcher(Post, ("content",), editable=Post.id == mine.id)

    changed, refused = lines(matcher, row(id=mine.id, content="x"), row(id=other.id, content="x"))

    assert (changed["verdict"], refused["verdict"]) == ("change", "refused")


def test_a_row_replaces_what_its_column_cannot_read(make_post: Any) -> None:
    key, moment = make_post().id, datetime(2026, 1, 31, tzinfo=UTC)
    db.session.execute(sa.text(f"UPDATE {table_of(Post).name} SET created_at = 'infinity'"))
    db.session.expire_all()

    (line,) = lines(RowMatcher(Post, ("created_at",)), row(id=key, created_at=moment))

    assert (line["verdict"], line["before"], line["after"]) == (
        "change",
        {"created_at": "infinity"},
        {"created_at": moment.isoformat(timespec="microseconds")},
    )


@pytest.mark.parametrize(("stored", "cell"), [("infinity", "infinity"), ("-infinity", "'-infinity")])
def test_a_cell_that_says_what_is_stored_leaves_it_whatever_it_is(stored: str, cell: str, make_post: Any) -> None:
    key, other = make_post().id, make_post().id
    for one in (key, other):
        db.session.execute(sa.text(f"UPDATE {table_of(Post).name} SET created_at = '{stored}' WHERE id = {one}"))
    wrong = {"created_at": CellProblem("must be a time.", cell)}
    rows = [ImportedRow(2, {"id": one}, {"created_at": text}, wrong) for one, text in ((key, cell), (other, "soon"))]

    same, changed = lines(RowMatcher(Post, ("created_at",)), *rows)

    assert (same["verdict"], changed["verdict"]) == ("same", "wrong")


def test_a_cell_that_says_what_is_stored_leaves_it_if_it_could_be_read_too(make_post: Any) -> None:
    key = make_post().id
    db.session.execute(
        sa.text(f"UPDATE {table_of(Post).name} SET created_at = '12000-01-01 00:00:00+00' WHERE id = {key}")
    )
    (stored,) = db.session.execute(select(table_of(Post).c.created_at)).one()
    brought = ImportedRow(2, {"id": key, "created_at": datetime(2026, 1, 31, tzinfo=UTC)}, {"created_at": str(stored)})

    (line,) = lines(RowMatcher(Post, ("created_at",)), brought)

    assert line["verdict"] == "same"


@pytest.mark.parametrize(
    ("by", "made", "verdicts"),
    [
        ("id", (), ["same", "wrong"]),
        ("id", ("content",), ["same", "change"]),
        ("content", (), ["wrong", "wrong"]),
    ],
)
def test_a_reference_to_no_record_stays_if_the_cell_says_its_key(
    by: str, made: tuple[str, ...], verdicts: list[str], make_user: Any, make_post: Any
) -> None:
    users = [make_user() for _ in range(3)]
    post = make_post(user=users[1])
    # No post has the keys of these users.
    named = {"user_id": NameLookup(table_of(Post).c[by], Post, made=made)}
    keys = [one.id if by == "id" else str(one.id) for one in users[1:]]

    found = lines(RowMatcher(Post, ("user_id",), named=named), *(row(id=post.id, user_id=one) for one in keys))

    assert [one["verdict"] for one in found] == verdicts


@pytest.mark.parametrize(("by", "verdict"), [("content", "same"), ("id", "change")])
def test_an_empty_name_leaves_a_reference_to_no_record_and_an_empty_key_does_not(
    by: str, verdict: str, make_user: Any, make_post: Any
) -> None:
    users = [make_user() for _ in range(3)]
    led, lost = make_post(user=users[0]), make_post(user=users[2])
    # Of these posts one has the key of the first user, none that of the last.
    named = {"user_id": NameLookup(table_of(Post).c[by], Post)}

    found = lines(RowMatcher(Post, ("user_id",), named=named), *(row(id=one.id, user_id=None) for one in (led, lost)))

    assert [one["verdict"] for one in found] == ["change", verdict]


@pytest.mark.parametrize(("name", "verdict"), [("", "same"), (" ", "same"), ("Ann", "change")])
def test_an_empty_cell_leaves_a_reference_to_a_record_whose_name_is_blank(
    name: str, verdict: str, make_user: Any, make_post: Any
) -> None:
    post = make_post(user=make_user(name=name))
    named = {"user_id": NameLookup(table_of(User).c.name, User)}

    found = lines(RowMatcher(Post, ("user_id",), named=named), row(id=post.id, user_id=None))

    assert [one["verdict"] for one in found] == [verdict]


@pytest.mark.parametrize(
    ("stored", "cell"),
    [
        (Decimal("NaN"), "NaN"),
        (math.nan, "nan"),
        ([[1, 2], [None, 3]], "[[1, 2], [null, 3]]"),
        ([date(2026, 1, 31), Unreadable("infinity")], '["2026-01-31", "infinity"]'),
        ({"a": "\0"}, '{"a": "\\u0000"}'),
        (Unreadable(b"\xff"), "ff"),
        (1j, "1j"),
    ],
)
def test_a_cell_says_a_value_as_an_export_does(stored: object, cell: str) -> None:
    assert [says(stored, one) for one in (cell, f"{cell}!", "")] == [True, False, False]


def test_a_relation_to_a_hidden_record_cannot_be_removed(make_user: Any, make_post: Any) -> None:
    ann, unseen = make_user(), make_user()
    open_, closed = make_post(user=ann), make_post(user=unseen)
    named = {"user_id": NameLookup(table_of(User).c.id, User, User.id != unseen.id)}
    matcher = RowMatcher(Post, ("content", "user_id"), named=named)
    rows = [row(id=key, content="x", user_id=None) for key in (open_.id, closed.id)]

    taken, kept = lines(matcher, *rows)

    assert (taken["verdict"], kept["cells"]) == (
        "change",
        {"user_id": ["you cannot change it in this record.", "None"]},
    )


def test_a_record_can_be_given_to_one_that_the_import_creates(make_post: Any) -> None:
    key = make_post(content="x").id
    named = {"user_id": NameLookup(table_of(User).c.email, User, made=("email", "name"))}
    matcher = RowMatcher(Post, ("user_id",), named=named)

    (line,) = lines(matcher, row(id=key, user_id="ann@example.com"))

    assert (line["verdict"], line["before"], line["missing"]) == (
        "change", {"user_id": None}, {"user_id": "ann@example.com"},
    )  # fmt: skip


def test_a_new_record_has_its_boolean_or_the_default() -> None:
    matcher = RowMatcher(cast("type[Record]", Switch), ("is_on",), match="")

    given, absent = lines(matcher, row(is_on=False), row())

    assert (given["verdict"], given["after"]) == ("new", {"is_on": 0})
    assert absent["cells"] == {"is_on": ["enter the is on.", ""]}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (sa.Column("a", sa.Integer), None),
        (sa.Column("a", sa.Integer, default=7), 7),
        (sa.Column("a", sa.String, server_default="8"), "8"),
        (sa.Column("a", sa.String, default=sa.func.lower("A")), "a"),
        (sa.Column("a", sa.Integer, server_default=sa.text("4 + 5")), 9),
        (sa.Column("a", sa.String, default=lambda: "each its own"), None),
    ],
)
def test_an_empty_cell_gets_the_columns_default(column: Any, value: object) -> None:
    assert db.session.execute(select(default_of(column, db.engine.dialect.name))).scalar() == value


def test_a_default_of_another_type_than_its_columns_stands_beside_a_cells_value() -> None:
    default = default_of(sa.Column("a", sa.String, default=sa.func.length("four")), db.engine.dialect.name)

    found = db.session.scalar(select(sa.case((sa.false(), sa.literal("x", sa.String)), else_=default)))

    assert str(found) == "4"
