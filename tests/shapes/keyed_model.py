"""Tables whose keys are of several columns, or of a kind that hardly anybody uses."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from admin_app.db.record import Record
from admin_app.db.types import UtcDateTime


class Shelf(Record):
    """A number and any text."""

    aisle: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    label: Mapped[str] = mapped_column(sa.String(40))
    mail: Mapped[str] = mapped_column(sa.String(60), unique=True)
    goods: Mapped[list[Good]] = relationship(back_populates="shelf", passive_deletes="all")

    def __str__(self) -> str:
        return self.label


class Holiday(Record):
    """A day alone."""

    day: Mapped[date] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(sa.String(40))
    stops: Mapped[list[Stop]] = relationship(back_populates="holiday", passive_deletes="all")

    def __str__(self) -> str:
        return self.label


class Stop(Record):
    """Of each kind one, the foreign key of a day among them."""

    holiday_day: Mapped[date] = mapped_column(sa.ForeignKey("holiday.day"), primary_key=True)
    at: Mapped[datetime] = mapped_column(sa.DateTime, primary_key=True)
    moment: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    size: Mapped[Decimal] = mapped_column(sa.Numeric(8, 2), primary_key=True)
    sort: Mapped[str] = mapped_column(sa.Enum("short", "long", name="stop_sort"), primary_key=True)
    label: Mapped[str] = mapped_column(sa.String(40))
    holiday: Mapped[Holiday] = relationship(back_populates="stops")

    def __str__(self) -> str:
        return self.label


class Good(Record):
    """A thing, perhaps on a shelf, and its keeper, referred to by their address."""

    label: Mapped[str] = mapped_column(sa.String(40))
    aisle: Mapped[int | None]
    mark: Mapped[str | None] = mapped_column(sa.String(40))
    keeper_mail: Mapped[str | None] = mapped_column(sa.ForeignKey("keeper.mail", onupdate="CASCADE"), index=True)
    shelf: Mapped[Shelf | None] = relationship(back_populates="goods")
    keeper: Mapped[Keeper | None] = relationship(back_populates="goods")
    __table_args__ = (
        sa.ForeignKeyConstraint(["aisle", "mark"], ["shelf.aisle", "shelf.mark"]),
        sa.Index(None, "aisle", "mark"),
    )

    def __str__(self) -> str:
        return self.label


class Branch(Record):
    """Whose desks and tickets never leave it."""

    label: Mapped[str] = mapped_column(sa.String(40))

    def __str__(self) -> str:
        return self.label


class Desk(Record):
    """One of a branch."""

    branch_id: Mapped[int] = mapped_column(sa.ForeignKey("branch.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    label: Mapped[str] = mapped_column(sa.String(40), unique=True)
    # What it is called in its branch: each has a till.
    sign: Mapped[str | None] = mapped_column(sa.String(40))
    branch: Mapped[Branch] = relationship()
    __table_args__ = (sa.UniqueConstraint("branch_id", "sign"),)

    def __str__(self) -> str:
        return self.label


class Ticket(Record):
    """At a desk, and before at another one, of its branch."""

    label: Mapped[str] = mapped_column(sa.String(40))
    branch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("branch.id"), index=True)
    desk_number: Mapped[int | None] = mapped_column()
    former_number: Mapped[int | None] = mapped_column()
    branch: Mapped[Branch | None] = relationship()
    desk: Mapped[Desk | None] = relationship(
        foreign_keys=[branch_id, desk_number],
        primaryjoin="and_(Ticket.branch_id == Desk.branch_id, Ticket.desk_number == Desk.number)",
        overlaps="branch",
    )
    former: Mapped[Desk | None] = relationship(
        foreign_keys=[branch_id, former_number],
        primaryjoin="and_(Ticket.branch_id == Desk.branch_id, Ticket.former_number == Desk.number)",
        overlaps="branch,desk",
    )
    __table_args__ = (
        sa.ForeignKeyConstraint(["branch_id", "desk_number"], ["desk.branch_id", "desk.number"]),
        sa.ForeignKeyConstraint(["branch_id", "former_number"], ["desk.branch_id", "desk.number"]),
        sa.Index(None, "branch_id", "desk_number"),
        sa.Index(None, "branch_id", "former_number"),
    )

    def __str__(self) -> str:
        return self.label


class Keeper(Record):
    """Somebody."""

    label: Mapped[str] = mapped_column(sa.String(40))
    mail: Mapped[str | None] = mapped_column(sa.String(60), unique=True)
    goods: Mapped[list[Good]] = relationship(back_populates="keeper", passive_deletes="all")

    def __str__(self) -> str:
        return self.label


class Tool(Record):
    """The first class of a table."""

    label: Mapped[str] = mapped_column(sa.String(40))
    sort: Mapped[str] = mapped_column(sa.String(10))
    __mapper_args__ = {"polymorphic_on": "sort", "polymorphic_identity": "tool"}

    def __str__(self) -> str:
        return self.label


class Saw(Tool):
    """A further one, which has more."""

    teeth: Mapped[int | None]
    __mapper_args__ = {"polymorphic_identity": "saw"}
