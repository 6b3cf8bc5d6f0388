"""What of a deletion or a change no undo takes back, because the history does not keep it."""

from __future__ import annotations

from typing import ClassVar

import pytest
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from admin_app.db.record import Timestamped, Versioned
from admin_app.domain.records.for_good import changed_for_good, deleted_for_good


class Base(DeclarativeBase):
    """Tables of this test alone, which are never made."""

    __history__: ClassVar[tuple[str, ...] | None] = ("label",)
    __restored__: ClassVar[dict[str, object]] = {}


class Crate(Timestamped, Versioned, Base):
    """Is kept wholly."""

    __tablename__ = "good_crate"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(9))
    code: Mapped[str | None] = mapped_column(String(9))
    boxes: Mapped[list[Box]] = relationship(passive_deletes="all")
    lids: Mapped[list[Lid]] = relationship(passive_deletes="all")


class Box(Timestamped, Versioned, Base):
    """Is nothing without its crate, and holds another one."""

    __tablename__ = "good_box"
    __history__ = ("crate_id", "box_id")

    id: Mapped[int] = mapped_column(primary_key=True)
    crate_id: Mapped[int] = mapped_column(ForeignKey("good_crate.id"))
    box_id: Mapped[int] = mapped_column(ForeignKey("good_box.id"))
    boxes: Mapped[list[Box]] = relationship(passive_deletes="all")
    locks: Mapped[list[Lock]] = relationship(passive_deletes="all")
    notes: Mapped[list[Slip]] = relationship(passive_deletes="all")


class Lid(Timestamped, Versioned, Base):
    """The history lacks its code."""

    __tablename__ = "good_lid"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(9))
    code: Mapped[str] = mapped_column(String(9))
    crate_id: Mapped[int | None] = mapped_column(ForeignKey("good_crate.id"))


class Lock(Timestamped, Versioned, Base):
    """Goes with its box; the history lacks its code."""

    __tablename__ = "good_lock"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(9))
    code: Mapped[str] = mapped_column(String(9))
    box_id: Mapped[int | None] = mapped_column(ForeignKey("good_box.id", ondelete="CASCADE"))


class Slip(Timestamped, Versioned, Base):
    """Stays without its box; the history lacks its text."""

    __tablename__ = "good_slip"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(9))
    box_id: Mapped[int | None] = mapped_column(ForeignKey("good_box.id"))


@pytest.mark.parametrize(
    ("model", "chosen", "lost"),
    [
        (Crate, set(), {}),
        (Crate, {"lids"}, {Lid: ["code"]}),
        # What depends on the boxes goes with them, but for what can be without one.
        (Crate, {"boxes"}, {Lock: ["code"]}),
        (Lid, set(), {Lid: ["code"]}),
    ],
)
def test_what_goes_along_is_looked_at_too(
    model: type[Base], chosen: set[str], lost: dict[type[Base], list[str]]
) -> None:
    assert deleted_for_good(model, chosen) == lost  # type: ignore[arg-type]  # like records, without their registry


def test_a_field_that_the_history_does_not_keep_keeps_its_new_value() -> None:
    assert changed_for_good(Crate, ["label", "code", "boxes"]) == ["code"]  # type: ignore[arg-type]  # as above
