"""A person whose content staff manage. A user cannot sign in here; `Staff` can."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from admin_app.db.record import Record


class User(Record):
    """A person who writes posts."""

    title = "name"

    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(120), unique=True, info={"format": "email"})

    # The class by its name: `post` imports this module, and imports must not form a circle.
    posts: Mapped[list[Record]] = relationship("Post", back_populates="user", passive_deletes="all")
