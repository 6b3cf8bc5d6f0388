"""Labels on posts: a model of every common type, to prove that a third one needs two files. Copied by test_third_model.py."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from admin_app.db.record import Record
from admin_app.models.post import Post


class Tag(Record):
    """A label on a post; without the post it is nothing."""

    label: Mapped[str] = mapped_column(String(40), unique=True)
    note: Mapped[str | None] = mapped_column(Text)
    weight: Mapped[float]
    day: Mapped[date]
    price: Mapped[Decimal] = mapped_column(Numeric(10, 4))
    uid: Mapped[uuid.UUID]
    is_public: Mapped[bool]
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)

    post: Mapped[Post] = relationship(backref="tags")

    def __str__(self) -> str:
        """Name the tag by its label."""
        return self.label
