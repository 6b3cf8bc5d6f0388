"""A person whose content staff manage. A user cannot sign in here; `Staff` can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from admin_app.db.record import Record

if TYPE_CHECKING:
    from admin_app.models.post import Post


class User(Record):
    """Somebody who writes posts."""

    title = "name"

    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(120), unique=True, info={"format": "email"})

    posts: Mapped[list[Post]] = relationship(back_populates="user", passive_deletes="all")
