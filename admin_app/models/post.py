"""What users write."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from admin_app.db.record import Record
from admin_app.formatting import excerpt
from admin_app.models.user import User


class Post(Record):
    """A piece of text by one user, or by nobody after the user is gone."""

    named_by = ("content",)

    content: Mapped[str] = mapped_column(Text, default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)

    user: Mapped[User | None] = relationship(back_populates="posts")

    def __str__(self) -> str:
        """Name the post by its first words."""
        return excerpt(self.content, 60) or f"Post {self.id}"
