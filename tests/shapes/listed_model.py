"""Shelves, with lists in columns, and values that Python takes for others. Copied by test_shapes.py."""

from __future__ import annotations

import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.list_of import ListOf
from admin_app.db.record import Record


class Use(enum.Enum):
    """What a shelf is for."""

    BOOKS = "books"
    OLD_TOOLS = "old_tools"


class Shelf(Record):
    """A board on a wall."""

    title = "label"

    label: Mapped[str] = mapped_column(sa.String(40))
    tags: Mapped[Any] = mapped_column(ListOf(sa.String(20)), info={"kind": "tags"}, default=list)
    sizes: Mapped[Any] = mapped_column(ListOf(sa.Integer), nullable=True)
    uses: Mapped[Any] = mapped_column(ListOf(sa.Enum(Use, native_enum=False)), nullable=True)
    notes: Mapped[Any] = mapped_column(sa.JSON, nullable=True)
    dusted: Mapped[Any] = mapped_column(sa.Time(timezone=True), nullable=True)
