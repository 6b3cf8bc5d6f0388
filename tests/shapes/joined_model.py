"""Classes with tables of their own beside the first one's, what belongs to them, and what they belong to."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from admin_app.db.record import Record


class Paper(Record):
    """The first class: its table has a row of each."""

    label: Mapped[str] = mapped_column(sa.String(40))
    number: Mapped[str | None] = mapped_column(sa.String(20), unique=True)
    sort: Mapped[str] = mapped_column(sa.String(10))
    signatures: Mapped[list[Signature]] = relationship(back_populates="paper", passive_deletes="all")
    __mapper_args__ = {"polymorphic_on": "sort", "polymorphic_identity": "paper"}

    def __str__(self) -> str:
        return self.label


class Contract(Paper):
    """A further one, with a table of what it has more."""

    id: Mapped[int] = mapped_column(sa.ForeignKey("paper.id"), primary_key=True)
    partner: Mapped[str] = mapped_column(sa.String(40))
    code: Mapped[str | None] = mapped_column(sa.String(20), unique=True)
    firm_id: Mapped[int | None] = mapped_column(sa.ForeignKey("firm.id"), index=True)
    firm: Mapped[Firm | None] = relationship(back_populates="contracts")
    clauses: Mapped[list[Clause]] = relationship(back_populates="contract", passive_deletes="all")
    __mapper_args__ = {"polymorphic_identity": "contract"}


class Letter(Paper):
    """One without more, in the first one's table alone."""

    __mapper_args__ = {"polymorphic_identity": "letter"}


class Firm(Record):
    """Whom contracts are with."""

    label: Mapped[str] = mapped_column(sa.String(40))
    contracts: Mapped[list[Contract]] = relationship(back_populates="firm", passive_deletes="all")

    def __str__(self) -> str:
        return self.label


class Clause(Record):
    """What depends on the further table."""

    label: Mapped[str] = mapped_column(sa.String(40))
    contract_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contract.id"), index=True)
    contract: Mapped[Contract | None] = relationship(back_populates="clauses")

    def __str__(self) -> str:
        return self.label


class Signature(Record):
    """What depends on the first one."""

    label: Mapped[str] = mapped_column(sa.String(40))
    paper_id: Mapped[int | None] = mapped_column(sa.ForeignKey("paper.id"), index=True)
    paper: Mapped[Paper | None] = relationship(back_populates="signatures")

    def __str__(self) -> str:
        return self.label
