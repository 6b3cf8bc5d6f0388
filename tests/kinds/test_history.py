"""A row's name in the history, as the database writes it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin_app.extensions import db
from admin_app.kinds.history import title_of


class Base(DeclarativeBase):
    """Tables of this test alone."""


class Note(Base):
    __tablename__ = "history_note"
    __history__ = None

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=5)
    words: Mapped[str] = mapped_column(sa.String(500))


class Mark(Base):
    __tablename__ = "history_mark"
    __history__ = None

    id: Mapped[int] = mapped_column(primary_key=True)


@pytest.fixture(autouse=True)
def tables(context: object) -> Iterator[None]:  # noqa: ARG001 -- the store to make the tables in
    Base.metadata.create_all(db.engine)
    yield
    db.session.remove()
    Base.metadata.drop_all(db.engine)


def test_a_row_is_called_by_the_beginning_of_its_first_text() -> None:
    db.session.add_all([Note(words="x" * 500), Note(words="")])
    db.session.flush()

    first, second = db.session.scalars(sa.select(title_of(Note)).order_by(Note.id))

    assert (set(first), len(first) < 500, second) == ({"x"}, True, "Note 2")


def test_a_row_without_a_text_is_called_by_its_number() -> None:
    db.session.add(Mark())
    db.session.flush()

    assert list(db.session.scalars(sa.select(title_of(Mark)))) == ["Mark 1"]
