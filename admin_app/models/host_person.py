"""Which account belongs to which person of the application around the dashboard, if that application signs people in."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.extensions import Model

# The id may be a UUID, a number, or a directory's id.
LONGEST_HOST_KEY = 255


class HostPerson(Model):
    """One person of that application: their id there, and their account here."""

    key: Mapped[str] = mapped_column(String(LONGEST_HOST_KEY), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), unique=True, index=True)
