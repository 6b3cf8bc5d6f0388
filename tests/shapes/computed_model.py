"""Crates, of which the database and Python compute something. Copied by test_shapes.py."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, column_property, mapped_column

from admin_app.db.record import Record


class Crate(Record):
    """A box."""

    title = "label"

    label: Mapped[str] = mapped_column(sa.String(40))
    width: Mapped[int] = mapped_column()
    height: Mapped[int | None] = mapped_column()
    doubled = column_property(width * 2)

    @hybrid_property
    def area(self) -> int | None:
        """How much it covers."""
        return None if self.height is None else self.width * self.height

    @area.inplace.expression
    @classmethod
    def _area(cls) -> sa.ColumnElement[int]:
        return sa.type_coerce(cls.width * cls.height, sa.Integer)

    @hybrid_property
    def marked(self) -> str:
        """Its label with a mark."""
        return self.label + "!"

    @hybrid_property
    def loud(self) -> str:
        """Its label in capitals, which Python alone makes."""
        return self.label.upper()
