"""Records of one model that point at each other: an act that took them is undone, and so is one that made them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import (
    Computed,
    FetchedValue,
    ForeignKey,
    Identity,
    Sequence,
    String,
    func,
    select,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin_app.db.json_values import history_columns
from admin_app.db.record import Timestamped, Versioned
from admin_app.db.types import utc_now
from admin_app.db.versions import LEGACY, stamped
from admin_app.domain.audit.undo_sql import UndoStatements, not_kept
from admin_app.extensions import db
from admin_app.kinds import kind_of
from admin_app.models.change_set import Change, ChangeSet, Did


class Base(DeclarativeBase):
    """A table of this test alone."""


class Folder(Timestamped, Versioned, Base):
    """Lies in another folder, or in none."""

    __tablename__ = "given_folder"
    __history__ = None
    __restored__ = {}

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("given_folder.id"))


class Parcel(Timestamped, Versioned, Base):
    """The database gives it its number, and more."""

    __tablename__ = "given_parcel"
    __history__ = None
    __restored__ = {}

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    number: Mapped[int] = mapped_column(Identity(always=True))
    place: Mapped[int | None] = mapped_column(Sequence("given_place"))
    told: Mapped[int | None] = mapped_column(FetchedValue())
    made_on: Mapped[date | None] = mapped_column(server_default=func.current_date())
    code: Mapped[str] = mapped_column(String(9), server_default=text("lower('A')"))
    state: Mapped[str | None] = mapped_column(String(9), server_default="new")
    # Defaults that are of another type than their columns.
    room: Mapped[str | None] = mapped_column(String(9), server_default=text("12"))
    due: Mapped[date | None] = mapped_column(server_default="2026-05-06")
    doubled: Mapped[int] = mapped_column(Computed("2 * 21", persisted=True))


@pytest.fixture(autouse=True)
def table(context: object) -> Iterator[None]:  # noqa: ARG001 -- the store to make the table in
    Base.metadata.create_all(db.engine)
    yield
    db.session.remove()
    Base.metadata.drop_all(db.engine)


def folders() -> dict[int, int | None]:
    return {one.id: one.parent_id for one in db.session.scalars(select(Folder))}


def note(did: Did, parents: dict[int, int | None]) -> int:
    """Write an act that took or made these folders into the history."""
    done = ChangeSet(kind="form", count=len(parents))
    db.session.add(done)
    db.session.flush()
    for key, parent in parents.items():
        times = {"created_at": utc_now(), "updated_at": utc_now()}
        whole = {"id": key, "parent_id": parent, **times}
        values = {name: kind_of(column).to_history(whole[name]) for name, column in history_columns(Folder).items()}
        before, after = (values, None) if did is Did.DELETE else (None, values)
        db.session.add(Change(change_set_id=done.id, model="given_folder", record_id=key, act=did.value, title="x", version=2,
                              before=before, after=after))  # fmt: skip
        if did is Did.CREATE:
            db.session.add(Folder(**whole))
            db.session.flush()
    db.session.commit()
    return done.id


def test_a_folder_comes_back_with_the_one_it_lay_in() -> None:
    set_id = note(Did.DELETE, {2: 1, 1: None, 3: 99})

    number = UndoStatements(db.session, set_id, Folder).restore_deleted()

    assert (number, folders()) == (2, {1: None, 2: 1})


def test_folders_that_lie_in_each_other_go_together_unless_another_lies_in_one() -> None:
    first, second = note(Did.CREATE, {1: None, 2: 1}), note(Did.CREATE, {3: None})
    db.session.add(Folder(id=4, parent_id=3))
    db.session.commit()

    numbers = [UndoStatements(db.session, set_id, Folder).delete_created() for set_id in (first, second)]

    assert (numbers, folders()) == ([2, 0], {3: None, 4: 3})


def note_deleted(table: str, records: dict[int, dict[str, int | str | None]]) -> int:
    """Write into the history that these records were deleted, with the columns that it knew of."""
    done = ChangeSet(kind="form", count=len(records))
    db.session.add(done)
    db.session.flush()
    moment = kind_of(Parcel.__table__.c.created_at).to_history(utc_now())
    for key, values in records.items():
        before = {"id": key, "created_at": moment, "updated_at": moment, **values}
        told = {"model": table, "record_id": key, "act": Did.DELETE.value, "title": "x", "version": 2}
        db.session.add(Change(change_set_id=done.id, before=before, after=None, **told))
    db.session.commit()
    return done.id


class Locked(Timestamped, Versioned, Base):
    """The history does not keep its code."""

    __tablename__ = "given_locked"
    __history__ = ("label",)
    __restored__ = {}

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(9))
    code: Mapped[str] = mapped_column(String(9), info={"secret": True})


def test_a_record_that_the_history_does_not_wholly_know_stays_deleted_as_is_known_beforehand() -> None:
    set_id = note_deleted("given_locked", {7: {"label": "a"}})

    number = UndoStatements(db.session, set_id, Locked).restore_deleted()

    assert (not_kept(Parcel), not_kept(Locked), number) == ([], ["code"], 0)


def test_what_the_database_gives_comes_back_as_it_was_and_by_its_defaults_where_that_is_not_known(store: str) -> None:
    whole = {"number": 70, "place": 8, "told": 9, "made_on": "2026-01-02", "code": "b", "state": None}
    # Its other columns came since, but for the one that SQLite makes nothing for.
    lacking = {"number": 71} if store == "sqlite" else {}
    # One is from when its code could still be missing.
    older = {**whole, "number": 72, "code": None, "room": None, "due": "2026-01-02"}
    set_id = note_deleted("given_parcel", {7: whole, 8: lacking, 9: older})

    number = UndoStatements(db.session, set_id, Parcel).restore_deleted()

    names = ("id", "number", "place", "told", "code", "state", "doubled", "room", "due")
    found = [tuple(getattr(one, name) for name in names) for one in db.session.scalars(select(Parcel).order_by("id"))]
    made = (8, 71, None, None) if store == "sqlite" else (8, 1, 1, None)
    due = date(2026, 5, 6)
    assert (number, found) == (
        3,
        [
            (7, 70, 8, 9, "b", None, 42, "12", due),
            (*made, "a", "new", 42, "12", due),
            (9, 72, 8, 9, "a", None, 42, None, date(2026, 1, 2)),
        ],
    )


class Numbered(Timestamped, Versioned, Base):
    """In a table that must not be altered; PostgreSQL takes no number from anyone."""

    __tablename__ = "given_numbered"
    __table_args__ = {"info": {LEGACY: True}}
    __history__ = None
    __restored__ = {}

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    doubled: Mapped[int] = mapped_column(Computed("2 * 21", persisted=True))
    label: Mapped[str] = mapped_column(String(9))


def test_a_field_is_changed_back_in_a_table_whose_numbers_nobody_may_give() -> None:
    done = ChangeSet(kind="form", count=1)
    db.session.add_all([done, Numbered(label="b")])
    db.session.flush()
    key = db.session.scalar(select(Numbered.id))
    told = {"model": "given_numbered", "record_id": key, "act": Did.UPDATE.value, "title": "x", "version": 0}
    db.session.add(Change(change_set_id=done.id, before={"label": "a"}, after={"label": "b"}, **told))
    db.session.commit()

    number = UndoStatements(db.session, done.id, Numbered).restore_fields()

    assert (number, db.session.scalar(select(Numbered.label))) == (1, "a")
    assert [*stamped(Numbered.__table__, {})] == ["label"]
