"""A person whose content staff manage. A user cannot sign in here; `Staff` can."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from admin_app.db.record import Record


class User(Record):
    """Somebody who writes posts."""

    title = "name"

    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(120), unique=True, info={"format": "email"})

    # Of the class by its name: `post` imports this module, and no import goes both ways.
    posts: Mapped[list[Record]] = relationship("Post", back_populates="user", passive_deletes="all")
