"""What a person pinned to their home page: a saved view, or a summary of a list."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.extensions import Model


class Pin(Model):
    """A person's card. What it shows is parsed from the view, or from `arguments`, each time, like any address."""

    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    # Smaller comes first.
    place: Mapped[int]
    resource: Mapped[str] = mapped_column(String(60))
    # None: it is a summary, and `arguments` are those of its address.
    view_id: Mapped[int | None] = mapped_column(ForeignKey("saved_view.id", ondelete="CASCADE"), index=True)
    arguments: Mapped[str] = mapped_column(Text, default="")
