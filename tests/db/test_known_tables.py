"""Models whose tables no statement, no history or no migration could tell apart: refused at the start, in one line."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin_app.db.known_tables import require_distinct, require_referenced
from admin_app.errors import ConfigurationError
from admin_app.models.post import Post
from admin_app.models.user import User


def test_a_second_model_of_a_table_is_refused() -> None:
    with pytest.raises(ConfigurationError) as refused:
        User.__table_cls__(Post.__tablename__, Post.metadata)

    assert str(refused.value) == (
        "User describes the table post, as Post does: take one of them away, or give one another __tablename__."
    )


def test_a_foreign_key_to_a_table_without_a_model_is_refused() -> None:
    metadata = sa.MetaData()
    sa.Table(
        "seat", metadata, sa.Column("id", sa.ForeignKey("seat.id")), sa.Column("hall", sa.ForeignKey("hr.hall.id"))
    )

    with pytest.raises(ConfigurationError) as refused:
        require_referenced(metadata)

    assert str(refused.value) == (
        "The column seat.hall refers to hr.hall.id, and no model describes the table hr.hall: "
        "add its model, or take the ForeignKey out of the column."
    )


def test_two_tables_of_one_name_and_one_that_no_migration_finds_are_refused() -> None:
    class Base(DeclarativeBase):
        pass

    class Desk(Base):
        __tablename__ = "desk"
        id: Mapped[int] = mapped_column(primary_key=True)

    class OtherDesk(Base):
        __tablename__ = "desk"
        __table_args__ = ({"schema": "hr"},)
        id: Mapped[int] = mapped_column(primary_key=True)

    with pytest.raises(ConfigurationError, match=r"^The tables desk of Desk and hr\.desk of OtherDesk have one name, "):
        require_distinct([Desk, Desk, OtherDesk])  # type: ignore[list-item] # what is asked of them any model has
    with pytest.raises(
        ConfigurationError, match=r"^OtherDesk is in the schema hr, .*: write class OtherDesk\(Legacy\)\.$"
    ):
        require_distinct([OtherDesk])  # type: ignore[list-item] # the same
