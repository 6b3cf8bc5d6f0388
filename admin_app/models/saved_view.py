"""A list that a person saved under a name: the arguments of its address, who else sees it, and where in order each person has it."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.record import Timestamped
from admin_app.extensions import Model
from admin_app.models.role import LONGEST_KEY

# Who sees a view besides its owner: nobody, everyone, or the people with the role of that key.
MINE, EVERYONE = "mine", "everyone"


class SavedView(Timestamped, Model):
    """A named list of one resource. What it shows is parsed from `arguments` each time, like any address."""

    __table_args__ = (UniqueConstraint("staff_id", "resource", "name"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    resource: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(60))
    arguments: Mapped[str] = mapped_column(Text)
    audience: Mapped[str] = mapped_column(String(LONGEST_KEY), default=MINE, index=True)


class ViewPlace(Model):
    """Where a person has a view among those of its list. A view without a place comes after the others, by its name."""

    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    view_id: Mapped[int] = mapped_column(
        ForeignKey("saved_view.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    # Smaller comes first.
    place: Mapped[int]
