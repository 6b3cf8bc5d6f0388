"""Deletion in depth: what depends on the records that go with a deleted one goes too, or loses its owner where it can."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from admin_app.db.record import Versioned
from admin_app.db.transaction import transaction
from admin_app.domain.records.deletion import Decision, Fate, delete_record, dependences
from admin_app.domain.records.deletion_scope import DeletionScope, everything_in_scope
from admin_app.domain.records.refusals import refusals_of
from admin_app.errors import DeletionError
from admin_app.extensions import db


class Base(DeclarativeBase):
    """Tables of this test alone."""


class Shelf(Versioned, Base):
    """Where books stand."""

    __tablename__ = "deep_shelf"

    id: Mapped[int] = mapped_column(primary_key=True)
    books: Mapped[list[Book]] = relationship(passive_deletes="all")


class Book(Versioned, Base):
    """Stands on a shelf, or on none."""

    __tablename__ = "deep_book"

    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int | None] = mapped_column(ForeignKey("deep_shelf.id"))
    chapters: Mapped[list[Chapter]] = relationship(passive_deletes="all")
    loans: Mapped[list[Loan]] = relationship(passive_deletes="all")


class Chapter(Versioned, Base):
    """Is nothing without its book."""

    __tablename__ = "deep_chapter"

    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("deep_book.id"))
    pages: Mapped[list[Page]] = relationship(passive_deletes="all")
    quotes: Mapped[list[Quote]] = relationship(passive_deletes="all")


class Loan(Versioned, Base):
    """Is remembered when its book is gone."""

    __tablename__ = "deep_loan"

    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int | None] = mapped_column(ForeignKey("deep_book.id"))


class Page(Versioned, Base):
    """Is nothing without its chapter."""

    __tablename__ = "deep_page"

    id: Mapped[int] = mapped_column(primary_key=True)
    chapter_id: Mapped[int] = mapped_column(ForeignKey("deep_chapter.id"))


class Quote(Versioned, Base):
    """Is remembered when its chapter is gone."""

    __tablename__ = "deep_quote"

    id: Mapped[int] = mapped_column(primary_key=True)
    chapter_id: Mapped[int | None] = mapped_column(ForeignKey("deep_chapter.id"))


class Folder(Versioned, Base):
    """Lies in another folder, or in none."""

    __tablename__ = "deep_folder"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("deep_folder.id"))
    folders: Mapped[list[Folder]] = relationship(passive_deletes="all")


@pytest.fixture(autouse=True)
def library(context: object) -> Iterator[None]:  # noqa: ARG001 -- the store to make the tables in
    """Fill two shelves alike: on each two books with a chapter, a loan, a page and a quote each."""
    Base.metadata.create_all(db.engine)
    with Session(db.engine) as session, session.begin():
        session.add_all([full_shelf(1, [1, 2]), full_shelf(2, [3, 4])])
    yield
    # PostgreSQL drops no table that a transaction has read.
    db.session.remove()
    Base.metadata.drop_all(db.engine)


def full_shelf(number: int, books: list[int]) -> Shelf:
    return Shelf(id=number, books=[full_book(book) for book in books])


def full_book(number: int) -> Book:
    chapter = Chapter(id=number, pages=[Page(id=number)], quotes=[Quote(id=number)])
    return Book(id=number, chapters=[chapter], loans=[Loan(id=number)])


def delete(model: type[Any], key: int, **decisions: Decision) -> None:
    with transaction(db.session):
        delete_record(db.session, db.session.get_one(model, key), decisions, everything_in_scope)


def keys(model: type[Any]) -> list[int]:
    with Session(db.engine) as session:
        return list(session.scalars(select(model.id).order_by(model.id)))


def owners(model: type[Any], name: str) -> dict[int, tuple[int | None, int]]:
    """Return each record's owner and version."""
    with Session(db.engine) as session:
        records = session.scalars(select(model)).all()
        return {record.id: (getattr(record, name), record.version) for record in records}


def test_what_is_nothing_without_a_deleted_child_goes_with_it_to_any_depth() -> None:
    delete(Shelf, 1, books=Decision(Fate.DELETE))

    assert {model: keys(model) for model in (Shelf, Book, Chapter, Page)} == {
        Shelf: [2],
        Book: [3, 4],
        Chapter: [3, 4],
        Page: [3, 4],
    }


def test_what_can_be_without_a_deleted_child_has_no_owner_and_a_new_version() -> None:
    delete(Shelf, 1, books=Decision(Fate.DELETE))

    assert owners(Loan, "book_id") == {1: (None, 2), 2: (None, 2), 3: (3, 1), 4: (4, 1)}


def test_what_can_be_without_a_deleted_grandchild_has_no_owner_and_a_new_version() -> None:
    delete(Shelf, 1, books=Decision(Fate.DELETE))

    assert owners(Quote, "chapter_id") == {1: (None, 2), 2: (None, 2), 3: (3, 1), 4: (4, 1)}


@pytest.mark.parametrize(("fate", "heir", "owner"), [(Fate.KEEP, None, None), (Fate.GIVE, 2, 2)])
def test_children_that_stay_keep_what_hangs_on_them(fate: Fate, heir: int | None, owner: int | None) -> None:
    decision = Decision(fate, db.session.get(Shelf, heir) if heir else None)

    delete(Shelf, 1, books=decision)

    assert owners(Book, "shelf_id") == {1: (owner, 2), 2: (owner, 2), 3: (2, 1), 4: (2, 1)}
    for model, name in ((Chapter, "book_id"), (Loan, "book_id"), (Page, "chapter_id"), (Quote, "chapter_id")):
        assert owners(model, name) == {key: (key, 1) for key in (1, 2, 3, 4)}


def test_children_that_are_nothing_alone_may_be_given_or_deleted_and_not_kept() -> None:
    found = dependences(db.session, db.session.get_one(Book, 1), everything_in_scope)

    assert {one.name: one.fates for one in found} == {
        "chapters": (Fate.GIVE, Fate.DELETE),
        "loans": (Fate.KEEP, Fate.GIVE, Fate.DELETE),
    }


def test_each_relation_of_a_record_meets_its_own_fate() -> None:
    heir = db.session.get_one(Book, 2)

    delete(Book, 1, chapters=Decision(Fate.DELETE), loans=Decision(Fate.GIVE, heir))

    assert (keys(Chapter), keys(Page)) == ([2, 3, 4], [2, 3, 4])
    assert owners(Loan, "book_id") == {1: (2, 2), 2: (2, 1), 3: (3, 1), 4: (4, 1)}
    assert owners(Quote, "chapter_id") == {1: (None, 2), 2: (2, 1), 3: (3, 1), 4: (4, 1)}


def test_children_of_the_same_model_go_and_theirs_lose_their_owner() -> None:
    with transaction(db.session):
        inner = Folder(id=2, folders=[Folder(id=3, folders=[Folder(id=4)])])
        db.session.add_all([Folder(id=1, folders=[inner]), Folder(id=5)])

    delete(Folder, 1, folders=Decision(Fate.DELETE))

    assert owners(Folder, "parent_id") == {3: (None, 2), 4: (3, 1), 5: (None, 1)}


def test_deletion_in_depth_costs_the_same_for_few_and_many(
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    with Session(db.engine) as session, session.begin():
        session.add(full_shelf(3, list(range(10, 60))))

    with statements() as for_few:
        delete(Shelf, 1, books=Decision(Fate.DELETE))
    with statements() as for_many:
        delete(Shelf, 3, books=Decision(Fate.DELETE))

    assert len(for_many) == len(for_few)
    assert keys(Page) == [3, 4]


@pytest.mark.parametrize(
    ("model", "bound"),
    [
        (Book, DeletionScope(to_delete=Book.id != 2)),
        (Page, DeletionScope(to_delete=Page.id != 2)),
        (Quote, DeletionScope(to_move=Quote.id != 2)),
        (Loan, DeletionScope(to_move=Loan.id != 2)),
    ],
    ids=lambda one: one.__name__ if isinstance(one, type) else "",
)
def test_nothing_goes_along_that_is_out_of_bounds(model: type[Any], bound: DeletionScope) -> None:
    def bounds(relation: Any) -> DeletionScope:
        return bound if relation.target is model else DeletionScope()

    with pytest.raises(DeletionError), refusals_of(Shelf), transaction(db.session):
        delete_record(
            db.session, db.session.get_one(Shelf, 1), {"books": Decision(Fate.DELETE)}, bounds
        )  # fmt: skip -- one act

    assert [keys(one) for one in (Shelf, Book, Chapter, Page)] == [[1, 2], *[[1, 2, 3, 4]] * 3]


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        (DeletionScope(seen=Book.id != 2, to_delete=Book.id != 2), ("1", (Fate.KEEP, Fate.GIVE), True)),
        (DeletionScope(seen=Book.id == 0, to_move=Book.id == 0, to_delete=Book.id == 0), ("0", (), True)),
        (DeletionScope(to_move=Book.id != 2), ("2", (Fate.DELETE,), False)),
    ],
    ids=["seen in part", "not seen", "not to be moved"],
)
def test_fates_are_those_that_all_that_hangs_on_a_record_may_meet(
    bound: DeletionScope, expected: tuple[Any, ...]
) -> None:
    (found,) = dependences(db.session, db.session.get_one(Shelf, 1), lambda _relation: bound)

    assert (str(found.count), found.fates, found.is_partly_unseen) == expected
