"""Records of one model that point at each other: an act that took them is undone, and so is one that made them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin_app.db.json_values import history_columns
from admin_app.db.record import Timestamped, Versioned
from admin_app.db.types import utc_now
from admin_app.domain.audit.undo_sql import UndoStatements
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

    number = UndoStatements(db.session, set_id, Folder).made_again()

    assert (number, folders()) == (2, {1: None, 2: 1})


def test_folders_that_lie_in_each_other_go_together_unless_another_lies_in_one() -> None:
    first, second = note(Did.CREATE, {1: None, 2: 1}), note(Did.CREATE, {3: None})
    db.session.add(Folder(id=4, parent_id=3))
    db.session.commit()

    numbers = [UndoStatements(db.session, set_id, Folder).taken_away() for set_id in (first, second)]

    assert (numbers, folders()) == ([2, 0], {3: None, 4: 3})
